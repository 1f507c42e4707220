-- Why: holds ask the outside before a movement is booked: the active card number, the fraud card's
-- status. What was asked, answered and decided is on record; a debit on notice names its day, and
-- one made at once has its honoring window.
-- Locks: adjustment and denial exclusively for the moment in which columns are added (nothing is
-- rewritten) and while a partial index is built, which is empty. How long: a scan of adjustment,
-- about a second per million rows.

alter table adjustment
  -- When the look-up of its hold is due; null where nothing is looked up.
  add column hold_ask_at timestamptz
    check (hold_ask_at is null or state in ('planned', 'awaitingApproval'));

create index adjustment_hold_ask on adjustment (client_id, hold_ask_at)
  where state = 'planned' and hold_ask_at is not null;

alter table denial
  -- The day that a letter which is not sent yet names.
  add column date_named date,
  -- Items are honoured, and overdraft charges left out, from the one day through the other.
  add column honor_from date,
  add column honor_until date,
  add check ((honor_from is null) = (honor_until is null)),
  add check (honor_until >= honor_from);

-- Asked: on record before the call leaves.
create table hold_look_up (
  client_id text not null,
  adjustment_id uuid not null,
  id uuid not null,
  hold text not null,
  ordinal int not null check (ordinal > 0),
  service text not null,
  asked_at timestamptz not null,
  primary key (client_id, adjustment_id, id),
  unique (client_id, adjustment_id, hold, ordinal),
  foreign key (client_id, adjustment_id) references adjustment
);

select make_append_only('hold_look_up');

-- Answered, by the service that was asked, by a system or by a person. A look-up has one answer.
create table hold_answer (
  client_id text not null,
  adjustment_id uuid not null,
  id uuid not null,
  hold text not null,
  look_up_id uuid,
  outcome text not null check (outcome in ('good', 'bad', 'unknown', 'failed')),
  -- In the vault: an id, never a number.
  account uuid,
  status text,
  reason text,
  actor text not null,
  recorded_at timestamptz not null,
  primary key (client_id, adjustment_id, id),
  foreign key (client_id, adjustment_id) references adjustment,
  foreign key (client_id, adjustment_id, look_up_id) references hold_look_up
);

create unique index hold_answer_of_look_up on hold_answer (client_id, adjustment_id, look_up_id)
  where look_up_id is not null;

select make_append_only('hold_answer');

-- How a hold ended for an adjustment; it is not asked again.
create table hold_decision (
  client_id text not null,
  adjustment_id uuid not null,
  id uuid not null,
  hold text not null,
  outcome text not null
    check (outcome in ('passed', 'postable', 'notPostable', 'daysUsedUp', 'regulatoryDate')),
  by_hand boolean not null,
  account uuid,
  status text,
  reason text not null,
  actor text not null,
  recorded_at timestamptz not null,
  primary key (client_id, adjustment_id, id),
  foreign key (client_id, adjustment_id) references adjustment
);

select make_append_only('hold_decision');
