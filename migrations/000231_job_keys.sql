-- Why: a job that was asked for and whose answer was lost, because the server died between the two,
-- is the same job when it is asked for again, not a second one over the same work.
-- Locks: job for a moment. How long: milliseconds; the index is of rows that have a key.

-- The Idempotency-Key it came with, and the hash of what was asked.
alter table job
  add column asked_key text,
  add column asked_hash bytea,
  add check (num_nulls(asked_key, asked_hash) in (0, 2));

create unique index job_asked_key on job (asked_by, asked_key) where asked_key is not null;
