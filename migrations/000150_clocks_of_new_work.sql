-- Why: work that opens while a regulatory clock of its dispute runs is as urgent as the clock, and
-- has to be done before it ends: the dispute is looked at again.
-- Locks: assignment for a moment, to add a trigger. How long: milliseconds.

create function mark_clocks_of_work() returns trigger
  language plpgsql security definer set search_path = public
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
begin
  insert into clock_mark (client_id, dispute_id)
  select distinct n.client_id, n.dispute_id
  from added n
  join clock_watch w on w.client_id = n.client_id and w.dispute_id = n.dispute_id
  where n.kind = 'user';
  return null;
end
$$;

create trigger mark_clocks_of_work after insert on assignment
  referencing new table as added
  for each statement execute function mark_clocks_of_work();
