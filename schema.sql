-- The schema after all migrations. Written by `npm run schema`; do not edit.
-- Months of partitioned tables are left out: `ensure_month_partitions` makes them.

set check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.add_due_calls()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  insert into due_call (client_id, assignment_id, adjustment_id, service, due_at)
  select client_id, id, adjustment_id, coalesce(destination, ''), opened_at
  from added
  where is_open and type = 'Pending Accounting Service';
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.add_merchant_credit_use()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  update merchant_credit
  set used_minor = used_minor + new.amount_minor
  where client_id = new.client_id and reference = new.reference;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.adjustment_must_exist()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
declare
  missing record;
begin
  select n.client_id, n.adjustment_id into missing
  from added n
  where not exists (
    select 1 from adjustment a where a.client_id = n.client_id and a.id = n.adjustment_id)
  limit 1;
  if found then
    raise exception '% of adjustment %, which client % does not have',
      tg_table_name, missing.adjustment_id, missing.client_id
      using errcode = 'foreign_key_violation', constraint = tg_table_name || '_of_adjustment';
  end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.attempt_must_exist()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
declare
  missing record;
begin
  select n.client_id, n.attempt_id into missing
  from added n
  -- A scalar: looked up one by one, where a join would read the partitions from end to end.
  where (
    select true from service_attempt a
    where a.client_id = n.client_id and a.adjustment_id = n.adjustment_id
      and a.id = n.attempt_id and a.started_at = n.started_at) is null
  limit 1;
  if found then
    raise exception 'outcome of attempt %, which client % does not have',
      missing.attempt_id, missing.client_id
      using errcode = 'foreign_key_violation', constraint = 'service_attempt_outcome_of_attempt';
  end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.closed_is_not_shown()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
declare
  shown record;
begin
  select n.id, n.adjustment_id into shown
  from changed n
  join adjustment a on a.client_id = n.client_id and a.id = n.adjustment_id
  where not n.is_open and a.open_assignment_id = n.id
  limit 1;
  if found then
    raise exception 'assignment % is closed, and adjustment % shows it',
      shown.id, shown.adjustment_id
      using errcode = 'foreign_key_violation', constraint = 'adjustment_shows_open_assignment';
  end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.ensure_month_partitions(target text, first date, months integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  start_on date;
  name text;
begin
  for step in 0 .. months - 1 loop
    start_on := (date_trunc('month', first) + make_interval(months => step))::date;
    name := format('%s_%s', target, to_char(start_on, 'YYYYMM'));
    if to_regclass(name) is null then
      execute format(
        'create table %I partition of %I for values from (%L) to (%L)',
        name, target, start_on::timestamp at time zone 'UTC',
        (start_on + interval '1 month')::timestamp at time zone 'UTC');
    end if;
  end loop;
  name := target || '_default';
  if to_regclass(name) is null then
    execute format('create table %I partition of %I default', name, target);
  end if;
end
$function$
;

CREATE OR REPLACE FUNCTION public.entry_booked()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  refused record;
begin
  perform 1
  from period p
  join (select distinct client_id, booked_on from added) a
    on p.client_id = a.client_id and a.booked_on between p.starts_on and p.ends_on
  order by p.client_id, p.starts_on
  for share of p;

  select a.client_id, a.booked_on into refused
  from (select distinct client_id, booked_on from added) a
  where not exists (
    select 1 from period p
    where p.client_id = a.client_id and p.state = 'open'
      and a.booked_on between p.starts_on and p.ends_on)
  limit 1;
  if found then
    raise exception 'entry of client % dated % is in no open period',
      refused.client_id, refused.booked_on
      using errcode = 'restrict_violation', constraint = 'entry_in_open_period';
  end if;

  insert into balance as b
    (client_id, dispute_id, collection, account, currency, booked_minor, executed_minor)
  select client_id, dispute_id, collection, account, currency, sum(minor), 0
  from (
    select client_id, dispute_id, debit_collection as collection, debit_account as account,
           currency, -amount_minor as minor
    from added
    union all
    select client_id, dispute_id, credit_collection, credit_account, currency, amount_minor
    from added
  ) side
  group by client_id, dispute_id, collection, account, currency
  order by client_id, dispute_id, collection, account, currency
  on conflict (client_id, dispute_id, collection, account, currency)
  do update set booked_minor = b.booked_minor + excluded.booked_minor;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.execution_recorded()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
declare
  told bigint;
  known bigint;
  executed bigint;
  found_balances bigint;
begin
  -- What bounds the months comes from one side of the join: the others are never opened.
  with wanted as materialized (
    select x.client_id, x.adjustment_id, x.entry_id, x.sign, a.dispute_id,
           a.created_at - interval '1 day' as since, x.recorded_at + interval '1 day' as until
    from added x
    join adjustment a on a.client_id = x.client_id and a.id = x.adjustment_id
  ), marked as (
    insert into clock_mark (client_id, dispute_id)
    select distinct n.client_id, n.dispute_id
    from wanted n
    join clock_watch w on w.client_id = n.client_id and w.dispute_id = n.dispute_id
  ), executing as materialized (
    select e.client_id, e.dispute_id, side.collection, side.account, e.currency,
           sum(side.minor * x.sign) as minor
    from wanted x
    join entry e on e.client_id = x.client_id and e.dispute_id = x.dispute_id
      and e.adjustment_id = x.adjustment_id and e.recorded_at between x.since and x.until
      and e.kind <> 'contra' and (x.entry_id is null or e.id = x.entry_id)
    cross join lateral (values
      (e.debit_collection, e.debit_account, -e.amount_minor),
      (e.credit_collection, e.credit_account, e.amount_minor)) as side (collection, account, minor)
    group by e.client_id, e.dispute_id, side.collection, side.account, e.currency
    order by e.client_id, e.dispute_id, side.collection, side.account, e.currency
  ), changed as (
    update balance b
    set executed_minor = b.executed_minor + executing.minor
    from executing
    where b.client_id = executing.client_id and b.dispute_id = executing.dispute_id
      and b.collection = executing.collection and b.account = executing.account
      and b.currency = executing.currency
    returning 1
  )
  select (select count(*) from added), (select count(*) from wanted),
         (select count(*) from executing), (select count(*) from changed)
  into told, known, executed, found_balances;
  if known <> told then
    raise exception 'of % executions, % are of an adjustment that their client has', told, known
      using errcode = 'foreign_key_violation', constraint = 'execution_of_adjustment';
  end if;
  if executed <> found_balances then
    raise exception 'of % balances that execute, % were ever booked', executed, found_balances
      using errcode = 'restrict_violation', constraint = 'execution_of_booked_balance';
  end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.guard_approval_decision()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  request approval_request;
begin
  select * into request
  from approval_request
  where client_id = new.client_id and id = new.request_id
  for update;
  if request.state is distinct from 'waiting' then
    raise exception 'approval %: it is % and takes no decision', new.request_id, request.state
      using errcode = 'restrict_violation';
  end if;
  if new.level <> request.approved_levels + 1 then
    raise exception 'approval %: level % is not the next one', new.request_id, new.level
      using errcode = 'restrict_violation';
  end if;
  if new.approved and exists (
    select 1 from approval_chain c
    where c.client_id = new.client_id and c.request_id = new.request_id
      and c.person in (new.person, new.on_behalf_of)
  ) then
    raise exception 'approval %: % had a hand in it', new.request_id, new.person
      using errcode = 'restrict_violation';
  end if;
  if new.approved and exists (
    select 1 from approval_decision d
    where d.client_id = new.client_id and d.request_id = new.request_id
      and (d.person in (new.person, new.on_behalf_of)
        or d.on_behalf_of in (new.person, new.on_behalf_of))
  ) then
    raise exception 'approval %: % decided an earlier level', new.request_id, new.person
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION public.keep_approval_request()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if (new.client_id, new.id, new.subject_kind, new.subject_id, new.claim_id, new.dispute_id,
      new.summary, new.rule, new.rule_words, new.amount_minor, new.currency, new.requested_by,
      new.requester, new.reason, new.payload, new.same_matter, new.is_after, new.levels,
      new.requested_at)
     is distinct from
     (old.client_id, old.id, old.subject_kind, old.subject_id, old.claim_id, old.dispute_id,
      old.summary, old.rule, old.rule_words, old.amount_minor, old.currency, old.requested_by,
      old.requester, old.reason, old.payload, old.same_matter, old.is_after, old.levels,
      old.requested_at)
     or old.state <> 'waiting' then
    raise exception 'approval %: what was asked for never changes, and is settled once', old.id
      using errcode = 'restrict_violation';
  end if;
  if new.approved_levels <> (
    select count(*) from approval_decision d
    where d.client_id = new.client_id and d.request_id = new.id and d.approved
  ) then
    raise exception 'approval %: its levels are counted by decisions', old.id
      using errcode = 'restrict_violation';
  end if;
  if new.state = 'approved' and exists (
    select 1 from approval_chain c
    join approval_decision d on d.client_id = c.client_id and d.request_id = c.request_id
    where c.client_id = new.client_id and c.request_id = new.id and d.approved
      and c.person in (d.person, d.on_behalf_of)
  ) then
    raise exception 'approval %: somebody who had a hand in it approved it', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION public.keep_batch_file()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.state = 'void' then
    raise exception 'file % is void', old.id using errcode = 'restrict_violation';
  end if;
  if (new.client_id, new.id, new.profile, new.sequence, new.window_id, new.part,
      new.supersedes_id, new.marker, new.file_name, new.layout_sha256, new.facts, new.currency,
      new.posting_date, new.sha256, new.size_bytes, new.adjustment_count,
      new.detail_count, new.line_count, new.debit_count, new.debit_minor, new.credit_count,
      new.credit_minor, new.hash_total, new.created_by, new.created_at)
     is distinct from
     (old.client_id, old.id, old.profile, old.sequence, old.window_id, old.part,
      old.supersedes_id, old.marker, old.file_name, old.layout_sha256, old.facts, old.currency,
      old.posting_date, old.sha256, old.size_bytes, old.adjustment_count,
      old.detail_count, old.line_count, old.debit_count, old.debit_minor, old.credit_count,
      old.credit_minor, old.hash_total, old.created_by, old.created_at) then
    raise exception 'file %: its content never changes', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION public.keep_delegation()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (new.id, new.delegator, new.delegate, new.permissions, new.clients, new.kinds,
      new.maximum_minor, new.currency, new.valid_from, new.valid_until, new.reason, new.given_by,
      new.given_at)
     is distinct from
     (old.id, old.delegator, old.delegate, old.permissions, old.clients, old.kinds,
      old.maximum_minor, old.currency, old.valid_from, old.valid_until, old.reason, old.given_by,
      old.given_at)
     or old.revoked_at is not null then
    raise exception 'delegation %: what was given never changes, and is revoked once', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION public.keep_inbound_file()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (new.client_id, new.id, new.profile, new.name, new.source, new.sha256, new.size_bytes,
      new.received_by, new.received_at)
     is distinct from
     (old.client_id, old.id, old.profile, old.name, old.source, old.sha256, old.size_bytes,
      old.received_by, old.received_at) then
    raise exception 'inbound file %: what came in never changes', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION public.keep_inbound_line()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (new.client_id, new.file_id, new.ordinal, new.line, new.status, new.reference,
      new.trace_number, new.original_file, new.end_to_end_id, new.amount_minor, new.currency,
      new.side, new.booked_on, new.code, new.reason)
     is distinct from
     (old.client_id, old.file_id, old.ordinal, old.line, old.status, old.reference,
      old.trace_number, old.original_file, old.end_to_end_id, old.amount_minor, old.currency,
      old.side, old.booked_on, old.code, old.reason) then
    raise exception 'inbound file %, line %: what it says never changes', old.file_id,
      old.ordinal using errcode = 'restrict_violation';
  end if;
  if old.state in ('applied', 'setAside') then
    raise exception 'inbound file %, line % is settled', old.file_id, old.ordinal
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION public.lines_of_file()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  insert into batch_line_file (client_id, file_id)
  select distinct client_id, file_id from added
  on conflict (client_id, file_id) do nothing;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.lock_batch_sequence(for_client text, for_profile text)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  last bigint;
begin
  insert into batch_sequence (client_id, profile) values (for_client, for_profile)
  on conflict (client_id, profile) do nothing;
  select last_sequence into last
  from batch_sequence
  where client_id = for_client and profile = for_profile
  for update;
  return last;
end
$function$
;

CREATE OR REPLACE FUNCTION public.make_append_only(target regclass)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  execute format(
    'create trigger append_only before update or delete or truncate on %s '
    'for each statement execute function refuse_change()', target);
  execute format('grant select, insert on %s to redress_app', target);
end
$function$
;

CREATE OR REPLACE FUNCTION public.mark_clocks_of_books()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
begin
  insert into clock_mark (client_id, dispute_id)
  select n.client_id, n.dispute_id
  from added n
  join clock_watch w on w.client_id = n.client_id and w.dispute_id = n.dispute_id;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.mark_clocks_of_new_books()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  insert into clock_watch (client_id, dispute_id, looked_at)
  select client_id, dispute_id, statement_timestamp() from added
  on conflict (client_id, dispute_id) do nothing;
  insert into clock_mark (client_id, dispute_id)
  select client_id, dispute_id from added;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.mark_clocks_of_work()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
begin
  insert into clock_mark (client_id, dispute_id)
  select distinct n.client_id, n.dispute_id
  from added n
  join clock_watch w on w.client_id = n.client_id and w.dispute_id = n.dispute_id
  where n.kind = 'user';
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.move_adjustments(client_ids text[], ids uuid[], states_before text[], states text[], routes text[], destinations text[], machine_may_act boolean[], failed_routes text[], raised smallint[], open_assignment_ids uuid[], partly_processed boolean[], overridable boolean[], account_changeable boolean[], sets_closed_account boolean[], closed_accounts text[], transition_ids uuid[], events text[], actors text[], reasons text[], outside jsonb[], at timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.move_adjustments_alike(for_client text, state_before text, state_after text, for_event text, by_actor text, told jsonb, closes boolean, at timestamp with time zone, ids uuid[], lines integer[], transition_ids uuid[])
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation',
          hint = 'Correct by a linked reversal; history is never rewritten.';
end
$function$
;

CREATE OR REPLACE FUNCTION public.refuse_other_body()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.key is distinct from old.key or new.body_hash is distinct from old.body_hash
     or new.input is distinct from old.input or new.operation is distinct from old.operation then
    raise exception 'operation %: key % was recorded with another body', old.id, old.key
      using errcode = 'restrict_violation';
  end if;
  if old.state <> 'due' then
    raise exception 'operation % is decided already', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION public.remove_due_calls()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
begin
  delete from due_call d
  using changed n
  where d.client_id = n.client_id and d.assignment_id = n.id
    and n.type = 'Pending Accounting Service' and not n.is_open;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.shown_is_open()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
begin
  perform 1
  from adjustment a
  left join assignment s on s.client_id = a.client_id and s.id = a.open_assignment_id
    and s.adjustment_id = a.id
  where a.client_id = new.client_id and a.id = new.id
    and a.open_assignment_id is not null and s.is_open is not true;
  if found then
    raise exception 'adjustment % shows assignment %, which is not open for it',
      new.id, new.open_assignment_id
      using errcode = 'foreign_key_violation', constraint = 'adjustment_shows_open_assignment';
  end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.take_batch_sequence()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  update batch_sequence
  set last_sequence = new.sequence
  where client_id = new.client_id and profile = new.profile
    and last_sequence = new.sequence - 1;
  if not found then
    raise exception 'file % of profile %: sequence % is not the next one',
      new.id, new.profile, new.sequence
      using errcode = 'restrict_violation', constraint = 'batch_file_next_sequence';
  end if;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION public.take_into_file(for_client text, state_before text, state_after text, for_event text, by_actor text, told jsonb, at timestamp with time zone, ids uuid[], lines integer[], transition_ids uuid[], file uuid, detail_counts integer[], amounts bigint[], directions text[], revisions smallint[], first_dates date[], moved_entries text[])
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$
;

create table account_change (
  client_id text not null,
  id uuid not null,
  adjustment_id uuid not null,
  replacement_id uuid not null,
  account uuid not null,
  reason text not null,
  confirmed_by_core boolean not null,
  actor text not null,
  recorded_at timestamp with time zone not null
);
alter table account_change add constraint account_change_pkey PRIMARY KEY (client_id, adjustment_id, id);
alter table account_change add constraint account_change_client_id_replacement_id_key UNIQUE (client_id, replacement_id);

create table account_key (
  client_id text not null,
  claim_id uuid not null,
  wrapped_key bytea not null,
  wrapping_key integer not null,
  created_at timestamp with time zone not null
);
alter table account_key add constraint account_key_pkey PRIMARY KEY (client_id, claim_id);
alter table account_key add constraint account_key_wrapped_key_check CHECK ((length(wrapped_key) = 40));
CREATE INDEX account_key_to_wrap ON public.account_key USING btree (wrapping_key);

create table account_number (
  client_id text not null,
  id uuid not null,
  claim_id uuid not null,
  kind text not null,
  sealed bytea not null,
  search_hash bytea not null,
  masked text not null,
  created_at timestamp with time zone not null
);
alter table account_number add constraint account_number_pkey PRIMARY KEY (client_id, id);
alter table account_number add constraint account_number_client_id_claim_id_search_hash_kind_key UNIQUE (client_id, claim_id, search_hash, kind);
alter table account_number add constraint account_number_kind_check CHECK ((kind = ANY (ARRAY['account'::text, 'card'::text])));
alter table account_number add constraint account_number_sealed_check CHECK ((length(sealed) > 28));
alter table account_number add constraint account_number_search_hash_check CHECK ((length(search_hash) = 32));
CREATE INDEX account_number_search ON public.account_number USING btree (client_id, search_hash);

create table adjustment (
  client_id text not null,
  id uuid not null,
  dispute_id uuid not null,
  operation_id uuid not null,
  operation text not null,
  ordinal integer not null,
  state text not null,
  processing text not null,
  principal_rule text,
  amount_minor bigint not null,
  currency text not null,
  route text,
  destination text,
  route_chosen_by text,
  reverses_adjustment_id uuid,
  follows_adjustment_id uuid,
  denial_id uuid,
  raises_disputed_minor bigint default 0 not null,
  hold jsonb,
  release_on date,
  event_date date not null,
  planned_posting_date date not null,
  rulebook_version text not null,
  key_revision smallint default 1 not null,
  machine_may_act boolean default true not null,
  failed_route text,
  open_assignment_id uuid,
  version integer default 1 not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  partly_processed boolean default false not null,
  overridable boolean default false not null,
  replaces_adjustment_id uuid,
  holder_account uuid,
  account_changeable boolean default false not null,
  closed_account text,
  hold_ask_at timestamp with time zone
) with (fillfactor=50);
alter table adjustment add constraint adjustment_pkey PRIMARY KEY (client_id, id);
alter table adjustment add constraint adjustment_account_changeable CHECK (((NOT account_changeable) OR (state = 'serviceFailed'::text)));
alter table adjustment add constraint adjustment_amount_minor_check CHECK ((amount_minor >= 0));
alter table adjustment add constraint adjustment_check CHECK (((state = ANY (ARRAY['executed'::text, 'tracked'::text, 'cancelled'::text])) = (open_assignment_id IS NULL)));
alter table adjustment add constraint adjustment_check1 CHECK (((processing = 'execute'::text) OR (state = ANY (ARRAY['planned'::text, 'awaitingApproval'::text, 'tracked'::text, 'cancelled'::text]))));
alter table adjustment add constraint adjustment_check2 CHECK (((hold_ask_at IS NULL) OR (state = ANY (ARRAY['planned'::text, 'awaitingApproval'::text]))));
alter table adjustment add constraint adjustment_closed_account CHECK (((closed_account IS NULL) OR ((closed_account = 'parking'::text) AND (state = ANY (ARRAY['pendingService'::text, 'sending'::text, 'unknown'::text]))) OR ((closed_account <> 'parking'::text) AND (state = 'serviceFailed'::text))));
alter table adjustment add constraint adjustment_closed_account_check CHECK ((closed_account = ANY (ARRAY['check'::text, 'ourSuspense'::text, 'parking'::text])));
alter table adjustment add constraint adjustment_failed_route_check CHECK ((failed_route = ANY (ARRAY['service'::text, 'batch'::text])));
alter table adjustment add constraint adjustment_ordinal_check CHECK ((ordinal > 0));
alter table adjustment add constraint adjustment_partly_processed CHECK (((NOT partly_processed) OR (state <> ALL (ARRAY['planned'::text, 'awaitingApproval'::text, 'serviceFailed'::text, 'pendingManual'::text, 'tracked'::text, 'cancelled'::text]))));
alter table adjustment add constraint adjustment_processing_check CHECK ((processing = ANY (ARRAY['execute'::text, 'track'::text])));
alter table adjustment add constraint adjustment_route_check CHECK ((route = ANY (ARRAY['AUTO'::text, 'BATCH'::text, 'MANUAL'::text])));
alter table adjustment add constraint adjustment_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'awaitingApproval'::text, 'pendingService'::text, 'sending'::text, 'unknown'::text, 'serviceFailed'::text, 'partlyExecuted'::text, 'pendingBatch'::text, 'inFile'::text, 'batchFailed'::text, 'pendingManual'::text, 'executed'::text, 'tracked'::text, 'cancelled'::text])));
CREATE INDEX adjustment_by_state ON public.adjustment USING btree (client_id, state, planned_posting_date) WHERE (state <> ALL (ARRAY['executed'::text, 'tracked'::text, 'cancelled'::text]));
CREATE INDEX adjustment_closed_account_due ON public.adjustment USING btree (client_id) WHERE (closed_account = ANY (ARRAY['check'::text, 'ourSuspense'::text]));
CREATE INDEX adjustment_hold_ask ON public.adjustment USING btree (client_id, hold_ask_at) WHERE ((state = 'planned'::text) AND (hold_ask_at IS NOT NULL));
CREATE INDEX adjustment_of_dispute ON public.adjustment USING btree (client_id, dispute_id, ordinal);
CREATE UNIQUE INDEX adjustment_one_live_replacement ON public.adjustment USING btree (client_id, replaces_adjustment_id) WHERE ((replaces_adjustment_id IS NOT NULL) AND (state <> 'cancelled'::text));
CREATE UNIQUE INDEX adjustment_one_live_reversal ON public.adjustment USING btree (client_id, reverses_adjustment_id) WHERE ((reverses_adjustment_id IS NOT NULL) AND (state <> 'cancelled'::text));
CREATE INDEX adjustment_pending_batch ON public.adjustment USING btree (client_id, destination, currency, id) WHERE (state = 'pendingBatch'::text);
CREATE INDEX adjustment_planned ON public.adjustment USING btree (client_id, release_on) WHERE (state = 'planned'::text);

