-- Why: overrides that a person authorised; postings in parts (an entry, a step) where the system of
-- record works so; the rate of a service, shared by all processes.
-- Locks: service_attempt, service_attempt_outcome and adjustment exclusively for the moment in
-- which columns are added; nothing is rewritten. How long: milliseconds.

-- A person's authorisation to send back the codes of one refusal. The call that carries them has
-- the key revision after that refusal; a later refusal needs another one.
create table service_override (
  client_id text not null,
  id uuid not null,
  adjustment_id uuid not null,
  key_revision smallint not null,
  codes text[] not null check (cardinality(codes) between 1 and 50),
  reason text not null,
  actor text not null,
  recorded_at timestamptz not null,
  primary key (client_id, adjustment_id, id),
  unique (client_id, adjustment_id, key_revision),
  foreign key (client_id, adjustment_id) references adjustment
);

select make_append_only('service_override');

-- The codes of a refusal, all of them, where the answer names more than one.
alter table service_attempt_outcome add column codes text[];

-- What a call was for, where the system of record works per entry or per step; null: all of it.
alter table service_attempt add column part uuid;

-- A part that the system of record has posted: at most once each.
create table service_part (
  client_id text not null,
  adjustment_id uuid not null,
  -- The entry, or the debit or credit step of it.
  part uuid not null,
  entry_id uuid not null,
  -- Null where a person found it out.
  attempt_id uuid,
  reference text,
  posting_date date not null,
  actor text not null,
  recorded_at timestamptz not null,
  primary key (client_id, adjustment_id, part),
  foreign key (client_id, adjustment_id) references adjustment
);

select make_append_only('service_part');

-- Something of it was posted while the rest was not: it is never cancelled or rerouted whole.
alter table adjustment add column partly_processed boolean not null default false;
alter table adjustment add constraint adjustment_partly_processed check (
  not partly_processed
  or state not in ('planned', 'awaitingApproval', 'serviceFailed', 'pendingManual', 'tracked',
    'cancelled'));

-- The last refusal named codes that a person may override.
alter table adjustment add column overridable boolean not null default false;

-- How many calls may start now, for all processes: locked while calls are taken.
create table service_pace (
  client_id text not null references client,
  service text not null,
  allowance double precision not null,
  counted_at timestamptz not null,
  primary key (client_id, service)
);

grant select, insert, update on service_pace to redress_app;
