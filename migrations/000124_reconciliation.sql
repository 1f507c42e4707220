-- Why: what the system of record says it posted is compared with what we say of it. Each feed is
-- taken once by its hash; its lines and what confirms what are kept as they were found.
-- Locks: execution is locked against writes while its index is built. How long: about a second per
-- million executions with a reference.

create table reconciliation (
  client_id text not null references client,
  id uuid not null,
  name text not null,
  format text not null,
  sha256 bytea not null check (length(sha256) = 32),
  size_bytes integer not null,
  -- What its sender calls it.
  identity text,
  -- The days its lines were booked on.
  from_on date not null,
  to_on date not null,
  line_count integer not null,
  matched_count integer not null,
  different_count integer not null,
  missing_here_count integer not null,
  missing_there_count integer not null,
  actor text not null,
  taken_at timestamptz not null,
  primary key (client_id, id),
  unique (client_id, sha256)
);

create index reconciliation_newest on reconciliation (client_id, taken_at desc, id desc);
select make_append_only('reconciliation');

create table reconciliation_line (
  client_id text not null,
  reconciliation_id uuid not null,
  ordinal integer not null check (ordinal > 0),
  -- Where it stands in the feed; null: it is ours, and the feed lacks it.
  line_number integer,
  outcome text not null check (outcome in ('matched', 'different', 'missingHere', 'missingThere')),
  reference text,
  amount_minor bigint,
  currency text,
  side text check (side in ('debit', 'credit')),
  booked_on date,
  -- What it was compared with.
  dispute_id uuid,
  adjustment_id uuid,
  -- How they differ, in words.
  difference text,
  primary key (client_id, reconciliation_id, ordinal),
  foreign key (client_id, reconciliation_id) references reconciliation
);

create index reconciliation_line_of_adjustment
  on reconciliation_line (client_id, adjustment_id) where adjustment_id is not null;
select make_append_only('reconciliation_line');

-- A posting of the system of record confirms an attestation, or a tracked movement: once a side.
create table confirmation (
  client_id text not null,
  adjustment_id uuid not null,
  side text not null check (side in ('debit', 'credit', 'either')),
  reconciliation_id uuid not null,
  ordinal integer not null,
  confirmed_at timestamptz not null,
  primary key (client_id, adjustment_id, side),
  foreign key (client_id, adjustment_id) references adjustment,
  foreign key (client_id, reconciliation_id, ordinal) references reconciliation_line
);

select make_append_only('confirmation');

-- A feed names postings by their reference there.
create index execution_of_reference
  on execution (client_id, reference) where reference is not null and sign = 1;
-- What nobody confirmed yet, by its day.
create index attestation_by_day on attestation (client_id, posting_date, id);
