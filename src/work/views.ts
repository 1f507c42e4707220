/**
 * What pages and verbs read of assignments: one by one, as pages of a queue, and as counts.
 *
 * Everything is scoped to the clients given, and bounded: a queue of a million counts as
 * "10,000+", and a page reads as many rows as it shows.
 */
import type { Queries, Transaction } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
import { nothing, sql } from "../database/sql.ts";

import type { AssignmentKind } from "./assignment-types.ts";
import { ASSIGNMENT_TYPE_ROWS } from "./assignment-types.ts";
import type { WorkFilter } from "./which-work.ts";
import { whichWork } from "./which-work.ts";

export interface AssignmentRow {
  readonly clientId: string;
  readonly id: string;
  readonly claimId: string;
  /** Outside numbers. */
  readonly claim: string;
  readonly disputeId: string | null;
  readonly dispute: string | null;
  readonly adjustmentId: string | null;
  readonly adjustmentState: string | null;
  readonly machineMayAct: boolean | null;
  /** Refused with codes that a person may override. */
  readonly isOverridable: boolean | null;
  /** Refused for certain by a service that allows another account. */
  readonly isAccountChangeable: boolean | null;
  /** It failed, and it was to debit the holder. */
  readonly isHolderDebit: boolean | null;
  /** What holds it waits for an answer or days, and a person may say. */
  readonly isHoldJudgeable: boolean | null;
  /** Something of it was posted: it is never cancelled or rerouted whole. */
  readonly isPartlyProcessed: boolean | null;
  readonly route: string | null;
  readonly type: string;
  readonly queue: string;
  readonly kind: AssignmentKind;
  readonly workGroup: string;
  readonly urgency: number;
  readonly goalAt: string | null;
  readonly deadlineAt: string | null;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly assignee: string | null;
  readonly destination: string | null;
  readonly dueAt: string | null;
  readonly attempts: number;
  readonly reason: string | null;
  /** Of a dispute's own work: what it is about. */
  readonly cause: string | null;
  readonly isOpen: boolean;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly outcome: string | null;
  readonly version: number;
  /** The nearest of goal and regulatory clock: the order of the work beneath the urgency. */
  readonly actBy: string | null;
  /** Waits until then, with the reason. */
  readonly pendedUntil: string | null;
  readonly pendReason: string | null;
  /** Why nobody can work it. */
  readonly unworkableReason: string | null;
  /** Who has its claim open, and until when unless they say so again. */
  readonly lockedBy: string | null;
  readonly lockedUntil: string | null;
}

const COLUMNS: Statement = sql`
  a.client_id as "clientId", a.id, a.claim_id as "claimId", c.number as claim,
  a.dispute_id as "disputeId", d.number as dispute, a.adjustment_id as "adjustmentId",
  j.state as "adjustmentState", j.machine_may_act as "machineMayAct",
  j.overridable as "isOverridable", j.account_changeable as "isAccountChangeable",
  case when j.state in ('serviceFailed', 'batchFailed') then exists (
    select 1 from entry e
    where e.client_id = j.client_id and e.dispute_id = j.dispute_id and e.adjustment_id = j.id
      and e.recorded_at >= j.created_at - interval '1 day' and e.debit_collection = 'accountHolder'
      and e.kind <> 'contra') end as "isHolderDebit",
  j.hold ? 'watch' as "isHoldJudgeable",
  j.partly_processed as "isPartlyProcessed", j.route, a.type,
  a.queue, a.kind, a.work_group as "workGroup", a.urgency, a.goal_at as "goalAt",
  a.deadline_at as "deadlineAt", a.amount_minor as "amountMinor", a.currency, a.assignee,
  a.destination, w.due_at as "dueAt", a.attempts, a.reason, a.cause, a.is_open as "isOpen",
  a.opened_at as "openedAt", a.closed_at as "closedAt", a.outcome, a.version,
  a.act_by as "actBy", a.pended_until as "pendedUntil", a.pend_reason as "pendReason",
  a.unworkable_reason as "unworkableReason", k.holder as "lockedBy",
  k.leased_until as "lockedUntil"`;

const OF_CASES: Statement = sql`
  join claim c on c.client_id = a.client_id and c.id = a.claim_id
  left join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
  left join adjustment j on j.client_id = a.client_id and j.id = a.adjustment_id
  left join due_call w on w.client_id = a.client_id and w.assignment_id = a.id
  left join claim_lock k on k.client_id = a.client_id and k.claim_id = a.claim_id`;