create table ageing_item (
  client_id text not null,
  id uuid not null,
  claim_id uuid not null,
  dispute_id uuid not null,
  assignment_id uuid not null,
  decision text not null,
  difference text not null,
  amount_minor bigint not null,
  currency text not null,
  reason text not null,
  owner text not null,
  due_on date not null,
  asked_by text not null,
  approved_by text not null,
  opened_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  outcome text,
  version integer default 1 not null
);
alter table ageing_item add constraint ageing_item_pkey PRIMARY KEY (client_id, id);
alter table ageing_item add constraint ageing_item_amount_minor_check CHECK ((amount_minor >= 0));
alter table ageing_item add constraint ageing_item_check CHECK ((approved_by <> asked_by));
alter table ageing_item add constraint ageing_item_check1 CHECK (((settled_at IS NULL) = (outcome IS NULL)));
alter table ageing_item add constraint ageing_item_decision_check CHECK ((decision = ANY (ARRAY['pay'::text, 'deny'::text, 'partialDeny'::text, 'writeOff'::text])));
alter table ageing_item add constraint ageing_item_outcome_check CHECK ((outcome = ANY (ARRAY['balanced'::text, 'reopened'::text])));
CREATE INDEX ageing_due ON public.ageing_item USING btree (client_id, due_on, id) WHERE (settled_at IS NULL);
CREATE UNIQUE INDEX ageing_open ON public.ageing_item USING btree (client_id, dispute_id) WHERE (settled_at IS NULL);

create table ageing_owner (
  client_id text not null,
  item_id uuid not null,
  version integer not null,
  owner text not null,
  due_on date not null,
  reason text not null,
  actor text not null,
  recorded_at timestamp with time zone not null
);
alter table ageing_owner add constraint ageing_owner_pkey PRIMARY KEY (client_id, item_id, version);
alter table ageing_owner add constraint ageing_owner_owner_check CHECK (((length(owner) >= 1) AND (length(owner) <= 80)));
alter table ageing_owner add constraint ageing_owner_version_check CHECK ((version > 1));

create table api_key (
  id uuid not null,
  name text not null,
  key_hash bytea not null,
  prefix text not null,
  roles text[] not null,
  clients text[],
  created_by text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone
);
alter table api_key add constraint api_key_pkey PRIMARY KEY (id);
alter table api_key add constraint api_key_key_hash_check CHECK ((length(key_hash) = 32));
alter table api_key add constraint api_key_key_hash_key UNIQUE (key_hash);
alter table api_key add constraint api_key_name_check CHECK ((name ~ '^[a-z0-9][a-z0-9._@-]{0,62}$'::text));
alter table api_key add constraint api_key_name_key UNIQUE (name);

create table app_user (
  id uuid not null,
  name text not null,
  display_name text not null,
  password_hash text not null,
  roles text[] not null,
  clients text[],
  is_active boolean default true not null,
  failed_sign_ins integer default 0 not null,
  locked_until timestamp with time zone,
  version integer default 1 not null,
  created_at timestamp with time zone not null
);
alter table app_user add constraint app_user_pkey PRIMARY KEY (id);
alter table app_user add constraint app_user_name_check CHECK ((name ~ '^[a-z0-9][a-z0-9._@-]{0,62}$'::text));
alter table app_user add constraint app_user_name_key UNIQUE (name);

create table approval_before (
  client_id text not null,
  subject_kind text not null,
  subject_id uuid not null,
  times integer default 0 not null,
  onward integer default 0 not null
);
alter table approval_before add constraint approval_before_pkey PRIMARY KEY (client_id, subject_kind, subject_id);
alter table approval_before add constraint approval_before_check CHECK (((onward >= 0) AND (onward <= times)));
alter table approval_before add constraint approval_before_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['adjustment'::text, 'foundNotPosted'::text])));
alter table approval_before add constraint approval_before_times_check CHECK ((times >= 0));

create table approval_chain (
  client_id text not null,
  request_id uuid not null,
  person text not null,
  why text not null
);
alter table approval_chain add constraint approval_chain_pkey PRIMARY KEY (client_id, request_id, person);
alter table approval_chain add constraint approval_chain_person_check CHECK ((length(person) > 0));
alter table approval_chain add constraint approval_chain_why_check CHECK ((length(why) > 0));
CREATE INDEX approval_chain_of_person ON public.approval_chain USING btree (person, client_id, request_id);

create table approval_decision (
  client_id text not null,
  request_id uuid not null,
  level smallint not null,
  approved boolean not null,
  actor text not null,
  person text not null,
  on_behalf_of text,
  delegation_id uuid,
  reason text not null,
  recorded_at timestamp with time zone not null
);
alter table approval_decision add constraint approval_decision_pkey PRIMARY KEY (client_id, request_id, level);
alter table approval_decision add constraint approval_decision_check CHECK (((on_behalf_of IS NULL) = (delegation_id IS NULL)));
alter table approval_decision add constraint approval_decision_check1 CHECK ((on_behalf_of IS DISTINCT FROM person));
alter table approval_decision add constraint approval_decision_check2 CHECK ((approved OR (length(reason) > 0)));
alter table approval_decision add constraint approval_decision_client_id_request_id_person_key UNIQUE (client_id, request_id, person);
alter table approval_decision add constraint approval_decision_level_check CHECK (((level >= 1) AND (level <= 9)));
CREATE INDEX approval_decision_of_person ON public.approval_decision USING btree (person, recorded_at);

create table approval_delegation (
  id uuid not null,
  delegator text not null,
  delegate text not null,
  permissions text[] not null,
  clients text[],
  kinds text[],
  maximum_minor bigint,
  currency text,
  valid_from timestamp with time zone not null,
  valid_until timestamp with time zone not null,
  reason text not null,
  given_by text not null,
  given_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  revoked_by text,
  version integer default 1 not null
);
alter table approval_delegation add constraint approval_delegation_pkey PRIMARY KEY (id);
alter table approval_delegation add constraint approval_delegation_check CHECK ((delegator <> delegate));
alter table approval_delegation add constraint approval_delegation_check1 CHECK ((valid_until > valid_from));
alter table approval_delegation add constraint approval_delegation_check2 CHECK (((maximum_minor IS NULL) = (currency IS NULL)));
alter table approval_delegation add constraint approval_delegation_check3 CHECK (((revoked_at IS NULL) = (revoked_by IS NULL)));
alter table approval_delegation add constraint approval_delegation_maximum_minor_check CHECK ((maximum_minor > 0));
alter table approval_delegation add constraint approval_delegation_permissions_check CHECK ((cardinality(permissions) > 0));
alter table approval_delegation add constraint approval_delegation_reason_check CHECK ((length(reason) > 0));
CREATE INDEX approval_delegation_from ON public.approval_delegation USING btree (delegator, valid_until);
CREATE INDEX approval_delegation_to ON public.approval_delegation USING btree (delegate, valid_until);

create table approval_level (
  client_id text not null,
  request_id uuid not null,
  level smallint not null,
  permission text not null
);
alter table approval_level add constraint approval_level_pkey PRIMARY KEY (client_id, request_id, level);
alter table approval_level add constraint approval_level_level_check CHECK (((level >= 1) AND (level <= 9)));

