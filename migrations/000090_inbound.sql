-- Why: acknowledgement and return files: their bytes, their lines and what became of each, what
-- persons decided about them, alarms with an owner, and statements that wait for a second person.
-- Locks: batch_file exclusively while a partial index is built. How long: about
-- a second per ten million rows.

create table inbound_file (
  client_id text not null references client,
  id uuid not null,
  profile text not null,
  name text not null check (length(name) between 1 and 255),
  source text not null check (source in ('upload', 'command', 'directory', 'sftp', 's3')),
  format text not null,
  -- Of the clear bytes. The same bytes are one file, however often they come.
  sha256 bytea not null check (length(sha256) = 32),
  size_bytes bigint not null check (size_bytes >= 0),
  -- Return files carry account numbers: the stored bytes are always encrypted. A rotation of the
  -- vault's keys wraps the data key anew.
  wrapped_key bytea not null,
  wrapping_key integer not null,
  state text not null check (state in ('received', 'read', 'held', 'matched', 'partlyMatched',
    'refused')),
  -- What its sender calls it.
  identity text,
  duplicate_of uuid,
  -- Why it is held or refused, in words; the places are in `faults`.
  problem text,
  faults jsonb not null default '[]',
  -- What the file says of itself beside what was counted.
  totals jsonb not null default '[]',
  line_count bigint not null default 0 check (line_count >= 0),
  received_by text not null,
  received_at timestamptz not null,
  read_at timestamptz,
  finished_at timestamptz,
  -- When the machine goes on with it; null when it has nothing to do.
  due_at timestamptz,
  updated_at timestamptz not null,
  version integer not null default 1,
  primary key (client_id, id),
  unique (client_id, profile, sha256),
  foreign key (client_id, duplicate_of) references inbound_file,
  check ((state in ('received', 'read')) = (due_at is not null)),
  check (state not in ('held', 'refused') or problem is not null)
);

-- A file of the same identity is taken once.
create unique index inbound_file_identity on inbound_file (client_id, profile, identity)
  where identity is not null and state <> 'refused';
create index inbound_file_due on inbound_file (due_at) where due_at is not null;
create index inbound_file_listed on inbound_file (client_id, received_at, id);
create index inbound_file_duplicates on inbound_file (client_id, duplicate_of)
  where duplicate_of is not null;

-- What came in never changes.
create function keep_inbound_file() returns trigger
  language plpgsql as $$
begin
  if (new.client_id, new.id, new.profile, new.name, new.source, new.sha256, new.size_bytes,
      new.received_by, new.received_at)
     is distinct from
     (old.client_id, old.id, old.profile, old.name, old.source, old.sha256, old.size_bytes,
      old.received_by, old.received_at) then
    raise exception 'inbound file %: what came in never changes', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;

create trigger keep_content before update on inbound_file
  for each row execute function keep_inbound_file();

create table inbound_bytes (
  client_id text not null,
  file_id uuid not null,
  ordinal integer not null check (ordinal > 0),
  bytes bytea not null,
  primary key (client_id, file_id, ordinal),
  foreign key (client_id, file_id) references inbound_file deferrable initially deferred
);

alter table inbound_bytes alter column bytes set storage external;
select make_append_only('inbound_bytes');

-- The same bytes came once more: refused, and listed.
create table inbound_repeat (
  client_id text not null,
  id uuid not null,
  file_id uuid not null,
  name text not null,
  source text not null,
  actor text not null,
  recorded_at timestamptz not null,
  primary key (client_id, file_id, id),
  foreign key (client_id, file_id) references inbound_file
);

select make_append_only('inbound_repeat');

create table inbound_line (
  client_id text not null,
  file_id uuid not null,
  -- Its place among the file's lines, from 1; `line` is where it stands in the file.
  ordinal bigint not null check (ordinal > 0),
  line bigint not null check (line > 0),
  status text not null check (status in ('accepted', 'refused', 'unknown', 'posted')),
  reference text,
  trace_number text,
  original_file text,
  end_to_end_id text,
  amount_minor bigint check (amount_minor >= 0),
  currency text,
  side text check (side in ('debit', 'credit')),
  booked_on date,
  code text,
  reason text,
  -- `repeated`: what it says had been said before. `noted`: it decides nothing, all stays.
  state text not null default 'waiting' check (state in ('waiting', 'applied', 'repeated', 'noted',
    'unmatched', 'setAside')),
  -- What it did where it is applied.
  outcome text check (outcome in ('executed', 'confirmed', 'failed', 'returned', 'counted',
    'partly', 'wholeFile')),
  explanation text,
  -- The line of ours that it speaks of.
  adjustment_id uuid,
  batch_file_id uuid,
  batch_line bigint,
  -- Which of that line's details, from 0, where it has several and one is meant.
  detail integer,
  settled_by text,
  settled_at timestamptz,
  primary key (client_id, file_id, ordinal),
  foreign key (client_id, file_id) references inbound_file deferrable initially deferred,
  foreign key (client_id, batch_file_id) references batch_file,
  check ((state = 'waiting') = (settled_at is null)),
  check ((state = 'applied') = (outcome is not null)),
  check (state <> 'unmatched' or explanation is not null)
);

