-- Why: what was approved before there were requests has none, and verify must not take it for
-- something done without its approval. What was done by then is written down here, once, so that
-- nothing done later can be passed off as old: the application may read the rows, not add any.
-- Locks: none on existing rows; transitions and adjustments are read.
-- How long: about two seconds per million transitions.

create table approval_before (
  client_id text not null references client,
  subject_kind text not null check (subject_kind in ('adjustment', 'foundNotPosted')),
  subject_id uuid not null,
  -- Of an adjustment: how often it left waiting by then, and how often to go on.
  times integer not null default 0 check (times >= 0),
  onward integer not null default 0 check (onward between 0 and times),
  primary key (client_id, subject_kind, subject_id)
);

select make_append_only('approval_before');

revoke insert on approval_before from redress_app;

insert into approval_before (client_id, subject_kind, subject_id, times, onward)
select a.client_id, 'adjustment', a.id, coalesce(w.times, 0), coalesce(w.onward, 0)
from adjustment a
join schema_migration m on m.number = 105
left join (
  select t.client_id, t.adjustment_id, count(*)::int as times,
         (count(*) filter (where t.to_state <> 'planned'))::int as onward
  from transition t
  join schema_migration m on m.number = 105
  where t.from_state = 'awaitingApproval' and t.to_state <> 'cancelled'
    and t.recorded_at < m.applied_at
  group by t.client_id, t.adjustment_id
) w on w.client_id = a.client_id and w.adjustment_id = a.id
where a.created_at < m.applied_at
  and (w.times is not null
    or (a.operation = 'adjustManually' and a.state not in ('awaitingApproval', 'cancelled')
      and not exists (
        select 1 from approval_request r
        where r.client_id = a.client_id and r.subject_id = a.id::text)))
union all
select t.client_id, 'foundNotPosted', t.adjustment_id, 0, 0
from transition t
join schema_migration m on m.number = 105
where t.event = 'foundNotPosted' and t.recorded_at < m.applied_at
group by t.client_id, t.adjustment_id;
