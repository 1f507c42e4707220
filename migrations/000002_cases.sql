-- Why: clients, claims and disputes: facts only. What happened to a dispute is in later tables.
-- Locks: none on existing rows. How long: milliseconds.

create table client (
  id text not null primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,30}$'),
  name text not null,
  -- Calendar, zone, second operations, routes …: the schema is ClientSettings in src/accounting.
  settings jsonb not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null
);

-- The last ordinal given out per client, local day and kind, for YYMMDD + ordinal + C or D.
create table case_number (
  client_id text not null references client,
  local_date date not null,
  kind text not null check (kind in ('C', 'D')),
  last_ordinal integer not null check (last_ordinal > 0),
  primary key (client_id, local_date, kind)
);

create table claim (
  client_id text not null references client,
  id uuid not null,
  number text not null check (number ~ '^[0-9]{6}[0-9]{4,}C$'),
  claim_type text not null,
  notice_received_on date,
  facts jsonb not null default '{}',
  -- The line that brought it, so that the same line again is harmless.
  key text,
  body_hash bytea,
  version integer not null default 1,
  created_at timestamptz not null,
  primary key (client_id, id),
  unique (client_id, number),
  unique (client_id, key)
);

create table dispute (
  client_id text not null,
  id uuid not null,
  claim_id uuid not null,
  number text not null check (number ~ '^[0-9]{6}[0-9]{4,}D$'),
  -- As first disputed, minor units; raises are adjustments.
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- The holder's account or card in the vault: an id, never a number.
  account_id uuid not null,
  facts jsonb not null default '{}',
  created_at timestamptz not null,
  primary key (client_id, id),
  unique (client_id, number),
  foreign key (client_id, claim_id) references claim
);

create index dispute_of_claim on dispute (client_id, claim_id);

grant select, insert, update on client, case_number, claim to redress_app;
grant select, insert on dispute to redress_app;
