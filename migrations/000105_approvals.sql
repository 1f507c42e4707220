-- Why: one notion of an approval: who asked for what, why it takes another person, who had a hand
-- in it and so may not approve, what each level said, and who lends the right to whom.
-- Locks: none on existing rows but a read of the proposals that wait. How long: milliseconds, and
-- about a second per million proposals that wait.

create table approval_request (
  client_id text not null references client,
  id uuid not null,
  -- What kind of thing, as registered in src/work/approvals/subjects.ts, and which one.
  subject_kind text not null check (subject_kind ~ '^[a-z][A-Za-z]{2,40}$'),
  subject_id text not null check (length(subject_id) between 1 and 200),
  claim_id uuid,
  dispute_id uuid,
  -- What will happen, in words.
  summary text not null check (length(summary) > 0),
  -- The setting or the rule of the domain that fired, and why in words.
  rule text not null,
  rule_words text not null,
  amount_minor bigint check (amount_minor >= 0),
  currency text,
  -- The actor as every record names it, and the person who stands behind it.
  requested_by text not null,
  requester text not null,
  reason text not null default '',
  -- What the effect needs. Never an account number.
  payload jsonb not null default '{}',
  -- Another request of the same matter has the same words here: asked for again, it is the same.
  same_matter text not null,
  -- It has happened already: what is approved is that it was right.
  is_after boolean not null default false,
  levels smallint not null check (levels between 1 and 9),
  approved_levels smallint not null default 0
    check (approved_levels >= 0 and approved_levels <= levels),
  state text not null default 'waiting'
    check (state in ('waiting', 'approved', 'declined', 'withdrawn')),
  requested_at timestamptz not null,
  settled_at timestamptz,
  settled_by text,
  settled_because text,
  version integer not null default 1,
  primary key (client_id, id),
  check ((amount_minor is null) = (currency is null)),
  check ((state = 'waiting') = (settled_at is null)),
  check ((state = 'waiting') = (settled_by is null)),
  check (state <> 'approved' or approved_levels = levels)
);

-- One thing waits for one approval at a time.
create unique index approval_request_waiting_subject
  on approval_request (client_id, subject_kind, subject_id) where state = 'waiting';
create index approval_request_waiting
  on approval_request (client_id, requested_at, id) where state = 'waiting';
create index approval_request_listed on approval_request (client_id, requested_at, id);
create index approval_request_of_subject
  on approval_request (client_id, subject_id, requested_at);
-- Those who asked for the same before and did not get it.
create index approval_request_same_matter
  on approval_request (client_id, same_matter) where state in ('declined', 'withdrawn');

-- What each level takes. Written once, with the request.
create table approval_level (
  client_id text not null,
  request_id uuid not null,
  level smallint not null check (level between 1 and 9),
  permission text not null,
  primary key (client_id, request_id, level),
  foreign key (client_id, request_id) references approval_request
);

select make_append_only('approval_level');

-- Who had a hand in what is asked for: none of them may approve it.
create table approval_chain (
  client_id text not null,
  request_id uuid not null,
  person text not null check (length(person) > 0),
  why text not null check (length(why) > 0),
  primary key (client_id, request_id, person),
  foreign key (client_id, request_id) references approval_request
);

create index approval_chain_of_person on approval_chain (person, client_id, request_id);

select make_append_only('approval_chain');

-- Who lends the right to approve to whom, for how long and up to what. People belong to the
-- installation, so does this; `clients` narrows it.
create table approval_delegation (
  id uuid not null primary key,
  delegator text not null,
  delegate text not null,
  permissions text[] not null check (cardinality(permissions) > 0),
  -- Null: every client that the delegator sees.
  clients text[],
  -- Null: every kind of subject.
  kinds text[],
  -- Up to and with this amount; null: any.
  maximum_minor bigint check (maximum_minor > 0),
  currency text,
  valid_from timestamptz not null,
  valid_until timestamptz not null,
  reason text not null check (length(reason) > 0),
  given_by text not null,
  given_at timestamptz not null,
  revoked_at timestamptz,
  revoked_by text,
  version integer not null default 1,
  check (delegator <> delegate),
  check (valid_until > valid_from),
  check ((maximum_minor is null) = (currency is null)),
  check ((revoked_at is null) = (revoked_by is null))
);

create index approval_delegation_from on approval_delegation (delegator, valid_until);
create index approval_delegation_to on approval_delegation (delegate, valid_until);

grant select, insert, update on approval_delegation to redress_app;

-- A delegation is never widened: it ends at its time, or is revoked once.
create function keep_delegation() returns trigger
  language plpgsql as $$
begin
  if (new.id, new.delegator, new.delegate, new.permissions, new.clients, new.kinds,
      new.maximum_minor, new.currency, new.valid_from, new.valid_until, new.reason, new.given_by,
      new.given_at)
     is distinct from
     (old.id, old.delegator, old.delegate, old.permissions, old.clients, old.kinds,
      old.maximum_minor, old.currency, old.valid_from, old.valid_until, old.reason, old.given_by,
      old.given_at)
     or old.revoked_at is not null then
    raise exception 'delegation %: what was given never changes, and is revoked once', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;

create trigger keep_content before update on approval_delegation
  for each row execute function keep_delegation();

