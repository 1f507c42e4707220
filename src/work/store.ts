/**
 * Every statement that writes assignments and their history. An open adjustment has exactly one
 * open assignment; the database refuses anything else at commit.
 */
import type { Transaction } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
import { sql } from "../database/sql.ts";

import type { AssignmentEventKind } from "./assignment-history.ts";
import type { NewAssignment, RisenAssignment, StandingChange } from "./assignment-rows.ts";
import { withdrawWithWork } from "./approvals/store.ts";
import type { DueTime } from "./due-store.ts";
import { setDueBy, setDueFirst, setDueTimes } from "./due-store.ts";
import { firstRiseAt } from "./sla-stages.ts";

/** Who acts where nobody asked. */
export const MACHINE = "redress";

/** How an assignment stands after a change, for its history. */
const AFTER: Statement = sql`
  assignment.client_id, assignment.id, assignment.assignee, assignment.work_group,
  assignment.urgency, assignment.pended_until,
  assignment.unworkable_reason is not null as is_unworkable, assignment.version`;

/** Adds what changed to the history; `changed` has `AFTER`, a reason and an actor. */
function recorded(kind: AssignmentEventKind, at: string, changed: Statement): Statement {
  return sql`
    insert into assignment_event (
      client_id, assignment_id, at, kind, actor, reason, assignee, work_group, urgency,
      pended_until, is_unworkable, version)
    select client_id, id, ${at}::timestamptz, ${kind}::text, actor, reason, assignee, work_group,
           urgency, pended_until, is_unworkable, version
    from ${changed}`;
}

export async function openAssignments(
  tx: Transaction,
  rows: readonly NewAssignment[],
): Promise<void> {
  if (rows.length === 0) return;
  const opened = tx.execute(sql`
    with opened as (
      insert into assignment (
        client_id, id, claim_id, dispute_id, adjustment_id, type, queue, kind, work_group, urgency,
        goal_at, deadline_at, amount_minor, currency, destination, reason, opened_at,
        next_rise_at, cause)
      select * from unnest(
        ${rows.map((row) => row.clientId)}::text[],
        ${rows.map((row) => row.id)}::uuid[],
        ${rows.map((row) => row.claimId)}::uuid[],
        ${rows.map((row) => row.disputeId)}::uuid[],
        ${rows.map((row) => row.adjustmentId)}::uuid[],
        ${rows.map((row) => row.type)}::text[],
        ${rows.map((row) => row.queue)}::text[],
        ${rows.map((row) => row.kind)}::text[],
        ${rows.map((row) => row.workGroup)}::text[],
        ${rows.map((row) => row.urgency)}::smallint[],
        ${rows.map((row) => row.goalAt)}::timestamptz[],
        ${rows.map((row) => row.deadlineAt)}::timestamptz[],
        ${rows.map((row) => row.amountMinor)}::bigint[],
        ${rows.map((row) => row.currency)}::text[],
        ${rows.map((row) => row.destination)}::text[],
        ${rows.map((row) => row.reason)}::text[],
        ${rows.map((row) => row.openedAt)}::timestamptz[],
        ${rows.map(firstStageAt)}::timestamptz[],
        ${rows.map((row) => row.cause ?? null)}::text[])
      on conflict (client_id, dispute_id, cause) where is_open and cause is not null do nothing
      returning ${AFTER}, assignment.opened_at as at, assignment.reason
    )
    insert into assignment_event (
      client_id, assignment_id, at, kind, actor, reason, assignee, work_group, urgency,
      pended_until, is_unworkable, version)
    select client_id, id, at, 'opened', ${MACHINE}, reason, assignee, work_group, urgency,
           pended_until, is_unworkable, version
    from opened
  `);
  const later = rows.filter((row) => row.dueAt !== null && row.dueAt !== row.openedAt);
  await Promise.all([opened, setDueTimes(tx, later)]);
}

/** Null is an answer: its client has no stage for it. */
function firstStageAt(row: NewAssignment): string | null {
  return row.nextRiseAt === undefined ? firstRiseAt(row) : row.nextRiseAt;
}

