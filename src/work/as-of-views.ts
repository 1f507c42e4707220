/**
 * Time travel for operations: what was open, due, overdue and with whom at a past moment, summed
 * from the history that never changes. Of the assignment's own row only what never changes is read,
 * and when it closed, which is set once: it says whose history to read.
 */
import type { Queries } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
import { nothing, sql } from "../database/sql.ts";

import type { AssignmentRow, QueueCount } from "./views.ts";
import { lateAt } from "./views.ts";
import type { WorkFilter } from "./which-work.ts";
import { saysWhoHasIt, whichQueue, whichWork } from "./which-work.ts";

export interface AsOfFilter extends WorkFilter {
  readonly clientIds: readonly string[];
  /** ISO instant: what was written up to then counts, what was written later does not. */
  readonly at: string;
}

/** Of an assignment what its history tells. */
export type AsOfRow = Pick<
  AssignmentRow,
  | "clientId"
  | "id"
  | "claim"
  | "dispute"
  | "adjustmentId"
  | "adjustmentState"
  | "type"
  | "queue"
  | "kind"
  | "workGroup"
  | "urgency"
  | "goalAt"
  | "deadlineAt"
  | "amountMinor"
  | "currency"
  | "assignee"
  | "pendedUntil"
  | "openedAt"
  | "version"
> & { readonly isUnworkable: boolean };

/**
 * What lived at some time between two moments: of what is open now, all that was opened by then
 * (`assignment_queue`), of the rest what `assignment_lifetime` finds. Costs by how much that is.
 */
function livedBetween(clientIds: readonly string[], from: string, to: string): Statement {
  return sql`
    select a.*
    from assignment a
    where a.is_open and a.client_id = any (${clientIds}::text[]) and a.opened_at <= ${to}
    union all
    select a.*
    from assignment a
    where not a.is_open and a.client_id = any (${clientIds}::text[])
      and tstzrange(least(a.opened_at, a.closed_at), a.closed_at)
          && tstzrange(${from}::timestamptz, ${to}::timestamptz, '[]')`;
}

/** Of an event `e` what the filter reads, named as in the assignment's row. */
const STOOD: Statement = sql`
  e.assignee, e.work_group, e.pended_until,
  case when e.is_unworkable then 'marked unworkable' end as unworkable_reason`;

/** How each assignment stood: its last event until then. Served by the primary key of events. */
function standingAt({ clientIds, at }: AsOfFilter): Statement {
  return sql`
    standing as (
      select a.client_id, a.id as assignment_id, e.kind as last_event, ${STOOD}, e.urgency,
             e.is_unworkable, e.version, a.type, a.queue, a.kind, a.claim_id,
             a.dispute_id, a.adjustment_id, a.goal_at, a.deadline_at, a.amount_minor,
             a.currency, a.opened_at
      from (${livedBetween(clientIds, at, at)}) a
      cross join lateral (
        select *
        from assignment_event e
        where e.client_id = a.client_id and e.assignment_id = a.id and e.at <= ${at}
        order by e.id desc
        limit 1
      ) e
    )`;
}

function thoseOpen(filter: AsOfFilter): Statement {
  return sql`from standing a where a.last_event <> 'closed' and ${whichWork(filter)}`;
}

/** Where a page ended: the sort key of its last row. */
export interface AsOfCursor {
  readonly urgency: number;
  readonly goalAt: string | null;
  readonly amountMinor: string | null;
  readonly id: string;
}

/** Open then, most urgent first as it was then. Costs by what was open then, and is open now. */
export function assignmentsAsOf(
  db: Queries,
  filter: AsOfFilter & { readonly after?: AsOfCursor | undefined; readonly limit: number },
): Promise<AsOfRow[]> {
  return db.query(sql`
    with ${standingAt(filter)},
    chosen as (
      select a.*
      ${thoseOpen(filter)}
      ${afterCursor(filter.after)}
      order by a.urgency desc, a.goal_at, a.amount_minor desc nulls last, a.assignment_id
      limit ${filter.limit}
    )
    select a.client_id as "clientId", a.assignment_id as id, c.number as claim,
           d.number as dispute, a.adjustment_id as "adjustmentId",
           (select t.to_state from transition t
            where t.client_id = a.client_id and t.adjustment_id = a.adjustment_id
              and t.recorded_at <= ${filter.at}
            order by t.recorded_at desc, t.id desc
            limit 1) as "adjustmentState",
           a.type, a.queue, a.kind, a.work_group as "workGroup", a.urgency,
           a.goal_at as "goalAt", a.deadline_at as "deadlineAt", a.amount_minor as "amountMinor",
           a.currency, a.assignee, a.pended_until as "pendedUntil",
           a.is_unworkable as "isUnworkable", a.opened_at as "openedAt", a.version
    from chosen a
    join claim c on c.client_id = a.client_id and c.id = a.claim_id
    left join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    order by a.urgency desc, a.goal_at, a.amount_minor desc nulls last, a.assignment_id
  `);
}

