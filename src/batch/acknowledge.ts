/**
 * The destination's answer, told by a person or a call: the whole file arrived and was processed,
 * or single lines were, or were refused. An acknowledged line is posted for good: no regeneration
 * takes it again. Telling the same twice changes nothing.
 */
import type { Move } from "../accounting/move-adjustments.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import { moveAlike } from "../accounting/move-alike.ts";
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";

import type { BatchDesk } from "./desk.ts";
import { nextFileState } from "./file-machine.ts";
import { freshFile, lockedFile } from "./hand-over.ts";
import { changeFile, finishWindows, lookUpOneByOne, settleLines } from "./store.ts";
import type { FileRow } from "./views.ts";
import { hasOpenLine, linesSpokenOf, openLines } from "./line-views.ts";

export interface Acknowledgement {
  readonly clientId: string;
  readonly fileId: string;
  /** The lines it speaks of, by adjustment; null: all that are open. */
  readonly adjustmentIds: readonly string[] | null;
  readonly answer: "accepted" | "refused";
  /** The destination's own reference or reason code. */
  readonly reference: string;
  readonly actor: string;
}

export interface Acknowledged {
  readonly file: FileRow;
  /** Lines whose answer was recorded now. */
  readonly settled: number;
  /** Adjustments that moved by it. */
  readonly moved: number;
}

const SLICE = 4000;

/**
 * Throws `not-found`, `transition-refused` for a void file, `input-invalid` for an unknown line.
 */
export async function acknowledge(desk: BatchDesk, told: Acknowledgement): Promise<Acknowledged> {
  const { clientId, fileId } = told;
  return desk.engine.database.transaction(async (tx) => {
    const file = await lockedFile(tx, clientId, fileId);
    if (file.state !== "acknowledged") nextFileState(file.state, "acknowledged");
    await lookUpOneByOne(tx);
    const counts = { settled: 0, moved: 0 };
    for await (const slice of spokenOf(tx, file, told)) {
      counts.settled += await settleLines(tx, clientId, fileId, slice, {
        outcome: told.answer === "accepted" ? "acknowledged" : "refused",
        reference: told.reference,
      });
      counts.moved += await moveAnswered(tx, desk, file, told, slice);
    }
    await closeIfComplete(tx, desk, file);
    return { file: await freshFile(tx, clientId, fileId), ...counts };
  });
}

/**
 * The adjustments that the answer is about, slice by slice. Throws `input-invalid` where the file
 * does not hold one: that is an error, not silence; one answered before is left out.
 */
async function* spokenOf(
  tx: Transaction,
  file: FileRow,
  { adjustmentIds, answer }: Acknowledgement,
): AsyncGenerator<string[]> {
  if (adjustmentIds === null) {
    for (let after = 0n; ;) {
      const lines = await openLines(tx, file, after, SLICE);
      const last = lines.at(-1);
      if (last === undefined) return;
      yield lines.map((line) => line.adjustmentId);
      after = last.lineNumber;
    }
  }
  const told = [...new Set(adjustmentIds)].sort();
  for (let at = 0; at < told.length; at += SLICE) {
    // A return may come after the line was accepted: it has to name it.
    const slice = told.slice(at, at + SLICE);
    const { answerable, unknown } = await linesSpokenOf(tx, file, slice, answer === "refused");
    if (unknown > 0) {
      throw new Failure("input-invalid", `${unknown} of the lines are not in file ${file.id}`, {
        file: file.id,
      });
    }
    if (answerable.length > 0) yield answerable;
  }
}

async function moveAnswered(
  tx: Transaction,
  desk: BatchDesk,
  file: FileRow,
  told: Acknowledgement,
  adjustmentIds: readonly string[],
): Promise<number> {
  const { clientId, postingDate } = file;
  const { actor, reference, answer } = told;
  const outside = { file: file.id, answer, reference };
  if (answer === "accepted") {
    const move = {
      clientId,
      from: "inFile",
      event: "acknowledged",
      actor,
      execution: { basis: "acknowledged", reference, postingDate },
    } as const;
    const rows = adjustmentIds.map((adjustmentId) => ({ adjustmentId, outside }));
    return (await moveAlike(tx, desk.engine, move, rows)).size;
  }
  const results = await moveAdjustments(
    tx,
    desk.engine,
    adjustmentIds.map((adjustmentId) => ({
      clientId,
      adjustmentId,
      from: "inFile",
      event: "lineRefused",
      actor,
      reason: reference,
      outside,
    })),
  );
  // Executed on the assumption that it would post: the money comes back.
  const returned = await moveAdjustments(
    tx,
    desk.engine,
    results
      .filter((one) => !one.moved && one.state === "executed")
      .map((one) => returnOf(desk, file, told, one.adjustmentId)),
  );
  return [...results, ...returned].filter((one) => one.moved).length;
}

function returnOf(
  desk: BatchDesk,
  file: FileRow,
  told: Acknowledgement,
  adjustmentId: string,
): Move {
  return {
    clientId: file.clientId,
    adjustmentId,
    from: "executed",
    event: "returned",
    actor: told.actor,
    reason: told.reference,
    outside: { file: file.id, answer: told.answer, reference: told.reference },
    execution: {
      basis: "returned",
      reference: told.reference,
      postingDate: desk.engine.clock
        .now()
        .toZonedDateTimeISO(file.facts.zone)
        .toPlainDate()
        .toString(),
    },
  };
}

async function closeIfComplete(tx: Transaction, desk: BatchDesk, file: FileRow): Promise<void> {
  const now = desk.engine.clock.now().toString();
  if (file.state === "acknowledged" || (await hasOpenLine(tx, file))) return;
  const state = nextFileState(file.state, "acknowledged");
  await changeFile(tx, file, { state, dueAt: null, problem: null, acknowledgedAt: now }, now);
  await finishWindows(tx, file.clientId, file.windowId, now);
}
