-- Why: a dispute resolved although its books are out of balance leaves an item that ages until the
-- books are right, with an owner and a date. What was excused never changes; its end is added once.
-- Locks: none on what is there; one new table. How long: no time at all.

create table ageing_item (
  client_id text not null references client,
  id uuid not null,
  claim_id uuid not null,
  dispute_id uuid not null,
  -- The exception that was overridden.
  assignment_id uuid not null,
  decision text not null check (decision in ('pay', 'deny', 'partialDeny', 'writeOff')),
  -- What is out of balance, in the gate's own words: as long as it stays so, it is excused.
  difference text not null,
  amount_minor bigint not null check (amount_minor >= 0),
  currency text not null,
  reason text not null,
  -- Who sees to it, and until when.
  owner text not null,
  due_on date not null,
  asked_by text not null,
  approved_by text not null check (approved_by <> asked_by),
  opened_at timestamptz not null,
  settled_at timestamptz,
  outcome text check (outcome in ('balanced', 'reopened')),
  primary key (client_id, id),
  foreign key (client_id, claim_id) references claim,
  check ((settled_at is null) = (outcome is null))
);

-- One item ages per dispute; the list of what is open, oldest date first.
create unique index ageing_open on ageing_item (client_id, dispute_id) where settled_at is null;
create index ageing_due on ageing_item (client_id, due_on, id) where settled_at is null;

grant select, insert on ageing_item to redress_app;
grant update (settled_at, outcome, owner, due_on) on ageing_item to redress_app;
