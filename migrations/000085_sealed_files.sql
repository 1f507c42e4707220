-- Why: what leaves sealed by OpenPGP is kept as it left, with its own hash beside the clear one's;
-- sealing again gives other bytes, and a resumed transmission has to send the same.
-- Locks: none on what is there; two new tables. How long: no time at all.

create table batch_envelope (
  client_id text not null,
  id uuid not null,
  file_id uuid not null,
  -- Of the fingerprints of all the keys: sealed for the same keys, it is the same envelope.
  keys_sha256 bytea not null check (length(keys_sha256) = 32),
  recipients text[] not null check (cardinality(recipients) > 0),
  signer text,
  -- Of the sealed bytes.
  sha256 bytea not null check (length(sha256) = 32),
  size_bytes bigint not null check (size_bytes > 0),
  created_at timestamptz not null,
  primary key (client_id, id),
  unique (client_id, file_id, keys_sha256),
  foreign key (client_id, file_id) references batch_file
);

select make_append_only('batch_envelope');

-- Nothing here can be read without a recipient's key.
create table batch_envelope_bytes (
  client_id text not null,
  envelope_id uuid not null,
  ordinal integer not null check (ordinal > 0),
  bytes bytea not null,
  primary key (client_id, envelope_id, ordinal),
  foreign key (client_id, envelope_id) references batch_envelope deferrable initially deferred
);

alter table batch_envelope_bytes alter column bytes set storage external;
select make_append_only('batch_envelope_bytes');

grant select, insert on batch_envelope, batch_envelope_bytes to redress_app;
