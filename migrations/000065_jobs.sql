-- Why: server jobs: one verb over everything that matched when it was asked, done in chunks, with a
-- result for each item. The table of the first day was never written to; it gets the shape that
-- the worker needs.
-- Locks: job, exclusively, while it is changed (empty). How long: milliseconds.

drop index job_waiting;
alter table job
  drop constraint job_state_check,
  drop column client_id,
  drop column total_count,
  drop column result,
  -- The clients it reaches: those that whoever asked may see, or the one they named.
  add column client_ids text[] not null,
  add column failed_count bigint not null default 0 check (failed_count >= 0),
  add column skipped_count bigint not null default 0 check (skipped_count >= 0),
  add column total_count bigint not null check (total_count >= 0),
  add column leased_by text,
  add column started_at timestamptz,
  add column cancelled_by text,
  add check (state in ('waiting', 'running', 'done', 'cancelled')),
  add check (done_count >= 0 and done_count + failed_count + skipped_count <= total_count),
  add check ((state in ('done', 'cancelled')) = (finished_at is not null)),
  add check ((state = 'cancelled') = (cancelled_by is not null)),
  add check (state <> 'done' or done_count + failed_count + skipped_count = total_count),
  add check (finished_at is null or (leased_by is null and leased_until is null));

-- What a worker takes next.
create index job_to_do on job (created_at, id) where state in ('waiting', 'running');

-- What matched when it was asked, in the order in which it is worked.
create table job_item (
  job_id uuid not null references job,
  ordinal integer not null check (ordinal > 0),
  client_id text not null,
  assignment_id uuid not null,
  adjustment_id uuid not null,
  -- The assignment's version when it matched: what moved on since is not touched.
  seen_version integer not null,
  -- No key to assignment: to look at a hundred thousand rows that others work at would be to lock
  -- them, and assignments are never removed.
  primary key (job_id, ordinal)
);

select make_append_only('job_item');

-- What became of an item: at most once. None: not begun.
create table job_item_outcome (
  job_id uuid not null,
  ordinal integer not null,
  outcome text not null check (outcome in ('done', 'skipped', 'failed')),
  -- A failure's code and words; null where it was done.
  code text,
  reason text,
  recorded_at timestamptz not null,
  primary key (job_id, ordinal),
  foreign key (job_id, ordinal) references job_item,
  check ((outcome = 'done') = (code is null))
);

select make_append_only('job_item_outcome');
