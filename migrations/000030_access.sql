-- Why: who may do what, sessions and API keys by hash only, the audit, and the vault: the one
-- table that holds account numbers, encrypted under keys that lie outside the database.
-- Locks: none on existing rows. How long: milliseconds.

create table app_user (
  id uuid not null primary key,
  -- The sign-in name; never given out again, because history names it.
  name text not null unique check (name ~ '^[a-z0-9][a-z0-9._@-]{0,62}$'),
  display_name text not null,
  password_hash text not null,
  roles text[] not null,
  -- Null: every client.
  clients text[],
  is_active boolean not null default true,
  failed_sign_ins integer not null default 0,
  locked_until timestamptz,
  version integer not null default 1,
  created_at timestamptz not null
);

create table session (
  token_hash bytea not null primary key check (length(token_hash) = 32),
  user_id uuid not null references app_user,
  created_at timestamptz not null,
  expires_at timestamptz not null
);

create index session_of_user on session (user_id);
create index session_expired on session (expires_at);

create table api_key (
  id uuid not null primary key,
  name text not null unique check (name ~ '^[a-z0-9][a-z0-9._@-]{0,62}$'),
  key_hash bytea not null unique check (length(key_hash) = 32),
  -- The first characters, so that people can tell keys apart.
  prefix text not null,
  roles text[] not null,
  -- Null: every client.
  clients text[],
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz
);

grant select, insert, update on app_user, api_key to redress_app;
grant select, insert, delete on session to redress_app;

-- Who did what, refusals too. Never an account number, a password or a token.
create table audit (
  id uuid not null,
  actor text not null,
  client_id text,
  action text not null,
  subject text not null,
  outcome text not null check (outcome in ('done', 'refused')),
  -- The failure's code where it was refused.
  code text,
  reason text,
  request_id text,
  recorded_at timestamptz not null,
  primary key (id, recorded_at),
  check ((outcome = 'refused') = (code is not null))
) partition by range (recorded_at);

create index audit_of_actor on audit (actor, recorded_at);
create index audit_of_subject on audit (subject, recorded_at);

select make_append_only('audit');
select ensure_month_partitions('audit', '2026-10-01', 18);

-- One data key per claim, wrapped (RFC 3394) by a key from outside the database. Rotation wraps it
-- anew; purging deletes it, after which the claim's numbers can be read by nobody.
create table account_key (
  client_id text not null,
  claim_id uuid not null,
  wrapped_key bytea not null check (length(wrapped_key) = 40),
  wrapping_key integer not null,
  created_at timestamptz not null,
  primary key (client_id, claim_id),
  foreign key (client_id, claim_id) references claim
);

create index account_key_to_wrap on account_key (wrapping_key);

create table account_number (
  client_id text not null,
  id uuid not null,
  claim_id uuid not null,
  kind text not null check (kind in ('account', 'card')),
  -- AES-256-GCM: nonce (12), tag (16), ciphertext; bound to client, claim and id.
  sealed bytea not null check (length(sealed) > 28),
  -- Keyed hash of client and number: what a search compares.
  search_hash bytea not null check (length(search_hash) = 32),
  -- BIN and last four at most.
  masked text not null,
  created_at timestamptz not null,
  primary key (client_id, id),
  unique (client_id, claim_id, search_hash, kind),
  foreign key (client_id, claim_id) references claim
);

create index account_number_search on account_number (client_id, search_hash);

grant select, insert, update, delete on account_key to redress_app;
grant select, insert on account_number to redress_app;
