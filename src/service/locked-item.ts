/**
 * What a person acts on in this room: the adjustment and its assignment, locked, as they saw it.
 */
import type { AdjustmentState } from "../accounting/adjustment-machine.ts";
import type { AdjustmentLock } from "../accounting/store.ts";
import { lockAdjustments } from "../accounting/store.ts";
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";
import { refuseLocked } from "../work/claim-lock.ts";
import { refuseOthers } from "../work/take.ts";
import { lockSeen } from "../work/take.ts";

export interface ServiceItem {
  readonly clientId: string;
  readonly assignmentId: string;
  readonly adjustmentId: string;
  /** Of the assignment, as the person saw it; null where nobody looked. */
  readonly version: number | null;
  readonly actor: string;
}

export interface ItemResult {
  readonly assignmentId: string;
  readonly adjustmentId: string;
  readonly state: AdjustmentState;
}

/**
 * Locks adjustments, then assignments. Throws `not-found`, `assignment-closed`, `stale-version`,
 * `assignment-taken`, `claim-locked`.
 */
export async function lockItems(
  tx: Transaction,
  items: readonly ServiceItem[],
  now: string,
): Promise<Map<string, AdjustmentLock>> {
  const locks = await lockAdjustments(
    tx,
    items.map((item) => ({ clientId: item.clientId, id: item.adjustmentId })),
  );
  const byId = new Map(locks.map((lock) => [lock.id, lock]));
  const rows = await lockSeen(
    tx,
    items.map((item) => ({
      clientId: item.clientId,
      id: item.assignmentId,
      version: item.version,
    })),
  );
  for (const [index, item] of items.entries()) {
    const row = rows[index];
    if (row === undefined || row.adjustmentId !== item.adjustmentId) {
      throw new Failure("not-found", `assignment ${item.assignmentId} does not exist`);
    }
    refuseOthers(row, item.actor);
    refuseLocked(row, item.actor, now);
  }
  return byId;
}

export function lockedOf(locks: ReadonlyMap<string, AdjustmentLock>, item: ServiceItem) {
  const lock = locks.get(item.adjustmentId);
  if (lock === undefined) {
    throw new Failure("not-found", `adjustment ${item.adjustmentId} does not exist`);
  }
  return lock;
}

export function refuseUnless(states: readonly AdjustmentState[], lock: AdjustmentLock): void {
  if (states.includes(lock.state)) return;
  throw new Failure("transition-refused", `not possible while ${lock.state}`, {
    state: lock.state,
  });
}
