-- Why: a bulk import's progress and rejects, committed with the lines they speak of, so that a
-- killed import goes on where it stopped and loses no reject.
-- Locks: none on existing rows. How long: milliseconds.

create table import_run (
  id uuid not null primary key,
  -- Of the whole file: the same bytes again are the same import.
  content_sha256 bytea not null check (length(content_sha256) = 32),
  name text not null,
  bytes_total bigint not null,
  bytes_done bigint not null default 0,
  lines_done bigint not null default 0,
  claims bigint not null default 0,
  operations bigint not null default 0,
  duplicates bigint not null default 0,
  rejected bigint not null default 0,
  state text not null default 'running' check (state in ('running', 'done')),
  actor text not null,
  started_at timestamptz not null,
  finished_at timestamptz
);

-- The same file is being imported by one run at a time.
create unique index import_running on import_run (content_sha256) where state = 'running';

create table import_reject (
  run_id uuid not null references import_run,
  line bigint not null,
  key text,
  field text,
  code text not null,
  reason text not null,
  primary key (run_id, line)
);

grant select, insert, update on import_run to redress_app;
grant select, insert on import_reject to redress_app;
