-- Why: who sees to an ageing item changes, and who gave it to whom stays on record.
-- Locks: ageing_item for a moment, to add a column. How long: no time at all.

alter table ageing_item add column version integer not null default 1;

grant update (version) on ageing_item to redress_app;

-- Each owner after the first.
create table ageing_owner (
  client_id text not null,
  item_id uuid not null,
  version integer not null check (version > 1),
  owner text not null check (length(owner) between 1 and 80),
  due_on date not null,
  reason text not null,
  actor text not null,
  recorded_at timestamptz not null,
  primary key (client_id, item_id, version),
  foreign key (client_id, item_id) references ageing_item
);

select make_append_only('ageing_owner');
