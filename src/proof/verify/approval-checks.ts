/**
 * Approvals against the people who gave them, and what was done against its approvals: enough other
 * people at each level, as of the time they said so, none of whom had a hand in it. What was done
 * before there were requests has none; `approval_before` says what that is, as an upgrade found it.
 */
import { PROPOSAL_KINDS } from "../../accounting/write-approvals.ts";
import { sql } from "../../database/sql.ts";
import { MACHINE_ACTOR } from "../../service/desk.ts";

import type { Check } from "./violation.ts";
import { statementCheck } from "./violation.ts";

/** Kinds about an adjustment whose work is open while they wait. */
const OF_WORK = ["cancelBooked", "attestation", "didNotPost", "holdSupply"];

// A copied statement takes scalars alone.
const PROPOSAL = sql`any (string_to_array(${PROPOSAL_KINDS.join(" ")}, ' '))`;
const WORK = sql`any (string_to_array(${OF_WORK.join(" ")}, ' '))`;

const AT = sql`format('approval %s (%s)', r.id, r.subject_kind)`;

export const APPROVAL_CHECKS: readonly Check[] = [
  statementCheck(
    "approval-levels",
    "an approved request has the word of each of its levels, in its time; no other has the last",
    sql`
      select r.client_id as client, ${AT} as at,
             case
               when said.declined > 0 and r.state = 'approved' then 'approved and declined'
               when said.outside > 0 then 'decided before it was asked for, or after it was settled'
               when r.state = 'declined' and said.declined = 0 then 'declined by nobody'
               when l.levels <> r.levels
                 then format('%s levels are kept of %s', l.levels, r.levels)
               else format('%s, with %s of %s levels agreed', r.state, said.agreed, r.levels)
             end as what
      from approval_request r
      cross join lateral (
        select count(*) filter (where d.approved) as agreed,
               count(*) filter (where not d.approved) as declined,
               count(*) filter (where d.recorded_at < r.requested_at
                 or d.recorded_at > r.settled_at) as outside
        from approval_decision d
        where d.client_id = r.client_id and d.request_id = r.id
      ) said
      cross join lateral (
        select count(*) as levels from approval_level l
        where l.client_id = r.client_id and l.request_id = r.id
      ) l
      where said.outside > 0 or l.levels <> r.levels or said.agreed <> r.approved_levels
        or (r.state = 'approved' and (said.agreed <> r.levels or said.declined > 0))
        or (r.state <> 'approved' and said.agreed >= r.levels)
        or (r.state = 'waiting' and said.declined > 0)
        or (r.state = 'declined' and said.declined = 0)`,
  ),
  statementCheck(
    "approval-people",
    "nobody approved what they had a hand in, or twice, by themselves or in another's place",
    sql`
      select r.client_id as client, ${AT} as at,
             case
               when h.person is not null then format('%s approved it, and %s', h.person, h.why)
               else format('level %s and level %s are one person''s', d.level, e.level)
             end as what
      from approval_decision d
      join approval_request r on r.client_id = d.client_id and r.id = d.request_id
      left join approval_chain h on h.client_id = d.client_id and h.request_id = d.request_id
        and h.person in (d.person, d.on_behalf_of)
      left join approval_decision e on e.client_id = d.client_id
        and e.request_id = d.request_id and e.approved and e.level < d.level
        and (e.person in (d.person, d.on_behalf_of)
          or e.on_behalf_of in (d.person, d.on_behalf_of))
      where d.approved and (h.person is not null or e.level is not null)`,
  ),
  statementCheck(
    "approval-lent",
    "a word in another's place was lent then, for that level; and nobody tied by a loan gave one",
    sql`
      select r.client_id as client, ${AT} as at,
             format('%s decided level %s in the place of %s, who had not lent it', d.person,
                    d.level, d.on_behalf_of) as what
      from approval_decision d
      join approval_request r on r.client_id = d.client_id and r.id = d.request_id
      join approval_level l on l.client_id = d.client_id and l.request_id = d.request_id
        and l.level = d.level
      left join approval_delegation g on g.id = d.delegation_id
        and g.delegator = d.on_behalf_of and g.delegate = d.person
        and d.recorded_at >= g.valid_from and d.recorded_at < g.valid_until
        and (g.revoked_at is null or g.revoked_at >= d.recorded_at)
        and l.permission = any (g.permissions)
      where d.on_behalf_of is not null and g.id is null
      union all
      select r.client_id, ${AT},
             format('%s approved it, tied by a loan to %s, who %s', d.person, h.person, h.why)
      from approval_decision d
      join approval_request r on r.client_id = d.client_id and r.id = d.request_id
      join approval_chain h on h.client_id = d.client_id and h.request_id = d.request_id
      join approval_delegation g
        on (g.delegator, g.delegate) in ((d.person, h.person), (h.person, d.person))
        and g.valid_from <= d.recorded_at and g.given_at < d.recorded_at
        and g.valid_until > r.requested_at
        and (g.revoked_at is null or g.revoked_at > r.requested_at)
      where d.approved`,
  ),
  statementCheck(
    "approval-of-what-was-done",
    "what waited for other people went on by their word, and what always takes it has it",
    sql`
      with agreed as (
        select client_id, subject_id, count(*) filter (where state = 'approved') as approved,
               count(*) filter (where state <> 'waiting') as settled
        from approval_request
        where subject_kind = ${PROPOSAL}
        group by client_id, subject_id
      ),
      left_waiting as (
        select t.client_id, t.adjustment_id, count(*) as times,
               count(*) filter (where t.to_state <> 'planned') as onward
        from transition t
        where t.from_state = 'awaitingApproval' and t.to_state <> 'cancelled'
        group by t.client_id, t.adjustment_id
      )
      select a.client_id as client, format('adjustment %s (%s)', a.id, a.operation) as at,
             case
               when w.times is null then format('is %s, and nobody approved it', a.state)
               else format('went on %s times from waiting, approved %s times',
                           w.times - coalesce(b.times, 0), coalesce(g.approved, 0))
             end as what
      from adjustment a
      left join approval_before b on b.client_id = a.client_id
        and b.subject_kind = 'adjustment' and b.subject_id = a.id
      left join left_waiting w on w.client_id = a.client_id and w.adjustment_id = a.id
      left join agreed g on g.client_id = a.client_id and g.subject_id = a.id::text
      where coalesce(w.onward, 0) > coalesce(g.approved, 0) + coalesce(b.onward, 0)
        or coalesce(w.times, 0) > coalesce(g.settled, 0) + coalesce(b.times, 0)
        or (a.operation = 'adjustManually' and a.state not in ('awaitingApproval', 'cancelled')
          and coalesce(g.approved, 0) = 0 and b.subject_id is null)
      union all
      select t.client_id, format('adjustment %s', t.adjustment_id),
             'was found not to have posted, without a second person'
      from transition t
      where t.event = 'foundNotPosted' and t.actor <> ${MACHINE_ACTOR} and not exists (
        select 1 from approval_request r
        where r.client_id = t.client_id and r.subject_kind = 'didNotPost'
          and r.subject_id = t.adjustment_id::text and r.state = 'approved')
        and not exists (
          select 1 from approval_before b
          where b.client_id = t.client_id and b.subject_kind = 'foundNotPosted'
            and b.subject_id = t.adjustment_id)
      union all
      select f.client_id, format('file %s', f.file_name), 'was released without its approval'
      from batch_file f
      where f.release = 'approved' and not exists (
        select 1 from approval_request r
        where r.client_id = f.client_id and r.subject_kind = 'batchRelease'
          and r.subject_id = f.id::text and r.state = 'approved')
      union all
      select i.client_id, format('assignment %s', i.assignment_id),
             'was resolved out of balance without its approval'
      from ageing_item i
      where not exists (
        select 1 from approval_request r
        where r.client_id = i.client_id and r.subject_kind = 'overrideGate'
          and r.subject_id = i.assignment_id::text and r.state = 'approved')`,
  ),
  statementCheck(
    "approval-waits",
    "what waits for approval has a request that waits, and a request that waits has its object",
    sql`
      select r.client_id as client, ${AT} as at,
             format('waits, and what it is about is %s',
                    coalesce(a.state, f.state, s.outcome, b.state, 'gone')) as what
      from approval_request r
      left join adjustment a on (r.subject_kind = ${PROPOSAL} or r.subject_kind = ${WORK})
        and a.client_id = r.client_id and a.id::text = r.subject_id
      left join assignment s on r.subject_kind = 'overrideGate'
        and s.client_id = r.client_id and s.id::text = r.subject_id
      left join batch_file f on r.subject_kind in ('batchRelease', 'fileAttestation')
        and f.client_id = r.client_id and f.id::text = r.subject_id
      left join batch_statement b on r.subject_kind = 'regenerateBatch'
        and b.client_id = r.client_id and b.id::text = r.subject_id
      where r.state = 'waiting' and not r.is_after and case
          when r.subject_kind = ${PROPOSAL}
            then a.state is distinct from 'awaitingApproval'
          when r.subject_kind = ${WORK} then a.open_assignment_id is null
          when r.subject_kind = 'overrideGate' then s.is_open is distinct from true
          when r.subject_kind = 'batchRelease'
            then f.state is distinct from 'generated' or f.release is distinct from 'waiting'
          when r.subject_kind = 'fileAttestation'
            then coalesce(f.state in ('void', 'acknowledged'), true)
          when r.subject_kind = 'regenerateBatch' then b.state is distinct from 'waiting'
          else false
        end
      union all
      select a.client_id, format('adjustment %s (%s)', a.id, a.operation),
             'awaits approval, and nobody is asked'
      from adjustment a
      where a.state = 'awaitingApproval' and not exists (
        select 1 from approval_request r
        where r.client_id = a.client_id and r.subject_id = a.id::text and r.state = 'waiting'
          and r.subject_kind = ${PROPOSAL})`,
  ),
];
