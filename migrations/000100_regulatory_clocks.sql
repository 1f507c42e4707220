-- Why: regulatory clocks of disputes: when somebody has to look again, where each clock stands,
-- what was warned of, and the credits that the machine gave because nobody did in time.
-- Locks: dispute_book and execution for moments, to add a trigger. How long: about a second per
-- million disputes that are open, which are marked to be looked at.

-- A dispute whose clocks have to be read again. Rows are only added and taken away, so that marking
-- waits for nobody and nobody waits for it.
create table clock_mark (
  id bigint generated always as identity primary key,
  client_id text not null,
  dispute_id uuid not null
);

create index clock_mark_of_dispute on clock_mark (client_id, dispute_id);

grant select, insert, update, delete on clock_mark to redress_app;

-- A dispute that has clocks; its row is locked while they are read and written.
create table clock_watch (
  client_id text not null,
  dispute_id uuid not null,
  -- When to look without a change: a warning, an end, the time to credit by itself.
  look_at timestamptz,
  looked_at timestamptz not null,
  primary key (client_id, dispute_id),
  foreign key (client_id, dispute_id) references dispute
) with (fillfactor = 80);

create index clock_watch_due on clock_watch (look_at) where look_at is not null;

grant select, insert, update, delete on clock_watch to redress_app;

-- What a client's clocks were read with: settings and rule book.
create table clock_client (
  client_id text primary key references client,
  read_with text not null
);

grant select, insert, update on clock_client to redress_app;

-- Where each clock of a dispute stood when it was last read.
create table regulatory_clock (
  client_id text not null,
  dispute_id uuid not null,
  round smallint not null check (round > 0),
  clock text not null,
  state text not null check (state in ('running', 'met', 'metLate', 'missed', 'stopped')),
  starts_on date not null,
  warn_on date not null,
  due_on date not null,
  ended_on date,
  read_at timestamptz not null,
  primary key (client_id, dispute_id, round, clock),
  foreign key (client_id, dispute_id) references clock_watch on delete cascade
) with (fillfactor = 80);

create index regulatory_clock_running
  on regulatory_clock (client_id, due_on, dispute_id, round, clock) where state = 'running';
create index regulatory_clock_missed
  on regulatory_clock (client_id, due_on, dispute_id, round, clock)
  where state in ('missed', 'metLate');

grant select, insert, update, delete on regulatory_clock to redress_app;

-- Once for each clock, end and stage.
create table clock_warning (
  client_id text not null,
  dispute_id uuid not null,
  round smallint not null,
  clock text not null,
  due_on date not null,
  stage text not null check (stage in ('warned', 'missed')),
  recorded_at timestamptz not null,
  primary key (client_id, dispute_id, round, clock, due_on, stage),
  foreign key (client_id, dispute_id) references dispute
);

select make_append_only('clock_warning');

-- A credit by the machine: written into the operations inbox, or why it could not be. It is
-- approved afterwards by a person.
create table automatic_credit (
  client_id text not null,
  id uuid not null,
  dispute_id uuid not null,
  round smallint not null,
  clock text not null,
  operation text not null,
  state text not null check (state in ('written', 'impossible')),
  -- Why it could not be, or why it is going to be late.
  reason text,
  attempt smallint not null default 1 check (attempt > 0),
  operation_id uuid,
  amount_minor bigint,
  currency text not null,
  route text,
  destination text,
  predicted_posting_on date,
  due_on date not null,
  written_at timestamptz not null,
  approved boolean,
  approved_by text,
  approved_at timestamptz,
  approval_reason text,
  version integer not null default 1,
  primary key (client_id, id),
  unique (client_id, dispute_id, round, clock),
  foreign key (client_id, dispute_id) references dispute,
  foreign key (client_id, operation_id) references operation,
  check ((state = 'written') = (operation_id is not null)),
  check (state = 'written' or reason is not null),
  check (num_nulls(approved, approved_by, approved_at) in (0, 3)),
  check (approved is null or state = 'written'),
  check (approved is distinct from false or approval_reason is not null)
);

create index automatic_credit_listed on automatic_credit (client_id, id desc);
create index automatic_credit_to_approve on automatic_credit (client_id, id desc)
  where state = 'written' and approved is null;

grant select, insert, update on automatic_credit to redress_app;

-- Every new dispute is looked at once; later only those that have clocks.
create function mark_clocks_of_new_books() returns trigger
  language plpgsql security definer set search_path = public as $$
begin
  insert into clock_mark (client_id, dispute_id)
  select client_id, dispute_id from added;
  return null;
end
$$;

create trigger mark_clocks_of_new after insert on dispute_book
  referencing new table as added
  for each statement execute function mark_clocks_of_new_books();

create function mark_clocks_of_books() returns trigger
  language plpgsql security definer set search_path = public
  -- Looked up one by one in the index: what the planner thinks of a growing table is no help.
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
begin
  insert into clock_mark (client_id, dispute_id)
  select n.client_id, n.dispute_id
  from added n
  join clock_watch w on w.client_id = n.client_id and w.dispute_id = n.dispute_id;
  return null;
end
$$;

create trigger mark_clocks_of_changed after update on dispute_book
  referencing new table as added
  for each statement execute function mark_clocks_of_books();

create function mark_clocks_of_executions() returns trigger
  language plpgsql security definer set search_path = public
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
begin
  insert into clock_mark (client_id, dispute_id)
  select distinct a.client_id, a.dispute_id
  from added x
  join adjustment a on a.client_id = x.client_id and a.id = x.adjustment_id
  join clock_watch w on w.client_id = a.client_id and w.dispute_id = a.dispute_id;
  return null;
end
$$;

create trigger mark_clocks after insert on execution
  referencing new table as added
  for each statement execute function mark_clocks_of_executions();

insert into clock_mark (client_id, dispute_id)
select client_id, dispute_id from dispute_book where state <> 'resolved';
