/**
 * The destination's answer, told by a person or a call: the whole file arrived and was processed,
 * or single lines were, or were refused. An acknowledged line is posted for good: no regeneration
 * takes it again. Telling the same twice changes nothing.
 */
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";

import type { LineAnswer } from "./answer-moves.ts";
import { executedMove, failedMove, returnedMove } from "./answer-moves.ts";
import type { BatchDesk } from "./desk.ts";
import { nextFileState } from "./file-machine.ts";
import { freshFile, lockedFile } from "./hand-over.ts";
import type { AnsweredLine } from "./line-views.ts";
import { countOpenLines, liveAdjustments } from "./line-views.ts";
import { changeFile, finishWindows, settleLines } from "./store.ts";
import type { FileRow } from "./views.ts";

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
export function acknowledge(desk: BatchDesk, told: Acknowledgement): Promise<Acknowledged> {
  return desk.engine.database.transaction((tx) => acknowledgeWithin(tx, desk, told));
}

/** As `acknowledge`, in a transaction that does more. */
export async function acknowledgeWithin(
  tx: Transaction,
  desk: BatchDesk,
  told: Acknowledgement,
): Promise<Acknowledged> {
  const { clientId, fileId } = told;
  const file = await lockedFile(tx, clientId, fileId);
  if (file.state !== "acknowledged") nextFileState(file.state, "acknowledged");
  const counts = { settled: 0, moved: 0 };
  let after: string | null = null;
  for (;;) {
    const slice: AnsweredLine[] = await liveAdjustments(tx, file, {
      only: told.adjustmentIds,
      after,
      limit: SLICE,
      // A return may come after the line was accepted: it has to name it.
      orAccepted: told.answer === "refused" && told.adjustmentIds !== null,
    });
    const last = slice.at(-1);
    if (last === undefined) break;
    const ids = slice.map((line) => line.adjustmentId);
    counts.settled += await settleLines(tx, clientId, fileId, ids, {
      outcome: told.answer === "accepted" ? "acknowledged" : "refused",
      reference: told.reference,
    });
    counts.moved += await moveAnswered(tx, desk, file, told, slice);
    after = last.adjustmentId;
  }
  await refuseUnknown(tx, file, told);
  await closeIfComplete(tx, desk, file);
  return { file: await freshFile(tx, clientId, fileId), ...counts };
}

async function moveAnswered(
  tx: Transaction,
  desk: BatchDesk,
  file: FileRow,
  told: Acknowledgement,
  lines: readonly AnsweredLine[],
): Promise<number> {
  const answer: LineAnswer = {
    clientId: file.clientId,
    fileId: file.id,
    reference: told.reference,
    actor: told.actor,
    postingDate: file.postingDate,
  };
  const first = told.answer === "accepted" ? executedMove : failedMove;
  const results = await moveAdjustments(
    tx,
    desk.engine,
    lines.map((line) => first(answer, line)),
  );
  if (told.answer === "accepted") return results.filter((one) => one.moved).length;
  // Executed on the assumption that it would post: the money comes back.
  const executed = new Set(
    results.filter((one) => !one.moved && one.state === "executed").map((one) => one.adjustmentId),
  );
  const today = { ...answer, postingDate: todayOf(desk, file) };
  const returned = await moveAdjustments(
    tx,
    desk.engine,
    lines
      .filter((line) => executed.has(line.adjustmentId))
      .map((line) => returnedMove(today, line)),
  );
  return [...results, ...returned].filter((one) => one.moved).length;
}

/** In the zone that the file was written in. */
export function todayOf(desk: BatchDesk, { facts }: Pick<FileRow, "facts">): string {
  return desk.engine.clock.now().toZonedDateTimeISO(facts.zone).toPlainDate().toString();
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

/** The file is acknowledged when each of its lines has an answer. Its row is locked already. */
export async function closeIfComplete(
  tx: Transaction,
  desk: BatchDesk,
  file: FileRow,
): Promise<void> {
  if (file.state === "acknowledged" || file.state === "void") return;
  const now = desk.engine.clock.now().toString();
  const { open } = await countOpenLines(tx, file, []);
  if (open > 0n) return;
  const state = nextFileState(file.state, "acknowledged");
  await changeFile(tx, file, { state, dueAt: null, problem: null, acknowledgedAt: now }, now);
  await finishWindows(tx, file.clientId, file.windowId, now);
}