export interface AssignmentKey {
  readonly clientId: string;
  readonly id: string;
}

/** Assignments by id, open or closed; those that do not exist are absent. */
export function assignmentsById(
  db: Queries,
  keys: readonly AssignmentKey[],
): Promise<AssignmentRow[]> {
  return db.query(ofKeys(keys));
}

/** As `assignmentsById`, with the assignments' rows locked in sorted order. */
export function lockAssignments(
  tx: Transaction,
  keys: readonly AssignmentKey[],
): Promise<AssignmentRow[]> {
  return tx.query(sql`
    ${ofKeys(keys)}
    order by a.client_id, a.id
    for update of a
  `);
}

function ofKeys(keys: readonly AssignmentKey[]): Statement {
  return sql`
    select ${COLUMNS}
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.id)}::uuid[]) as wanted (client_id, id)
    join assignment a on a.client_id = wanted.client_id and a.id = wanted.id
    ${OF_CASES}`;
}

/** An assignment by id alone, among the clients that the caller may see. */
export function findAssignment(
  db: Queries,
  clientIds: readonly string[],
  id: string,
): Promise<AssignmentRow | undefined> {
  return db.maybe(sql`
    select ${COLUMNS}
    from unnest(${clientIds}::text[]) as seen (client_id)
    join assignment a on a.client_id = seen.client_id and a.id = ${id}
    ${OF_CASES}
  `);
}

/**
 * The assignments of disputes: every open one, and of each dispute the latest closed ones. Served
 * by `assignment_of_dispute`.
 */
export function assignmentsOfDisputes(
  db: Queries,
  clientId: string,
  disputeIds: readonly string[],
  options: { readonly closedPerDispute: number; readonly openAtMost: number },
): Promise<AssignmentRow[]> {
  return db.query(sql`
    select ${COLUMNS}
    from unnest(${disputeIds}::uuid[]) as wanted (dispute_id)
    cross join lateral (
      (select * from assignment
       where client_id = ${clientId} and dispute_id = wanted.dispute_id and is_open
       order by urgency desc, act_by, id
       limit ${options.openAtMost})
      union all
      (select * from assignment
       where client_id = ${clientId} and dispute_id = wanted.dispute_id and not is_open
       order by closed_at desc, id desc
       limit ${options.closedPerDispute})
    ) a
    ${OF_CASES}
    order by a.is_open desc, a.urgency desc, a.act_by, a.opened_at desc, a.id
  `);
}

/** Where a page ended: the sort key of its last row. */
export interface AssignmentCursor {
  readonly urgency: number;
  readonly actBy: string | null;
  readonly amountMinor: string | null;
  readonly id: string;
}

export interface AssignmentFilter extends WorkFilter {
  readonly clientIds: readonly string[];
  readonly after?: AssignmentCursor | undefined;
  readonly limit: number;
}

export interface AssignmentPage {
  readonly items: readonly AssignmentRow[];
  readonly next: AssignmentCursor | null;
}

/**
 * Open assignments, most urgent first, then the nearest date to act, then the largest amount. Reads
 * the head of each queue (`assignment_queue`), or what a person has (`assignment_of_person`).
 */
export async function listAssignments(
  db: Queries,
  filter: AssignmentFilter,
): Promise<AssignmentPage> {
  const wanted = filter.limit + 1;
  const within = sql`a.is_open and ${whichWork(filter)} ${afterCursor(filter.after)}`;
  const chosen =
    filter.assignee === undefined
      ? sql`
        ${queuesOf(filter)}
        select head.* from client_queue q
        cross join lateral (
          select a.* from assignment a
          where a.client_id = q.client_id and a.queue = q.queue and ${within}
          ${WORK_ORDER}
          limit ${wanted}) head
        where q.queue is not null and ${queueMatches(filter)}`
      : sql`
        select a.* from assignment a
        where a.client_id = any (${filter.clientIds}::text[])
          and a.assignee = ${filter.assignee} and ${within}`;
  const rows = await db.query<AssignmentRow>(sql`
    select ${COLUMNS}
    from (select * from (${chosen}) a ${WORK_ORDER} limit ${wanted}) a
    ${OF_CASES}
    ${WORK_ORDER}
  `);
  const items = rows.slice(0, filter.limit);
  const last = rows.length > filter.limit ? items.at(-1) : undefined;
  return { items, next: last === undefined ? null : cursorOf(last) };
}

export const WORK_ORDER: Statement = sql`
  order by a.urgency desc, a.act_by, a.amount_minor desc nulls last, a.id`;

