/**
 * The destination's answer, told by a person or a call: the whole file arrived and was processed,
 * or single lines were, or were refused. An acknowledged line is posted for good: no regeneration
 * takes it again. Telling the same twice changes nothing.
 */
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";

import type { LineAnswer } from "./answer-moves.ts";
import { failedMove, returnedMove } from "./answer-moves.ts";
import type { BatchDesk } from "./desk.ts";
import { nextFileState } from "./file-machine.ts";
import { freshFile, lockedFile } from "./hand-over.ts";
import { executeLines } from "./execute-lines.ts";
import type { AnsweredLine } from "./line-views.ts";
import { hasOpenLine, linesSpokenOf, openLines } from "./line-views.ts";
import { lookUpOneByOne } from "./look-up.ts";
import { refuseUnreleased } from "./release-need.ts";
import { finishWindows } from "./store-windows.ts";
import { endStatements } from "./state-fate.ts";
import { changeFile, settleLines } from "./store.ts";
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

const SLICE = 4000;

/**
 * Throws `not-found`, `transition-refused` for a void file and for a line of which a part was
 * answered otherwise, `input-invalid` for an unknown line.
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
  refuseUnreleased(file);
  if (file.state !== "acknowledged") nextFileState(file.state, "acknowledged");
  await lookUpOneByOne(tx);
  const counts = { settled: 0, moved: 0 };
  for await (const slice of spokenOf(tx, file, told)) {
    const ids = slice.map((line) => line.adjustmentId);
    counts.settled += await settleLines(tx, clientId, fileId, ids, {
      outcome: told.answer === "accepted" ? "acknowledged" : "refused",
      reference: told.reference,
    });
    counts.moved += await moveAnswered(tx, desk, file, told, slice);
  }
  await closeIfComplete(tx, desk, file);
  return { file: await freshFile(tx, clientId, fileId), ...counts };
}

/**
 * The lines that the answer is about, slice by slice. Throws `input-invalid` where the file
 * does not hold one: that is an error, not silence; one answered before is left out.
 */
async function* spokenOf(
  tx: Transaction,
  file: FileRow,
  { adjustmentIds, answer }: Acknowledgement,
): AsyncGenerator<AnsweredLine[]> {
  if (adjustmentIds === null) {
    for (let after = 0n; ;) {
      const lines = await openLines(tx, file, answer, { afterLine: after, limit: SLICE });
      const last = lines.at(-1);
      if (last === undefined) return;
      yield lines;
      after = last.lineNumber;
    }
  }
  const told = [...new Set(adjustmentIds)].sort();
  for (let at = 0; at < told.length; at += SLICE) {
    // A return may come after the line was accepted: it has to name it.
    const slice = told.slice(at, at + SLICE);
    const { answerable, unknown, otherwise } = await linesSpokenOf(tx, file, slice, answer);
    if (unknown > 0) {
      throw new Failure("input-invalid", `${unknown} of the lines are not in file ${file.id}`, {
        file: file.id,
      });
    }
    if (otherwise > 0) {
      const said = `${otherwise} of the lines were answered in part otherwise`;
      throw new Failure("transition-refused", `${said}: settle their other details`, {
        state: file.state,
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
  lines: readonly AnsweredLine[],
): Promise<number> {
  const { clientId, id, postingDate } = file;
  const { actor, reference } = told;
  if (told.answer === "accepted") {
    const move = {
      clientId,
      from: "inFile",
      event: "acknowledged",
      actor,
      outside: { file: id, answer: told.answer, reference },
      execution: { basis: "acknowledged", reference, postingDate },
    } as const;
    return executeLines(tx, desk.engine, move, lines);
  }
  const answer: LineAnswer = { clientId, fileId: id, reference, actor, postingDate };
  const results = await moveAdjustments(
    tx,
    desk.engine,
    lines.map((line) => failedMove(answer, line)),
  );
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

/** The file is acknowledged when each of its lines has an answer. Its row is locked already. */
export async function closeIfComplete(
  tx: Transaction,
  desk: BatchDesk,
  file: FileRow,
): Promise<void> {
  if (file.state === "acknowledged" || file.state === "void") return;
  // What never left is not answered as a whole, whatever its lines say.
  if (file.release === "waiting") return;
  if (await hasOpenLine(tx, file)) return;
  const now = desk.engine.clock.now().toString();
  const state = nextFileState(file.state, "acknowledged");
  await changeFile(tx, file, { state, dueAt: null, problem: null, acknowledgedAt: now }, now);
  await finishWindows(tx, file.clientId, file.windowId, now);
  await endStatements(tx, file, { actor: "redress", reason: "every line was answered" }, now);
}
