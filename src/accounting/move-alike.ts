/**
 * Moves many adjustments of one client by the same event, as a file does with its lines. It writes
 * what `move-adjustments.ts` would write, in statements that carry only what differs: a file of a
 * million lines is the common case here, not the rare one.
 */
import type { Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import { insertExecutionsAlike } from "../ledger/store.ts";
import { closeAssignments } from "../work/store.ts";

import { CLOSED_STATES, nextState } from "./adjustment-machine.ts";
import type { Engine } from "./engine.ts";
import type { Move } from "./move-adjustments.ts";
import type { AlikeLock, Moving } from "./store.ts";
import { lockInState, moveRowsAlike } from "./store.ts";

export interface AlikeMove {
  readonly clientId: string;
  readonly from: "pendingBatch" | "inFile";
  /** Those that need no new assignment: it stays, or it is closed. */
  readonly event: "takenIntoFile" | "handedOver" | "acknowledged";
  readonly actor: string;
  /** What the outside said of all of them. */
  readonly outside: Readonly<Record<string, unknown>>;
  /** Money that moved, all of each adjustment's. */
  readonly execution?: Omit<NonNullable<Move["execution"]>, "entryIds">;
}

export interface AlikeRow extends Pick<AlikeLock, "adjustmentId" | "openAssignmentId"> {
  /** Its line in the file, beside what is said of all. */
  readonly line?: number;
}

/** Moves those that are where the move starts; answers which. The others stay as they are. */
export async function moveAlike(
  tx: Transaction,
  engine: Engine,
  move: AlikeMove,
  adjustmentIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const locks = await lockInState(tx, move.clientId, move.from, adjustmentIds);
  await moveLockedAlike(tx, engine, move, locks);
  return new Set(locks.map((lock) => lock.adjustmentId));
}

/**
 * As `moveAlike` for rows that this transaction has locked in the state it starts from. `by` writes
 * what another room keeps of them in the same statement.
 */
export async function moveLockedAlike(
  tx: Transaction,
  engine: Engine,
  move: AlikeMove,
  rows: readonly AlikeRow[],
  by?: Moving,
): Promise<void> {
  if (rows.length === 0) return;
  const { clientId, from, event, actor, execution } = move;
  const { ids } = engine;
  const now = engine.clock.now().toString();
  const to = nextState(from, event);
  assert(to === "inFile" || to === "executed", `${event} needs no new assignment`);
  const closes = CLOSED_STATES.has(to);
  const adjustmentIds = rows.map((row) => row.adjustmentId);
  const moved = await moveRowsAlike(
    tx,
    { clientId, from, to, event, actor, outside: move.outside, closes },
    {
      ids: adjustmentIds,
      lines: rows.map((row) => row.line ?? null),
      transitionIds: ids.take(rows.length),
      eventIds: ids.take(rows.length),
    },
    now,
    by,
  );
  assert(moved === rows.length, "what is locked in a state stays there");
  // Once nothing shows it any more.
  if (closes) await closeShown(tx, move, rows, to, now);
  if (execution === undefined) return;
  const executions = { ids: ids.take(rows.length), adjustmentIds };
  await insertExecutionsAlike(tx, { ...execution, clientId, actor }, executions, now);
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