create table approval_request (
  client_id text not null,
  id uuid not null,
  subject_kind text not null,
  subject_id text not null,
  claim_id uuid,
  dispute_id uuid,
  summary text not null,
  rule text not null,
  rule_words text not null,
  amount_minor bigint,
  currency text,
  requested_by text not null,
  requester text not null,
  reason text default ''::text not null,
  payload jsonb default '{}'::jsonb not null,
  same_matter text not null,
  is_after boolean default false not null,
  levels smallint not null,
  approved_levels smallint default 0 not null,
  state text default 'waiting'::text not null,
  requested_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  settled_by text,
  settled_because text,
  version integer default 1 not null
);
alter table approval_request add constraint approval_request_pkey PRIMARY KEY (client_id, id);
alter table approval_request add constraint approval_request_amount_minor_check CHECK ((amount_minor >= 0));
alter table approval_request add constraint approval_request_check CHECK (((approved_levels >= 0) AND (approved_levels <= levels)));
alter table approval_request add constraint approval_request_check1 CHECK (((amount_minor IS NULL) = (currency IS NULL)));
alter table approval_request add constraint approval_request_check2 CHECK (((state = 'waiting'::text) = (settled_at IS NULL)));
alter table approval_request add constraint approval_request_check3 CHECK (((state = 'waiting'::text) = (settled_by IS NULL)));
alter table approval_request add constraint approval_request_check4 CHECK (((state <> 'approved'::text) OR (approved_levels = levels)));
alter table approval_request add constraint approval_request_levels_check CHECK (((levels >= 1) AND (levels <= 9)));
alter table approval_request add constraint approval_request_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'approved'::text, 'declined'::text, 'withdrawn'::text])));
alter table approval_request add constraint approval_request_subject_id_check CHECK (((length(subject_id) >= 1) AND (length(subject_id) <= 200)));
alter table approval_request add constraint approval_request_subject_kind_check CHECK ((subject_kind ~ '^[a-z][A-Za-z]{2,40}$'::text));
alter table approval_request add constraint approval_request_summary_check CHECK ((length(summary) > 0));
CREATE INDEX approval_request_listed ON public.approval_request USING btree (client_id, requested_at, id);
CREATE INDEX approval_request_of_subject ON public.approval_request USING btree (client_id, subject_id, requested_at);
CREATE INDEX approval_request_same_matter ON public.approval_request USING btree (client_id, same_matter) WHERE (state = ANY (ARRAY['declined'::text, 'withdrawn'::text]));
CREATE INDEX approval_request_waiting ON public.approval_request USING btree (client_id, requested_at, id) WHERE (state = 'waiting'::text);
CREATE UNIQUE INDEX approval_request_waiting_subject ON public.approval_request USING btree (client_id, subject_kind, subject_id) WHERE (state = 'waiting'::text);

create table assignment (
  client_id text not null,
  id uuid not null,
  claim_id uuid not null,
  dispute_id uuid,
  adjustment_id uuid,
  type text not null,
  queue text not null,
  kind text not null,
  work_group text not null,
  is_open boolean default true not null,
  urgency smallint not null,
  goal_at timestamp with time zone,
  deadline_at timestamp with time zone,
  amount_minor bigint,
  currency text,
  assignee text,
  destination text,
  attempts smallint default 0 not null,
  reason text,
  opened_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  outcome text,
  version integer default 1 not null,
  next_rise_at timestamp with time zone,
  rises smallint default 0 not null,
  clock_due_at timestamp with time zone,
  act_by timestamp with time zone generated always as (LEAST(goal_at, clock_due_at)) stored,
  pended_until timestamp with time zone,
  pend_reason text,
  unworkable_reason text,
  cause text
) with (fillfactor=50);
alter table assignment add constraint assignment_pkey PRIMARY KEY (client_id, id);
alter table assignment add constraint assignment_check CHECK ((is_open = (closed_at IS NULL)));
alter table assignment add constraint assignment_check2 CHECK (((pended_until IS NULL) = (pend_reason IS NULL)));
alter table assignment add constraint assignment_check3 CHECK (((unworkable_reason IS NULL) OR (assignee IS NULL)));
alter table assignment add constraint assignment_kind_check CHECK ((kind = ANY (ARRAY['system'::text, 'user'::text, 'pending'::text])));
CREATE INDEX assignment_closed_service ON public.assignment USING btree (client_id, destination, closed_at) INCLUDE (deadline_at, outcome) WHERE ((type = 'Pending Accounting Service'::text) AND (NOT is_open));
CREATE INDEX assignment_failed_service ON public.assignment USING btree (client_id, destination, opened_at, id) WHERE (is_open AND (type = 'Execute Accounting Service Failed'::text));
CREATE INDEX assignment_free ON public.assignment USING btree (client_id, queue, urgency DESC, act_by, amount_minor DESC NULLS LAST, id) WHERE (is_open AND (kind = 'user'::text) AND (assignee IS NULL) AND (pended_until IS NULL) AND (unworkable_reason IS NULL));
CREATE INDEX assignment_lifetime ON public.assignment USING gist (tstzrange(LEAST(opened_at, closed_at), closed_at)) WHERE (NOT is_open);
CREATE INDEX assignment_of_claim ON public.assignment USING btree (client_id, claim_id) WHERE is_open;
CREATE INDEX assignment_of_dispute ON public.assignment USING btree (client_id, dispute_id);
CREATE INDEX assignment_of_person ON public.assignment USING btree (assignee, client_id) WHERE (is_open AND (assignee IS NOT NULL));
CREATE UNIQUE INDEX assignment_one_cause ON public.assignment USING btree (client_id, dispute_id, cause) WHERE (is_open AND (cause IS NOT NULL));
CREATE UNIQUE INDEX assignment_one_open ON public.assignment USING btree (client_id, adjustment_id) WHERE is_open;
CREATE INDEX assignment_pended ON public.assignment USING btree (pended_until) WHERE (is_open AND (pended_until IS NOT NULL));
CREATE INDEX assignment_queue ON public.assignment USING btree (client_id, queue, urgency DESC, act_by, amount_minor DESC NULLS LAST, id) WHERE is_open;
CREATE INDEX assignment_rises ON public.assignment USING btree (next_rise_at) WHERE (is_open AND (next_rise_at IS NOT NULL));
CREATE INDEX assignment_unworkable ON public.assignment USING btree (client_id, id) WHERE (is_open AND (unworkable_reason IS NOT NULL));

create table assignment_event (
  client_id text not null,
  assignment_id uuid not null,
  id bigint generated always as identity not null,
  at timestamp with time zone not null,
  kind text not null,
  actor text not null,
  reason text,
  assignee text,
  work_group text not null,
  urgency smallint not null,
  pended_until timestamp with time zone,
  is_unworkable boolean default false not null,
  version integer not null,
  stage smallint,
  action text
);
alter table assignment_event add constraint assignment_event_pkey PRIMARY KEY (client_id, assignment_id, id);
CREATE UNIQUE INDEX assignment_event_stage ON public.assignment_event USING btree (client_id, assignment_id, stage) WHERE (stage IS NOT NULL);

create table attestation (
  client_id text not null,
  id uuid not null,
  adjustment_id uuid not null,
  assignment_id uuid not null,
  reference text not null,
  posting_date date not null,
  attested boolean not null,
  note text,
  actor text not null,
  recorded_at timestamp with time zone not null
);
alter table attestation add constraint attestation_pkey PRIMARY KEY (client_id, adjustment_id, id);
alter table attestation add constraint attestation_attested_check CHECK (attested);
alter table attestation add constraint attestation_reference_check CHECK (((length(reference) >= 1) AND (length(reference) <= 100)));
CREATE INDEX attestation_by_day ON public.attestation USING btree (client_id, posting_date, id);

create table attestation_evidence (
  client_id text not null,
  attestation_id uuid not null,
  evidence_id uuid not null
);
alter table attestation_evidence add constraint attestation_evidence_pkey PRIMARY KEY (client_id, attestation_id, evidence_id);

create table audit (
  id uuid not null,
  actor text not null,
  client_id text,
  action text not null,
  subject text not null,
  outcome text not null,
  code text,
  reason text,
  request_id text,
  recorded_at timestamp with time zone not null
) partition by RANGE (recorded_at);
alter table audit add constraint audit_pkey PRIMARY KEY (id, recorded_at);
alter table audit add constraint audit_check CHECK (((outcome = 'refused'::text) = (code IS NOT NULL)));
alter table audit add constraint audit_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'refused'::text])));
CREATE INDEX audit_of_actor ON ONLY public.audit USING btree (actor, recorded_at);
CREATE INDEX audit_of_subject ON ONLY public.audit USING btree (subject, recorded_at);

create table automatic_credit (
  client_id text not null,
  id uuid not null,
  dispute_id uuid not null,
  round smallint not null,
  clock text not null,
  operation text not null,
  state text not null,
  reason text,
  attempt smallint default 1 not null,
  operation_id uuid,
  amount_minor bigint,
  currency text not null,
  route text,
  destination text,
  predicted_posting_on date,
  due_on date not null,
  written_at timestamp with time zone not null,
  approved boolean,
  approved_by text,
  approved_at timestamp with time zone,
  approval_reason text,
  version integer default 1 not null
);
alter table automatic_credit add constraint automatic_credit_pkey PRIMARY KEY (client_id, id);
alter table automatic_credit add constraint automatic_credit_attempt_check CHECK ((attempt > 0));
alter table automatic_credit add constraint automatic_credit_check CHECK (((state = 'written'::text) = (operation_id IS NOT NULL)));
alter table automatic_credit add constraint automatic_credit_check1 CHECK (((state = 'written'::text) OR (reason IS NOT NULL)));
alter table automatic_credit add constraint automatic_credit_check2 CHECK ((num_nulls(approved, approved_by, approved_at) = ANY (ARRAY[0, 3])));
alter table automatic_credit add constraint automatic_credit_check3 CHECK (((approved IS NULL) OR (state = 'written'::text)));
alter table automatic_credit add constraint automatic_credit_check4 CHECK (((approved IS DISTINCT FROM false) OR (approval_reason IS NOT NULL)));
alter table automatic_credit add constraint automatic_credit_client_id_dispute_id_round_clock_key UNIQUE (client_id, dispute_id, round, clock);
alter table automatic_credit add constraint automatic_credit_state_check CHECK ((state = ANY (ARRAY['written'::text, 'impossible'::text])));
CREATE INDEX automatic_credit_listed ON public.automatic_credit USING btree (client_id, id DESC);
CREATE INDEX automatic_credit_to_approve ON public.automatic_credit USING btree (client_id, id DESC) WHERE ((state = 'written'::text) AND (approved IS NULL));

create table balance (
  client_id text not null,
  dispute_id uuid not null,
  collection text not null,
  account text not null,
  currency text not null,
  booked_minor bigint not null,
  executed_minor bigint not null
) with (fillfactor=50);
alter table balance add constraint balance_pkey PRIMARY KEY (client_id, dispute_id, collection, account, currency);

create table batch_alarm (
  client_id text not null,
  id uuid not null,
  profile text not null,
  kind text not null,
  subject text not null,
  owner text not null,
  text text not null,
  raised_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  closed_by text,
  closed_because text
);
alter table batch_alarm add constraint batch_alarm_pkey PRIMARY KEY (client_id, id);
alter table batch_alarm add constraint batch_alarm_check CHECK (((closed_at IS NULL) = (closed_by IS NULL)));
alter table batch_alarm add constraint batch_alarm_check1 CHECK (((closed_at IS NULL) = (closed_because IS NULL)));
alter table batch_alarm add constraint batch_alarm_kind_check CHECK ((kind = ANY (ARRAY['acknowledgementOverdue'::text, 'fileHeld'::text, 'filePutOff'::text, 'fileRefused'::text, 'linesUnmatched'::text, 'pickUpFailed'::text])));
CREATE INDEX batch_alarm_listed ON public.batch_alarm USING btree (client_id, raised_at, id);
CREATE INDEX batch_alarm_of_subject ON public.batch_alarm USING btree (client_id, kind, subject);
CREATE UNIQUE INDEX batch_alarm_open ON public.batch_alarm USING btree (client_id, kind, subject) WHERE (closed_at IS NULL);

create table batch_cut_off_gap (
  client_id text not null,
  profile text not null,
  cut_off text not null,
  removed_at timestamp with time zone not null,
  taken_up_at timestamp with time zone
);
alter table batch_cut_off_gap add constraint batch_cut_off_gap_pkey PRIMARY KEY (client_id, profile, cut_off, removed_at);
alter table batch_cut_off_gap add constraint batch_cut_off_gap_check CHECK ((taken_up_at >= removed_at));
CREATE UNIQUE INDEX batch_cut_off_gap_open ON public.batch_cut_off_gap USING btree (client_id, profile, cut_off) WHERE (taken_up_at IS NULL);

create table batch_envelope (
  client_id text not null,
  id uuid not null,
  file_id uuid not null,
  keys_sha256 bytea not null,
  recipients text[] not null,
  signer text,
  sha256 bytea not null,
  size_bytes bigint not null,
  created_at timestamp with time zone not null
);
alter table batch_envelope add constraint batch_envelope_pkey PRIMARY KEY (client_id, id);
alter table batch_envelope add constraint batch_envelope_client_id_file_id_keys_sha256_key UNIQUE (client_id, file_id, keys_sha256);
alter table batch_envelope add constraint batch_envelope_keys_sha256_check CHECK ((length(keys_sha256) = 32));
alter table batch_envelope add constraint batch_envelope_recipients_check CHECK ((cardinality(recipients) > 0));
alter table batch_envelope add constraint batch_envelope_sha256_check CHECK ((length(sha256) = 32));
alter table batch_envelope add constraint batch_envelope_size_bytes_check CHECK ((size_bytes > 0));

create table batch_envelope_bytes (
  client_id text not null,
  envelope_id uuid not null,
  ordinal integer not null,
  bytes bytea not null
);
alter table batch_envelope_bytes add constraint batch_envelope_bytes_pkey PRIMARY KEY (client_id, envelope_id, ordinal);
alter table batch_envelope_bytes add constraint batch_envelope_bytes_ordinal_check CHECK ((ordinal > 0));

