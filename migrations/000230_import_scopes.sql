-- Why: the same bytes, sent by somebody who sees fewer clients, are another import: who sees fewer
-- has lines of others rejected, and whoever sees them would never get them in.
-- Locks: import_run for a moment. How long: milliseconds; one row a file.

-- The clients whose lines are let in, by id and in order; a star for all of them.
alter table import_run add column scope text not null default '*';

drop index import_running;

-- The same file is being imported by one run of a scope at a time.
create unique index import_running on import_run (content_sha256, scope) where state = 'running';
