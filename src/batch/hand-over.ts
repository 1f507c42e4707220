/**
 * What a file's arrival means for its movements. With basis *assumed* they count as executed when
 * the file is handed over, as the reference product does; else they wait for the acknowledgement.
 */
import type { Move } from "../accounting/move-adjustments.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";

import type { BatchDesk } from "./desk.ts";
import { nextFileState } from "./file-machine.ts";
import { profileOf } from "./generate.ts";
import { executeLines } from "./execute-lines.ts";
import { lookUpOneByOne } from "./look-up.ts";
import { refuseUnreleased } from "./release-need.ts";
import { finishWindows } from "./store-windows.ts";
import { changeFile } from "./store.ts";
import { recordStep } from "./store-transmissions.ts";
import type { FileRow } from "./views.ts";
import type { AnsweredLine } from "./line-views.ts";
import { linesOfFile, openLines } from "./line-views.ts";
import { fileById, lockFile } from "./views.ts";

const SLICE = 2000;

/** Marks a locked file handed over and, where that is the basis, its movements executed. */
export async function handOver(
  tx: Transaction,
  desk: BatchDesk,
  file: FileRow,
  actor: string,
): Promise<void> {
  const now = desk.engine.clock.now().toString();
  const { clientId } = file;
  const state = nextFileState(file.state, "placed");
  const { profile } = await profileOf(tx, desk, clientId, file.profile);
  await changeFile(tx, file, { state, dueAt: null, problem: null, handedOverAt: now }, now);
  if (profile.basis === "assumed") {
    await lookUpOneByOne(tx);
    await assumeExecuted(tx, desk, file, actor);
  }
  await finishWindows(tx, clientId, file.windowId, now);
}

async function assumeExecuted(
  tx: Transaction,
  desk: BatchDesk,
  file: FileRow,
  actor: string,
): Promise<void> {
  const { clientId, id, fileName, postingDate } = file;
  const move = {
    clientId,
    from: "inFile",
    event: "handedOver",
    actor,
    outside: { file: id },
    execution: { basis: "assumed", reference: fileName, postingDate },
  } as const;
  for (let after = 0n; ;) {
    const lines = await openLines(tx, file, "accepted", { afterLine: after, limit: SLICE });
    const last = lines.at(-1);
    if (last === undefined) return;
    await executeLines(tx, desk.engine, move, lines);
    after = last.lineNumber;
  }
}

/**
 * Moves every live line's adjustment that no answer was recorded for, slice by slice; one that is
 * no longer where the move starts stays. Answers how many moved.
 */
export async function moveLines(
  tx: Transaction,
  desk: BatchDesk,
  file: { clientId: string; id: string },
  moveOf: (line: AnsweredLine) => Move,
): Promise<number> {
  let moved = 0;
  let after = 0n;
  for (;;) {
    const lines = await linesOfFile(tx, { ...file, fileId: file.id }, after, SLICE);
    const last = lines.at(-1);
    if (last === undefined) return moved;
    const open = lines.filter((line) => line.live && line.outcome === null);
    const moves = open.map(moveOf);
    const results = await moveAdjustments(tx, desk.engine, moves);
    moved += results.filter((one) => one.moved).length;
    after = last.lineNumber;
  }
}

/**
 * Shows on every line's assignment whether the machine still sends the file: its tries used up, a
 * person acts on the file. A line that is not waiting any more stays as it is.
 */
export async function showSending(
  tx: Transaction,
  desk: BatchDesk,
  file: FileRow,
  shown: { isTried: boolean; actor: string; reason: string },
): Promise<void> {
  await moveLines(tx, desk, file, ({ adjustmentId }) => ({
    clientId: file.clientId,
    adjustmentId,
    from: "inFile",
    event: shown.isTried ? "fileResent" : "fileNotDelivered",
    machineMayAct: shown.isTried,
    actor: shown.actor,
    reason: shown.reason,
    outside: { file: file.id },
  }));
}

/**
 * A person says that a file arrived: one carried by hand, or one of which the machine could not
 * tell. Throws `transition-refused` in any other state.
 */
export async function stateHandedOver(
  desk: BatchDesk,
  request: { clientId: string; fileId: string; reason: string; actor: string },
): Promise<FileRow> {
  const { clientId, fileId, actor } = request;
  return desk.engine.database.transaction(async (tx) => {
    const file = await lockedFile(tx, clientId, fileId);
    if (file.state === "sending") throw beingSent(file);
    refuseUnreleased(file);
    await recordStep(
      tx,
      {
        clientId,
        id: desk.engine.ids.next(),
        fileId,
        transmission: file.transmission,
        attempt: file.attempts,
        step: "statedHandedOver",
        detail: { reason: request.reason },
        actor,
      },
      desk.engine.clock.now().toString(),
    );
    await handOver(tx, desk, file, actor);
    return freshFile(tx, clientId, fileId);
  });
}

/** Throws `not-found`. */
export async function lockedFile(
  tx: Transaction,
  clientId: string,
  fileId: string,
): Promise<FileRow> {
  const file = await lockFile(tx, clientId, fileId);
  if (file === undefined) throw new Failure("not-found", `no batch file ${fileId}`);
  return file;
}

export async function freshFile(
  tx: Transaction,
  clientId: string,
  fileId: string,
): Promise<FileRow> {
  const file = await fileById(tx, clientId, fileId);
  if (file === undefined) throw new Failure("not-found", `no batch file ${fileId}`);
  return file;
}

export function beingSent(file: FileRow): Failure {
  return new Failure("transition-refused", `file ${file.id} is being sent right now`, {
    state: file.state,
  });
}