create table batch_file (
  client_id text not null,
  id uuid not null,
  profile text not null,
  sequence bigint not null,
  window_id uuid not null,
  part smallint not null,
  supersedes_id uuid,
  state text not null,
  marker text not null,
  file_name text not null,
  layout_sha256 bytea not null,
  facts jsonb not null,
  currency text not null,
  posting_date date not null,
  sha256 bytea not null,
  size_bytes bigint not null,
  wrapped_key bytea,
  wrapping_key integer,
  adjustment_count bigint not null,
  detail_count bigint not null,
  line_count bigint not null,
  debit_count bigint not null,
  debit_minor numeric(38,0) not null,
  credit_count bigint not null,
  credit_minor numeric(38,0) not null,
  hash_total bigint not null,
  void_statement text,
  void_reason text,
  voided_by text,
  void_seconded_by text,
  transmission smallint default 1 not null,
  attempts smallint default 0 not null,
  due_at timestamp with time zone,
  leased_by text,
  leased_until timestamp with time zone,
  problem text,
  created_by text not null,
  created_at timestamp with time zone not null,
  handed_over_at timestamp with time zone,
  acknowledged_at timestamp with time zone,
  updated_at timestamp with time zone not null,
  version integer default 1 not null,
  release text default 'free'::text not null
);
alter table batch_file add constraint batch_file_pkey PRIMARY KEY (client_id, id);
alter table batch_file add constraint batch_file_adjustment_count_check CHECK ((adjustment_count >= 0));
alter table batch_file add constraint batch_file_check CHECK ((detail_count >= adjustment_count));
alter table batch_file add constraint batch_file_check1 CHECK ((line_count >= detail_count));
alter table batch_file add constraint batch_file_check2 CHECK (((wrapped_key IS NULL) = (wrapping_key IS NULL)));
alter table batch_file add constraint batch_file_check3 CHECK (((state = 'void'::text) = (void_statement IS NOT NULL)));
alter table batch_file add constraint batch_file_check4 CHECK (((void_seconded_by IS DISTINCT FROM voided_by) OR (voided_by IS NULL)));
alter table batch_file add constraint batch_file_client_id_profile_file_name_key UNIQUE (client_id, profile, file_name);
alter table batch_file add constraint batch_file_client_id_profile_sequence_key UNIQUE (client_id, profile, sequence);
alter table batch_file add constraint batch_file_credit_count_check CHECK ((credit_count >= 0));
alter table batch_file add constraint batch_file_credit_minor_check CHECK ((credit_minor >= (0)::numeric));
alter table batch_file add constraint batch_file_debit_count_check CHECK ((debit_count >= 0));
alter table batch_file add constraint batch_file_debit_minor_check CHECK ((debit_minor >= (0)::numeric));
alter table batch_file add constraint batch_file_hash_total_check CHECK ((hash_total >= 0));
alter table batch_file add constraint batch_file_marker_check CHECK ((marker = ANY (ARRAY['TEST'::text, 'LIVE'::text])));
alter table batch_file add constraint batch_file_part_check CHECK ((part > 0));
alter table batch_file add constraint batch_file_release_check CHECK ((release = ANY (ARRAY['free'::text, 'waiting'::text, 'approved'::text, 'declined'::text])));
alter table batch_file add constraint batch_file_sequence_check CHECK ((sequence > 0));
alter table batch_file add constraint batch_file_sha256_check CHECK ((length(sha256) = 32));
alter table batch_file add constraint batch_file_size_bytes_check CHECK ((size_bytes >= 0));
alter table batch_file add constraint batch_file_state_check CHECK ((state = ANY (ARRAY['generated'::text, 'sending'::text, 'deliveryUnknown'::text, 'handedOver'::text, 'acknowledged'::text, 'transmissionFailed'::text, 'void'::text])));
alter table batch_file add constraint batch_file_void_statement_check CHECK ((void_statement = ANY (ARRAY['notReceived'::text, 'rejected'::text, 'deleted'::text, 'notReleased'::text])));
alter table batch_file add constraint batch_file_waits_for_release CHECK (((release = ANY (ARRAY['free'::text, 'approved'::text])) OR ((due_at IS NULL) AND (state = ANY (ARRAY['generated'::text, 'void'::text])))));
CREATE INDEX batch_file_awaited ON public.batch_file USING btree (client_id, profile, handed_over_at) WHERE (state = 'handedOver'::text);
CREATE INDEX batch_file_due ON public.batch_file USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX batch_file_of_window ON public.batch_file USING btree (client_id, window_id);
CREATE INDEX batch_file_supersedes ON public.batch_file USING btree (client_id, supersedes_id) WHERE (supersedes_id IS NOT NULL);

create table batch_file_bytes (
  client_id text not null,
  file_id uuid not null,
  ordinal integer not null,
  bytes bytea not null
);
alter table batch_file_bytes add constraint batch_file_bytes_pkey PRIMARY KEY (client_id, file_id, ordinal);
alter table batch_file_bytes add constraint batch_file_bytes_ordinal_check CHECK ((ordinal > 0));

create table batch_layout (
  client_id text not null,
  sha256 bytea not null,
  name text not null,
  version text not null,
  definition text not null,
  recorded_at timestamp with time zone not null
);
alter table batch_layout add constraint batch_layout_pkey PRIMARY KEY (client_id, sha256);
alter table batch_layout add constraint batch_layout_sha256_check CHECK ((length(sha256) = 32));

create table batch_line (
  client_id text not null,
  file_id uuid not null,
  line_number bigint not null,
  detail_count integer not null,
  adjustment_id uuid not null,
  amount_minor bigint not null,
  direction text not null,
  key_revision smallint not null,
  first_posting_date date not null,
  entry_ids uuid[],
  live boolean default true not null,
  outcome text,
  outcome_reference text
) with (fillfactor=50);
alter table batch_line add constraint batch_line_pkey PRIMARY KEY (client_id, file_id, line_number);
alter table batch_line add constraint batch_line_amount_minor_check CHECK ((amount_minor >= 0));
alter table batch_line add constraint batch_line_check CHECK ((live OR (outcome IS NOT NULL)));
alter table batch_line add constraint batch_line_detail_count_check CHECK ((detail_count > 0));
alter table batch_line add constraint batch_line_direction_check CHECK ((direction = ANY (ARRAY['debit'::text, 'credit'::text, 'memo'::text])));
alter table batch_line add constraint batch_line_line_number_check CHECK ((line_number > 0));
alter table batch_line add constraint batch_line_outcome_check CHECK ((outcome = ANY (ARRAY['acknowledged'::text, 'refused'::text, 'released'::text])));
CREATE INDEX batch_line_of_adjustment ON public.batch_line USING btree (client_id, adjustment_id);
CREATE UNIQUE INDEX batch_line_one_live ON public.batch_line USING btree (client_id, adjustment_id) WHERE live;

create table batch_line_file (
  client_id text not null,
  file_id uuid not null
);
alter table batch_line_file add constraint batch_line_file_pkey PRIMARY KEY (client_id, file_id);

create table batch_progress (
  client_id text not null,
  profile text not null,
  actor text not null,
  rendered bigint not null,
  total bigint,
  started_at timestamp with time zone not null,
  told_at timestamp with time zone not null
);
alter table batch_progress add constraint batch_progress_pkey PRIMARY KEY (client_id, profile);
alter table batch_progress add constraint batch_progress_rendered_check CHECK ((rendered >= 0));
alter table batch_progress add constraint batch_progress_total_check CHECK ((total >= 0));

create table batch_sequence (
  client_id text not null,
  profile text not null,
  last_sequence bigint default 0 not null
);
alter table batch_sequence add constraint batch_sequence_pkey PRIMARY KEY (client_id, profile);
alter table batch_sequence add constraint batch_sequence_last_sequence_check CHECK ((last_sequence >= 0));

create table batch_statement (
  client_id text not null,
  id uuid not null,
  file_id uuid not null,
  statement text not null,
  reason text not null,
  difference jsonb not null,
  actor text not null,
  recorded_at timestamp with time zone not null,
  state text default 'waiting'::text not null,
  settled_by text,
  settled_because text,
  settled_at timestamp with time zone
);
alter table batch_statement add constraint batch_statement_pkey PRIMARY KEY (client_id, id);
alter table batch_statement add constraint batch_statement_check CHECK (((state = 'waiting'::text) = (settled_at IS NULL)));
alter table batch_statement add constraint batch_statement_check1 CHECK (((state <> 'seconded'::text) OR (settled_by <> actor)));
alter table batch_statement add constraint batch_statement_reason_check CHECK ((length(reason) > 0));
alter table batch_statement add constraint batch_statement_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'seconded'::text, 'declined'::text])));
alter table batch_statement add constraint batch_statement_statement_check CHECK ((statement = ANY (ARRAY['notReceived'::text, 'rejected'::text, 'deleted'::text])));
CREATE INDEX batch_statement_of_file ON public.batch_statement USING btree (client_id, file_id);
CREATE UNIQUE INDEX batch_statement_waiting ON public.batch_statement USING btree (client_id, file_id) WHERE (state = 'waiting'::text);

create table batch_transmission (
  client_id text not null,
  id uuid not null,
  file_id uuid not null,
  transmission smallint not null,
  attempt smallint not null,
  step text not null,
  detail jsonb default '{}'::jsonb not null,
  actor text not null,
  recorded_at timestamp with time zone not null
);
alter table batch_transmission add constraint batch_transmission_pkey PRIMARY KEY (client_id, file_id, id);

create table batch_window (
  client_id text not null,
  id uuid not null,
  profile text not null,
  business_date date not null,
  cut_off text not null,
  ordinal integer default 0 not null,
  cut_at timestamp with time zone not null,
  posting_date date not null,
  state text not null,
  made_up boolean default false not null,
  asked_by text,
  reason text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);
alter table batch_window add constraint batch_window_pkey PRIMARY KEY (client_id, id);
alter table batch_window add constraint batch_window_check CHECK (((ordinal = 0) = (asked_by IS NULL)));
alter table batch_window add constraint batch_window_client_id_profile_business_date_cut_off_ordina_key UNIQUE (client_id, profile, business_date, cut_off, ordinal);
alter table batch_window add constraint batch_window_ordinal_check CHECK ((ordinal >= 0));
alter table batch_window add constraint batch_window_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'late'::text, 'cut'::text, 'skipped'::text, 'done'::text])));
CREATE INDEX batch_window_due ON public.batch_window USING btree (cut_at) WHERE (state = ANY (ARRAY['planned'::text, 'late'::text]));
CREATE INDEX batch_window_of_profile ON public.batch_window USING btree (client_id, profile, cut_at);

create table case_number (
  client_id text not null,
  local_date date not null,
  kind text not null,
  last_ordinal integer not null
);
alter table case_number add constraint case_number_pkey PRIMARY KEY (client_id, local_date, kind);
alter table case_number add constraint case_number_kind_check CHECK ((kind = ANY (ARRAY['C'::text, 'D'::text])));
alter table case_number add constraint case_number_last_ordinal_check CHECK ((last_ordinal > 0));

create table claim (
  client_id text not null,
  id uuid not null,
  number text not null,
  claim_type text not null,
  notice_received_on date,
  facts jsonb default '{}'::jsonb not null,
  key text,
  body_hash bytea,
  version integer default 1 not null,
  created_at timestamp with time zone not null
);
alter table claim add constraint claim_pkey PRIMARY KEY (client_id, id);
alter table claim add constraint claim_client_id_key_key UNIQUE (client_id, key);
alter table claim add constraint claim_client_id_number_key UNIQUE (client_id, number);
alter table claim add constraint claim_number_check CHECK ((number ~ '^[0-9]{6}[0-9]{4,}C$'::text));

create table claim_lock (
  client_id text not null,
  claim_id uuid not null,
  holder text not null,
  taken_at timestamp with time zone not null,
  renewed_at timestamp with time zone not null,
  leased_until timestamp with time zone not null
);
alter table claim_lock add constraint claim_lock_pkey PRIMARY KEY (client_id, claim_id);
CREATE INDEX claim_lock_expired ON public.claim_lock USING btree (leased_until);

create table claim_lock_event (
  client_id text not null,
  claim_id uuid not null,
  id bigint generated always as identity not null,
  at timestamp with time zone not null,
  kind text not null,
  actor text not null,
  holder text not null,
  reason text
);
alter table claim_lock_event add constraint claim_lock_event_pkey PRIMARY KEY (client_id, claim_id, id);
alter table claim_lock_event add constraint claim_lock_event_check CHECK (((kind <> 'broken'::text) OR (reason IS NOT NULL)));
alter table claim_lock_event add constraint claim_lock_event_kind_check CHECK ((kind = ANY (ARRAY['taken'::text, 'released'::text, 'broken'::text, 'lapsed'::text])));

create table client (
  id text not null,
  name text not null,
  settings json default '{}'::json not null,
  version integer default 1 not null,
  created_at timestamp with time zone not null
);
alter table client add constraint client_pkey PRIMARY KEY (id);
alter table client add constraint client_id_check CHECK ((id ~ '^[a-z0-9][a-z0-9-]{0,30}$'::text));

create table clock_automation (
  client_id text not null,
  id uuid not null,
  setting text not null,
  is_on boolean not null,
  actor text not null,
  recorded_at timestamp with time zone not null
);
alter table clock_automation add constraint clock_automation_pkey PRIMARY KEY (client_id, id);
alter table clock_automation add constraint clock_automation_actor_check CHECK ((length(actor) > 0));
alter table clock_automation add constraint clock_automation_setting_check CHECK ((setting = ANY (ARRAY['automaticProvisionalCredit'::text, 'automaticFinalCredit'::text])));
CREATE INDEX clock_automation_of_setting ON public.clock_automation USING btree (client_id, setting, recorded_at);

create table clock_client (
  client_id text not null,
  read_with text not null
);
alter table clock_client add constraint clock_client_pkey PRIMARY KEY (client_id);

create table clock_mark (
  id bigint generated always as identity not null,
  client_id text not null,
  dispute_id uuid not null
);
alter table clock_mark add constraint clock_mark_pkey PRIMARY KEY (id);
CREATE INDEX clock_mark_of_dispute ON public.clock_mark USING btree (client_id, dispute_id);

create table clock_reason (
  client_id text not null,
  dispute_id uuid not null,
  round smallint not null,
  clock text not null,
  due_on date not null,
  stage text not null,
  words text not null,
  waiting jsonb not null,
  recorded_at timestamp with time zone not null
);
alter table clock_reason add constraint clock_reason_pkey PRIMARY KEY (client_id, dispute_id, round, clock, due_on, stage);
alter table clock_reason add constraint clock_reason_stage_check CHECK ((stage = ANY (ARRAY['missed'::text, 'metLate'::text])));
alter table clock_reason add constraint clock_reason_waiting_check CHECK ((jsonb_typeof(waiting) = 'array'::text));
alter table clock_reason add constraint clock_reason_words_check CHECK ((words <> ''::text));

create table clock_warning (
  client_id text not null,
  dispute_id uuid not null,
  round smallint not null,
  clock text not null,
  due_on date not null,
  stage text not null,
  recorded_at timestamp with time zone not null
);
alter table clock_warning add constraint clock_warning_pkey PRIMARY KEY (client_id, dispute_id, round, clock, due_on, stage);
alter table clock_warning add constraint clock_warning_stage_check CHECK ((stage = ANY (ARRAY['warned'::text, 'missed'::text])));

create table clock_watch (
  client_id text not null,
  dispute_id uuid not null,
  look_at timestamp with time zone,
  looked_at timestamp with time zone not null
) with (fillfactor=80);
alter table clock_watch add constraint clock_watch_pkey PRIMARY KEY (client_id, dispute_id);
CREATE INDEX clock_watch_due ON public.clock_watch USING btree (look_at) WHERE (look_at IS NOT NULL);

create table confirmation (
  client_id text not null,
  adjustment_id uuid not null,
  side text not null,
  reconciliation_id uuid not null,
  ordinal integer not null,
  confirmed_at timestamp with time zone not null
);
alter table confirmation add constraint confirmation_pkey PRIMARY KEY (client_id, adjustment_id, side);
alter table confirmation add constraint confirmation_side_check CHECK ((side = ANY (ARRAY['debit'::text, 'credit'::text, 'either'::text])));

