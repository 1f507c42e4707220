/** What was open of disputes when a last day ended, and what posted after it: for their reasons. */
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

import type { LatePosting, WaitingWork } from "./why-missed.ts";

export interface EndedDay {
  readonly clientId: string;
  readonly disputeId: string;
  readonly dueOn: string;
  /** The first instant after it. */
  readonly endedAt: string;
}

/** More than this no reason has to name. */
const MOST_NAMED = 10;

/**
 * Assignments that were open when each day ended, as they stood then, by `dispute day`. Served by
 * `assignment_of_dispute` and the primary key of events. That an outage had begun is known as long
 * as it lasts.
 */
export async function workThen(
  db: Queries,
  days: readonly EndedDay[],
): Promise<ReadonlyMap<string, WaitingWork[]>> {
  const rows = await db.query<WaitingWork & { key: string }>(sql`
    select format('%s %s', w.dispute_id, w.due_on) as key, a.*
    from ${wanted(days)}
    cross join lateral (
      select s.id as assignment, s.type, s.adjustment_id as adjustment, j.principal_rule as rule,
             (select t.to_state from transition t
              where t.client_id = s.client_id and t.adjustment_id = s.adjustment_id
                and t.recorded_at < w.ended_at
              order by t.recorded_at desc, t.id desc
              limit 1) as state,
             e.assignee, e.work_group as "workGroup", s.kind, e.pended_until as "pendedUntil",
             e.is_unworkable as "isUnworkable",
             (select r.reason from assignment_event r
              where r.client_id = s.client_id and r.assignment_id = s.id and r.at < w.ended_at
                and r.kind in ('pended', 'unworkable')
              order by r.id desc
              limit 1) as "standingReason",
             s.reason, j.destination, c.opened_at as "outageSince"
      from assignment s
      cross join lateral (
        select e.assignee, e.work_group, e.pended_until, e.is_unworkable
        from assignment_event e
        where e.client_id = s.client_id and e.assignment_id = s.id and e.at < w.ended_at
        order by e.id desc
        limit 1
      ) e
      left join adjustment j on j.client_id = s.client_id and j.id = s.adjustment_id
      left join service_circuit c
        on c.client_id = j.client_id and j.route = 'AUTO' and c.service = j.destination
       and c.state <> 'closed' and c.opened_at < w.ended_at
      where s.client_id = w.client_id and s.dispute_id = w.dispute_id
        and s.opened_at < w.ended_at and (s.closed_at is null or s.closed_at >= w.ended_at)
      order by s.opened_at, s.id
      limit ${MOST_NAMED}
    ) a
  `);
  return grouped(rows);
}

/** What the systems of record posted after each day, the first ones, by `dispute day`. */
export async function latePostings(
  db: Queries,
  days: readonly EndedDay[],
): Promise<ReadonlyMap<string, LatePosting[]>> {
  const rows = await db.query<LatePosting & { key: string }>(sql`
    select format('%s %s', w.dispute_id, w.due_on) as key, p.*
    from ${wanted(days)}
    cross join lateral (
      select j.principal_rule as rule, x.posting_date as "postedOn", j.route,
             bool_or(x.recorded_at < w.ended_at) as "wasExecuted"
      from adjustment j
      join execution x on x.client_id = j.client_id and x.adjustment_id = j.id and x.sign = 1
      where j.client_id = w.client_id and j.dispute_id = w.dispute_id
        and x.posting_date > w.due_on and j.created_at < w.ended_at
      group by j.id, j.principal_rule, x.posting_date, j.route
      order by x.posting_date, j.id
      limit ${MOST_NAMED}
    ) p
  `);
  return grouped(rows);
}

function wanted(days: readonly EndedDay[]) {
  return sql`
    unnest(
      ${days.map((day) => day.clientId)}::text[],
      ${days.map((day) => day.disputeId)}::uuid[],
      ${days.map((day) => day.dueOn)}::date[],
      ${days.map((day) => day.endedAt)}::timestamptz[])
      as w (client_id, dispute_id, due_on, ended_at)`;
}

function grouped<Row extends { readonly key: string }>(
  rows: readonly Row[],
): ReadonlyMap<string, Omit<Row, "key">[]> {
  const found = new Map<string, Omit<Row, "key">[]>();
  for (const { key, ...row } of rows) found.set(key, [...(found.get(key) ?? []), row]);
  return found;
}

export interface ReasonGiven {
  readonly clientId: string;
  readonly disputeId: string;
  readonly round: number;
  readonly clock: string;
  readonly dueOn: string;
  readonly stage: "missed" | "metLate";
}

/** Which reasons of disputes are on record. Served by `clock_reason_pkey`. */
export function reasonsGiven(
  db: Queries,
  keys: readonly { readonly clientId: string; readonly disputeId: string }[],
): Promise<ReasonGiven[]> {
  return db.query(sql`
    select r.client_id as "clientId", r.dispute_id as "disputeId", r.round, r.clock,
           r.due_on as "dueOn", r.stage
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.disputeId)}::uuid[]) as w (client_id, dispute_id)
    join clock_reason r on r.client_id = w.client_id and r.dispute_id = w.dispute_id
  `);
}
