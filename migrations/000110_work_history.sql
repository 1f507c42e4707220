-- Why: work in full: what happened to each assignment as rows that never change, waiting until a
-- date, work nobody can do, the order by the nearest date to act on, work groups and assignment
-- groups, and who has a claim open.
-- Locks: assignment, exclusively, while it is written anew with its order and its indexes are
-- built. How long: about five seconds per million assignments.

-- The stages passed count the goal always, also where it raises nothing.
update assignment
set rises = rises + 1
where is_open and rises > 0
  and (goal_at is null or type in ('Pending Accounting Service', 'Pending Batch Accounting'));

alter table assignment
  -- The nearest regulatory clock of its dispute, where there is one.
  add column clock_due_at timestamptz,
  -- The nearest date to act on: the order of the work beneath the urgency.
  add column act_by timestamptz generated always as (least(goal_at, clock_due_at)) stored,
  -- Waits until then: not in Get Next Work, and back by itself.
  add column pended_until timestamptz,
  add column pend_reason text,
  -- Why nobody can work it; a supervisor restores it.
  add column unworkable_reason text,
  add check ((pended_until is null) = (pend_reason is null)),
  add check (unworkable_reason is null or assignee is null);

drop index assignment_queue;
create index assignment_queue
  on assignment (client_id, queue, urgency desc, act_by, amount_minor desc nulls last, id)
  where is_open;

-- Get Next Work reads only what it may give: a person's work that nobody has.
create index assignment_free
  on assignment (client_id, queue, urgency desc, act_by, amount_minor desc nulls last, id)
  where is_open and kind = 'user' and assignee is null and pended_until is null
    and unworkable_reason is null;

create index assignment_pended on assignment (pended_until)
  where is_open and pended_until is not null;

create index assignment_unworkable on assignment (client_id, id)
  where is_open and unworkable_reason is not null;

create index assignment_of_claim on assignment (client_id, claim_id) where is_open;

-- What happened to an assignment, and how it stood afterwards: any past moment is a sum of these.
create table assignment_event (
  client_id text not null,
  assignment_id uuid not null,
  id bigint generated always as identity,
  at timestamptz not null,
  kind text not null,
  -- `redress` where nobody asked.
  actor text not null,
  reason text,
  -- After it.
  assignee text,
  work_group text not null,
  urgency smallint not null,
  pended_until timestamptz,
  is_unworkable boolean not null default false,
  version integer not null,
  -- Of a goal or deadline that passed: 1 the goal, 2 the deadline, then the repetitions.
  stage smallint,
  -- What the SLA did then.
  action text,
  primary key (client_id, assignment_id, id)
);

select make_append_only('assignment_event');

-- What a past moment takes from the assignment itself never changes there either.
create trigger facts_stay
  before update of claim_id, dispute_id, queue, goal_at, deadline_at, opened_at
  on assignment
  for each statement execute function refuse_change();

-- A stage passes once, and its actions happen once.
create unique index assignment_event_stage on assignment_event (client_id, assignment_id, stage)
  where stage is not null;

-- Plots over time: openings and endings of a client.
create index assignment_event_span on assignment_event (client_id, at) include (assignment_id)
  where kind in ('opened', 'closed');

insert into assignment_event (
  client_id, assignment_id, at, kind, actor, reason, assignee, work_group, urgency, version)
select client_id, id, opened_at, 'opened', 'redress', reason, null, work_group, urgency, 1
from assignment;

insert into assignment_event (
  client_id, assignment_id, at, kind, actor, reason, assignee, work_group, urgency, version)
select client_id, id, closed_at, 'closed', 'redress', outcome, assignee, work_group, urgency,
       version
from assignment
where not is_open;

insert into assignment_event (
  client_id, assignment_id, at, kind, actor, reason, assignee, work_group, urgency, version)
select client_id, id, now(), 'taken', assignee, 'had it when the history began', assignee,
       work_group, urgency, version
from assignment
where is_open and assignee is not null;

-- Teams. A work group with members is worked by them alone; an assignment group says which queues
-- Get Next Work offers to whoever belongs to it.
create table staff_group (
  kind text not null check (kind in ('work', 'assignment')),
  name text not null check (length(name) between 1 and 60),
  description text not null,
  -- `Queue` or `Queue.ClaimType`, of an assignment group.
  queues text[] not null,
  version integer not null default 1,
  primary key (kind, name),
  check (kind = 'assignment' or cardinality(queues) = 0)
);

create table staff_group_member (
  kind text not null,
  name text not null,
  person text not null,
  primary key (kind, name, person),
  foreign key (kind, name) references staff_group
);

create index staff_group_of_person on staff_group_member (person);

grant select, insert, update, delete on staff_group, staff_group_member to redress_app;

-- Who has a claim open for work. The row is gone when nobody has.
create table claim_lock (
  client_id text not null,
  claim_id uuid not null,
  holder text not null,
  taken_at timestamptz not null,
  renewed_at timestamptz not null,
  leased_until timestamptz not null,
  primary key (client_id, claim_id),
  foreign key (client_id, claim_id) references claim
);

create index claim_lock_expired on claim_lock (leased_until);

grant select, insert, update, delete on claim_lock to redress_app;

-- Who had a claim open, and who took it from whom, why.
create table claim_lock_event (
  client_id text not null,
  claim_id uuid not null,
  id bigint generated always as identity,
  at timestamptz not null,
  kind text not null check (kind in ('taken', 'released', 'broken', 'lapsed')),
  actor text not null,
  holder text not null,
  reason text,
  primary key (client_id, claim_id, id),
  check (kind <> 'broken' or reason is not null)
);

select make_append_only('claim_lock_event');

-- What belongs to a dispute as a whole has no adjustment.
alter table job_item alter column adjustment_id drop not null;
