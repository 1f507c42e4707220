-- Why: when a service's assignment acts next, and who is at it, changes with every call; in the
-- assignment that wrote a wide row and an entry into each of its indexes. It has a narrow row of
-- its own. A row that is missing would be money that never moves, so the database itself keeps one
-- for every open assignment that waits for a service: the application may change its times, but
-- neither add nor remove it, nor may it change what an assignment is for.
-- Locks: access exclusive on assignment. How long: as long as reading its open service work takes,
-- some seconds for a million.
lock table assignment in access exclusive mode;

create table due_call (
  client_id text not null,
  assignment_id uuid not null,
  adjustment_id uuid not null,
  service text not null,
  -- Null: nothing is due until somebody says when.
  due_at timestamptz,
  leased_by text,
  -- A lease leaves room on its page, so that taking it touches no index.
  leased_until timestamptz
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

insert into due_call (
  client_id, assignment_id, adjustment_id, service, due_at, leased_by, leased_until)
select client_id, id, adjustment_id, coalesce(destination, ''), due_at, leased_by, leased_until
from assignment
where is_open and type = 'Pending Accounting Service';

alter table due_call add primary key (client_id, assignment_id);
create index due_call_due on due_call (client_id, service, due_at) where due_at is not null;

grant select, update (due_at, leased_by, leased_until) on due_call to redress_app;

-- Due at once, unless the transaction that opens it says later.
create function add_due_calls() returns trigger
  language plpgsql security definer set search_path = public as $$
begin
  insert into due_call (client_id, assignment_id, adjustment_id, service, due_at)
  select client_id, id, adjustment_id, coalesce(destination, ''), opened_at
  from added
  where is_open and type = 'Pending Accounting Service';
  return null;
end
$$;

create trigger add_due_calls after insert on assignment
  referencing new table as added
  for each statement execute function add_due_calls();

create function remove_due_calls() returns trigger
  language plpgsql security definer set search_path = public
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
begin
  delete from due_call d
  using changed n
  where d.client_id = n.client_id and d.assignment_id = n.id
    and n.type = 'Pending Accounting Service' and not n.is_open;
  return null;
end
$$;

create trigger remove_due_calls after update on assignment
  referencing new table as changed
  for each statement execute function remove_due_calls();

alter table assignment drop column due_at, drop column leased_by, drop column leased_until;

revoke update on assignment from redress_app;
-- With those that `facts_stay` refuses by name, for everybody.
grant update (
  claim_id, dispute_id, queue, goal_at, deadline_at, opened_at,
  work_group, is_open, urgency, amount_minor, assignee, attempts, reason, closed_at, outcome,
  version, next_rise_at, rises, clock_due_at, pended_until, pend_reason, unworkable_reason)
  on assignment to redress_app;
