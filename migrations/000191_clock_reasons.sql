-- Why: a clock that was missed says why: what of its dispute was waiting when its last day ended,
-- with whom and for what; and, when it is met late, the end of the story.
-- Locks: none on what is there; one new table. How long: no time; the disputes whose clocks were
-- missed before are looked at once more.

create table clock_reason (
  client_id text not null,
  dispute_id uuid not null,
  round smallint not null,
  clock text not null,
  due_on date not null,
  stage text not null check (stage in ('missed', 'metLate')),
  -- One sentence, as pages and reports show it.
  words text not null check (words <> ''),
  -- What was waiting: type, state, who had it, and the like, each with its own words.
  waiting jsonb not null check (jsonb_typeof(waiting) = 'array'),
  recorded_at timestamptz not null,
  primary key (client_id, dispute_id, round, clock, due_on, stage),
  foreign key (client_id, dispute_id) references dispute
);

select make_append_only('clock_reason');

insert into clock_mark (client_id, dispute_id)
select distinct client_id, dispute_id from regulatory_clock where state in ('missed', 'metLate');
