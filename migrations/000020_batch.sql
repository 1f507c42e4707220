-- Why: the batch route: windows, gap-free sequences, files with their bytes, lines and totals, and
-- every step of their transmission.
-- Locks: a short share lock on adjustment while its index is built (empty at this point of every
-- installation). How long: milliseconds.

-- Layouts as they were used, by content: a file can be rendered again with exactly its own.
create table batch_layout (
  client_id text not null references client,
  sha256 bytea not null check (length(sha256) = 32),
  name text not null,
  version text not null,
  -- Canonical JSON: the very bytes that the hash is of.
  definition text not null,
  recorded_at timestamptz not null,
  primary key (client_id, sha256)
);

select make_append_only('batch_layout');

create table batch_window (
  client_id text not null references client,
  id uuid not null,
  profile text not null,
  business_date date not null,
  cut_off text not null,
  -- 0 is the scheduled occurrence; from 1 on those that a person asked for.
  ordinal integer not null default 0 check (ordinal >= 0),
  cut_at timestamptz not null,
  posting_date date not null,
  state text not null check (state in ('planned', 'late', 'cut', 'skipped', 'done')),
  -- Cut later than the profile tolerates: it was missed and made up.
  made_up boolean not null default false,
  asked_by text,
  reason text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (client_id, id),
  -- An occurrence exists once: a late run takes the same row.
  unique (client_id, profile, business_date, cut_off, ordinal),
  check ((ordinal = 0) = (asked_by is null))
);

create index batch_window_due on batch_window (cut_at) where state in ('planned', 'late');
create index batch_window_of_profile on batch_window (client_id, profile, cut_at);

-- The last sequence given out per profile. The application locks the row by the function below and
-- moves it only by inserting a file: a number without a file cannot be committed.
create table batch_sequence (
  client_id text not null references client,
  profile text not null,
  last_sequence bigint not null default 0 check (last_sequence >= 0),
  primary key (client_id, profile)
);

grant select on batch_sequence to redress_app;

-- One generator of a profile at a time: waits for the other's commit. Answers the last sequence.
create function lock_batch_sequence(for_client text, for_profile text) returns bigint
  language plpgsql security definer set search_path = public as $$
declare
  last bigint;
begin
  insert into batch_sequence (client_id, profile) values (for_client, for_profile)
  on conflict (client_id, profile) do nothing;
  select last_sequence into last
  from batch_sequence
  where client_id = for_client and profile = for_profile
  for update;
  return last;
end
$$;

create table batch_file (
  client_id text not null references client,
  id uuid not null,
  profile text not null,
  sequence bigint not null check (sequence > 0),
  window_id uuid not null,
  -- A window gives several files where the size is limited or currencies differ.
  part smallint not null check (part > 0),
  supersedes_id uuid,
  state text not null check (state in ('generated', 'sending', 'deliveryUnknown', 'handedOver',
    'acknowledged', 'transmissionFailed', 'void')),
  marker text not null check (marker in ('TEST', 'LIVE')),
  file_name text not null,
  layout_sha256 bytea not null,
  -- What rendering needs beside the rows: sender, names, texts of the rules.
  facts jsonb not null,
  currency text not null,
  posting_date date not null,
  sha256 bytea not null check (length(sha256) = 32),
  size_bytes bigint not null check (size_bytes >= 0),
  -- Of a file that holds account numbers, whose stored bytes are encrypted: its data key, and the
  -- number of the vault's key that wraps it. A rotation wraps it anew.
  wrapped_key bytea,
  wrapping_key integer,
  adjustment_count bigint not null check (adjustment_count >= 0),
  detail_count bigint not null check (detail_count >= adjustment_count),
  line_count bigint not null check (line_count >= detail_count),
  debit_count bigint not null check (debit_count >= 0),
  debit_minor numeric(38) not null check (debit_minor >= 0),
  credit_count bigint not null check (credit_count >= 0),
  credit_minor numeric(38) not null check (credit_minor >= 0),
  hash_total bigint not null check (hash_total >= 0),
  -- What became of it, in the words of who says so, before it was made void.
  void_statement text check (void_statement in ('notReceived', 'rejected', 'deleted')),
  void_reason text,
  voided_by text,
  void_seconded_by text,
  transmission smallint not null default 1,
  attempts smallint not null default 0,
  due_at timestamptz,
  leased_by text,
  leased_until timestamptz,
  problem text,
  created_by text not null,
  created_at timestamptz not null,
  handed_over_at timestamptz,
  acknowledged_at timestamptz,
  updated_at timestamptz not null,
  version integer not null default 1,
  primary key (client_id, id),
  unique (client_id, profile, sequence),
  unique (client_id, profile, file_name),
  foreign key (client_id, window_id) references batch_window,
  foreign key (client_id, supersedes_id) references batch_file,
  foreign key (client_id, layout_sha256) references batch_layout,
  check ((wrapped_key is null) = (wrapping_key is null)),
  check ((state = 'void') = (void_statement is not null)),
  check (void_seconded_by is distinct from voided_by or voided_by is null)
);

