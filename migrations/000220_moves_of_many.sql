-- Why: a file of a million lines moves as many adjustments, and each transition was looked up in
-- the adjustments that the same statement had just changed. Moved by a function, a transition is of
-- an adjustment because it is what the change gave back; what the application inserts by itself is
-- looked up as before. So it is with lines.
-- Locks: access exclusive on transition and batch_line for moments. How long: milliseconds, no row
-- is read.

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

-- What is taken into a file is moved and gets its line at once: each line has its adjustment
-- because all of them moved, and one row stands for the file.
create function take_into_file(
  for_client text, state_before text, state_after text, for_event text, by_actor text, told jsonb,
  at timestamptz, ids uuid[], lines integer[], transition_ids uuid[], file uuid,
  detail_counts integer[], amounts bigint[], directions text[], revisions smallint[],
  first_dates date[], moved_entries text[]
) returns bigint
  language plpgsql security definer set search_path = public as $$
declare
  moved bigint;
begin
  moved := move_adjustments_alike(
    for_client, state_before, state_after, for_event, by_actor, told, false, at, ids, lines,
    transition_ids);
  if moved <> cardinality(ids) then
    raise exception 'of % adjustments, % are still to be taken into a file',
      cardinality(ids), moved
      using errcode = 'foreign_key_violation', constraint = 'batch_line_of_adjustment';
  end if;
  insert into batch_line (
    client_id, file_id, line_number, detail_count, adjustment_id, amount_minor, direction,
    key_revision, first_posting_date, entry_ids)
  select for_client, file, n.line, n.detail_count, n.id, n.amount, n.direction, n.revision,
         n.first_date, string_to_array(n.entries, ' ')::uuid[]
  from unnest(ids, lines, detail_counts, amounts, directions, revisions, first_dates,
              moved_entries)
    as n (id, line, detail_count, amount, direction, revision, first_date, entries);
  insert into batch_line_file (client_id, file_id) values (for_client, file)
  on conflict (client_id, file_id) do nothing;
  return moved;
end
$$;
revoke execute on function take_into_file from public;
grant execute on function take_into_file to redress_app;

drop trigger of_adjustment on batch_line;
create trigger of_adjustment after insert on batch_line
  referencing new table as added
  for each statement when (current_user = 'redress_app') execute function adjustment_must_exist();
drop trigger of_file on batch_line;
create trigger of_file after insert on batch_line
  referencing new table as added
  for each statement when (current_user = 'redress_app') execute function lines_of_file();
