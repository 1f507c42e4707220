-- Why: the service route: every call is on record before it is made, its outcome after it; circuit
-- breakers; what people found out where no machine could.
-- Locks: a short share lock on assignment while its index is built (empty at this point of every
-- installation). How long: milliseconds.

-- An intent to call, committed before the first byte leaves.
create table service_attempt (
  client_id text not null,
  id uuid not null,
  adjustment_id uuid not null,
  service text not null,
  purpose text not null check (purpose in ('post', 'lookUp', 'probe')),
  -- The adjustment's version that this attempt belongs to: an answer to an older one changes
  -- nothing but the record.
  fence integer not null check (fence > 0),
  key text not null,
  key_revision smallint not null,
  worker text not null,
  -- Method, path and body, without secrets, account numbers masked.
  request jsonb not null,
  started_at timestamptz not null,
  primary key (client_id, adjustment_id, id, started_at),
  foreign key (client_id, adjustment_id) references adjustment
) partition by range (started_at);

select make_append_only('service_attempt');
select ensure_month_partitions('service_attempt', '2026-10-01', 18);

-- What became of an attempt: at most once. None: its answer never came.
create table service_attempt_outcome (
  client_id text not null,
  adjustment_id uuid not null,
  attempt_id uuid not null,
  started_at timestamptz not null,
  outcome text not null check (outcome in ('posted', 'alreadyPosted', 'refused',
    'refusedOverridable', 'notProcessed', 'unknown', 'notFound')),
  status smallint,
  code text,
  reason text,
  reference text,
  -- Masked.
  answer text,
  latency_ms integer not null check (latency_ms >= 0),
  -- It came after its attempt was superseded.
  superseded boolean not null default false,
  recorded_at timestamptz not null,
  primary key (client_id, adjustment_id, attempt_id, started_at),
  foreign key (client_id, adjustment_id, attempt_id, started_at) references service_attempt
) partition by range (started_at);

select make_append_only('service_attempt_outcome');
select ensure_month_partitions('service_attempt_outcome', '2026-10-01', 18);

-- The circuit breaker of a service, for all processes; no row is a closed circuit.
create table service_circuit (
  client_id text not null references client,
  service text not null,
  state text not null check (state in ('closed', 'open', 'halfOpen')),
  failures integer not null check (failures >= 0),
  openings integer not null check (openings >= 0),
  probe_at timestamptz,
  updated_at timestamptz not null,
  primary key (client_id, service),
  check ((state = 'closed') = (probe_at is null))
);

grant select, insert, update on service_circuit to redress_app;

-- What a person found out about a posting whose outcome no machine could settle.
create table service_finding (
  client_id text not null,
  id uuid not null,
  adjustment_id uuid not null,
  fence integer not null,
  posted boolean not null,
  reference text check (length(reference) between 1 and 100),
  posting_date date,
  reason text not null,
  actor text not null,
  recorded_at timestamptz not null,
  primary key (client_id, adjustment_id, id),
  foreign key (client_id, adjustment_id) references adjustment,
  check (not posted or (reference is not null and posting_date is not null))
);

select make_append_only('service_finding');

-- What a client's service has to do now.
create index assignment_due_service on assignment (client_id, destination, due_at)
  where is_open and due_at is not null and type = 'Pending Accounting Service';