create index batch_file_of_window on batch_file (client_id, window_id);
create index batch_file_due on batch_file (due_at) where due_at is not null;
create index batch_file_supersedes on batch_file (client_id, supersedes_id)
  where supersedes_id is not null;

-- The sequence of a profile has no gap: a file takes the next number or is refused.
create function take_batch_sequence() returns trigger
  language plpgsql security definer set search_path = public as $$
begin
  update batch_sequence
  set last_sequence = new.sequence
  where client_id = new.client_id and profile = new.profile
    and last_sequence = new.sequence - 1;
  if not found then
    raise exception 'file % of profile %: sequence % is not the next one',
      new.id, new.profile, new.sequence
      using errcode = 'restrict_violation', constraint = 'batch_file_next_sequence';
  end if;
  return new;
end
$$;

create trigger next_sequence before insert on batch_file
  for each row execute function take_batch_sequence();

-- What left, or may have left, never changes; and void is the end.
create function keep_batch_file() returns trigger
  language plpgsql as $$
begin
  if old.state = 'void' then
    raise exception 'file % is void', old.id using errcode = 'restrict_violation';
  end if;
  if (new.client_id, new.id, new.profile, new.sequence, new.window_id, new.part,
      new.supersedes_id, new.marker, new.file_name, new.layout_sha256, new.facts, new.currency,
      new.posting_date, new.sha256, new.size_bytes, new.adjustment_count,
      new.detail_count, new.line_count, new.debit_count, new.debit_minor, new.credit_count,
      new.credit_minor, new.hash_total, new.created_by, new.created_at)
     is distinct from
     (old.client_id, old.id, old.profile, old.sequence, old.window_id, old.part,
      old.supersedes_id, old.marker, old.file_name, old.layout_sha256, old.facts, old.currency,
      old.posting_date, old.sha256, old.size_bytes, old.adjustment_count,
      old.detail_count, old.line_count, old.debit_count, old.debit_minor, old.credit_count,
      old.credit_minor, old.hash_total, old.created_by, old.created_at) then
    raise exception 'file %: its content never changes', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;

create trigger keep_content before update on batch_file
  for each row execute function keep_batch_file();

-- The bytes in chunks, stored before the first of them leaves.
create table batch_file_bytes (
  client_id text not null,
  file_id uuid not null,
  ordinal integer not null check (ordinal > 0),
  bytes bytea not null,
  primary key (client_id, file_id, ordinal),
  foreign key (client_id, file_id) references batch_file deferrable initially deferred
);

alter table batch_file_bytes alter column bytes set storage external;
select make_append_only('batch_file_bytes');

-- An adjustment's place in a file: its first detail line and how many it has.
create table batch_line (
  client_id text not null,
  file_id uuid not null,
  line_number bigint not null check (line_number > 0),
  detail_count integer not null check (detail_count > 0),
  adjustment_id uuid not null,
  amount_minor bigint not null check (amount_minor >= 0),
  direction text not null check (direction in ('debit', 'credit', 'memo')),
  key_revision smallint not null,
  first_posting_date date not null,
  -- The entries that it carries, where others of the adjustment were executed before.
  entry_ids uuid[],
  live boolean not null default true,
  outcome text check (outcome in ('acknowledged', 'refused', 'released')),
  outcome_reference text,
  primary key (client_id, file_id, line_number),
  foreign key (client_id, file_id) references batch_file deferrable initially deferred,
  foreign key (client_id, adjustment_id) references adjustment,
  check (live or outcome is not null)
);

-- At most one live line of an adjustment, whatever two generators do.
create unique index batch_line_one_live on batch_line (client_id, adjustment_id) where live;
create index batch_line_of_adjustment on batch_line (client_id, adjustment_id);

-- Every step of every try, before and after: what a resumed transmission goes by.
create table batch_transmission (
  client_id text not null,
  id uuid not null,
  file_id uuid not null,
  transmission smallint not null,
  attempt smallint not null,
  step text not null,
  detail jsonb not null default '{}',
  actor text not null,
  recorded_at timestamptz not null,
  primary key (client_id, file_id, id),
  foreign key (client_id, file_id) references batch_file
);

select make_append_only('batch_transmission');

-- What a generation takes, in file order.
create index adjustment_pending_batch on adjustment (client_id, destination, currency, id)
  where state = 'pendingBatch';

grant select, insert, update on batch_window to redress_app;
grant select, insert, update on batch_file to redress_app;
grant select, insert on batch_line to redress_app;
grant update (live, outcome, outcome_reference) on batch_line to redress_app;