/** Brings what an open assignment is about up to date, where the books moved on under it. */
export async function restateAssignments(
  tx: Transaction,
  rows: readonly { clientId: string; id: string; amountMinor: bigint; reason: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update assignment
    set amount_minor = now.amount_minor, reason = now.reason, version = version + 1
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.amountMinor)}::bigint[],
      ${rows.map((row) => row.reason)}::text[]) as now (client_id, id, amount_minor, reason)
    where assignment.client_id = now.client_id and assignment.id = now.id and assignment.is_open
  `);
}

export interface ClosedAssignment {
  readonly clientId: string;
  readonly id: string;
  readonly outcome: string;
  /** Who ended it; `redress` where nobody asked. */
  readonly actor?: string | undefined;
}

/** Closes them with their outcome; what waits for other people's word about them ends with them. */
export async function closeAssignments(
  tx: Transaction,
  rows: readonly ClosedAssignment[],
  closedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  const closed = tx.execute(sql`
    with closed as (
      update assignment
      set is_open = false, closed_at = ${closedAt}, outcome = gone.outcome, next_rise_at = null,
          pended_until = null, pend_reason = null, version = version + 1
      from unnest(
        ${rows.map((row) => row.clientId)}::text[],
        ${rows.map((row) => row.id)}::uuid[],
        ${rows.map((row) => row.outcome)}::text[],
        ${rows.map((row) => row.actor ?? MACHINE)}::text[]) as gone (client_id, id, outcome, actor)
      where assignment.client_id = gone.client_id
        and assignment.id = gone.id
        and assignment.is_open
      returning ${AFTER}, assignment.outcome as reason, gone.actor
    )
    ${recorded("closed", closedAt, sql`closed`)}
  `);
  await Promise.all([closed, withdrawWithWork(tx, rows, closedAt)]);
}

/** Says when the machine acts next, counts the attempt, and gives the lease back. */
export async function setDue(tx: Transaction, rows: readonly DueTime[]): Promise<void> {
  if (rows.length === 0) return;
  const counted = tx.execute(sql`
    update assignment
    set attempts = attempts + 1, version = version + 1
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[]) as next (client_id, id)
    where assignment.client_id = next.client_id
      and assignment.id = next.id
      and assignment.is_open
  `);
  await Promise.all([counted, setDueTimes(tx, rows)]);
}

/** Writes how open assignments stand from now on; their rows are locked already. */
export async function writeStandings(
  tx: Transaction,
  rows: readonly StandingChange[],
  at: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    with changed as (
      update assignment
      set assignee = given.assignee, work_group = given.work_group,
          pended_until = given.pended_until, pend_reason = given.pend_reason,
          unworkable_reason = given.unworkable_reason, version = version + 1
      from unnest(
        ${rows.map((row) => row.clientId)}::text[],
        ${rows.map((row) => row.id)}::uuid[],
        ${rows.map((row) => row.kind)}::text[],
        ${rows.map((row) => row.reason)}::text[],
        ${rows.map((row) => row.actor)}::text[],
        ${rows.map((row) => row.to.assignee)}::text[],
        ${rows.map((row) => row.to.workGroup)}::text[],
        ${rows.map((row) => row.to.pendedUntil)}::timestamptz[],
        ${rows.map((row) => row.to.pendReason)}::text[],
        ${rows.map((row) => row.to.unworkableReason)}::text[])
        as given (
          client_id, id, kind, reason, actor, assignee, work_group, pended_until, pend_reason,
          unworkable_reason)
      where assignment.client_id = given.client_id
        and assignment.id = given.id
        and assignment.is_open
      returning ${AFTER}, given.kind, given.reason, given.actor
    )
    insert into assignment_event (
      client_id, assignment_id, at, kind, actor, reason, assignee, work_group, urgency,
      pended_until, is_unworkable, version)
    select client_id, id, ${at}::timestamptz, kind, actor, reason, assignee, work_group, urgency,
           pended_until, is_unworkable, version
    from changed
  `);
}