create table denial (
  client_id text not null,
  id uuid not null,
  dispute_id uuid not null,
  operation_id uuid not null,
  kind text not null,
  amount_minor bigint not null,
  reason text,
  state_before text not null,
  notice_sent_on date,
  debit_date date,
  lifted_by uuid,
  recorded_at timestamp with time zone not null,
  date_named date,
  honor_from date,
  honor_until date
);
alter table denial add constraint denial_pkey PRIMARY KEY (client_id, id);
alter table denial add constraint denial_amount_minor_check CHECK ((amount_minor > 0));
alter table denial add constraint denial_check CHECK (((honor_from IS NULL) = (honor_until IS NULL)));
alter table denial add constraint denial_check1 CHECK ((honor_until >= honor_from));
alter table denial add constraint denial_kind_check CHECK ((kind = ANY (ARRAY['deny'::text, 'withdraw'::text, 'receivable'::text])));
CREATE INDEX denial_by_debit_date ON public.denial USING btree (client_id, COALESCE(debit_date, date_named), id) WHERE (kind <> 'receivable'::text);
CREATE INDEX denial_of_dispute ON public.denial USING btree (client_id, dispute_id);

create table dispute (
  client_id text not null,
  id uuid not null,
  claim_id uuid not null,
  number text not null,
  amount_minor bigint not null,
  currency text not null,
  account_id uuid not null,
  facts jsonb default '{}'::jsonb not null,
  created_at timestamp with time zone not null
);
alter table dispute add constraint dispute_pkey PRIMARY KEY (client_id, id);
alter table dispute add constraint dispute_amount_minor_check CHECK ((amount_minor > 0));
alter table dispute add constraint dispute_client_id_number_key UNIQUE (client_id, number);
alter table dispute add constraint dispute_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text));
alter table dispute add constraint dispute_number_check CHECK ((number ~ '^[0-9]{6}[0-9]{4,}D$'::text));
CREATE INDEX dispute_of_claim ON public.dispute USING btree (client_id, claim_id);

create table dispute_book (
  client_id text not null,
  dispute_id uuid not null,
  state text not null,
  version integer default 1 not null,
  updated_at timestamp with time zone not null
) with (fillfactor=90);
alter table dispute_book add constraint dispute_book_pkey PRIMARY KEY (client_id, dispute_id);
alter table dispute_book add constraint dispute_book_state_check CHECK ((state = ANY (ARRAY['open'::text, 'provisionallyCredited'::text, 'denialPlanned'::text, 'finalCredit'::text, 'denied'::text, 'withdrawn'::text, 'resolved'::text])));

create table due_call (
  client_id text not null,
  assignment_id uuid not null,
  adjustment_id uuid not null,
  service text not null,
  due_at timestamp with time zone,
  leased_by text,
  leased_until timestamp with time zone
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0.05);
alter table due_call add constraint due_call_pkey PRIMARY KEY (client_id, assignment_id);
CREATE INDEX due_call_due ON public.due_call USING btree (client_id, service, due_at) WHERE (due_at IS NOT NULL);

create table entry (
  client_id text not null,
  id uuid not null,
  dispute_id uuid not null,
  adjustment_id uuid not null,
  operation_id uuid not null,
  rule text not null,
  kind text not null,
  undoes uuid,
  debit_collection text not null,
  debit_account text not null,
  debit_tran_code text,
  credit_collection text not null,
  credit_account text not null,
  credit_tran_code text,
  amount_minor bigint not null,
  currency text not null,
  processing text not null,
  event_date date not null,
  planned_posting_date date not null,
  booked_on date not null,
  rulebook_version text not null,
  chosen_by text[] default '{}'::text[] not null,
  actor text not null,
  recorded_at timestamp with time zone not null
) partition by RANGE (recorded_at);
alter table entry add constraint entry_pkey PRIMARY KEY (client_id, dispute_id, id, recorded_at);
alter table entry add constraint entry_amount_minor_check CHECK ((amount_minor > 0));
alter table entry add constraint entry_check CHECK (((debit_collection <> credit_collection) OR (debit_account <> credit_account)));
alter table entry add constraint entry_check1 CHECK (((kind = 'original'::text) = (undoes IS NULL)));
alter table entry add constraint entry_id_check CHECK (("right"((id)::text, 1) = '0'::text));
alter table entry add constraint entry_kind_check CHECK ((kind = ANY (ARRAY['original'::text, 'contra'::text, 'reversal'::text])));
alter table entry add constraint entry_processing_check CHECK ((processing = ANY (ARRAY['execute'::text, 'track'::text])));

create table evidence (
  client_id text not null,
  id uuid not null,
  assignment_id uuid not null,
  adjustment_id uuid not null,
  dispute_id uuid not null,
  name text not null,
  media_type text not null,
  sha256 bytea not null,
  size_bytes integer not null,
  wrapped_key bytea not null,
  wrapping_key integer not null,
  actor text not null,
  recorded_at timestamp with time zone not null
);
alter table evidence add constraint evidence_pkey PRIMARY KEY (client_id, id);
alter table evidence add constraint evidence_client_id_assignment_id_sha256_key UNIQUE (client_id, assignment_id, sha256);
alter table evidence add constraint evidence_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255)));
alter table evidence add constraint evidence_sha256_check CHECK ((length(sha256) = 32));
alter table evidence add constraint evidence_size_bytes_check CHECK ((size_bytes > 0));
CREATE INDEX evidence_of_adjustment ON public.evidence USING btree (client_id, adjustment_id);

create table evidence_chunk (
  client_id text not null,
  evidence_id uuid not null,
  ordinal integer not null,
  bytes bytea not null
);
alter table evidence_chunk add constraint evidence_chunk_pkey PRIMARY KEY (client_id, evidence_id, ordinal);
alter table evidence_chunk add constraint evidence_chunk_ordinal_check CHECK ((ordinal > 0));

create table execution (
  client_id text not null,
  id uuid not null,
  adjustment_id uuid not null,
  entry_id uuid,
  sign smallint not null,
  basis text not null,
  reference text,
  posting_date date not null,
  actor text not null,
  recorded_at timestamp with time zone not null
);
alter table execution add constraint execution_pkey PRIMARY KEY (client_id, adjustment_id, id);
alter table execution add constraint execution_basis_check CHECK ((basis = ANY (ARRAY['posted'::text, 'assumed'::text, 'acknowledged'::text, 'attested'::text, 'matched'::text, 'returned'::text, 'disproved'::text])));
alter table execution add constraint execution_sign_check CHECK ((sign = ANY (ARRAY['-1'::integer, 1])));
CREATE INDEX execution_of_reference ON public.execution USING btree (client_id, reference) WHERE ((reference IS NOT NULL) AND (sign = 1));

create table hold_answer (
  client_id text not null,
  adjustment_id uuid not null,
  id uuid not null,
  hold text not null,
  look_up_id uuid,
  outcome text not null,
  account uuid,
  status text,
  reason text,
  actor text not null,
  recorded_at timestamp with time zone not null
);
alter table hold_answer add constraint hold_answer_pkey PRIMARY KEY (client_id, adjustment_id, id);
alter table hold_answer add constraint hold_answer_outcome_check CHECK ((outcome = ANY (ARRAY['good'::text, 'bad'::text, 'unknown'::text, 'failed'::text])));
CREATE UNIQUE INDEX hold_answer_of_look_up ON public.hold_answer USING btree (client_id, adjustment_id, look_up_id) WHERE (look_up_id IS NOT NULL);

create table hold_decision (
  client_id text not null,
  adjustment_id uuid not null,
  id uuid not null,
  hold text not null,
  outcome text not null,
  by_hand boolean not null,
  account uuid,
  status text,
  reason text not null,
  actor text not null,
  recorded_at timestamp with time zone not null
);
alter table hold_decision add constraint hold_decision_pkey PRIMARY KEY (client_id, adjustment_id, id);
alter table hold_decision add constraint hold_decision_outcome_check CHECK ((outcome = ANY (ARRAY['passed'::text, 'postable'::text, 'notPostable'::text, 'daysUsedUp'::text, 'regulatoryDate'::text])));

create table hold_look_up (
  client_id text not null,
  adjustment_id uuid not null,
  id uuid not null,
  hold text not null,
  ordinal integer not null,
  service text not null,
  asked_at timestamp with time zone not null
);
alter table hold_look_up add constraint hold_look_up_pkey PRIMARY KEY (client_id, adjustment_id, id);
alter table hold_look_up add constraint hold_look_up_client_id_adjustment_id_hold_ordinal_key UNIQUE (client_id, adjustment_id, hold, ordinal);
alter table hold_look_up add constraint hold_look_up_ordinal_check CHECK ((ordinal > 0));

create table http_answer (
  caller text not null,
  key text not null,
  request_hash bytea not null,
  status smallint,
  headers jsonb,
  body text,
  started_at timestamp with time zone not null
);
alter table http_answer add constraint http_answer_pkey PRIMARY KEY (caller, key);
alter table http_answer add constraint http_answer_check CHECK (((status IS NULL) = (body IS NULL)));
alter table http_answer add constraint http_answer_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255)));
alter table http_answer add constraint http_answer_request_hash_check CHECK ((length(request_hash) = 32));
alter table http_answer add constraint http_answer_status_check CHECK (((status >= 200) AND (status <= 299)));
CREATE INDEX http_answer_old ON public.http_answer USING btree (started_at);

create table import_reject (
  run_id uuid not null,
  line bigint not null,
  key text,
  field text,
  code text not null,
  reason text not null
);
alter table import_reject add constraint import_reject_pkey PRIMARY KEY (run_id, line);

create table import_run (
  id uuid not null,
  content_sha256 bytea not null,
  name text not null,
  bytes_total bigint not null,
  bytes_done bigint default 0 not null,
  lines_done bigint default 0 not null,
  claims bigint default 0 not null,
  operations bigint default 0 not null,
  duplicates bigint default 0 not null,
  rejected bigint default 0 not null,
  state text default 'running'::text not null,
  actor text not null,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  scope text default '*'::text not null
);
alter table import_run add constraint import_run_pkey PRIMARY KEY (id);
alter table import_run add constraint import_run_content_sha256_check CHECK ((length(content_sha256) = 32));
alter table import_run add constraint import_run_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text])));
CREATE UNIQUE INDEX import_running ON public.import_run USING btree (content_sha256, scope) WHERE (state = 'running'::text);

create table inbound_bytes (
  client_id text not null,
  file_id uuid not null,
  ordinal integer not null,
  bytes bytea not null
);
alter table inbound_bytes add constraint inbound_bytes_pkey PRIMARY KEY (client_id, file_id, ordinal);
alter table inbound_bytes add constraint inbound_bytes_ordinal_check CHECK ((ordinal > 0));

create table inbound_decision (
  client_id text not null,
  id uuid not null,
  file_id uuid not null,
  ordinal bigint,
  decision text not null,
  batch_file_id uuid,
  batch_line bigint,
  reason text not null,
  actor text not null,
  recorded_at timestamp with time zone not null
);
alter table inbound_decision add constraint inbound_decision_pkey PRIMARY KEY (client_id, file_id, id);
alter table inbound_decision add constraint inbound_decision_decision_check CHECK ((decision = ANY (ARRAY['again'::text, 'matched'::text, 'setAside'::text, 'released'::text, 'refused'::text, 'readAgain'::text])));
alter table inbound_decision add constraint inbound_decision_reason_check CHECK ((length(reason) > 0));

create table inbound_file (
  client_id text not null,
  id uuid not null,
  profile text not null,
  name text not null,
  source text not null,
  format text not null,
  sha256 bytea not null,
  size_bytes bigint not null,
  wrapped_key bytea not null,
  wrapping_key integer not null,
  state text not null,
  identity text,
  duplicate_of uuid,
  problem text,
  faults jsonb default '[]'::jsonb not null,
  totals jsonb default '[]'::jsonb not null,
  line_count bigint default 0 not null,
  received_by text not null,
  received_at timestamp with time zone not null,
  read_at timestamp with time zone,
  finished_at timestamp with time zone,
  due_at timestamp with time zone,
  updated_at timestamp with time zone not null,
  version integer default 1 not null
);
alter table inbound_file add constraint inbound_file_pkey PRIMARY KEY (client_id, id);
alter table inbound_file add constraint inbound_file_check CHECK (((state = ANY (ARRAY['received'::text, 'read'::text])) = (due_at IS NOT NULL)));
alter table inbound_file add constraint inbound_file_check1 CHECK (((state <> ALL (ARRAY['held'::text, 'refused'::text])) OR (problem IS NOT NULL)));
alter table inbound_file add constraint inbound_file_client_id_profile_sha256_key UNIQUE (client_id, profile, sha256);
alter table inbound_file add constraint inbound_file_line_count_check CHECK ((line_count >= 0));
alter table inbound_file add constraint inbound_file_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255)));
alter table inbound_file add constraint inbound_file_sha256_check CHECK ((length(sha256) = 32));
alter table inbound_file add constraint inbound_file_size_bytes_check CHECK ((size_bytes >= 0));
alter table inbound_file add constraint inbound_file_source_check CHECK ((source = ANY (ARRAY['upload'::text, 'command'::text, 'directory'::text, 'sftp'::text, 's3'::text])));
alter table inbound_file add constraint inbound_file_state_check CHECK ((state = ANY (ARRAY['received'::text, 'read'::text, 'held'::text, 'matched'::text, 'partlyMatched'::text, 'refused'::text])));
CREATE INDEX inbound_file_due ON public.inbound_file USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX inbound_file_duplicates ON public.inbound_file USING btree (client_id, duplicate_of) WHERE (duplicate_of IS NOT NULL);
CREATE UNIQUE INDEX inbound_file_identity ON public.inbound_file USING btree (client_id, profile, identity) WHERE ((identity IS NOT NULL) AND (state <> 'refused'::text));
CREATE INDEX inbound_file_listed ON public.inbound_file USING btree (client_id, received_at, id);
CREATE INDEX inbound_file_waiting ON public.inbound_file USING btree (client_id, received_at, id) WHERE (state = ANY (ARRAY['received'::text, 'read'::text, 'held'::text, 'partlyMatched'::text]));

