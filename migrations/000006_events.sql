-- Why: the outbox: what happened, in the transaction in which it happened, for the outside world.
-- Locks: none on existing rows. How long: milliseconds.

create table outbox (
  client_id text not null,
  id uuid not null,
  type text not null,
  subject text not null,
  data jsonb not null,
  recorded_at timestamptz not null,
  primary key (id, recorded_at)
) partition by range (recorded_at);

select make_append_only('outbox');
select ensure_month_partitions('outbox', '2026-10-01', 18);
