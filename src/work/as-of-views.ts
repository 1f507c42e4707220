/**
 * Time travel for operations: what was open, due, overdue and with whom at a past moment, summed
 * from the history that never changes. Of the assignment's own row only what never changes is read,
 * and when it closed, which is set once: it says whose history to read.
 */
import type { Queries } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
import { nothing, sql } from "../database/sql.ts";

import type { AssignmentRow, QueueCount, StandingName } from "./views.ts";
import { inQueue } from "./views.ts";

export interface AsOfFilter {
  readonly clientIds: readonly string[];
  /** ISO instant: what was written up to then counts, what was written later does not. */
  readonly at: string;
  readonly queue?: string | undefined;
  readonly type?: string | undefined;
  readonly assignee?: string | undefined;
  readonly workGroup?: string | undefined;
  readonly standing?: StandingName | undefined;
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

const OF_STANDING: Readonly<Record<StandingName, Statement>> = {
  free: sql`
    and s.assignee is null and s.pended_until is null and not s.is_unworkable`,
  held: sql`and s.assignee is not null`,
  pended: sql`and s.pended_until is not null`,
  unworkable: sql`and s.is_unworkable`,
};

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

/** How each assignment stood: its last event until then. Served by the primary key of events. */
function standingAt({ clientIds, at }: AsOfFilter): Statement {
  return sql`
    standing as (
      select a.client_id, a.id as assignment_id, e.kind, e.assignee, e.work_group, e.urgency,
             e.pended_until, e.is_unworkable, e.version, a.type, a.queue, a.kind as whose,
             a.claim_id, a.dispute_id, a.adjustment_id, a.goal_at, a.deadline_at, a.amount_minor,
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
  const { type = null, assignee = null, workGroup = null, standing } = filter;
  return sql`
    from standing s
    where s.kind <> 'closed'
      and ${inQueue(filter.queue, sql`s`)}
      and (${type}::text is null or s.type = ${type})
      and (${assignee}::text is null or s.assignee = ${assignee})
      and (${workGroup}::text is null or s.work_group = ${workGroup})
      ${standing === undefined ? nothing : OF_STANDING[standing]}`;
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
      select s.*
      ${thoseOpen(filter)}
      ${afterCursor(filter.after)}
      order by s.urgency desc, s.goal_at, s.amount_minor desc nulls last, s.assignment_id
      limit ${filter.limit}
    )
    select s.client_id as "clientId", s.assignment_id as id, c.number as claim,
           d.number as dispute, s.adjustment_id as "adjustmentId",
           (select t.to_state from transition t
            where t.client_id = s.client_id and t.adjustment_id = s.adjustment_id
              and t.recorded_at <= ${filter.at}
            order by t.recorded_at desc, t.id desc
            limit 1) as "adjustmentState",
           s.type, s.queue, s.whose as kind, s.work_group as "workGroup", s.urgency,
           s.goal_at as "goalAt", s.deadline_at as "deadlineAt", s.amount_minor as "amountMinor",
           s.currency, s.assignee, s.pended_until as "pendedUntil",
           s.is_unworkable as "isUnworkable", s.opened_at as "openedAt", s.version
    from chosen s
    join claim c on c.client_id = s.client_id and c.id = s.claim_id
    left join dispute d on d.client_id = s.client_id and d.id = s.dispute_id
    order by s.urgency desc, s.goal_at, s.amount_minor desc nulls last, s.assignment_id
  `);
}

function afterCursor(after: AsOfCursor | undefined): Statement {
  if (after === undefined) return nothing;
  const { urgency, goalAt, amountMinor, id } = after;
  return sql`
    and s.urgency <= ${urgency}
    and (s.urgency < ${urgency}
      or (coalesce(s.goal_at, 'infinity'), -coalesce(s.amount_minor, -1), s.assignment_id)
       > (coalesce(${goalAt}::timestamptz, 'infinity'),
          -coalesce(${amountMinor}::bigint, -1), ${id}::uuid))`;
}

/** The queues that had open work then, counted whole. */
export function queuesAsOf(
  db: Queries,
  clientIds: readonly string[],
  at: string,
): Promise<QueueCount[]> {
  const filter = { clientIds, at };
  return db.query(sql`
    with ${standingAt(filter)}
    select s.client_id as "clientId", s.queue, min(s.whose) as kind,
           min(s.work_group) as "workGroup", count(*)::int as open,
           (count(*) filter (where s.assignee is null))::int as unassigned,
           (count(*) filter (where s.deadline_at < ${at}))::int as overdue,
           (count(*) filter (where s.pended_until is not null))::int as pended,
           (count(*) filter (where s.is_unworkable))::int as unworkable,
           min(s.goal_at) as "nearestGoalAt"
    ${thoseOpen(filter)}
    group by s.client_id, s.queue
    order by s.client_id, s.queue
  `);
}

export interface WorkAtMoment {
  readonly at: string;
  readonly open: number;
  readonly overdue: number;
}

/**
 * How much was open and overdue at evenly spaced moments, the first and the last included. Costs by
 * what was open at some time of the span.
 */
export function workOverTime(
  db: Queries,
  filter: Pick<AsOfFilter, "clientIds" | "queue"> & {
    readonly from: string;
    readonly to: string;
    readonly moments: number;
  },
): Promise<WorkAtMoment[]> {
  const { clientIds, queue, from, to, moments } = filter;
  return db.query(sql`
    with span as (
      select a.opened_at, a.closed_at, a.deadline_at
      from (${livedBetween(clientIds, from, to)}) a
      where ${inQueue(queue)}
    )
    select min(m.at) as at, count(s.opened_at)::int as open,
           (count(*) filter (where s.deadline_at < m.at))::int as overdue
    from (
      select step, ${from}::timestamptz
             + (${to}::timestamptz - ${from}::timestamptz) * (step / ${moments - 1}::float8) as at
      from generate_series(0, ${moments - 1}::int) as step) m
    left join span s on s.opened_at <= m.at and (s.closed_at is null or s.closed_at > m.at)
    group by m.step
    order by m.step
  `);
}
