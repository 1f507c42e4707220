-- Why: when an assignment closes, PostgreSQL looks for adjustments that still point at it (the
-- foreign key of open_assignment_id). Without an index each closing read the whole table, so that
-- executing a file took time quadratic in its size.
-- Locks: share lock on adjustment while the index is built. How long: about a second per million.

create index adjustment_open_assignment
  on adjustment (client_id, open_assignment_id) where open_assignment_id is not null;
