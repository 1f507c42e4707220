/**
 * Time travel for operations: what was open, due, overdue and with whom at a past moment, summed
 * from the history that never changes. Of the assignment's own row only what never changes is read.
 */
import type { Queries } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
import { nothing, sql } from "../database/sql.ts";

import type { AssignmentKind } from "./assignment-types.ts";
import type { AssignmentRow, StandingName } from "./views.ts";
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

/** How each assignment stood: its last event until then, unless that ended it. */
function standingAt({ clientIds, at }: AsOfFilter): Statement {
  return sql`
    standing as (
      select distinct on (e.client_id, e.assignment_id)
             e.client_id, e.assignment_id, e.kind, e.assignee, e.work_group, e.urgency,
             e.pended_until, e.is_unworkable, e.version
      from assignment_event e
      where e.client_id = any (${clientIds}::text[]) and e.at <= ${at}
      order by e.client_id, e.assignment_id, e.id desc
    )`;
}

function thoseOpen(filter: AsOfFilter): Statement {
  const { type = null, assignee = null, workGroup = null, standing } = filter;
  return sql`
    from standing s
    join assignment a on a.client_id = s.client_id and a.id = s.assignment_id
    where s.kind <> 'closed'
      and ${inQueue(filter.queue)}
      and (${type}::text is null or a.type = ${type})
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

/** Open then, most urgent first as it was then. Reads the history of the clients up to then. */
export function assignmentsAsOf(
  db: Queries,
  filter: AsOfFilter & { readonly after?: AsOfCursor | undefined; readonly limit: number },
): Promise<AsOfRow[]> {
  return db.query(sql`
    with ${standingAt(filter)},
    chosen as (
      select s.*, a.claim_id, a.dispute_id, a.adjustment_id, a.type, a.queue, a.kind as whose,
             a.goal_at, a.deadline_at, a.amount_minor, a.currency, a.opened_at
      ${thoseOpen(filter)}
      ${afterCursor(filter.after)}
      order by s.urgency desc, a.goal_at, a.amount_minor desc nulls last, a.id
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
      or (coalesce(a.goal_at, 'infinity'), -coalesce(a.amount_minor, -1), a.id)
       > (coalesce(${goalAt}::timestamptz, 'infinity'),
          -coalesce(${amountMinor}::bigint, -1), ${id}::uuid))`;
}

export interface QueueAsOf {
  readonly clientId: string;
  readonly queue: string;
  readonly kind: AssignmentKind;
  readonly workGroup: string;
  readonly open: number;
  readonly unassigned: number;
  readonly overdue: number;
  readonly pended: number;
  readonly unworkable: number;
  readonly nearestGoalAt: string | null;
}

/** The queues that had open work then, counted whole. */
export function queuesAsOf(
  db: Queries,
  clientIds: readonly string[],
  at: string,
): Promise<QueueAsOf[]> {
  const filter = { clientIds, at };
  return db.query(sql`
    with ${standingAt(filter)}
    select s.client_id as "clientId", a.queue, min(a.kind) as kind,
           min(s.work_group) as "workGroup", count(*)::int as open,
           (count(*) filter (where s.assignee is null))::int as unassigned,
           (count(*) filter (where a.deadline_at < ${at}))::int as overdue,
           (count(*) filter (where s.pended_until is not null))::int as pended,
           (count(*) filter (where s.is_unworkable))::int as unworkable,
           min(a.goal_at) as "nearestGoalAt"
    ${thoseOpen(filter)}
    group by s.client_id, a.queue
    order by s.client_id, a.queue
  `);
}

export interface WorkAtMoment {
  readonly at: string;
  readonly open: number;
  readonly overdue: number;
}

/**
 * How much was open and overdue at evenly spaced moments, the first and the last included. Served
 * by `assignment_event_span`.
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
      select o.at as opened_at, c.at as closed_at, a.deadline_at
      from assignment_event o
      join assignment a on a.client_id = o.client_id and a.id = o.assignment_id
      left join assignment_event c
        on c.client_id = o.client_id and c.assignment_id = o.assignment_id
       and c.kind = 'closed' and c.at <= ${to}
      where o.client_id = any (${clientIds}::text[]) and o.kind = 'opened' and o.at <= ${to}
        and ${inQueue(queue)}
        and (c.at is null or c.at > ${from})
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
