-- Why: what a person shows for a posting made by hand (a print, a screen, a confirmation) is kept
-- with the attestation as it came: hashed, sealed, never changed.
-- Locks: none on what is there; three new tables. How long: no time at all.

create table evidence (
  client_id text not null references client,
  id uuid not null,
  assignment_id uuid not null,
  adjustment_id uuid not null,
  dispute_id uuid not null,
  -- What it was called where it came from.
  name text not null check (length(name) between 1 and 255),
  -- As its first bytes say, not its name.
  media_type text not null,
  -- Of the clear bytes.
  sha256 bytea not null check (length(sha256) = 32),
  size_bytes integer not null check (size_bytes > 0),
  wrapped_key bytea not null,
  wrapping_key integer not null,
  actor text not null,
  recorded_at timestamptz not null,
  primary key (client_id, id),
  -- The same bytes for the same work are the same piece.
  unique (client_id, assignment_id, sha256),
  foreign key (client_id, assignment_id) references assignment,
  foreign key (client_id, adjustment_id) references adjustment
);

create index evidence_of_adjustment on evidence (client_id, adjustment_id);
select make_append_only('evidence');

create table evidence_chunk (
  client_id text not null,
  evidence_id uuid not null,
  ordinal integer not null check (ordinal > 0),
  bytes bytea not null,
  primary key (client_id, evidence_id, ordinal),
  foreign key (client_id, evidence_id) references evidence
);

alter table evidence_chunk alter column bytes set storage external;
select make_append_only('evidence_chunk');

-- Which pieces a statement rests on.
create table attestation_evidence (
  client_id text not null,
  attestation_id uuid not null,
  evidence_id uuid not null,
  primary key (client_id, attestation_id, evidence_id),
  foreign key (client_id, evidence_id) references evidence
);

select make_append_only('attestation_evidence');
