-- Why: executions arrive in sets of hundreds. To find what an execution moved, PostgreSQL looked
-- for the adjustment's entries in every month there is, twice; now in the months between the
-- adjustment and the execution, once. A lease leaves room on its page, so that taking it touches
-- no index.
-- Locks: the assignment table exclusively, for a moment. How long: milliseconds. Room on pages
-- that are full already comes with time.

-- Nothing reads it: what a service has to do is found by `assignment_due_service`.
drop index assignment_due;

alter table assignment set (fillfactor = 50);
alter table balance set (fillfactor = 50);

-- What executes counts in `executed`: the adjustment's own entries, contra entries left out. They
-- are booked after the adjustment was opened and before it executes; a day on either side is for
-- clocks that differ.
create or replace function execution_recorded() returns trigger
  language plpgsql security definer set search_path = public as $$
declare
  since timestamptz;
  until timestamptz;
begin
  select min(a.created_at) - interval '1 day', max(x.recorded_at) + interval '1 day'
  into since, until
  from added x
  join adjustment a on a.client_id = x.client_id and a.id = x.adjustment_id;

  insert into balance as b
    (client_id, dispute_id, collection, account, currency, booked_minor, executed_minor)
  select e.client_id, e.dispute_id, side.collection, side.account, e.currency, 0,
         sum(side.minor * x.sign)
  from added x
  join adjustment a on a.client_id = x.client_id and a.id = x.adjustment_id
  join entry e on e.client_id = x.client_id and e.dispute_id = a.dispute_id
    and e.adjustment_id = x.adjustment_id
    and e.kind <> 'contra' and (x.entry_id is null or e.id = x.entry_id)
    and e.recorded_at between since and until
  cross join lateral (values
    (e.debit_collection, e.debit_account, -e.amount_minor),
    (e.credit_collection, e.credit_account, e.amount_minor)) as side (collection, account, minor)
  group by e.client_id, e.dispute_id, side.collection, side.account, e.currency
  order by e.client_id, e.dispute_id, side.collection, side.account, e.currency
  on conflict (client_id, dispute_id, collection, account, currency)
  do update set executed_minor = b.executed_minor + excluded.executed_minor;
  return null;
end
$$;
