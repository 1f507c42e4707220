-- Why: one refund of a merchant may cover several disputes. Which dispute uses how much of it is a
-- book of its own, so that no part of it counts twice, whoever asks at the same moment.
-- Locks: none on what is there; two new tables. How long: no time at all.

create table merchant_credit (
  client_id text not null references client,
  -- The core's own of the refund.
  reference text not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  used_minor bigint not null default 0,
  recorded_at timestamptz not null,
  primary key (client_id, reference),
  constraint merchant_credit_used_once check (used_minor between 0 and amount_minor)
);

create table merchant_credit_use (
  client_id text not null,
  id uuid not null,
  reference text not null,
  dispute_id uuid not null,
  operation_id uuid not null,
  -- Positive: used. Negative: given back by a reversal.
  amount_minor bigint not null check (amount_minor <> 0),
  recorded_at timestamptz not null,
  primary key (client_id, id),
  foreign key (client_id, reference) references merchant_credit,
  foreign key (client_id, operation_id) references operation
);

create index merchant_credit_use_of on merchant_credit_use (client_id, reference, recorded_at, id);
create index merchant_credit_use_by on merchant_credit_use (client_id, dispute_id);

select make_append_only('merchant_credit_use');

-- The sum is kept by the database alone: its row lock puts those who race for a credit in order.
create function add_merchant_credit_use() returns trigger
  language plpgsql security definer set search_path = public as $$
begin
  update merchant_credit
  set used_minor = used_minor + new.amount_minor
  where client_id = new.client_id and reference = new.reference;
  return null;
end
$$;

create trigger add_merchant_credit_use after insert on merchant_credit_use
  for each row execute function add_merchant_credit_use();

grant select, insert on merchant_credit to redress_app;