/** Remarks; not a new version, what somebody is looking at is no less true. */
export async function noteAssignments(
  tx: Transaction,
  rows: readonly { readonly clientId: string; readonly id: string; readonly text: string }[],
  by: { readonly actor: string; readonly at: string },
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    with noted as (
      select ${AFTER}, given.text as reason, ${by.actor}::text as actor
      from unnest(
        ${rows.map((row) => row.clientId)}::text[],
        ${rows.map((row) => row.id)}::uuid[],
        ${rows.map((row) => row.text)}::text[]) as given (client_id, id, text)
      join assignment on assignment.client_id = given.client_id and assignment.id = given.id
      where assignment.is_open
    )
    ${recorded("noted", by.at, sql`noted`)}
  `);
}

/**
 * Stages passed. Not a new version: what somebody is looking at is no less true for being more
 * urgent. A stage is written once for ever: the second try is refused by `assignment_event_stage`.
 */
export async function raiseAssignments(
  tx: Transaction,
  rows: readonly RisenAssignment[],
  at: string,
): Promise<void> {
  if (rows.length === 0) return;
  const raised = tx.execute(sql`
    with raised as (
      update assignment
      set urgency = risen.urgency, rises = risen.rises, next_rise_at = risen.next_rise_at
      from unnest(
        ${rows.map((row) => row.clientId)}::text[],
        ${rows.map((row) => row.id)}::uuid[],
        ${rows.map((row) => row.urgency)}::smallint[],
        ${rows.map((row) => row.rises)}::smallint[],
        ${rows.map((row) => row.nextRiseAt)}::timestamptz[],
        ${rows.map((row) => row.reason)}::text[],
        ${rows.map((row) => row.action)}::text[])
        as risen (client_id, id, urgency, rises, next_rise_at, reason, action)
      where assignment.client_id = risen.client_id
        and assignment.id = risen.id
        and assignment.is_open
      returning ${AFTER}, risen.reason, risen.action, assignment.rises
    )
    insert into assignment_event (
      client_id, assignment_id, at, kind, actor, reason, assignee, work_group, urgency,
      pended_until, is_unworkable, version, stage, action)
    select client_id, id, ${at}::timestamptz, 'rose', ${MACHINE}, reason, assignee, work_group,
           urgency, pended_until, is_unworkable, version, rises, action
    from raised
  `);
  const dueNow = rows.filter((row) => row.isDueNow);
  await Promise.all([raised, setDueBy(tx, dueNow, at)]);
}

export interface ActBy {
  readonly clientId: string;
  readonly disputeId: string;
  /** When its nearest regulatory clock ends; null: none runs. */
  readonly clockDueAt: string | null;
}

/**
 * Says by when a clock wants the open work of disputes done: Get Next Work orders by the nearest
 * date. Served by `assignment_of_dispute`; locked in sorted order, as everybody does.
 */
export async function setClockDue(tx: Transaction, rows: readonly ActBy[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    with moved as (
      select a.client_id, a.id, next.clock_due_at
      from unnest(
        ${rows.map((row) => row.clientId)}::text[],
        ${rows.map((row) => row.disputeId)}::uuid[],
        ${rows.map((row) => row.clockDueAt)}::timestamptz[])
        as next (client_id, dispute_id, clock_due_at)
      join assignment a on a.client_id = next.client_id and a.dispute_id = next.dispute_id
      where a.is_open and a.clock_due_at is distinct from next.clock_due_at
      order by a.client_id, a.id
      for update of a
    )
    update assignment
    set clock_due_at = moved.clock_due_at
    from moved
    where assignment.client_id = moved.client_id and assignment.id = moved.id
  `);
}

export interface DisputeUrgency {
  readonly clientId: string;
  readonly disputeId: string;
  /** At least this, 0 … 100. */
  readonly urgency: number;
}

/** Makes every open assignment of the disputes at least so urgent; answers how many rose. */
export function raiseOfDisputes(tx: Transaction, rows: readonly DisputeUrgency[]): Promise<number> {
  if (rows.length === 0) return Promise.resolve(0);
  // Served by `assignment_of_dispute`; locked in sorted order, as everybody does.
  return tx.execute(sql`
    with rising as (
      select a.client_id, a.id, wanted.urgency
      from unnest(
        ${rows.map((row) => row.clientId)}::text[],
        ${rows.map((row) => row.disputeId)}::uuid[],
        ${rows.map((row) => row.urgency)}::smallint[]) as wanted (client_id, dispute_id, urgency)
      join assignment a on a.client_id = wanted.client_id and a.dispute_id = wanted.dispute_id
      where a.is_open and a.urgency < wanted.urgency
      order by a.client_id, a.id
      for update of a
    )
    update assignment
    set urgency = rising.urgency
    from rising
    where assignment.client_id = rising.client_id and assignment.id = rising.id
  `);
}

/** Puts the assignments of adjustments before all other due work; this transaction opened them. */
export async function putFirst(
  tx: Transaction,
  keys: readonly { clientId: string; adjustmentId: string }[],
): Promise<void> {
  if (keys.length === 0) return;
  const raised = tx.execute(sql`
    update assignment
    set urgency = 100
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.adjustmentId)}::uuid[]) as first (client_id, adjustment_id)
    where assignment.client_id = first.client_id
      and assignment.adjustment_id = first.adjustment_id
      and assignment.is_open
  `);
  await Promise.all([raised, setDueFirst(tx, keys)]);
}