-- What somebody said, a level at a time.
create table approval_decision (
  client_id text not null,
  request_id uuid not null,
  level smallint not null check (level between 1 and 9),
  approved boolean not null,
  actor text not null,
  -- The person behind the actor, and the one whose right was used where it was lent.
  person text not null,
  on_behalf_of text,
  delegation_id uuid references approval_delegation,
  reason text not null,
  recorded_at timestamptz not null,
  primary key (client_id, request_id, level),
  foreign key (client_id, request_id) references approval_request,
  unique (client_id, request_id, person),
  check ((on_behalf_of is null) = (delegation_id is null)),
  check (on_behalf_of is distinct from person),
  check (approved or length(reason) > 0)
);

create index approval_decision_of_person on approval_decision (person, recorded_at);

-- Nobody approves their own work, whatever the program above thinks of it.
create function guard_approval_decision() returns trigger
  language plpgsql as $$
declare
  request approval_request;
begin
  select * into request
  from approval_request
  where client_id = new.client_id and id = new.request_id
  for update;
  if request.state is distinct from 'waiting' then
    raise exception 'approval %: it is % and takes no decision', new.request_id, request.state
      using errcode = 'restrict_violation';
  end if;
  if new.level <> request.approved_levels + 1 then
    raise exception 'approval %: level % is not the next one', new.request_id, new.level
      using errcode = 'restrict_violation';
  end if;
  if new.approved and exists (
    select 1 from approval_chain c
    where c.client_id = new.client_id and c.request_id = new.request_id
      and c.person in (new.person, new.on_behalf_of)
  ) then
    raise exception 'approval %: % had a hand in it', new.request_id, new.person
      using errcode = 'restrict_violation';
  end if;
  if new.approved and exists (
    select 1 from approval_decision d
    where d.client_id = new.client_id and d.request_id = new.request_id
      and (d.person in (new.person, new.on_behalf_of)
        or d.on_behalf_of in (new.person, new.on_behalf_of))
  ) then
    raise exception 'approval %: % decided an earlier level', new.request_id, new.person
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;

create trigger guard before insert on approval_decision
  for each row execute function guard_approval_decision();

select make_append_only('approval_decision');

-- What was asked for never changes; it is settled once, and by what its levels said.
create function keep_approval_request() returns trigger
  language plpgsql as $$
begin
  if (new.client_id, new.id, new.subject_kind, new.subject_id, new.claim_id, new.dispute_id,
      new.summary, new.rule, new.rule_words, new.amount_minor, new.currency, new.requested_by,
      new.requester, new.reason, new.payload, new.same_matter, new.is_after, new.levels,
      new.requested_at)
     is distinct from
     (old.client_id, old.id, old.subject_kind, old.subject_id, old.claim_id, old.dispute_id,
      old.summary, old.rule, old.rule_words, old.amount_minor, old.currency, old.requested_by,
      old.requester, old.reason, old.payload, old.same_matter, old.is_after, old.levels,
      old.requested_at)
     or old.state <> 'waiting' then
    raise exception 'approval %: what was asked for never changes, and is settled once', old.id
      using errcode = 'restrict_violation';
  end if;
  if new.approved_levels <> (
    select count(*) from approval_decision d
    where d.client_id = new.client_id and d.request_id = new.id and d.approved
  ) then
    raise exception 'approval %: its levels are counted by decisions', old.id
      using errcode = 'restrict_violation';
  end if;
  if new.state = 'approved' and exists (
    select 1 from approval_chain c
    join approval_decision d on d.client_id = c.client_id and d.request_id = c.request_id
    where c.client_id = new.client_id and c.request_id = new.id and d.approved
      and c.person in (d.person, d.on_behalf_of)
  ) then
    raise exception 'approval %: somebody who had a hand in it approved it', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;

create trigger keep_content before update on approval_request
  for each row execute function keep_approval_request();

grant select, insert, update on approval_request to redress_app;

-- What waited before there were requests: one other person, as then.
insert into approval_request (client_id, id, subject_kind, subject_id, claim_id, dispute_id,
  summary, rule, rule_words, amount_minor, currency, requested_by, requester, same_matter, levels,
  requested_at)
select a.client_id, gen_random_uuid(), 'operation', a.id::text, d.claim_id, a.dispute_id,
       a.operation, 'before', 'it waited already', a.amount_minor, a.currency, o.actor, o.actor,
       a.operation || ' ' || a.dispute_id, 1, a.created_at
from adjustment a
join operation o on o.client_id = a.client_id and o.id = a.operation_id
join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
where a.state = 'awaitingApproval';

insert into approval_level (client_id, request_id, level, permission)
select client_id, id, 1, 'assignment:approve' from approval_request;

insert into approval_chain (client_id, request_id, person, why)
select client_id, id, requester, 'asked for it' from approval_request
union
select r.client_id, r.id, k.created_by, 'has the API key that asked for it'
from approval_request r
join api_key k on 'key:' || k.name = r.requested_by
where k.created_by <> r.requester
union
select r.client_id, r.id, t.actor, 'asked for it'
from approval_request r
join transition t on t.client_id = r.client_id and t.adjustment_id::text = r.subject_id
  and t.to_state = 'awaitingApproval'
where t.actor <> r.requester
on conflict do nothing;
