-- Why: the answers given to commands by Idempotency-Key, so that a repeated request gets the same
-- answer and does nothing again. Kept for seven days.
-- Locks: none on existing rows. How long: milliseconds.

create table http_answer (
  -- Who sent it: two callers may use the same key.
  caller text not null,
  key text not null check (length(key) between 1 and 255),
  -- Of method, path and body: the same key with another request is refused.
  request_hash bytea not null check (length(request_hash) = 32),
  -- Null while the first request with this key is running.
  status smallint check (status between 200 and 299),
  headers jsonb,
  body text,
  started_at timestamptz not null,
  primary key (caller, key),
  check ((status is null) = (body is null))
);

create index http_answer_old on http_answer (started_at);

grant select, insert, update, delete on http_answer to redress_app;

-- Why: the numbers of a database open only with the keys they were sealed with. A process that
-- comes with another key file has to be told so before it seals a number that nobody else can read.
create table vault_fingerprint (
  only_row boolean not null primary key default true check (only_row),
  fingerprint bytea not null check (length(fingerprint) = 32)
);

grant select, insert on vault_fingerprint to redress_app;
