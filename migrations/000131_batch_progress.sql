-- Why: a large generation is one transaction, so nobody else sees how far it is. It says so in a
-- row of its own, written beside the transaction; the row goes when the generation ends.
-- Locks: none on what is there; one new table. How long: no time at all.

create table batch_progress (
  client_id text not null references client (id),
  profile text not null,
  actor text not null,
  rendered bigint not null check (rendered >= 0),
  -- Null where it is not known before: of a regeneration.
  total bigint check (total >= 0),
  started_at timestamptz not null,
  told_at timestamptz not null,
  primary key (client_id, profile)
);
grant select, insert, update, delete on batch_progress to redress_app;
