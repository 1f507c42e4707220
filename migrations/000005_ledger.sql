-- Why: the books: entries, what of them is executed, balances kept from both, periods.
-- Locks: none on existing rows. How long: milliseconds.

create table period (
  client_id text not null references client,
  starts_on date not null,
  ends_on date not null check (ends_on >= starts_on),
  fiscal_year integer not null,
  state text not null default 'open' check (state in ('open', 'closed')),
  closed_by text,
  closed_at timestamptz,
  primary key (client_id, starts_on)
);

grant select, insert, update on period to redress_app;

create table entry (
  client_id text not null,
  -- Ends in the digit 0; the debit step's id ends in 1, the credit step's in 2.
  id uuid not null check (right(id::text, 1) = '0'),
  dispute_id uuid not null,
  adjustment_id uuid not null,
  operation_id uuid not null,
  rule text not null,
  kind text not null check (kind in ('original', 'contra', 'reversal')),
  undoes uuid,
  debit_collection text not null,
  debit_account text not null,
  debit_tran_code text,
  credit_collection text not null,
  credit_account text not null,
  credit_tran_code text,
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  processing text not null check (processing in ('execute', 'track')),
  event_date date not null,
  planned_posting_date date not null,
  -- The accounting date; decides the period.
  booked_on date not null,
  rulebook_version text not null,
  chosen_by text[] not null default '{}',
  actor text not null,
  recorded_at timestamptz not null,
  primary key (client_id, dispute_id, id, recorded_at),
  foreign key (client_id, adjustment_id) references adjustment,
  check (debit_collection <> credit_collection or debit_account <> credit_account),
  check ((kind = 'original') = (undoes is null))
) partition by range (recorded_at);

select make_append_only('entry');
select ensure_month_partitions('entry', '2026-10-01', 18);

-- Money that is known to have moved (+1), or come back (-1). No entry id: the whole adjustment.
create table execution (
  client_id text not null,
  id uuid not null,
  adjustment_id uuid not null,
  entry_id uuid,
  sign smallint not null check (sign in (-1, 1)),
  basis text not null check (basis in ('posted', 'assumed', 'acknowledged', 'attested', 'matched',
    'returned', 'disproved')),
  reference text,
  posting_date date not null,
  actor text not null,
  recorded_at timestamptz not null,
  primary key (client_id, adjustment_id, id),
  foreign key (client_id, adjustment_id) references adjustment
);

select make_append_only('execution');

-- Balance = credits - debits, minor units. Derived: only the triggers below write it.
create table balance (
  client_id text not null,
  dispute_id uuid not null,
  collection text not null,
  account text not null,
  currency text not null,
  booked_minor bigint not null,
  executed_minor bigint not null,
  primary key (client_id, dispute_id, collection, account, currency)
) with (fillfactor = 85);

grant select on balance to redress_app;

-- No entry is dated in a closed period: the period's row is held until this transaction ends, and
-- whoever closes it takes the row for update, so the two cannot pass each other.
create function entry_booked() returns trigger
  language plpgsql security definer set search_path = public as $$
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
$$;

create trigger booked after insert on entry
  referencing new table as added
  for each statement execute function entry_booked();

-- What executes counts in `executed`: the adjustment's own entries, contra entries left out.
create function execution_recorded() returns trigger
  language plpgsql security definer set search_path = public as $$
begin
  insert into balance as b
    (client_id, dispute_id, collection, account, currency, booked_minor, executed_minor)
  select client_id, dispute_id, collection, account, currency, 0, sum(minor)
  from (
    select e.client_id, e.dispute_id, e.debit_collection as collection,
           e.debit_account as account, e.currency, -e.amount_minor * x.sign as minor
    from added x
    join adjustment a on a.client_id = x.client_id and a.id = x.adjustment_id
    join entry e on e.client_id = x.client_id and e.dispute_id = a.dispute_id
      and e.adjustment_id = x.adjustment_id
      and e.kind <> 'contra' and (x.entry_id is null or e.id = x.entry_id)
    union all
    select e.client_id, e.dispute_id, e.credit_collection, e.credit_account, e.currency,
           e.amount_minor * x.sign
    from added x
    join adjustment a on a.client_id = x.client_id and a.id = x.adjustment_id
    join entry e on e.client_id = x.client_id and e.dispute_id = a.dispute_id
      and e.adjustment_id = x.adjustment_id
      and e.kind <> 'contra' and (x.entry_id is null or e.id = x.entry_id)
  ) side
  group by client_id, dispute_id, collection, account, currency
  order by client_id, dispute_id, collection, account, currency
  on conflict (client_id, dispute_id, collection, account, currency)
  do update set executed_minor = b.executed_minor + excluded.executed_minor;
  return null;
end
$$;

create trigger recorded after insert on execution
  referencing new table as added
  for each statement execute function execution_recorded();
