/**
 * The destination's answer, told by a person or a call: the whole file arrived and was processed,
 * or single lines were, or were refused. An acknowledged line is posted for good: no regeneration
 * takes it again. Telling the same twice changes nothing.
 */
import type { Move } from "../accounting/move-adjustments.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";

import type { BatchDesk } from "./desk.ts";
import { nextFileState } from "./file-machine.ts";
import { freshFile, lockedFile } from "./hand-over.ts";
import { changeFile, finishWindows, settleLines } from "./store.ts";
import type { FileRow } from "./views.ts";
import { countOpenLines, liveAdjustments } from "./line-views.ts";

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

const SLICE = 2000;

/**
 * Throws `not-found`, `transition-refused` for a void file, `input-invalid` for an unknown line.
 */
export async function acknowledge(desk: BatchDesk, told: Acknowledgement): Promise<Acknowledged> {
  const { clientId, fileId } = told;
  return desk.engine.database.transaction(async (tx) => {
    const file = await lockedFile(tx, clientId, fileId);
    if (file.state !== "acknowledged") nextFileState(file.state, "acknowledged");
    const counts = { settled: 0, moved: 0 };
    let after: string | null = null;
    for (;;) {
      const slice: string[] = await liveAdjustments(tx, file, {
        only: told.adjustmentIds,
        after,
        limit: SLICE,
        // A return may come after the line was accepted: it has to name it.
        orAccepted: told.answer === "refused" && told.adjustmentIds !== null,
      });
      const last = slice.at(-1);
      if (last === undefined) break;
      counts.settled += await settleLines(tx, clientId, fileId, slice, {
        outcome: told.answer === "accepted" ? "acknowledged" : "refused",
        reference: told.reference,
      });
      counts.moved += await moveAnswered(tx, desk, file, told, slice);
      after = last;
    }
    await refuseUnknown(tx, file, told);
    await closeIfComplete(tx, desk, file);
    return { file: await freshFile(tx, clientId, fileId), ...counts };
  });
}

async function moveAnswered(
  tx: Transaction,
  desk: BatchDesk,
  file: FileRow,
  told: Acknowledgement,
  adjustmentIds: readonly string[],
): Promise<number> {
  const results = await moveAdjustments(
    tx,
    desk.engine,
    adjustmentIds.map((id) => answerTo(file, told, id)),
  );
  if (told.answer === "accepted") return results.filter((one) => one.moved).length;
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

function answerTo(file: FileRow, told: Acknowledgement, adjustmentId: string): Move {
  const common = {
    clientId: file.clientId,
    adjustmentId,
    from: "inFile" as const,
    actor: told.actor,
    outside: { file: file.id, answer: told.answer, reference: told.reference },
  };
  if (told.answer === "refused") {
    return { ...common, event: "lineRefused", reason: told.reference };
  }
  const { postingDate } = file;
  return {
    ...common,
    event: "acknowledged",
    execution: { basis: "acknowledged", reference: told.reference, postingDate },
  };
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

/** A line that the file does not hold is an error, not silence; one answered before is not. */
async function refuseUnknown(
  tx: Transaction,
  file: FileRow,
  { adjustmentIds }: Acknowledgement,
): Promise<void> {
  if (adjustmentIds === null) return;
  const { unknown } = await countOpenLines(tx, file, adjustmentIds);
  if (unknown === 0n) return;
  throw new Failure("input-invalid", `${unknown} of the lines are not in file ${file.id}`, {
    file: file.id,
  });
}

async function closeIfComplete(tx: Transaction, desk: BatchDesk, file: FileRow): Promise<void> {
  const now = desk.engine.clock.now().toString();
  const { open } = await countOpenLines(tx, file, []);
  if (open > 0n || file.state === "acknowledged") return;
  const state = nextFileState(file.state, "acknowledged");
  await changeFile(tx, file, { state, dueAt: null, problem: null, acknowledgedAt: now }, now);
  await finishWindows(tx, file.clientId, file.windowId, now);
}
