-- Why: what executes was looked up in its adjustments three times: that they exist, for the clocks,
-- and for the balances. One look says all of it.
-- Locks: execution for moments, exclusively. How long: milliseconds, no row is read.

drop trigger of_adjustment on execution;
drop trigger mark_clocks on execution;
drop function mark_clocks_of_executions();

create or replace function execution_recorded() returns trigger
  language plpgsql security definer set search_path = public
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
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
$$;