create index inbound_line_waiting on inbound_line (client_id, file_id, ordinal)
  where state = 'waiting';
create index inbound_line_unmatched on inbound_line (client_id, file_id, ordinal)
  where state = 'unmatched';
create index inbound_line_of_adjustment on inbound_line (client_id, adjustment_id)
  where adjustment_id is not null;
-- Answers to single details of a line that has several.
create index inbound_line_of_detail on inbound_line (client_id, batch_file_id, batch_line)
  where detail is not null and state = 'applied';

-- What a line says never changes, and what became of it is said once.
create function keep_inbound_line() returns trigger
  language plpgsql as $$
begin
  if (new.client_id, new.file_id, new.ordinal, new.line, new.status, new.reference,
      new.trace_number, new.original_file, new.end_to_end_id, new.amount_minor, new.currency,
      new.side, new.booked_on, new.code, new.reason)
     is distinct from
     (old.client_id, old.file_id, old.ordinal, old.line, old.status, old.reference,
      old.trace_number, old.original_file, old.end_to_end_id, old.amount_minor, old.currency,
      old.side, old.booked_on, old.code, old.reason) then
    raise exception 'inbound file %, line %: what it says never changes', old.file_id,
      old.ordinal using errcode = 'restrict_violation';
  end if;
  if old.state in ('applied', 'setAside') then
    raise exception 'inbound file %, line % is settled', old.file_id, old.ordinal
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;

create trigger keep_line before update on inbound_line
  for each row execute function keep_inbound_line();

-- What persons decided about a file or a line of it, with their reasons.
create table inbound_decision (
  client_id text not null,
  id uuid not null,
  file_id uuid not null,
  -- Null: the whole file.
  ordinal bigint,
  decision text not null check (decision in ('again', 'matched', 'setAside', 'released', 'refused',
    'readAgain')),
  batch_file_id uuid,
  batch_line bigint,
  reason text not null check (length(reason) > 0),
  actor text not null,
  recorded_at timestamptz not null,
  primary key (client_id, file_id, id),
  foreign key (client_id, file_id) references inbound_file
);

select make_append_only('inbound_decision');

-- Something about files that a named owner has to look at.
create table batch_alarm (
  client_id text not null references client,
  id uuid not null,
  profile text not null,
  kind text not null check (kind in ('acknowledgementOverdue', 'fileHeld', 'fileRefused',
    'linesUnmatched', 'pickUpFailed')),
  -- What it is about: the id of a file, or the name of the place.
  subject text not null,
  owner text not null,
  text text not null,
  raised_at timestamptz not null,
  closed_at timestamptz,
  closed_by text,
  closed_because text,
  primary key (client_id, id),
  check ((closed_at is null) = (closed_by is null)),
  check ((closed_at is null) = (closed_because is null))
);

create unique index batch_alarm_open on batch_alarm (client_id, kind, subject)
  where closed_at is null;
create index batch_alarm_of_subject on batch_alarm (client_id, kind, subject);
create index batch_alarm_listed on batch_alarm (client_id, raised_at, id);

-- Files whose answer is awaited.
create index batch_file_awaited on batch_file (client_id, profile, handed_over_at)
  where state = 'handedOver';

-- What a person said became of a file, until a second one says so too.
create table batch_statement (
  client_id text not null references client,
  id uuid not null,
  file_id uuid not null,
  statement text not null check (statement in ('notReceived', 'rejected', 'deleted')),
  reason text not null check (length(reason) > 0),
  -- The difference that was shown to whoever said so.
  difference jsonb not null,
  actor text not null,
  recorded_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'seconded', 'declined')),
  settled_by text,
  settled_because text,
  settled_at timestamptz,
  primary key (client_id, id),
  foreign key (client_id, file_id) references batch_file,
  check ((state = 'waiting') = (settled_at is null)),
  check (state <> 'seconded' or settled_by <> actor)
);

create unique index batch_statement_waiting on batch_statement (client_id, file_id)
  where state = 'waiting';
create index batch_statement_of_file on batch_statement (client_id, file_id);

grant select, insert, update on inbound_file to redress_app;
grant select, insert on inbound_line to redress_app;
grant update (state, outcome, explanation, adjustment_id, batch_file_id, batch_line, detail,
  settled_by, settled_at) on inbound_line to redress_app;
grant select, insert on batch_alarm to redress_app;
grant update (closed_at, closed_by, closed_because) on batch_alarm to redress_app;
grant select, insert on batch_statement to redress_app;
grant update (state, settled_by, settled_because, settled_at) on batch_statement to redress_app;