create table inbound_line (
  client_id text not null,
  file_id uuid not null,
  ordinal bigint not null,
  line bigint not null,
  status text not null,
  reference text,
  trace_number text,
  original_file text,
  end_to_end_id text,
  amount_minor bigint,
  currency text,
  side text,
  booked_on date,
  code text,
  reason text,
  state text default 'waiting'::text not null,
  outcome text,
  explanation text,
  adjustment_id uuid,
  batch_file_id uuid,
  batch_line bigint,
  detail integer,
  settled_by text,
  settled_at timestamp with time zone
);
alter table inbound_line add constraint inbound_line_pkey PRIMARY KEY (client_id, file_id, ordinal);
alter table inbound_line add constraint inbound_line_amount_minor_check CHECK ((amount_minor >= 0));
alter table inbound_line add constraint inbound_line_check CHECK (((state = 'waiting'::text) = (settled_at IS NULL)));
alter table inbound_line add constraint inbound_line_check1 CHECK (((state = 'applied'::text) = (outcome IS NOT NULL)));
alter table inbound_line add constraint inbound_line_check2 CHECK (((state <> 'unmatched'::text) OR (explanation IS NOT NULL)));
alter table inbound_line add constraint inbound_line_line_check CHECK ((line > 0));
alter table inbound_line add constraint inbound_line_ordinal_check CHECK ((ordinal > 0));
alter table inbound_line add constraint inbound_line_outcome_check CHECK ((outcome = ANY (ARRAY['executed'::text, 'confirmed'::text, 'failed'::text, 'returned'::text, 'counted'::text, 'partly'::text, 'wholeFile'::text])));
alter table inbound_line add constraint inbound_line_side_check CHECK ((side = ANY (ARRAY['debit'::text, 'credit'::text])));
alter table inbound_line add constraint inbound_line_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'applied'::text, 'repeated'::text, 'noted'::text, 'unmatched'::text, 'setAside'::text])));
alter table inbound_line add constraint inbound_line_status_check CHECK ((status = ANY (ARRAY['accepted'::text, 'refused'::text, 'unknown'::text, 'posted'::text])));
CREATE INDEX inbound_line_of_adjustment ON public.inbound_line USING btree (client_id, adjustment_id) WHERE (adjustment_id IS NOT NULL);
CREATE INDEX inbound_line_of_detail ON public.inbound_line USING btree (client_id, batch_file_id, batch_line) WHERE ((detail IS NOT NULL) AND (state = 'applied'::text));
CREATE INDEX inbound_line_unmatched ON public.inbound_line USING btree (client_id, file_id, ordinal) WHERE (state = 'unmatched'::text);
CREATE INDEX inbound_line_waiting ON public.inbound_line USING btree (client_id, file_id, ordinal) WHERE (state = 'waiting'::text);

create table inbound_repeat (
  client_id text not null,
  id uuid not null,
  file_id uuid not null,
  name text not null,
  source text not null,
  actor text not null,
  recorded_at timestamp with time zone not null
);
alter table inbound_repeat add constraint inbound_repeat_pkey PRIMARY KEY (client_id, file_id, id);

create table job (
  id uuid not null,
  kind text not null,
  input jsonb not null,
  state text not null,
  done_count bigint default 0 not null,
  asked_by text not null,
  leased_until timestamp with time zone,
  created_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  client_ids text[] not null,
  failed_count bigint default 0 not null,
  skipped_count bigint default 0 not null,
  total_count bigint not null,
  leased_by text,
  started_at timestamp with time zone,
  cancelled_by text,
  asked_key text,
  asked_hash bytea
);
alter table job add constraint job_pkey PRIMARY KEY (id);
alter table job add constraint job_check CHECK (((done_count >= 0) AND (((done_count + failed_count) + skipped_count) <= total_count)));
alter table job add constraint job_check1 CHECK (((state = ANY (ARRAY['done'::text, 'cancelled'::text])) = (finished_at IS NOT NULL)));
alter table job add constraint job_check2 CHECK (((state = 'cancelled'::text) = (cancelled_by IS NOT NULL)));
alter table job add constraint job_check3 CHECK (((state <> 'done'::text) OR (((done_count + failed_count) + skipped_count) = total_count)));
alter table job add constraint job_check4 CHECK (((finished_at IS NULL) OR ((leased_by IS NULL) AND (leased_until IS NULL))));
alter table job add constraint job_check5 CHECK ((num_nulls(asked_key, asked_hash) = ANY (ARRAY[0, 2])));
alter table job add constraint job_failed_count_check CHECK ((failed_count >= 0));
alter table job add constraint job_skipped_count_check CHECK ((skipped_count >= 0));
alter table job add constraint job_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'cancelled'::text])));
alter table job add constraint job_total_count_check CHECK ((total_count >= 0));
CREATE UNIQUE INDEX job_asked_key ON public.job USING btree (asked_by, asked_key) WHERE (asked_key IS NOT NULL);
CREATE INDEX job_to_do ON public.job USING btree (created_at, id) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]));

create table job_item (
  job_id uuid not null,
  ordinal integer not null,
  client_id text not null,
  assignment_id uuid,
  adjustment_id uuid,
  seen_version integer not null,
  approval_id uuid
);
alter table job_item add constraint job_item_pkey PRIMARY KEY (job_id, ordinal);
alter table job_item add constraint job_item_is_about_something CHECK (((approval_id IS NOT NULL) OR (assignment_id IS NOT NULL)));
alter table job_item add constraint job_item_ordinal_check CHECK ((ordinal > 0));

create table job_item_outcome (
  job_id uuid not null,
  ordinal integer not null,
  outcome text not null,
  code text,
  reason text,
  recorded_at timestamp with time zone not null
);
alter table job_item_outcome add constraint job_item_outcome_pkey PRIMARY KEY (job_id, ordinal);
alter table job_item_outcome add constraint job_item_outcome_check CHECK (((outcome = 'done'::text) = (code IS NULL)));
alter table job_item_outcome add constraint job_item_outcome_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'skipped'::text, 'failed'::text])));

create table letter (
  client_id text not null,
  dispute_id uuid not null,
  version integer not null,
  is_watched boolean default true not null,
  checked_at timestamp with time zone not null
);
alter table letter add constraint letter_pkey PRIMARY KEY (client_id, dispute_id);
alter table letter add constraint letter_version_check CHECK ((version >= 0));
CREATE INDEX letter_watched ON public.letter USING btree (client_id, checked_at) WHERE is_watched;

create table letter_version (
  client_id text not null,
  dispute_id uuid not null,
  version integer not null,
  facts jsonb not null,
  changed text[] not null,
  actor text not null,
  issued_at timestamp with time zone not null
);
alter table letter_version add constraint letter_version_pkey PRIMARY KEY (client_id, dispute_id, version);
alter table letter_version add constraint letter_version_version_check CHECK ((version > 0));

create table merchant_credit (
  client_id text not null,
  reference text not null,
  currency text not null,
  amount_minor bigint not null,
  used_minor bigint default 0 not null,
  recorded_at timestamp with time zone not null
);
alter table merchant_credit add constraint merchant_credit_pkey PRIMARY KEY (client_id, reference);
alter table merchant_credit add constraint merchant_credit_amount_minor_check CHECK ((amount_minor > 0));
alter table merchant_credit add constraint merchant_credit_used_once CHECK (((used_minor >= 0) AND (used_minor <= amount_minor)));

create table merchant_credit_use (
  client_id text not null,
  id uuid not null,
  reference text not null,
  dispute_id uuid not null,
  operation_id uuid not null,
  amount_minor bigint not null,
  recorded_at timestamp with time zone not null
);
alter table merchant_credit_use add constraint merchant_credit_use_pkey PRIMARY KEY (client_id, id);
alter table merchant_credit_use add constraint merchant_credit_use_amount_minor_check CHECK ((amount_minor <> 0));
CREATE INDEX merchant_credit_use_by ON public.merchant_credit_use USING btree (client_id, dispute_id);
CREATE INDEX merchant_credit_use_of ON public.merchant_credit_use USING btree (client_id, reference, recorded_at, id);

create table operation (
  client_id text not null,
  id uuid not null,
  key text not null,
  body_hash bytea not null,
  source text not null,
  claim_id uuid not null,
  dispute_id uuid,
  operation text not null,
  input jsonb not null,
  at timestamp with time zone not null,
  event_date date not null,
  actor text not null,
  state text not null,
  outcome jsonb,
  state_before text,
  recorded_at timestamp with time zone not null
);
alter table operation add constraint operation_pkey PRIMARY KEY (client_id, id);
alter table operation add constraint operation_body_hash_check CHECK ((length(body_hash) = 32));
alter table operation add constraint operation_check CHECK (((state = 'due'::text) = (outcome IS NULL)));
alter table operation add constraint operation_client_id_key_key UNIQUE (client_id, key);
alter table operation add constraint operation_source_check CHECK ((source = ANY (ARRAY['api'::text, 'import'::text, 'portal'::text, 'clock'::text])));
alter table operation add constraint operation_state_check CHECK ((state = ANY (ARRAY['due'::text, 'done'::text, 'refused'::text])));
CREATE INDEX operation_due ON public.operation USING btree (client_id, at) WHERE (state = 'due'::text);
CREATE INDEX operation_of_dispute ON public.operation USING btree (client_id, dispute_id);

create table outbox (
  client_id text not null,
  id uuid not null,
  type text not null,
  subject text not null,
  data jsonb not null,
  recorded_at timestamp with time zone not null
) partition by RANGE (recorded_at);
alter table outbox add constraint outbox_pkey PRIMARY KEY (id, recorded_at);

create table outside_reference (
  client_id text not null,
  kind text not null,
  reference text not null,
  operation_id uuid not null,
  recorded_at timestamp with time zone not null
);
alter table outside_reference add constraint outside_reference_pkey PRIMARY KEY (client_id, kind, reference);

create table period (
  client_id text not null,
  starts_on date not null,
  ends_on date not null,
  fiscal_year integer not null,
  state text default 'open'::text not null,
  closed_by text,
  closed_at timestamp with time zone
);
alter table period add constraint period_pkey PRIMARY KEY (client_id, starts_on);
alter table period add constraint period_check CHECK ((ends_on >= starts_on));
alter table period add constraint period_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text])));

create table proposal (
  client_id text not null,
  adjustment_id uuid not null,
  ordinal smallint not null,
  rule text not null,
  debit_collection text not null,
  credit_collection text not null,
  amount_minor bigint not null,
  reverses_entry_id uuid
);
alter table proposal add constraint proposal_pkey PRIMARY KEY (client_id, adjustment_id, ordinal);
alter table proposal add constraint proposal_amount_minor_check CHECK ((amount_minor > 0));

create table reconciliation (
  client_id text not null,
  id uuid not null,
  name text not null,
  format text not null,
  sha256 bytea not null,
  size_bytes integer not null,
  identity text,
  from_on date not null,
  to_on date not null,
  line_count integer not null,
  matched_count integer not null,
  different_count integer not null,
  missing_here_count integer not null,
  missing_there_count integer not null,
  actor text not null,
  taken_at timestamp with time zone not null
);
alter table reconciliation add constraint reconciliation_pkey PRIMARY KEY (client_id, id);
alter table reconciliation add constraint reconciliation_client_id_sha256_key UNIQUE (client_id, sha256);
alter table reconciliation add constraint reconciliation_sha256_check CHECK ((length(sha256) = 32));
CREATE INDEX reconciliation_newest ON public.reconciliation USING btree (client_id, taken_at DESC, id DESC);

create table reconciliation_line (
  client_id text not null,
  reconciliation_id uuid not null,
  ordinal integer not null,
  line_number integer,
  outcome text not null,
  reference text,
  amount_minor bigint,
  currency text,
  side text,
  booked_on date,
  dispute_id uuid,
  adjustment_id uuid,
  difference text
);
alter table reconciliation_line add constraint reconciliation_line_pkey PRIMARY KEY (client_id, reconciliation_id, ordinal);
alter table reconciliation_line add constraint reconciliation_line_ordinal_check CHECK ((ordinal > 0));
alter table reconciliation_line add constraint reconciliation_line_outcome_check CHECK ((outcome = ANY (ARRAY['matched'::text, 'different'::text, 'missingHere'::text, 'missingThere'::text])));
alter table reconciliation_line add constraint reconciliation_line_side_check CHECK ((side = ANY (ARRAY['debit'::text, 'credit'::text])));
CREATE INDEX reconciliation_line_of_adjustment ON public.reconciliation_line USING btree (client_id, adjustment_id) WHERE (adjustment_id IS NOT NULL);

create table regulatory_clock (
  client_id text not null,
  dispute_id uuid not null,
  round smallint not null,
  clock text not null,
  state text not null,
  starts_on date not null,
  warn_on date not null,
  due_on date not null,
  ended_on date,
  read_at timestamp with time zone not null
) with (fillfactor=80);
alter table regulatory_clock add constraint regulatory_clock_pkey PRIMARY KEY (client_id, dispute_id, round, clock);
alter table regulatory_clock add constraint regulatory_clock_round_check CHECK ((round > 0));
alter table regulatory_clock add constraint regulatory_clock_state_check CHECK ((state = ANY (ARRAY['running'::text, 'met'::text, 'metLate'::text, 'missed'::text, 'stopped'::text])));
CREATE INDEX regulatory_clock_missed ON public.regulatory_clock USING btree (client_id, due_on, dispute_id, round, clock) WHERE (state = ANY (ARRAY['missed'::text, 'metLate'::text]));
CREATE INDEX regulatory_clock_running ON public.regulatory_clock USING btree (client_id, due_on, dispute_id, round, clock) WHERE (state = 'running'::text);

create table resolution (
  client_id text not null,
  id uuid not null,
  dispute_id uuid not null,
  operation_id uuid not null,
  decision text not null,
  state_before text not null,
  decided_on date not null,
  undone_by uuid,
  recorded_at timestamp with time zone not null
);
alter table resolution add constraint resolution_pkey PRIMARY KEY (client_id, id);
alter table resolution add constraint resolution_decision_check CHECK ((decision = ANY (ARRAY['pay'::text, 'deny'::text, 'partialDeny'::text, 'writeOff'::text])));
CREATE UNIQUE INDEX resolution_in_force ON public.resolution USING btree (client_id, dispute_id) WHERE (undone_by IS NULL);
CREATE INDEX resolution_of_dispute ON public.resolution USING btree (client_id, dispute_id);

create table schema_migration (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null
);
alter table schema_migration add constraint schema_migration_pkey PRIMARY KEY (number);

create table service_attempt (
  client_id text not null,
  id uuid not null,
  adjustment_id uuid not null,
  service text not null,
  purpose text not null,
  fence integer not null,
  key text not null,
  key_revision smallint not null,
  worker text not null,
  request jsonb not null,
  started_at timestamp with time zone not null,
  part uuid
) partition by RANGE (started_at);
alter table service_attempt add constraint service_attempt_pkey PRIMARY KEY (client_id, adjustment_id, id, started_at);
alter table service_attempt add constraint service_attempt_fence_check CHECK ((fence > 0));
alter table service_attempt add constraint service_attempt_purpose_check CHECK ((purpose = ANY (ARRAY['post'::text, 'lookUp'::text, 'probe'::text])));

create table service_attempt_outcome (
  client_id text not null,
  adjustment_id uuid not null,
  attempt_id uuid not null,
  started_at timestamp with time zone not null,
  outcome text not null,
  status smallint,
  code text,
  reason text,
  reference text,
  answer text,
  latency_ms integer not null,
  superseded boolean default false not null,
  recorded_at timestamp with time zone not null,
  codes text[],
  service text not null,
  purpose text not null
) partition by RANGE (started_at);
alter table service_attempt_outcome add constraint service_attempt_outcome_pkey PRIMARY KEY (client_id, adjustment_id, attempt_id, started_at);
alter table service_attempt_outcome add constraint service_attempt_outcome_latency_ms_check CHECK ((latency_ms >= 0));
alter table service_attempt_outcome add constraint service_attempt_outcome_outcome_check CHECK ((outcome = ANY (ARRAY['posted'::text, 'alreadyPosted'::text, 'refused'::text, 'refusedOverridable'::text, 'notProcessed'::text, 'unknown'::text, 'notFound'::text])));
alter table service_attempt_outcome add constraint service_attempt_outcome_purpose_check CHECK ((purpose = ANY (ARRAY['post'::text, 'lookUp'::text, 'probe'::text])));
CREATE INDEX service_attempt_outcome_of_service ON ONLY public.service_attempt_outcome USING btree (client_id, service, started_at) INCLUDE (purpose, outcome, latency_ms);