function afterCursor(after: AsOfCursor | undefined): Statement {
  if (after === undefined) return nothing;
  const { urgency, goalAt, amountMinor, id } = after;
  return sql`
    and a.urgency <= ${urgency}
    and (a.urgency < ${urgency}
      or (coalesce(a.goal_at, 'infinity'), -coalesce(a.amount_minor, -1), a.assignment_id)
       > (coalesce(${goalAt}::timestamptz, 'infinity'),
          -coalesce(${amountMinor}::bigint, -1), ${id}::uuid))`;
}

/** The queues that had open work then that matches, counted whole. */
export function queuesAsOf(db: Queries, filter: AsOfFilter): Promise<QueueCount[]> {
  const { at } = filter;
  return db.query(sql`
    with ${standingAt(filter)}
    select a.client_id as "clientId", a.queue, min(a.kind) as kind,
           min(a.work_group) as "workGroup", count(*)::int as open,
           (count(*) filter (where a.assignee is null))::int as unassigned,
           ${lateAt(sql`${at}::timestamptz`)},
           (count(*) filter (where a.pended_until is not null))::int as pended,
           (count(*) filter (where a.is_unworkable))::int as unworkable,
           min(a.goal_at) as "nearestGoalAt"
    ${thoseOpen(filter)}
    group by a.client_id, a.queue
    order by a.client_id, a.queue
  `);
}

export interface WorkAtMoment {
  readonly at: string;
  readonly open: number;
  /** Past the goal, not yet past the deadline. */
  readonly due: number;
  readonly overdue: number;
}

type SpanFilter = WorkFilter & {
  readonly clientIds: readonly string[];
  readonly from: string;
  readonly to: string;
};

/** From when until when what matches was open: one row an assignment. */
function openings(filter: SpanFilter): Statement {
  const { clientIds, from, to } = filter;
  return sql`
    select a.opened_at as from_at, a.closed_at as until_at, a.goal_at, a.deadline_at
    from (${livedBetween(clientIds, from, to)}) a
    where ${whichQueue(filter)}`;
}

/**
 * From when until when what is open stood as the filter says: one row an event, which holds until
 * the first later one. Served by the primary key of events.
 */
function standings(filter: SpanFilter): Statement {
  const { clientIds, from, to } = filter;
  return sql`
    select a.from_at, a.until_at, a.goal_at, a.deadline_at
    from (
      select a.type, a.queue, a.kind, a.goal_at, a.deadline_at, e.kind as last_event, ${STOOD},
             e.at as from_at,
             min(e.at) over (
               partition by e.client_id, e.assignment_id order by e.id
               rows between 1 following and unbounded following) as until_at
      from (${livedBetween(clientIds, from, to)}) a
      join assignment_event e on e.client_id = a.client_id and e.assignment_id = a.id
      where ${whichQueue(filter)}) a
    where a.last_event <> 'closed' and ${whichWork(filter)}`;
}

/**
 * How much was open, due and overdue at evenly spaced moments, the first and the last included.
 * Costs by what was open at some time of the span; where the filter says who had it, by all that
 * happened to it.
 */
export function workOverTime(
  db: Queries,
  filter: SpanFilter & { readonly moments: number },
): Promise<WorkAtMoment[]> {
  const { from, to, moments } = filter;
  return db.query(sql`
    with span as (${saysWhoHasIt(filter) ? standings(filter) : openings(filter)})
    select min(m.at) as at, count(a.from_at)::int as open, ${lateAt(sql`m.at`)}
    from (
      select step, ${from}::timestamptz
             + (${to}::timestamptz - ${from}::timestamptz) * (step / ${moments - 1}::float8) as at
      from generate_series(0, ${moments - 1}::int) as step) m
    left join span a on a.from_at <= m.at and (a.until_at is null or a.until_at > m.at)
    group by m.step
    order by m.step
  `);
}