function cursorOf(row: AssignmentRow): AssignmentCursor {
  return {
    urgency: row.urgency,
    actBy: row.actBy,
    amountMinor: row.amountMinor?.toString() ?? null,
    id: row.id,
  };
}

/** No date to act by sorts as the latest, no amount as the smallest. */
function afterCursor(after: AssignmentCursor | undefined): Statement {
  if (after === undefined) return nothing;
  const { urgency, actBy, amountMinor, id } = after;
  return sql`
    and a.urgency <= ${urgency}
    and (a.urgency < ${urgency}
      or (coalesce(a.act_by, 'infinity'), -coalesce(a.amount_minor, -1), a.id)
       > (coalesce(${actBy}::timestamptz, 'infinity'),
          -coalesce(${amountMinor}::bigint, -1), ${id}::uuid))`;
}

/** The names of the clients' queues, by hopping from one to the next in `assignment_queue`. */
export function queuesOf(filter: { readonly clientIds: readonly string[] }): Statement {
  return sql`
    with recursive client_queue (client_id, queue) as (
      select seen.client_id,
             (select a.queue from assignment a
              where a.client_id = seen.client_id and a.is_open order by a.queue limit 1)
      from unnest(${filter.clientIds}::text[]) as seen (client_id)
      union all
      select q.client_id,
             (select a.queue from assignment a
              where a.client_id = q.client_id and a.is_open and a.queue > q.queue
              order by a.queue limit 1)
      from client_queue q
      where q.queue is not null
    )`;
}

/** Which queues are looked into at all, of `q`: only those that may hold what is asked for. */
export function queueMatches(filter: Pick<WorkFilter, "queue" | "type">): Statement {
  const { queue, type } = filter;
  if (queue?.includes(".") === true) return sql`q.queue = ${queue}`;
  if (queue === undefined && type === undefined) return sql`true`;
  // A type that does not exist has no queue, and so no rows.
  const own = ASSIGNMENT_TYPE_ROWS.find((row) => row.type === type)?.queue ?? "";
  return sql`split_part(q.queue, '.', 1) = ${queue ?? own}`;
}

export interface QueueCount {
  readonly clientId: string;
  readonly queue: string;
  readonly kind: AssignmentKind;
  readonly workGroup: string;
  /** Of the first `COUNTED_AT_MOST` + 1: more than `COUNTED_AT_MOST` means "and more". */
  readonly open: number;
  readonly unassigned: number;
  /** Past the goal, not yet past the deadline. */
  readonly due: number;
  /** Past the deadline. */
  readonly overdue: number;
  readonly pended: number;
  readonly unworkable: number;
  readonly nearestGoalAt: string | null;
}

export const COUNTED_AT_MOST = 10_000;

/** Of rows `a` with goal and deadline: how many are due, how many overdue, at a moment. */
export function lateAt(moment: Statement): Statement {
  return sql`
    (count(*) filter (
      where a.goal_at < ${moment}
        and (a.deadline_at is null or a.deadline_at >= ${moment})))::int as due,
    (count(*) filter (where a.deadline_at < ${moment}))::int as overdue`;
}

/** Every queue that has open work that matches, with counts that stop at `COUNTED_AT_MOST`. */
export function queueCounts(
  db: Queries,
  filter: WorkFilter & { readonly clientIds: readonly string[] },
  now: string,
): Promise<QueueCount[]> {
  return db.query(sql`
    ${queuesOf(filter)}
    select q.client_id as "clientId", q.queue, head.kind, head."workGroup", head.open,
           head.unassigned, head.due, head.overdue, head.pended, head.unworkable,
           head."nearestGoalAt"
    from client_queue q
    cross join lateral (
      select min(a.kind) as kind, min(a.work_group) as "workGroup", count(*)::int as open,
             (count(*) filter (where a.assignee is null))::int as unassigned,
             ${lateAt(sql`${now}::timestamptz`)},
             (count(*) filter (where a.pended_until is not null))::int as pended,
             (count(*) filter (where a.unworkable_reason is not null))::int as unworkable,
             min(a.goal_at) as "nearestGoalAt"
      from (
        select a.kind, a.work_group, a.assignee, a.deadline_at, a.goal_at, a.pended_until,
               a.unworkable_reason
        from assignment a
        where a.client_id = q.client_id and a.queue = q.queue and a.is_open
          and ${whichWork(filter)}
        limit ${COUNTED_AT_MOST + 1}) a
    ) head
    where q.queue is not null and ${queueMatches(filter)} and head.open > 0
    order by q.client_id, q.queue
  `);
}