create table service_circuit (
  client_id text not null,
  service text not null,
  state text not null,
  failures integer not null,
  openings integer not null,
  probe_at timestamp with time zone,
  updated_at timestamp with time zone not null,
  opened_at timestamp with time zone
);
alter table service_circuit add constraint service_circuit_pkey PRIMARY KEY (client_id, service);
alter table service_circuit add constraint service_circuit_check CHECK (((state = 'closed'::text) = (probe_at IS NULL)));
alter table service_circuit add constraint service_circuit_check1 CHECK (((state = 'closed'::text) = (opened_at IS NULL)));
alter table service_circuit add constraint service_circuit_failures_check CHECK ((failures >= 0));
alter table service_circuit add constraint service_circuit_openings_check CHECK ((openings >= 0));
alter table service_circuit add constraint service_circuit_state_check CHECK ((state = ANY (ARRAY['closed'::text, 'open'::text, 'halfOpen'::text])));

create table service_finding (
  client_id text not null,
  id uuid not null,
  adjustment_id uuid not null,
  fence integer not null,
  posted boolean not null,
  reference text,
  posting_date date,
  reason text not null,
  actor text not null,
  recorded_at timestamp with time zone not null
);
alter table service_finding add constraint service_finding_pkey PRIMARY KEY (client_id, adjustment_id, id);
alter table service_finding add constraint service_finding_check CHECK (((NOT posted) OR ((reference IS NOT NULL) AND (posting_date IS NOT NULL))));
alter table service_finding add constraint service_finding_reference_check CHECK (((length(reference) >= 1) AND (length(reference) <= 100)));

create table service_override (
  client_id text not null,
  id uuid not null,
  adjustment_id uuid not null,
  key_revision smallint not null,
  codes text[] not null,
  reason text not null,
  actor text not null,
  recorded_at timestamp with time zone not null
);
alter table service_override add constraint service_override_pkey PRIMARY KEY (client_id, adjustment_id, id);
alter table service_override add constraint service_override_client_id_adjustment_id_key_revision_key UNIQUE (client_id, adjustment_id, key_revision);
alter table service_override add constraint service_override_codes_check CHECK (((cardinality(codes) >= 1) AND (cardinality(codes) <= 50)));

create table service_pace (
  client_id text not null,
  service text not null,
  allowance double precision not null,
  counted_at timestamp with time zone not null
);
alter table service_pace add constraint service_pace_pkey PRIMARY KEY (client_id, service);

create table service_part (
  client_id text not null,
  adjustment_id uuid not null,
  part uuid not null,
  entry_id uuid not null,
  attempt_id uuid,
  reference text,
  posting_date date not null,
  actor text not null,
  recorded_at timestamp with time zone not null
);
alter table service_part add constraint service_part_pkey PRIMARY KEY (client_id, adjustment_id, part);

create table session (
  token_hash bytea not null,
  user_id uuid not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null
);
alter table session add constraint session_pkey PRIMARY KEY (token_hash);
alter table session add constraint session_token_hash_check CHECK ((length(token_hash) = 32));
CREATE INDEX session_expired ON public.session USING btree (expires_at);
CREATE INDEX session_of_user ON public.session USING btree (user_id);

create table staff_group (
  kind text not null,
  name text not null,
  description text not null,
  queues text[] not null,
  version integer default 1 not null
);
alter table staff_group add constraint staff_group_pkey PRIMARY KEY (kind, name);
alter table staff_group add constraint staff_group_check CHECK (((kind = 'assignment'::text) OR (cardinality(queues) = 0)));
alter table staff_group add constraint staff_group_kind_check CHECK ((kind = ANY (ARRAY['work'::text, 'assignment'::text])));
alter table staff_group add constraint staff_group_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60)));

create table staff_group_member (
  kind text not null,
  name text not null,
  person text not null
);
alter table staff_group_member add constraint staff_group_member_pkey PRIMARY KEY (kind, name, person);
CREATE INDEX staff_group_of_person ON public.staff_group_member USING btree (person);

create table transition (
  client_id text not null,
  id uuid not null,
  adjustment_id uuid not null,
  from_state text,
  to_state text not null,
  event text not null,
  actor text not null,
  reason text,
  outside jsonb,
  operation_id uuid,
  recorded_at timestamp with time zone not null
) partition by RANGE (recorded_at);
alter table transition add constraint transition_pkey PRIMARY KEY (client_id, adjustment_id, id, recorded_at);

create table vault_fingerprint (
  only_row boolean default true not null,
  fingerprint bytea not null
);
alter table vault_fingerprint add constraint vault_fingerprint_pkey PRIMARY KEY (only_row);
alter table vault_fingerprint add constraint vault_fingerprint_fingerprint_check CHECK ((length(fingerprint) = 32));
alter table vault_fingerprint add constraint vault_fingerprint_only_row_check CHECK (only_row);

alter table account_change add constraint account_change_client_id_adjustment_id_fkey FOREIGN KEY (client_id, adjustment_id) REFERENCES adjustment(client_id, id);

alter table account_change add constraint account_change_client_id_replacement_id_fkey FOREIGN KEY (client_id, replacement_id) REFERENCES adjustment(client_id, id);

alter table account_key add constraint account_key_client_id_claim_id_fkey FOREIGN KEY (client_id, claim_id) REFERENCES claim(client_id, id);

alter table account_number add constraint account_number_client_id_claim_id_fkey FOREIGN KEY (client_id, claim_id) REFERENCES claim(client_id, id);

alter table adjustment add constraint adjustment_client_id_dispute_id_fkey FOREIGN KEY (client_id, dispute_id) REFERENCES dispute(client_id, id);

alter table adjustment add constraint adjustment_client_id_operation_id_fkey FOREIGN KEY (client_id, operation_id) REFERENCES operation(client_id, id);

alter table adjustment add constraint adjustment_client_id_replaces_adjustment_id_fkey FOREIGN KEY (client_id, replaces_adjustment_id) REFERENCES adjustment(client_id, id);

alter table adjustment add constraint adjustment_client_id_reverses_adjustment_id_fkey FOREIGN KEY (client_id, reverses_adjustment_id) REFERENCES adjustment(client_id, id);

alter table ageing_item add constraint ageing_item_client_id_claim_id_fkey FOREIGN KEY (client_id, claim_id) REFERENCES claim(client_id, id);

alter table ageing_item add constraint ageing_item_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table ageing_owner add constraint ageing_owner_client_id_item_id_fkey FOREIGN KEY (client_id, item_id) REFERENCES ageing_item(client_id, id);

alter table approval_before add constraint approval_before_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table approval_chain add constraint approval_chain_client_id_request_id_fkey FOREIGN KEY (client_id, request_id) REFERENCES approval_request(client_id, id);

alter table approval_decision add constraint approval_decision_client_id_request_id_fkey FOREIGN KEY (client_id, request_id) REFERENCES approval_request(client_id, id);

alter table approval_decision add constraint approval_decision_delegation_id_fkey FOREIGN KEY (delegation_id) REFERENCES approval_delegation(id);

alter table approval_level add constraint approval_level_client_id_request_id_fkey FOREIGN KEY (client_id, request_id) REFERENCES approval_request(client_id, id);

alter table approval_request add constraint approval_request_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table assignment add constraint assignment_client_id_adjustment_id_fkey FOREIGN KEY (client_id, adjustment_id) REFERENCES adjustment(client_id, id) DEFERRABLE INITIALLY DEFERRED;

alter table assignment add constraint assignment_client_id_claim_id_fkey FOREIGN KEY (client_id, claim_id) REFERENCES claim(client_id, id);

alter table assignment add constraint assignment_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table attestation add constraint attestation_client_id_adjustment_id_fkey FOREIGN KEY (client_id, adjustment_id) REFERENCES adjustment(client_id, id);

alter table attestation add constraint attestation_client_id_assignment_id_fkey FOREIGN KEY (client_id, assignment_id) REFERENCES assignment(client_id, id);

alter table attestation_evidence add constraint attestation_evidence_client_id_evidence_id_fkey FOREIGN KEY (client_id, evidence_id) REFERENCES evidence(client_id, id);

alter table automatic_credit add constraint automatic_credit_client_id_dispute_id_fkey FOREIGN KEY (client_id, dispute_id) REFERENCES dispute(client_id, id);

alter table automatic_credit add constraint automatic_credit_client_id_operation_id_fkey FOREIGN KEY (client_id, operation_id) REFERENCES operation(client_id, id);

alter table batch_alarm add constraint batch_alarm_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table batch_cut_off_gap add constraint batch_cut_off_gap_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table batch_envelope add constraint batch_envelope_client_id_file_id_fkey FOREIGN KEY (client_id, file_id) REFERENCES batch_file(client_id, id);

alter table batch_envelope_bytes add constraint batch_envelope_bytes_client_id_envelope_id_fkey FOREIGN KEY (client_id, envelope_id) REFERENCES batch_envelope(client_id, id) DEFERRABLE INITIALLY DEFERRED;

alter table batch_file add constraint batch_file_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table batch_file add constraint batch_file_client_id_layout_sha256_fkey FOREIGN KEY (client_id, layout_sha256) REFERENCES batch_layout(client_id, sha256);

alter table batch_file add constraint batch_file_client_id_supersedes_id_fkey FOREIGN KEY (client_id, supersedes_id) REFERENCES batch_file(client_id, id);

alter table batch_file add constraint batch_file_client_id_window_id_fkey FOREIGN KEY (client_id, window_id) REFERENCES batch_window(client_id, id);

alter table batch_file_bytes add constraint batch_file_bytes_client_id_file_id_fkey FOREIGN KEY (client_id, file_id) REFERENCES batch_file(client_id, id) DEFERRABLE INITIALLY DEFERRED;

alter table batch_layout add constraint batch_layout_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table batch_line_file add constraint batch_line_file_client_id_file_id_fkey FOREIGN KEY (client_id, file_id) REFERENCES batch_file(client_id, id) DEFERRABLE INITIALLY DEFERRED;

alter table batch_progress add constraint batch_progress_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table batch_sequence add constraint batch_sequence_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table batch_statement add constraint batch_statement_client_id_file_id_fkey FOREIGN KEY (client_id, file_id) REFERENCES batch_file(client_id, id);

alter table batch_statement add constraint batch_statement_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table batch_transmission add constraint batch_transmission_client_id_file_id_fkey FOREIGN KEY (client_id, file_id) REFERENCES batch_file(client_id, id);

alter table batch_window add constraint batch_window_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table case_number add constraint case_number_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table claim add constraint claim_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table claim_lock add constraint claim_lock_client_id_claim_id_fkey FOREIGN KEY (client_id, claim_id) REFERENCES claim(client_id, id);

alter table clock_automation add constraint clock_automation_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table clock_client add constraint clock_client_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table clock_reason add constraint clock_reason_client_id_dispute_id_fkey FOREIGN KEY (client_id, dispute_id) REFERENCES dispute(client_id, id);

alter table clock_warning add constraint clock_warning_client_id_dispute_id_fkey FOREIGN KEY (client_id, dispute_id) REFERENCES dispute(client_id, id);

alter table clock_watch add constraint clock_watch_client_id_dispute_id_fkey FOREIGN KEY (client_id, dispute_id) REFERENCES dispute(client_id, id);

alter table confirmation add constraint confirmation_client_id_adjustment_id_fkey FOREIGN KEY (client_id, adjustment_id) REFERENCES adjustment(client_id, id);

alter table confirmation add constraint confirmation_client_id_reconciliation_id_ordinal_fkey FOREIGN KEY (client_id, reconciliation_id, ordinal) REFERENCES reconciliation_line(client_id, reconciliation_id, ordinal);

alter table denial add constraint denial_client_id_dispute_id_fkey FOREIGN KEY (client_id, dispute_id) REFERENCES dispute(client_id, id);

alter table denial add constraint denial_client_id_operation_id_fkey FOREIGN KEY (client_id, operation_id) REFERENCES operation(client_id, id);

alter table dispute add constraint dispute_client_id_claim_id_fkey FOREIGN KEY (client_id, claim_id) REFERENCES claim(client_id, id);

alter table dispute_book add constraint dispute_book_client_id_dispute_id_fkey FOREIGN KEY (client_id, dispute_id) REFERENCES dispute(client_id, id);

alter table entry add constraint entry_client_id_adjustment_id_fkey FOREIGN KEY (client_id, adjustment_id) REFERENCES adjustment(client_id, id);

alter table evidence add constraint evidence_client_id_adjustment_id_fkey FOREIGN KEY (client_id, adjustment_id) REFERENCES adjustment(client_id, id);

alter table evidence add constraint evidence_client_id_assignment_id_fkey FOREIGN KEY (client_id, assignment_id) REFERENCES assignment(client_id, id);

alter table evidence add constraint evidence_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table evidence_chunk add constraint evidence_chunk_client_id_evidence_id_fkey FOREIGN KEY (client_id, evidence_id) REFERENCES evidence(client_id, id);

alter table hold_answer add constraint hold_answer_client_id_adjustment_id_fkey FOREIGN KEY (client_id, adjustment_id) REFERENCES adjustment(client_id, id);

alter table hold_answer add constraint hold_answer_client_id_adjustment_id_look_up_id_fkey FOREIGN KEY (client_id, adjustment_id, look_up_id) REFERENCES hold_look_up(client_id, adjustment_id, id);

alter table hold_decision add constraint hold_decision_client_id_adjustment_id_fkey FOREIGN KEY (client_id, adjustment_id) REFERENCES adjustment(client_id, id);

alter table hold_look_up add constraint hold_look_up_client_id_adjustment_id_fkey FOREIGN KEY (client_id, adjustment_id) REFERENCES adjustment(client_id, id);

alter table import_reject add constraint import_reject_run_id_fkey FOREIGN KEY (run_id) REFERENCES import_run(id);

alter table inbound_bytes add constraint inbound_bytes_client_id_file_id_fkey FOREIGN KEY (client_id, file_id) REFERENCES inbound_file(client_id, id) DEFERRABLE INITIALLY DEFERRED;

alter table inbound_decision add constraint inbound_decision_client_id_file_id_fkey FOREIGN KEY (client_id, file_id) REFERENCES inbound_file(client_id, id);

alter table inbound_file add constraint inbound_file_client_id_duplicate_of_fkey FOREIGN KEY (client_id, duplicate_of) REFERENCES inbound_file(client_id, id);

alter table inbound_file add constraint inbound_file_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table inbound_line add constraint inbound_line_client_id_batch_file_id_fkey FOREIGN KEY (client_id, batch_file_id) REFERENCES batch_file(client_id, id);

