-- Why: assignments: what waits, for whom, until when. A machine's next action is a due time here.
-- Locks: none on existing rows. How long: milliseconds.

create table assignment (
  client_id text not null references client,
  id uuid not null,
  claim_id uuid not null,
  dispute_id uuid,
  adjustment_id uuid,
  type text not null,
  queue text not null,
  kind text not null check (kind in ('system', 'user', 'pending')),
  work_group text not null,
  is_open boolean not null default true,
  -- 0 … 100; rises at goal, deadline and passed deadline.
  urgency smallint not null,
  goal_at timestamptz,
  deadline_at timestamptz,
  amount_minor bigint,
  currency text,
  assignee text,
  -- Service or batch profile a system assignment waits for.
  destination text,
  -- When a machine acts next; null when only a person can.
  due_at timestamptz,
  attempts smallint not null default 0,
  leased_by text,
  leased_until timestamptz,
  reason text,
  opened_at timestamptz not null,
  closed_at timestamptz,
  outcome text,
  version integer not null default 1,
  primary key (client_id, id),
  -- The open flag is part of the key an adjustment refers to: it cannot point at a closed one.
  unique (client_id, id, is_open),
  foreign key (client_id, claim_id) references claim,
  check (is_open = (closed_at is null)),
  check (is_open or (leased_by is null and leased_until is null))
);

-- At most one open assignment of an adjustment; the other half is on `adjustment`.
create unique index assignment_one_open
  on assignment (client_id, adjustment_id) where is_open;

-- Get Next Work and the queue pages: most urgent first, then the nearest goal, then the amount.
create index assignment_queue
  on assignment (client_id, queue, urgency desc, goal_at, id) where is_open;

-- What a machine has to do now.
create index assignment_due
  on assignment (type, destination, due_at) where is_open and due_at is not null;

create index assignment_of_dispute on assignment (client_id, dispute_id);

grant select, insert, update on assignment to redress_app;

-- Long work with progress: bulk actions, generations, imports started from the portal.
create table job (
  id uuid not null primary key,
  client_id text references client,
  kind text not null,
  input jsonb not null,
  state text not null check (state in ('waiting', 'running', 'done', 'failed')),
  done_count bigint not null default 0,
  total_count bigint,
  result jsonb,
  asked_by text not null,
  leased_until timestamptz,
  created_at timestamptz not null,
  finished_at timestamptz
);

create index job_waiting on job (created_at) where state in ('waiting', 'running');

grant select, insert, update on job to redress_app;
