-- Why: urgency that rises by itself, the order of Get Next Work, and what a person stated when
-- they posted by hand.
-- Locks: assignment exclusively while its queue index is built anew. How long: milliseconds on an
-- empty table, about a second per million open assignments.

alter table assignment
  -- When the urgency rises next: goal, deadline, then again and again; null when it never does.
  add column next_rise_at timestamptz,
  add column rises smallint not null default 0;

-- Most urgent first, then the nearest goal, then the largest amount.
drop index assignment_queue;
create index assignment_queue
  on assignment (client_id, queue, urgency desc, goal_at, amount_minor desc nulls last, id)
  where is_open;

create index assignment_rises on assignment (next_rise_at)
  where is_open and next_rise_at is not null;

-- What somebody has taken.
create index assignment_of_person on assignment (assignee, client_id)
  where is_open and assignee is not null;

-- What somebody stated when they completed an assignment by hand: never changed, corrected by a
-- reversal.
create table attestation (
  client_id text not null,
  id uuid not null,
  adjustment_id uuid not null,
  assignment_id uuid not null,
  -- The system of record's own reference.
  reference text not null check (length(reference) between 1 and 100),
  posting_date date not null,
  attested boolean not null check (attested),
  note text,
  actor text not null,
  recorded_at timestamptz not null,
  primary key (client_id, adjustment_id, id),
  foreign key (client_id, adjustment_id) references adjustment,
  foreign key (client_id, assignment_id) references assignment
);

select make_append_only('attestation');