alter table inbound_line add constraint inbound_line_client_id_file_id_fkey FOREIGN KEY (client_id, file_id) REFERENCES inbound_file(client_id, id) DEFERRABLE INITIALLY DEFERRED;

alter table inbound_repeat add constraint inbound_repeat_client_id_file_id_fkey FOREIGN KEY (client_id, file_id) REFERENCES inbound_file(client_id, id);

alter table job_item add constraint job_item_job_id_fkey FOREIGN KEY (job_id) REFERENCES job(id);

alter table job_item_outcome add constraint job_item_outcome_job_id_ordinal_fkey FOREIGN KEY (job_id, ordinal) REFERENCES job_item(job_id, ordinal);

alter table letter add constraint letter_client_id_dispute_id_fkey FOREIGN KEY (client_id, dispute_id) REFERENCES dispute(client_id, id);

alter table letter_version add constraint letter_version_client_id_dispute_id_fkey FOREIGN KEY (client_id, dispute_id) REFERENCES letter(client_id, dispute_id);

alter table merchant_credit add constraint merchant_credit_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table merchant_credit_use add constraint merchant_credit_use_client_id_operation_id_fkey FOREIGN KEY (client_id, operation_id) REFERENCES operation(client_id, id);

alter table merchant_credit_use add constraint merchant_credit_use_client_id_reference_fkey FOREIGN KEY (client_id, reference) REFERENCES merchant_credit(client_id, reference);

alter table operation add constraint operation_client_id_claim_id_fkey FOREIGN KEY (client_id, claim_id) REFERENCES claim(client_id, id);

alter table operation add constraint operation_client_id_dispute_id_fkey FOREIGN KEY (client_id, dispute_id) REFERENCES dispute(client_id, id);

alter table operation add constraint operation_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table outside_reference add constraint outside_reference_client_id_operation_id_fkey FOREIGN KEY (client_id, operation_id) REFERENCES operation(client_id, id);

alter table period add constraint period_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table proposal add constraint proposal_client_id_adjustment_id_fkey FOREIGN KEY (client_id, adjustment_id) REFERENCES adjustment(client_id, id);

alter table reconciliation add constraint reconciliation_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table reconciliation_line add constraint reconciliation_line_client_id_reconciliation_id_fkey FOREIGN KEY (client_id, reconciliation_id) REFERENCES reconciliation(client_id, id);

alter table regulatory_clock add constraint regulatory_clock_client_id_dispute_id_fkey FOREIGN KEY (client_id, dispute_id) REFERENCES clock_watch(client_id, dispute_id) ON DELETE CASCADE;

alter table resolution add constraint resolution_client_id_dispute_id_fkey FOREIGN KEY (client_id, dispute_id) REFERENCES dispute(client_id, id);

alter table resolution add constraint resolution_client_id_operation_id_fkey FOREIGN KEY (client_id, operation_id) REFERENCES operation(client_id, id);

alter table service_circuit add constraint service_circuit_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table service_finding add constraint service_finding_client_id_adjustment_id_fkey FOREIGN KEY (client_id, adjustment_id) REFERENCES adjustment(client_id, id);

alter table service_override add constraint service_override_client_id_adjustment_id_fkey FOREIGN KEY (client_id, adjustment_id) REFERENCES adjustment(client_id, id);

alter table service_pace add constraint service_pace_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);

alter table service_part add constraint service_part_client_id_adjustment_id_fkey FOREIGN KEY (client_id, adjustment_id) REFERENCES adjustment(client_id, id);

alter table session add constraint session_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_user(id);

alter table staff_group_member add constraint staff_group_member_kind_name_fkey FOREIGN KEY (kind, name) REFERENCES staff_group(kind, name);

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.account_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE CONSTRAINT TRIGGER shows_another AFTER UPDATE ON public.adjustment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.open_assignment_id IS NOT NULL) AND (((new.client_id IS DISTINCT FROM old.client_id) OR (new.id IS DISTINCT FROM old.id)) OR (new.open_assignment_id IS DISTINCT FROM old.open_assignment_id)))) EXECUTE FUNCTION shown_is_open();

CREATE CONSTRAINT TRIGGER shows_open AFTER INSERT ON public.adjustment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.open_assignment_id IS NOT NULL)) EXECUTE FUNCTION shown_is_open();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ageing_owner FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.approval_before FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.approval_chain FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.approval_decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER guard BEFORE INSERT ON public.approval_decision FOR EACH ROW EXECUTE FUNCTION guard_approval_decision();

CREATE TRIGGER keep_content BEFORE UPDATE ON public.approval_delegation FOR EACH ROW EXECUTE FUNCTION keep_delegation();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.approval_level FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER keep_content BEFORE UPDATE ON public.approval_request FOR EACH ROW EXECUTE FUNCTION keep_approval_request();

CREATE TRIGGER add_due_calls AFTER INSERT ON public.assignment REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION add_due_calls();

CREATE TRIGGER closed_is_not_shown AFTER UPDATE ON public.assignment REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION closed_is_not_shown();

CREATE TRIGGER facts_stay BEFORE UPDATE OF claim_id, dispute_id, queue, goal_at, deadline_at, opened_at ON public.assignment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER mark_clocks_of_work AFTER INSERT ON public.assignment REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION mark_clocks_of_work();

CREATE TRIGGER remove_due_calls AFTER UPDATE ON public.assignment REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION remove_due_calls();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.assignment_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.attestation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.attestation_evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.batch_envelope FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.batch_envelope_bytes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER keep_content BEFORE UPDATE ON public.batch_file FOR EACH ROW EXECUTE FUNCTION keep_batch_file();

CREATE TRIGGER next_sequence BEFORE INSERT ON public.batch_file FOR EACH ROW EXECUTE FUNCTION take_batch_sequence();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.batch_file_bytes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.batch_layout FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER of_adjustment AFTER INSERT ON public.batch_line REFERENCING NEW TABLE AS added FOR EACH STATEMENT WHEN ((CURRENT_USER = 'redress_app'::name)) EXECUTE FUNCTION adjustment_must_exist();

CREATE TRIGGER of_file AFTER INSERT ON public.batch_line REFERENCING NEW TABLE AS added FOR EACH STATEMENT WHEN ((CURRENT_USER = 'redress_app'::name)) EXECUTE FUNCTION lines_of_file();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.batch_transmission FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.claim_lock_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.clock_automation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.clock_reason FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.clock_warning FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.confirmation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER mark_clocks_of_changed AFTER UPDATE ON public.dispute_book REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION mark_clocks_of_books();

CREATE TRIGGER mark_clocks_of_new AFTER INSERT ON public.dispute_book REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION mark_clocks_of_new_books();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER booked AFTER INSERT ON public.entry REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION entry_booked();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.evidence_chunk FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.execution FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER recorded AFTER INSERT ON public.execution REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION execution_recorded();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.hold_answer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.hold_decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.hold_look_up FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.inbound_bytes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.inbound_decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER keep_content BEFORE UPDATE ON public.inbound_file FOR EACH ROW EXECUTE FUNCTION keep_inbound_file();

CREATE TRIGGER keep_line BEFORE UPDATE ON public.inbound_line FOR EACH ROW EXECUTE FUNCTION keep_inbound_line();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.inbound_repeat FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.job_item FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.job_item_outcome FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.letter_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER add_merchant_credit_use AFTER INSERT ON public.merchant_credit_use FOR EACH ROW EXECUTE FUNCTION add_merchant_credit_use();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.merchant_credit_use FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER keep_body BEFORE UPDATE ON public.operation FOR EACH ROW EXECUTE FUNCTION refuse_other_body();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.outbox FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.outside_reference FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.reconciliation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.reconciliation_line FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.service_attempt FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER of_adjustment AFTER INSERT ON public.service_attempt REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION adjustment_must_exist();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.service_attempt_outcome FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER of_attempt AFTER INSERT ON public.service_attempt_outcome REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION attempt_must_exist();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.service_finding FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.service_override FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.service_part FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.transition FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER of_adjustment AFTER INSERT ON public.transition REFERENCING NEW TABLE AS added FOR EACH STATEMENT WHEN ((CURRENT_USER = 'redress_app'::name)) EXECUTE FUNCTION adjustment_must_exist();

revoke execute on function move_adjustments(text[],uuid[],text[],text[],text[],text[],boolean[],text[],smallint[],uuid[],boolean[],boolean[],boolean[],boolean[],text[],uuid[],text[],text[],text[],jsonb[],timestamp with time zone) from public;

revoke execute on function move_adjustments_alike(text,text,text,text,text,jsonb,boolean,timestamp with time zone,uuid[],integer[],uuid[]) from public;

revoke execute on function take_into_file(text,text,text,text,text,jsonb,timestamp with time zone,uuid[],integer[],uuid[],uuid,integer[],bigint[],text[],smallint[],date[],text[]) from public;

grant execute on function move_adjustments(text[],uuid[],text[],text[],text[],text[],boolean[],text[],smallint[],uuid[],boolean[],boolean[],boolean[],boolean[],text[],uuid[],text[],text[],text[],jsonb[],timestamp with time zone) to redress_app;

grant execute on function move_adjustments_alike(text,text,text,text,text,jsonb,boolean,timestamp with time zone,uuid[],integer[],uuid[]) to redress_app;

grant execute on function take_into_file(text,text,text,text,text,jsonb,timestamp with time zone,uuid[],integer[],uuid[],uuid,integer[],bigint[],text[],smallint[],date[],text[]) to redress_app;

grant usage on schema public to redress_app;

grant insert, select on table account_change to redress_app;

grant delete, insert, select, update on table account_key to redress_app;

grant insert, select on table account_number to redress_app;

grant insert, select, update on table adjustment to redress_app;

grant insert, select, update (due_on), update (outcome), update (owner), update (settled_at), update (version) on table ageing_item to redress_app;

grant insert, select on table ageing_owner to redress_app;

grant insert, select, update on table api_key to redress_app;

grant insert, select, update on table app_user to redress_app;

grant select on table approval_before to redress_app;

grant insert, select on table approval_chain to redress_app;

grant insert, select on table approval_decision to redress_app;

grant insert, select, update on table approval_delegation to redress_app;

grant insert, select on table approval_level to redress_app;

grant insert, select, update on table approval_request to redress_app;

grant insert, select, update (amount_minor), update (assignee), update (attempts), update (claim_id), update (clock_due_at), update (closed_at), update (deadline_at), update (dispute_id), update (goal_at), update (is_open), update (next_rise_at), update (opened_at), update (outcome), update (pend_reason), update (pended_until), update (queue), update (reason), update (rises), update (unworkable_reason), update (urgency), update (version), update (work_group) on table assignment to redress_app;

grant insert, select on table assignment_event to redress_app;

grant insert, select on table attestation to redress_app;

grant insert, select on table attestation_evidence to redress_app;

grant insert, select on table audit to redress_app;

grant insert, select, update on table automatic_credit to redress_app;

grant select on table balance to redress_app;

grant insert, select, update (closed_at), update (closed_because), update (closed_by) on table batch_alarm to redress_app;

grant insert, select, update on table batch_cut_off_gap to redress_app;

grant insert, select on table batch_envelope to redress_app;

grant insert, select on table batch_envelope_bytes to redress_app;

grant insert, select, update on table batch_file to redress_app;

grant insert, select on table batch_file_bytes to redress_app;

grant insert, select on table batch_layout to redress_app;

grant insert, select, update (live), update (outcome), update (outcome_reference) on table batch_line to redress_app;

grant select on table batch_line_file to redress_app;

grant delete, insert, select, update on table batch_progress to redress_app;

grant select on table batch_sequence to redress_app;

grant insert, select, update (settled_at), update (settled_because), update (settled_by), update (state) on table batch_statement to redress_app;

grant insert, select on table batch_transmission to redress_app;

grant insert, select, update on table batch_window to redress_app;

grant insert, select, update on table case_number to redress_app;

grant insert, select, update on table claim to redress_app;

grant delete, insert, select, update on table claim_lock to redress_app;

grant insert, select on table claim_lock_event to redress_app;

grant insert, select, update on table client to redress_app;

grant insert, select on table clock_automation to redress_app;

grant insert, select, update on table clock_client to redress_app;

grant delete, insert, select, update on table clock_mark to redress_app;

grant insert, select on table clock_reason to redress_app;

grant insert, select on table clock_warning to redress_app;

grant delete, insert, select, update on table clock_watch to redress_app;

grant insert, select on table confirmation to redress_app;

grant insert, select, update on table denial to redress_app;

grant insert, select on table dispute to redress_app;

grant insert, select, update on table dispute_book to redress_app;

grant select, update (due_at), update (leased_by), update (leased_until) on table due_call to redress_app;

grant insert, select on table entry to redress_app;

grant insert, select on table evidence to redress_app;

grant insert, select on table evidence_chunk to redress_app;

grant insert, select on table execution to redress_app;

grant insert, select on table hold_answer to redress_app;

grant insert, select on table hold_decision to redress_app;

grant insert, select on table hold_look_up to redress_app;

grant delete, insert, select, update on table http_answer to redress_app;

grant insert, select on table import_reject to redress_app;

grant insert, select, update on table import_run to redress_app;

grant insert, select on table inbound_bytes to redress_app;

grant insert, select on table inbound_decision to redress_app;

grant insert, select, update on table inbound_file to redress_app;

grant insert, select, update (adjustment_id), update (batch_file_id), update (batch_line), update (detail), update (explanation), update (outcome), update (settled_at), update (settled_by), update (state) on table inbound_line to redress_app;

grant insert, select on table inbound_repeat to redress_app;

grant insert, select, update on table job to redress_app;

grant insert, select on table job_item to redress_app;

grant insert, select on table job_item_outcome to redress_app;

grant insert, select, update on table letter to redress_app;

grant insert, select on table letter_version to redress_app;

grant insert, select on table merchant_credit to redress_app;

grant insert, select on table merchant_credit_use to redress_app;

grant insert, select, update on table operation to redress_app;

grant insert, select on table outbox to redress_app;

grant insert, select on table outside_reference to redress_app;

grant insert, select, update on table period to redress_app;

grant delete, insert, select on table proposal to redress_app;

grant insert, select on table reconciliation to redress_app;

grant insert, select on table reconciliation_line to redress_app;

grant delete, insert, select, update on table regulatory_clock to redress_app;

grant insert, select, update on table resolution to redress_app;

grant insert, select on table service_attempt to redress_app;

grant insert, select on table service_attempt_outcome to redress_app;

grant insert, select, update on table service_circuit to redress_app;

grant insert, select on table service_finding to redress_app;

grant insert, select on table service_override to redress_app;

grant insert, select, update on table service_pace to redress_app;

grant insert, select on table service_part to redress_app;

grant delete, insert, select on table session to redress_app;

grant delete, insert, select, update on table staff_group to redress_app;

grant delete, insert, select, update on table staff_group_member to redress_app;

grant insert, select on table transition to redress_app;

grant insert, select on table vault_fingerprint to redress_app;
