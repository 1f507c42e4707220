/**
 * Every statement that writes when the machine acts next on an assignment of a service, and who is
 * at it. The rows themselves come and go with their assignments: the database sees to that.
 *
 * Whoever writes here has locked the adjustment, but for a lease that is renewed (nobody is waited
 * for) and a stage that is passed (the assignment is locked first, as everywhere).
 */
import type { Transaction } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
import { sql } from "../database/sql.ts";

export interface LeasedAssignment {
  readonly clientId: string;
  readonly id: string;
  readonly adjustmentId: string;
  readonly service: string;
}

/**
 * Leases due assignments to `worker`, those that nobody else holds; answers which. `matching`
 * selects `client_id, assignment_id, adjustment_id, service` and locks their adjustments.
 */
export function leaseMatching(
  tx: Transaction,
  matching: Statement,
  lease: { readonly worker: string; readonly now: string; readonly leasedUntil: string },
): Promise<LeasedAssignment[]> {
  return tx.query(sql`
    with due as materialized (${matching})
    update due_call
    set leased_by = ${lease.worker}, leased_until = ${lease.leasedUntil}
    from due
    where due_call.client_id = due.client_id and due_call.assignment_id = due.assignment_id
      and due_call.due_at <= ${lease.now}
      and (due_call.leased_until is null or due_call.leased_until < ${lease.now})
    returning due_call.client_id as "clientId", due_call.assignment_id as id,
              due.adjustment_id as "adjustmentId", due.service
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
      select d.client_id, d.assignment_id
      from unnest(
        ${keys.map((key) => key.clientId)}::text[],
        ${keys.map((key) => key.id)}::uuid[]) as held (client_id, id)
      join due_call d on d.client_id = held.client_id and d.assignment_id = held.id
      where d.leased_by = ${worker}
      for update of d skip locked
    )
    update due_call
    set leased_until = ${leasedUntil}
    from mine
    where due_call.client_id = mine.client_id and due_call.assignment_id = mine.assignment_id
  `);
}

export interface DueTime {
  readonly clientId: string;
  readonly id: string;
  readonly dueAt: string | null;
}

/** When the machine acts next; who had a lease has none any more. */
export async function setDueTimes(tx: Transaction, rows: readonly DueTime[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update due_call
    set due_at = next.due_at, leased_by = null, leased_until = null
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.dueAt)}::timestamptz[]) as next (client_id, id, due_at)
    where due_call.client_id = next.client_id and due_call.assignment_id = next.id
  `);
}

/** Due at this time at the latest. */
export async function setDueBy(
  tx: Transaction,
  keys: readonly { clientId: string; id: string }[],
  at: string,
): Promise<void> {
  if (keys.length === 0) return;
  await tx.execute(sql`
    update due_call
    set due_at = ${at}::timestamptz
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.id)}::uuid[]) as sooner (client_id, id)
    where due_call.client_id = sooner.client_id
      and due_call.assignment_id = sooner.id
      and due_call.due_at > ${at}::timestamptz
  `);
}

/** Before everything else that is due. */
export async function setDueFirst(
  tx: Transaction,
  keys: readonly { clientId: string; adjustmentId: string }[],
): Promise<void> {
  if (keys.length === 0) return;
  await tx.execute(sql`
    update due_call
    set due_at = due_call.due_at - interval '1 day'
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.adjustmentId)}::uuid[]) as first (client_id, adjustment_id)
    join assignment a on a.client_id = first.client_id
      and a.adjustment_id = first.adjustment_id
      and a.is_open
    where due_call.client_id = a.client_id and due_call.assignment_id = a.id
  `);
}
