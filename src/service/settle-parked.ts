/**
 * The core put a credit into its own suspense, because the account is closed: the credit is
 * cancelled with contra entries and what the core did is tracked, as one operation in one
 * transaction (recordCoreSuspensePosting). It is never executed: the holder has nothing.
 */
import { executeAccountingIn, untilDecided } from "../accounting/execute-accounting.ts";
import { lockAndLoadBooks } from "../accounting/load-books.ts";
import type { Move } from "../accounting/move-adjustments.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import { lockAdjustments } from "../accounting/store.ts";
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";

import type { ServiceDesk } from "./desk.ts";
import { MACHINE_ACTOR } from "./desk.ts";
import type { Judged } from "./judge-answer.ts";
import { outcomeOf } from "./judge-answer.ts";
import { insertOutcomes } from "./store.ts";
import type { Settled } from "./write-circuits.ts";
import { writeCircuits } from "./write-circuits.ts";

/** It is posted, and not to the holder: the answer says so, or it was asked for. */
export function isParked({ landed: { flight }, consequence, reading }: Judged): boolean {
  if (consequence?.kind !== "executed" || flight.credit === null) return false;
  const isWhole = flight.part === null || flight.part.of === 1;
  return isWhole && (reading.isParked || flight.asksToPark);
}

/** Answers nothing where it could not be written: then it is taken over as unknown, and found. */
export async function settleParked(desk: ServiceDesk, judged: Judged): Promise<Settled[]> {
  const { landed, fate } = judged;
  const settled = { landed, fate };
  try {
    await untilDecided(desk.engine, (tx) => park(tx, desk, judged));
  } catch (error) {
    if (!(error instanceof Failure)) {
      desk.report("what the core parked could not be written", error);
      return [];
    }
    await desk.engine.database.transaction((tx) => leave(tx, desk, judged, error.message));
  }
  await desk.engine.database.transaction((tx) => writeCircuits(tx, desk, [settled]));
  return [settled];
}

/** Throws what the operation is refused with; then nothing is written. */
async function park(tx: Transaction, desk: ServiceDesk, judged: Judged): Promise<void> {
  const { engine } = desk;
  const { flight } = judged.landed;
  const { clientId, adjustmentId, disputeId, amount, attemptId, key } = flight;
  const book = (await lockAndLoadBooks(tx, [{ clientId, disputeId }], engine.ids)).get(
    disputeId,
  )?.book;
  const now = book?.adjustments.find((one) => one.id === adjustmentId);
  const isSuperseded = now?.version !== flight.fence;
  if (!isSuperseded) {
    const reference = judged.reading.reference ?? key;
    const reason = "the core put it into its own suspense, because the account is closed";
    const [result] = await executeAccountingIn(tx, engine, [
      {
        clientId,
        key: `core-suspense/${attemptId}`,
        source: "clock",
        actor: MACHINE_ACTOR,
        dispute: disputeId,
        operation: "recordCoreSuspensePosting",
        input: { amount, reference },
        replaces: { adjustmentId, event: "parked", reason },
      },
    ]);
    if (result?.failure) throw result.failure;
  }
  await insertOutcomes(tx, [outcomeOf(judged, isSuperseded)], engine.clock.now().toString());
}

/** It cannot be booked as what it is: a person finds out what to do about it. */
async function leave(
  tx: Transaction,
  desk: ServiceDesk,
  judged: Judged,
  problem: string,
): Promise<void> {
  const { engine } = desk;
  const { clientId, adjustmentId, purpose, fence } = judged.landed.flight;
  const [lock] = await lockAdjustments(tx, [{ clientId, id: adjustmentId }]);
  const isSuperseded = lock?.version !== fence;
  const move: Move = {
    clientId,
    adjustmentId,
    from: purpose === "post" ? "sending" : "unknown",
    event: "outcomeUnknown",
    actor: MACHINE_ACTOR,
    reason: `the core put it into its own suspense, which cannot be booked: ${problem}`,
    machineMayAct: false,
  };
  if (!isSuperseded) await moveAdjustments(tx, engine, [move]);
  await insertOutcomes(tx, [outcomeOf(judged, isSuperseded)], engine.clock.now().toString());
}
