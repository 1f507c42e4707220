-- Why: the account of a refused posting may be changed before it is tried again; a credit to an
-- account that the core closed goes on by the service's policy.
-- Locks: adjustment exclusively for the moment in which columns are added (nothing is rewritten)
-- and while two partial indexes are built, which are empty. How long: a scan of adjustment, about a
-- second per million rows.

alter table adjustment
  -- The refused one whose place it takes, to another account: that one is cancelled with contra
  -- entries when this one is booked.
  add column replaces_adjustment_id uuid,
  -- The holder's account that it is booked to, where it is not the dispute's own.
  add column holder_account uuid,
  -- It was refused for certain by a service that allows another account.
  add column account_changeable boolean not null default false,
  -- What still has to follow from a refusal because the account is closed: carried out by the
  -- machine, or (parking) asked of the core by the next call.
  add column closed_account text
    check (closed_account in ('check', 'ourSuspense', 'parking')),
  add foreign key (client_id, replaces_adjustment_id) references adjustment,
  add constraint adjustment_closed_account check (
    closed_account is null
    or (closed_account = 'parking' and state in ('pendingService', 'sending', 'unknown'))
    or (closed_account <> 'parking' and state = 'serviceFailed')),
  add constraint adjustment_account_changeable check (
    not account_changeable or state = 'serviceFailed');

-- One replacement of an adjustment at most.
create unique index adjustment_one_live_replacement
  on adjustment (client_id, replaces_adjustment_id)
  where replaces_adjustment_id is not null and state <> 'cancelled';

-- What the machine has to carry out, also after a crash.
create index adjustment_closed_account_due on adjustment (client_id)
  where closed_account in ('check', 'ourSuspense');

-- Who asked for another account, why, and whether the core said that it is the same customer's.
create table account_change (
  client_id text not null,
  id uuid not null,
  -- The refused one, and the one that takes its place.
  adjustment_id uuid not null,
  replacement_id uuid not null,
  -- In the vault: an id, never a number.
  account uuid not null,
  reason text not null,
  -- The core's validate call confirmed the same customer; else a second person approves.
  confirmed_by_core boolean not null,
  actor text not null,
  recorded_at timestamptz not null,
  primary key (client_id, adjustment_id, id),
  unique (client_id, replacement_id),
  foreign key (client_id, adjustment_id) references adjustment,
  foreign key (client_id, replacement_id) references adjustment
);

select make_append_only('account_change');
