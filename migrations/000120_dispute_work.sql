-- Why: work that a dispute itself shows (an Accounting Exception of the gate, a Merchant Funds
-- Disbursement) says what it is about, so that the database keeps at most one open of each.
-- Locks: assignment, for the moment of adding a column without a default; the index covers rows
-- that have a cause, which none has yet. How long: one read of the table.

alter table assignment add column cause text;

create unique index assignment_one_cause
  on assignment (client_id, dispute_id, cause) where is_open and cause is not null;
