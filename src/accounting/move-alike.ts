/**
 * Moves many adjustments of one client by the same event, as a file does with its lines. It writes
 * what `move-adjustments.ts` would write, in statements that carry only what differs: a file of a
 * million lines is the common case here, not the rare one.
 */
import type { Transaction } from "../database/database.ts";
import { appendEvents } from "../events/store.ts";
import { assert } from "../kernel/assert.ts";
import { insertExecutions } from "../ledger/store.ts";
import { closeAssignments } from "../work/store.ts";

import { CLOSED_STATES, nextState } from "./adjustment-machine.ts";
import type { Engine } from "./engine.ts";
import type { Move } from "./move-adjustments.ts";
import type { AlikeLock } from "./store.ts";
import { insertTransitions, lockInState, moveRowsAlike } from "./store.ts";

export interface AlikeMove {
  readonly clientId: string;
  readonly from: "pendingBatch" | "inFile";
  /** Those that need no new assignment: it stays, or it is closed. */
  readonly event: "takenIntoFile" | "handedOver" | "acknowledged";
  readonly actor: string;
  /** Money that moved, all of each adjustment's. */
  readonly execution?: Omit<NonNullable<Move["execution"]>, "entryIds">;
}

export interface AlikeRow extends AlikeLock {
  readonly outside: Readonly<Record<string, unknown>> | null;
}

/** Moves those that are where the move starts; answers which. The others stay as they are. */
export async function moveAlike(
  tx: Transaction,
  engine: Engine,
  move: AlikeMove,
  adjustments: readonly { adjustmentId: string; outside: AlikeRow["outside"] }[],
): Promise<ReadonlySet<string>> {
  const ids = adjustments.map((one) => one.adjustmentId);
  const locks = await lockInState(tx, move.clientId, move.from, ids);
  const outside = new Map(adjustments.map((one) => [one.adjustmentId, one.outside]));
  await moveLockedAlike(
    tx,
    engine,
    move,
    locks.map((lock) => ({ ...lock, outside: outside.get(lock.adjustmentId) ?? null })),
  );
  return new Set(locks.map((lock) => lock.adjustmentId));
}

/** As `moveAlike` for rows that this transaction has locked in the state it starts from. */
export async function moveLockedAlike(
  tx: Transaction,
  engine: Engine,
  move: AlikeMove,
  rows: readonly AlikeRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const { clientId, from, event, execution } = move;
  const { ids } = engine;
  const now = engine.clock.now().toString();
  const to = nextState(from, event);
  assert(to === "inFile" || to === "executed", `${event} needs no new assignment`);
  const closes = CLOSED_STATES.has(to);
  if (closes) await closeShown(tx, move, rows, to, now);
  const moved = await moveRowsAlike(
    tx,
    { clientId, from, to, closes },
    rows.map((row) => row.adjustmentId),
    now,
  );
  assert(moved === rows.length, "what is locked in a state stays there");
  await insertTransitions(tx, rows.map(transitionOf(engine, move, to)), now);
  if (execution !== undefined) {
    const common = { clientId, entryId: null, sign: 1 as const, actor: move.actor };
    await insertExecutions(
      tx,
      rows.map(({ adjustmentId }) => ({ ...execution, ...common, id: ids.next(), adjustmentId })),
      now,
    );
  }
  const data = { state: to, event };
  await appendEvents(
    tx,
    rows.map(({ adjustmentId }) => ({
      clientId,
      id: ids.next(),
      type: `accounting.adjustment.${to}.v1`,
      subject: `adjustment/${adjustmentId}`,
      data,
    })),
    now,
  );
}

function closeShown(
  tx: Transaction,
  { clientId, actor }: AlikeMove,
  rows: readonly AlikeRow[],
  outcome: string,
  now: string,
): Promise<void> {
  const closed = rows.map(({ openAssignmentId }) => {
    assert(openAssignmentId !== null, "an open adjustment shows an assignment");
    return { clientId, id: openAssignmentId, outcome, actor };
  });
  return closeAssignments(tx, closed, now);
}

function transitionOf(engine: Engine, { clientId, from, event, actor }: AlikeMove, to: string) {
  return ({ adjustmentId, operationId, outside }: AlikeRow) => ({
    clientId,
    id: engine.ids.next(),
    adjustmentId,
    from,
    to,
    event,
    actor,
    reason: null,
    outside,
    operationId,
  });
}
