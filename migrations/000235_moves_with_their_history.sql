-- Why: a move of an adjustment and the row of its history were two statements, and the second was
-- looked up in the adjustments that the first had just changed. Moved by a function, as what many
-- do alike is (000220), a transition is of an adjustment because it is what the change gave back.
-- Locks: none but those of a new function. How long: milliseconds.

create function move_adjustments(
  client_ids text[], ids uuid[], states_before text[], states text[], routes text[],
  destinations text[], machine_may_act boolean[], failed_routes text[], raised smallint[],
  open_assignment_ids uuid[], partly_processed boolean[], overridable boolean[],
  account_changeable boolean[], sets_closed_account boolean[], closed_accounts text[],
  transition_ids uuid[], events text[], actors text[], reasons text[], outside jsonb[],
  at timestamptz
) returns bigint
  language plpgsql security definer set search_path = public
  -- Looked up one by one in the index: what the planner thinks of a growing table is no help.
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
#variable_conflict use_column
declare
  moved bigint;
begin
  with changed as (
    update adjustment a
    set state = n.state, route = coalesce(n.route, a.route),
        destination = case when n.route is null then a.destination else n.destination end,
        machine_may_act = n.machine_may_act, failed_route = n.failed_route,
        partly_processed = n.state <> 'executed' and (a.partly_processed or n.partly_processed),
        overridable = n.overridable, account_changeable = n.account_changeable,
        closed_account = case
          when n.sets_closed_account then n.closed_account
          when n.state in ('pendingService', 'sending', 'unknown') then a.closed_account end,
        key_revision = a.key_revision + n.raised, open_assignment_id = n.open_assignment_id,
        version = a.version + 1, updated_at = at
    from unnest(
      client_ids, ids, states_before, states, routes, destinations,
      move_adjustments.machine_may_act, failed_routes, raised, open_assignment_ids,
      move_adjustments.partly_processed, move_adjustments.overridable,
      move_adjustments.account_changeable, move_adjustments.sets_closed_account, closed_accounts,
      transition_ids, events, actors, reasons, move_adjustments.outside) as n (
        client_id, id, state_before, state, route, destination, machine_may_act, failed_route,
        raised, open_assignment_id, partly_processed, overridable, account_changeable,
        sets_closed_account, closed_account, transition_id, event, actor, reason, outside)
    where a.client_id = n.client_id and a.id = n.id and a.state = n.state_before
    returning a.client_id, a.id, a.operation_id, n.state_before, n.state, n.transition_id,
              n.event, n.actor, n.reason, n.outside
  ), noted as (
    insert into transition (
      client_id, id, adjustment_id, from_state, to_state, event, actor, reason, outside,
      operation_id, recorded_at)
    select client_id, transition_id, id, state_before, state, event, actor, reason, outside,
           operation_id, at
    from changed
  )
  select count(*) into moved from changed;
  return moved;
end
$$;
revoke execute on function move_adjustments from public;
grant execute on function move_adjustments to redress_app;
