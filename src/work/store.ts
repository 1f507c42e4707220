/**
 * Every statement that writes assignments and jobs. An open adjustment has exactly one open
 * assignment; the database refuses anything else at commit.
 */
import type { Transaction } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
import { json, sql } from "../database/sql.ts";

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
  /** Of a dispute's own work: what it is about. One is open of each; a second is not opened. */
  readonly cause?: string | null;
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
      ${rows.map((row) => row.dueAt)}::timestamptz[],
      ${rows.map((row) => row.reason)}::text[],
      ${rows.map((row) => row.openedAt)}::timestamptz[],
      ${rows.map(firstRiseAt)}::timestamptz[],
      ${rows.map((row) => row.cause ?? null)}::text[])
    on conflict (client_id, dispute_id, cause) where is_open and cause is not null do nothing
  `);
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

export interface NewJob {
  readonly id: string;
  readonly kind: string;
  readonly input: unknown;
  readonly clientIds: readonly string[];
  readonly askedBy: string;
  readonly createdAt: string;
}

/**
 * Adds a job with everything that matches now as its items; answers how many. One that found
 * nothing is done. `matching` selects `client_id, assignment_id, adjustment_id, seen_version` in
 * the order of the work.
 */
export async function insertJob(
  tx: Transaction,
  job: NewJob,
  matching: Statement,
): Promise<number> {
  await tx.execute(sql`
    insert into job (
      id, kind, input, client_ids, state, total_count, asked_by, created_at, finished_at)
    values (
      ${job.id}, ${job.kind}, ${json(job.input)}::jsonb, ${job.clientIds}::text[], 'done', 0,
      ${job.askedBy}, ${job.createdAt}, ${job.createdAt})
  `);
  const total = await tx.execute(sql`
    insert into job_item (
      job_id, ordinal, client_id, assignment_id, adjustment_id, seen_version, approval_id)
    select ${job.id}::uuid, row_number() over (), found.client_id, found.assignment_id,
           found.adjustment_id, found.seen_version,
           (to_jsonb(found) ->> 'approval_id')::uuid
    from (${matching}) as found (client_id, assignment_id, adjustment_id, seen_version)
  `);
  if (total === 0) return 0;
  await tx.execute(sql`
    update job
    set state = 'waiting', total_count = ${total}, finished_at = null
    where id = ${job.id}
  `);
  return total;
}

export interface JobLease {
  readonly worker: string;
  readonly now: string;
  readonly leasedUntil: string;
}

/**
 * Leases the job that has waited longest for its turn; undefined when there is none. Served by
 * `job_to_do`.
 */
export function leaseNextJob(
  tx: Transaction,
  kinds: readonly string[],
  lease: JobLease,
): Promise<{ id: string } | undefined> {
  return tx.maybe(sql`
    update job
    set state = 'running', leased_by = ${lease.worker}, leased_until = ${lease.leasedUntil},
        started_at = coalesce(started_at, ${lease.now})
    where id = (
      select id from job
      where state in ('waiting', 'running')
        and kind = any (${kinds}::text[])
        and (leased_until is null or leased_until <= ${lease.now})
      order by leased_until nulls first, created_at, id
      limit 1
      for update skip locked)
    returning id
  `);
}

/** While a chunk is written its own lock keeps others away, and this waits for nobody. */
export function renewJobLease(tx: Transaction, id: string, lease: JobLease): Promise<number> {
  return tx.execute(sql`
    update job
    set leased_until = ${lease.leasedUntil}
    where id = (
      select id from job
      where id = ${id} and leased_by = ${lease.worker} and state = 'running'
      for update skip locked)
  `);
}

/** Gives the job back for another turn; whoever waited longer goes first. */
export async function releaseJob(
  tx: Transaction,
  id: string,
  worker: string,
  now: string,
): Promise<void> {
  await tx.execute(sql`
    update job
    set leased_by = null, leased_until = ${now}
    where id = ${id} and leased_by = ${worker} and state = 'running'
  `);
}

export interface ItemOutcome {
  readonly ordinal: number;
  readonly outcome: "done" | "skipped" | "failed";
  /** A failure's; null where it was done. */
  readonly code: string | null;
  readonly reason: string | null;
}

/** Records what became of items and counts it; the last one ends the job. Its row is locked. */
export async function recordItems(
  tx: Transaction,
  jobId: string,
  rows: readonly ItemOutcome[],
  recordedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into job_item_outcome (job_id, ordinal, outcome, code, reason, recorded_at)
    select ${jobId}::uuid, added.*, ${recordedAt}::timestamptz
    from unnest(
      ${rows.map((row) => row.ordinal)}::int[],
      ${rows.map((row) => row.outcome)}::text[],
      ${rows.map((row) => row.code)}::text[],
      ${rows.map((row) => row.reason)}::text[]) as added
  `);
  const count = (outcome: ItemOutcome["outcome"]): number =>
    rows.filter((row) => row.outcome === outcome).length;
  await tx.execute(sql`
    update job
    set done_count = done_count + ${count("done")},
        failed_count = failed_count + ${count("failed")},
        skipped_count = skipped_count + ${count("skipped")}
    where id = ${jobId}
  `);
  await tx.execute(sql`
    update job
    set state = 'done', finished_at = ${recordedAt}, leased_by = null, leased_until = null
    where id = ${jobId} and done_count + failed_count + skipped_count = total_count
  `);
}

/** Ends what is not over; answers whether it was not. */
export async function cancelJobRow(
  tx: Transaction,
  id: string,
  by: { readonly actor: string; readonly now: string },
): Promise<boolean> {
  const changed = await tx.execute(sql`
    update job
    set state = 'cancelled', cancelled_by = ${by.actor}, finished_at = ${by.now},
        leased_by = null, leased_until = null
    where id = ${id} and state in ('waiting', 'running')
  `);
  return changed === 1;
}
