-- Why: a file of a million lines writes as many transitions, lines and executions, and a foreign
-- key looks at each row by itself, the deferred one with a queue that grows with the file. The same
-- rules are kept per statement, over all its rows at once. What executes is summed in one pass.
-- Locks: access exclusive on transition, execution and batch_line for moments. How long:
-- milliseconds, no row is read.

-- Rows can only be of an adjustment that exists; adjustments are never deleted.
create function adjustment_must_exist() returns trigger
  language plpgsql security definer set search_path = public
  -- Looked up one by one in the index: what the planner thinks of a growing table is no help.
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
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
$$;

alter table transition drop constraint transition_client_id_adjustment_id_fkey;
create trigger of_adjustment after insert on transition
  referencing new table as added
  for each statement execute function adjustment_must_exist();

alter table execution drop constraint execution_client_id_adjustment_id_fkey;
create trigger of_adjustment after insert on execution
  referencing new table as added
  for each statement execute function adjustment_must_exist();

alter table batch_line drop constraint batch_line_client_id_adjustment_id_fkey;
create trigger of_adjustment after insert on batch_line
  referencing new table as added
  for each statement execute function adjustment_must_exist();

-- Lines are written before their file's row, which is made at the end. One row per file stands for
-- all its lines and refers to the file by the time of the commit.
create table batch_line_file (
  client_id text not null,
  file_id uuid not null,
  primary key (client_id, file_id),
  foreign key (client_id, file_id) references batch_file deferrable initially deferred
);

insert into batch_line_file (client_id, file_id) select client_id, id from batch_file;

grant select on batch_line_file to redress_app;

create function lines_of_file() returns trigger
  language plpgsql security definer set search_path = public as $$
begin
  insert into batch_line_file (client_id, file_id)
  select distinct client_id, file_id from added
  on conflict (client_id, file_id) do nothing;
  return null;
end
$$;

alter table batch_line drop constraint batch_line_client_id_file_id_fkey;
create trigger of_file after insert on batch_line
  referencing new table as added
  for each statement execute function lines_of_file();

-- What executes counts in `executed`: the adjustment's own entries, contra entries left out. An
-- entry is never older than its adjustment, but for clocks that differ: a day is for them, and
-- older partitions are not looked at.
create or replace function execution_recorded() returns trigger
  language plpgsql security definer set search_path = public
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
begin
  insert into balance as b
    (client_id, dispute_id, collection, account, currency, booked_minor, executed_minor)
  select e.client_id, e.dispute_id, side.collection, side.account, e.currency, 0,
         sum(side.minor * x.sign)
  from added x
  join adjustment a on a.client_id = x.client_id and a.id = x.adjustment_id
  join entry e on e.client_id = x.client_id and e.dispute_id = a.dispute_id
    and e.adjustment_id = x.adjustment_id and e.recorded_at >= a.created_at - interval '1 day'
    and e.kind <> 'contra' and (x.entry_id is null or e.id = x.entry_id)
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
