-- Why: a file of a million lines moves as many adjustments, and each transition was looked up in the
-- adjustments that the same statement had just changed. Moved by a function, a transition is of an
-- adjustment because it is what the change gave back; what the application inserts by itself is
-- looked up as before. Lines of one file are told from each other without sorting them.
-- Locks: access exclusive on transition for a moment. How long: milliseconds, no row is read.

create function move_adjustments_alike(
  for_client text, state_before text, state_after text, for_event text, by_actor text,
  told jsonb, closes boolean, at timestamptz, ids uuid[], lines integer[], transition_ids uuid[]
) returns bigint
  language plpgsql security definer set search_path = public
  -- Looked up one by one in the index: what the planner thinks of a growing table is no help.
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
  moved bigint;
begin
  with changed as (
    update adjustment a
    set state = state_after, machine_may_act = true, failed_route = null,
        partly_processed = a.partly_processed and state_after <> 'executed',
        overridable = false, account_changeable = false, closed_account = null,
        open_assignment_id = case when closes then null else a.open_assignment_id end,
        version = a.version + 1, updated_at = at
    from unnest(ids, lines, transition_ids) as n (id, line, transition_id)
    where a.client_id = for_client and a.id = n.id and a.state = state_before
    returning a.id, a.operation_id, n.line, n.transition_id
  ), noted as (
    insert into transition (
      client_id, id, adjustment_id, from_state, to_state, event, actor, outside, operation_id,
      recorded_at)
    select for_client, transition_id, id, state_before, state_after, for_event, by_actor,
           case when line is null then told else told || jsonb_build_object('line', line) end,
           operation_id, at
    from changed
  )
  select count(*) into moved from changed;
  return moved;
end
$$;
revoke execute on function move_adjustments_alike from public;
grant execute on function move_adjustments_alike to redress_app;

drop trigger of_adjustment on transition;
create trigger of_adjustment after insert on transition
  referencing new table as added
  for each statement when (current_user = 'redress_app') execute function adjustment_must_exist();

create or replace function lines_of_file() returns trigger
  language plpgsql security definer set search_path = public as $$
declare
  one record;
begin
  select client_id, file_id into one from added limit 1;
  if not found then
    return null;
  end if;
  -- Of one file nearly always: then a look at each is all, and nothing is gathered.
  if exists (select 1 from added where client_id <> one.client_id or file_id <> one.file_id) then
    insert into batch_line_file (client_id, file_id)
    select distinct client_id, file_id from added
    on conflict (client_id, file_id) do nothing;
  else
    insert into batch_line_file (client_id, file_id) values (one.client_id, one.file_id)
    on conflict (client_id, file_id) do nothing;
  end if;
  return null;
end
$$;
