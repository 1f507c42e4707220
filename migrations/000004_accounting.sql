-- Why: the operations inbox, the dispute's book and its adjustments with proposals and history.
-- Locks: none on existing rows. How long: milliseconds.

create table operation (
  client_id text not null references client,
  id uuid not null,
  -- Unique for ever: the same key again is the same operation, with another body it is refused.
  key text not null,
  body_hash bytea not null check (length(body_hash) = 32),
  source text not null check (source in ('api', 'import', 'portal', 'clock')),
  claim_id uuid not null,
  dispute_id uuid,
  operation text not null,
  input jsonb not null,
  at timestamptz not null,
  event_date date not null,
  actor text not null,
  state text not null check (state in ('due', 'done', 'refused')),
  -- What became of it: {decision, adjustments} or the failure {code, detail}.
  outcome jsonb,
  state_before text,
  recorded_at timestamptz not null,
  primary key (client_id, id),
  unique (client_id, key),
  foreign key (client_id, claim_id) references claim,
  foreign key (client_id, dispute_id) references dispute,
  check ((state = 'due') = (outcome is null))
);

create index operation_of_dispute on operation (client_id, dispute_id);
create index operation_due on operation (client_id, at) where state = 'due';

-- A key keeps its body, and what was decided stays decided.
create function refuse_other_body() returns trigger
  language plpgsql as $$
begin
  if new.key is distinct from old.key or new.body_hash is distinct from old.body_hash
     or new.input is distinct from old.input or new.operation is distinct from old.operation then
    raise exception 'operation %: key % was recorded with another body', old.id, old.key
      using errcode = 'restrict_violation';
  end if;
  if old.state <> 'due' then
    raise exception 'operation % is decided already', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;

create trigger keep_body before update on operation
  for each row execute function refuse_other_body();

-- One fixed row per dispute: the row that everything which changes its books locks first.
create table dispute_book (
  client_id text not null,
  dispute_id uuid not null,
  state text not null check (state in ('open', 'provisionallyCredited', 'denialPlanned',
    'finalCredit', 'denied', 'withdrawn', 'resolved')),
  version integer not null default 1,
  updated_at timestamptz not null,
  primary key (client_id, dispute_id),
  foreign key (client_id, dispute_id) references dispute
) with (fillfactor = 90);

create table adjustment (
  client_id text not null,
  id uuid not null,
  dispute_id uuid not null,
  operation_id uuid not null,
  operation text not null,
  ordinal integer not null check (ordinal > 0),
  state text not null check (state in ('planned', 'awaitingApproval', 'pendingService', 'sending',
    'unknown', 'serviceFailed', 'partlyExecuted', 'pendingBatch', 'inFile', 'batchFailed',
    'pendingManual', 'executed', 'tracked', 'cancelled')),
  processing text not null check (processing in ('execute', 'track')),
  -- The rule that routes it; null for an adjustment without money.
  principal_rule text,
  amount_minor bigint not null check (amount_minor >= 0),
  currency text not null,
  route text check (route in ('AUTO', 'BATCH', 'MANUAL')),
  destination text,
  route_chosen_by text,
  reverses_adjustment_id uuid,
  follows_adjustment_id uuid,
  denial_id uuid,
  raises_disputed_minor bigint not null default 0,
  hold jsonb,
  release_on date,
  event_date date not null,
  planned_posting_date date not null,
  rulebook_version text not null,
  -- Rises only after a definite refusal; the key at the system of record is adjustment + revision.
  key_revision smallint not null default 1,
  -- While unknown: may the machine still look up or resend?
  machine_may_act boolean not null default true,
  failed_route text check (failed_route in ('service', 'batch')),
  open_assignment_id uuid,
  assignment_open boolean generated always as
    (case when open_assignment_id is not null then true end) stored,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (client_id, id),
  foreign key (client_id, dispute_id) references dispute,
  foreign key (client_id, operation_id) references operation,
  foreign key (client_id, reverses_adjustment_id) references adjustment,
  -- An open adjustment has exactly one open assignment; a closed one none.
  foreign key (client_id, open_assignment_id, assignment_open)
    references assignment (client_id, id, is_open) deferrable initially deferred,
  check ((state in ('executed', 'tracked', 'cancelled')) = (open_assignment_id is null)),
  check (processing = 'execute' or state in ('planned', 'awaitingApproval', 'tracked', 'cancelled'))
) with (fillfactor = 85);

