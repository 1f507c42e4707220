/**
 * Every statement that writes assignments. An open adjustment has exactly one open
 * assignment; the database refuses anything else at commit.
 */
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import { firstRiseAt } from "./assignment-terms.ts";
import type { AssignmentKind } from "./assignment-types.ts";

export interface NewAssignment {
  readonly clientId: string;
  readonly id: string;
  readonly claimId: string;
  readonly disputeId: string | null;
  readonly adjustmentId: string | null;
  readonly type: string;
  readonly queue: string;
  readonly kind: AssignmentKind;
  readonly workGroup: string;
  readonly urgency: number;
  readonly goalAt: string | null;
  readonly deadlineAt: string | null;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly destination: string | null;
  readonly dueAt: string | null;
  readonly reason: string | null;
  readonly openedAt: string;
}

export async function openAssignments(
  tx: Transaction,
  rows: readonly NewAssignment[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into assignment (
      client_id, id, claim_id, dispute_id, adjustment_id, type, queue, kind, work_group, urgency,
      goal_at, deadline_at, amount_minor, currency, destination, due_at, reason, opened_at,
      next_rise_at)
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
      ${rows.map((row) => row.dueAt)}::timestamptz[],
      ${rows.map((row) => row.reason)}::text[],
      ${rows.map((row) => row.openedAt)}::timestamptz[],
      ${rows.map(firstRiseAt)}::timestamptz[])
  `);
}

export interface ClosedAssignment {
  readonly clientId: string;
  readonly id: string;
  readonly outcome: string;
}

export async function closeAssignments(
  tx: Transaction,
  rows: readonly ClosedAssignment[],
  closedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update assignment
    set is_open = false, closed_at = ${closedAt}, outcome = gone.outcome, due_at = null,
        next_rise_at = null,
        leased_by = null, leased_until = null, version = version + 1
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.outcome)}::text[]) as gone (client_id, id, outcome)
    where assignment.client_id = gone.client_id
      and assignment.id = gone.id
      and assignment.is_open
  `);
}

/**
 * Leases due assignments to `worker` by id, those that nobody else holds; answers which. Whoever
 * calls it has locked the adjustments they belong to.
 */
export function leaseAssignments(
  tx: Transaction,
  keys: readonly { clientId: string; id: string }[],
  lease: { readonly worker: string; readonly now: string; readonly leasedUntil: string },
): Promise<{ clientId: string; id: string }[]> {
  return tx.query(sql`
    update assignment
    set leased_by = ${lease.worker}, leased_until = ${lease.leasedUntil}
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.id)}::uuid[]) as due (client_id, id)
    where assignment.client_id = due.client_id and assignment.id = due.id
      and assignment.is_open
      and assignment.due_at <= ${lease.now}
      and (assignment.leased_until is null or assignment.leased_until < ${lease.now})
    returning assignment.client_id as "clientId", assignment.id
  `);
}

/**
 * Keeps the worker's leases alive, by id; answers how many. A row that somebody holds is skipped,
 * not waited for: it is being settled, or the next renewal finds it.
 */
export function renewLeases(
  tx: Transaction,
  worker: string,
  keys: readonly { clientId: string; id: string }[],
  leasedUntil: string,
): Promise<number> {
  return tx.execute(sql`
    with mine as (
      select a.client_id, a.id
      from unnest(
        ${keys.map((key) => key.clientId)}::text[],
        ${keys.map((key) => key.id)}::uuid[]) as held (client_id, id)
      join assignment a on a.client_id = held.client_id and a.id = held.id
      where a.is_open and a.leased_by = ${worker}
      for update of a skip locked
    )
    update assignment
    set leased_until = ${leasedUntil}
    from mine
    where assignment.client_id = mine.client_id and assignment.id = mine.id
  `);
}

export interface DueTime {
  readonly clientId: string;
  readonly id: string;
  readonly dueAt: string | null;
}

/** Says when the machine acts next, counts the attempt, and gives the lease back. */
export async function setDue(tx: Transaction, rows: readonly DueTime[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update assignment
    set due_at = next.due_at, attempts = attempts + 1, leased_by = null, leased_until = null,
        version = version + 1
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.dueAt)}::timestamptz[]) as next (client_id, id, due_at)
    where assignment.client_id = next.client_id
      and assignment.id = next.id
      and assignment.is_open
  `);
}

export interface AssignedAssignment {
  readonly clientId: string;
  readonly id: string;
  /** Who has it from now on; null gives it back. */
  readonly assignee: string | null;
}

/** Gives open assignments to somebody, or back to the queue; their rows are locked already. */
export async function assignAssignments(
  tx: Transaction,
  rows: readonly AssignedAssignment[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update assignment
    set assignee = given.assignee, version = version + 1
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.assignee)}::text[]) as given (client_id, id, assignee)
    where assignment.client_id = given.client_id
      and assignment.id = given.id
      and assignment.is_open
  `);
}

export interface RisenAssignment {
  readonly clientId: string;
  readonly id: string;
  readonly urgency: number;
  readonly rises: number;
  readonly nextRiseAt: string | null;
}

/** Not a new version: what somebody is looking at is no less true for being more urgent. */
export async function raiseAssignments(
  tx: Transaction,
  rows: readonly RisenAssignment[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update assignment
    set urgency = risen.urgency, rises = risen.rises, next_rise_at = risen.next_rise_at
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.urgency)}::smallint[],
      ${rows.map((row) => row.rises)}::smallint[],
      ${rows.map((row) => row.nextRiseAt)}::timestamptz[])
      as risen (client_id, id, urgency, rises, next_rise_at)
    where assignment.client_id = risen.client_id
      and assignment.id = risen.id
      and assignment.is_open
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
  await tx.execute(sql`
    update assignment
    set urgency = 100, due_at = due_at - interval '1 day'
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.adjustmentId)}::uuid[]) as first (client_id, adjustment_id)
    where assignment.client_id = first.client_id
      and assignment.adjustment_id = first.adjustment_id
      and assignment.is_open
  `);
}
