-- Why: letters name amounts and days that the books decide. What a letter is written from is issued
-- as a version, and again when it changes; deny debits are compared with the day that was named.
-- Locks: denial exclusively while an index is built. How long: a scan of denial, under a second per
-- million rows.

-- One row a dispute: the version in force, and when it was last compared with the books.
create table letter (
  client_id text not null,
  dispute_id uuid not null,
  -- 0: nothing has been issued yet.
  version int not null check (version >= 0),
  -- False once nothing of it can change by itself.
  is_watched boolean not null default true,
  checked_at timestamptz not null,
  primary key (client_id, dispute_id),
  foreign key (client_id, dispute_id) references dispute
);

grant select, insert, update on letter to redress_app;

create index letter_watched on letter (client_id, checked_at) where is_watched;

create table letter_version (
  client_id text not null,
  dispute_id uuid not null,
  version int not null check (version > 0),
  facts jsonb not null,
  -- The facts that differ from the version before; empty in the first.
  changed text[] not null,
  actor text not null,
  issued_at timestamptz not null,
  primary key (client_id, dispute_id, version),
  foreign key (client_id, dispute_id) references letter
);

select make_append_only('letter_version');

-- Deny debits by the day that their notice names.
create index denial_by_debit_date on denial (client_id, coalesce(debit_date, date_named), id)
  where kind <> 'receivable';