alter table assignment add foreign key (client_id, adjustment_id) references adjustment
  deferrable initially deferred;

create index adjustment_of_dispute on adjustment (client_id, dispute_id, ordinal);
create index adjustment_by_state on adjustment (client_id, state, planned_posting_date)
  where state not in ('executed', 'tracked', 'cancelled');
create index adjustment_planned on adjustment (client_id, release_on) where state = 'planned';

-- At most one reversal of an adjustment that is not cancelled.
create unique index adjustment_one_live_reversal
  on adjustment (client_id, reverses_adjustment_id)
  where reverses_adjustment_id is not null and state <> 'cancelled';

-- What is going to be booked: rows that may be replaced until then.
create table proposal (
  client_id text not null,
  adjustment_id uuid not null,
  ordinal smallint not null,
  rule text not null,
  debit_collection text not null,
  credit_collection text not null,
  amount_minor bigint not null check (amount_minor > 0),
  reverses_entry_id uuid,
  primary key (client_id, adjustment_id, ordinal),
  foreign key (client_id, adjustment_id) references adjustment
);

create table transition (
  client_id text not null,
  id uuid not null,
  adjustment_id uuid not null,
  from_state text,
  to_state text not null,
  event text not null,
  actor text not null,
  reason text,
  -- What the outside world said, masked.
  outside jsonb,
  operation_id uuid,
  recorded_at timestamptz not null,
  primary key (client_id, adjustment_id, id, recorded_at),
  foreign key (client_id, adjustment_id) references adjustment
) partition by range (recorded_at);

select make_append_only('transition');
select ensure_month_partitions('transition', '2026-10-01', 18);

create table denial (
  client_id text not null,
  id uuid not null,
  dispute_id uuid not null,
  operation_id uuid not null,
  kind text not null check (kind in ('deny', 'withdraw', 'receivable')),
  amount_minor bigint not null check (amount_minor > 0),
  reason text,
  state_before text not null,
  notice_sent_on date,
  debit_date date,
  lifted_by uuid,
  recorded_at timestamptz not null,
  primary key (client_id, id),
  foreign key (client_id, dispute_id) references dispute,
  foreign key (client_id, operation_id) references operation
);

create index denial_of_dispute on denial (client_id, dispute_id);

create table resolution (
  client_id text not null,
  id uuid not null,
  dispute_id uuid not null,
  operation_id uuid not null,
  decision text not null check (decision in ('pay', 'deny', 'partialDeny', 'writeOff')),
  state_before text not null,
  decided_on date not null,
  undone_by uuid,
  recorded_at timestamptz not null,
  primary key (client_id, id),
  foreign key (client_id, dispute_id) references dispute,
  foreign key (client_id, operation_id) references operation
);

-- At most one resolution in force per dispute.
create unique index resolution_in_force
  on resolution (client_id, dispute_id) where undone_by is null;

create index resolution_of_dispute on resolution (client_id, dispute_id);

-- The same chargeback keyed by hand and imported is one chargeback.
create table outside_reference (
  client_id text not null,
  kind text not null,
  reference text not null,
  operation_id uuid not null,
  recorded_at timestamptz not null,
  primary key (client_id, kind, reference),
  foreign key (client_id, operation_id) references operation
);

select make_append_only('outside_reference');
grant select, insert, update on operation, dispute_book, adjustment, denial, resolution
  to redress_app;
grant select, insert, delete on proposal to redress_app;
