-- Why: the service route records attempts, outcomes and executions by hundreds. A foreign key looks
-- at each row by itself and writes a lock to the row it finds; attempts and adjustments are never
-- deleted, so the same rules hold as one look per statement. A balance that executes was made when
-- its entry was booked: it is changed, and no longer offered as a new row first.
-- Locks: access exclusive on service_attempt and service_attempt_outcome for moments. How long:
-- milliseconds, no row is read.

alter table service_attempt drop constraint service_attempt_client_id_adjustment_id_fkey;
create trigger of_adjustment after insert on service_attempt
  referencing new table as added
  for each statement execute function adjustment_must_exist();

-- The time of its start is part of an attempt's key: one partition is looked at.
create function attempt_must_exist() returns trigger
  language plpgsql security definer set search_path = public
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
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
$$;

alter table service_attempt_outcome
  drop constraint service_attempt_outcome_client_id_adjustment_id_attempt_id_fkey;
create trigger of_attempt after insert on service_attempt_outcome
  referencing new table as added
  for each statement execute function attempt_must_exist();

-- As in 000095, but for how a balance is found (locked in the order of its key, as ever), and that
-- an entry is no younger than what executes it either: months after it are not looked at.
create or replace function execution_recorded() returns trigger
  language plpgsql security definer set search_path = public
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
  executed bigint;
  found_balances bigint;
begin
  -- What bounds the months comes from one side of the join: the others are never opened.
  with wanted as materialized (
    select x.client_id, x.adjustment_id, x.entry_id, x.sign, a.dispute_id,
           a.created_at - interval '1 day' as since, x.recorded_at + interval '1 day' as until
    from added x
    join adjustment a on a.client_id = x.client_id and a.id = x.adjustment_id
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
  select (select count(*) from executing), (select count(*) from changed)
  into executed, found_balances;
  if executed <> found_balances then
    raise exception 'of % balances that execute, % were ever booked', executed, found_balances
      using errcode = 'restrict_violation', constraint = 'execution_of_booked_balance';
  end if;
  return null;
end
$$;
