/**
 * Goes on with the return files that are due, one step at a time: read the file, match a slice of
 * its lines, finish. Each step is one transaction that holds the file's row; a process that dies
 * leaves the file as it was before the step, and any other goes on.
 */
import type { Transaction } from "../../database/database.ts";
import { isConflict } from "../../database/errors.ts";
import { Failure } from "../../kernel/failure.ts";

import { closeIfComplete } from "../acknowledge.ts";
import { closeAlarms, raiseAlarm } from "../alarms.ts";
import type { BatchDesk } from "../desk.ts";
import { profileOf } from "../generate.ts";
import { lockedFile } from "../hand-over.ts";
import { matchLines } from "./match-lines.ts";
import { readFile } from "./read-file.ts";
import { returnFileOf } from "./receive-file.ts";
import { safeText } from "./safe-text.ts";
import { changeInboundFile } from "./store.ts";
import type { InboundFileRow } from "./views.ts";
import {
  batchFilesAnswered,
  findInboundFile,
  lineCounts,
  linesOfInbound,
  lockDueInboundFile,
} from "./views.ts";

export interface InboundStep {
  readonly clientId: string;
  readonly fileId: string;
  readonly step: "read" | "matched" | "finished" | "postponed";
  /** Lines that the step settled. */
  readonly lines: number;
  /** Why it was put off. */
  readonly problem?: string;
}

const SLICE = 2000;
const POSTPONED_MINUTES = 5;
const MACHINE = "system:inbound";

/** Does the next step of the file that is due first, if there is one. */
export async function inboundNext(desk: BatchDesk): Promise<InboundStep | null> {
  const { database, clock } = desk.engine;
  const step = await database.transaction(async (tx) => {
    const file = await lockDueInboundFile(tx, clock.now().toString());
    if (file === undefined) return null;
    const done = await tx
      .savepoint(async () => {
        const done = await stepOf(tx, desk, file);
        await goneOn(tx, desk, file);
        return done;
      })
      .catch((error: unknown) => postponed(tx, desk, file, error));
    desk.failpoints.at(`batch.inbound.${done.step}`);
    return { clientId: file.clientId, fileId: file.id, ...done };
  });
  if (step !== null) desk.failpoints.at("batch.inbound.committed");
  return step;
}

/** Works one return file to its end, or to where a person has to decide. */
export async function workInbound(
  desk: BatchDesk,
  clientId: string,
  id: string,
): Promise<InboundFileRow> {
  for (;;) {
    const file = await findInboundFile(desk.engine.database, [clientId], id);
    if (file === undefined) throw new Failure("not-found", `no return file ${id}`);
    if (file.state !== "received" && file.state !== "read") return file;
    const step = await inboundNext(desk);
    if (step === null || (step.step === "postponed" && step.fileId === id)) {
      return (await findInboundFile(desk.engine.database, [clientId], id)) ?? file;
    }
  }
}

type Done = Pick<InboundStep, "step" | "lines" | "problem">;

async function stepOf(tx: Transaction, desk: BatchDesk, file: InboundFileRow): Promise<Done> {
  if (file.state === "received") {
    await readFile(tx, desk, file);
    return { step: "read", lines: 0 };
  }
  const page = { after: 0n, limit: SLICE, state: "waiting" } as const;
  const lines = await linesOfInbound(tx, file, page);
  if (lines.length === 0) {
    await finish(tx, desk, file);
    return { step: "finished", lines: 0 };
  }
  const { runtime, profile } = await profileOf(tx, desk, file.clientId, file.profile);
  const { sides } = returnFileOf(profile);
  const zone = runtime.calendar.zone;
  await matchLines(tx, desk, { file, sides, zone, actor: MACHINE, chosen: null }, lines);
  return { step: "matched", lines: lines.length };
}

/**
 * A profile that is gone or wrong, or a mistake of ours, is no reason to stop all others: it is
 * tried again later. Only what is of the database and not of the file is thrown.
 */
async function postponed(
  tx: Transaction,
  desk: BatchDesk,
  file: InboundFileRow,
  error: unknown,
): Promise<Done> {
  const isLost = error instanceof Failure && error.code === "database-unreachable";
  if (!(error instanceof Error) || isLost || isConflict(error)) throw error;
  const now = desk.engine.clock.now();
  const dueAt = now.add({ minutes: POSTPONED_MINUTES }).toString();
  const { state } = file;
  // The database's own words may quote the file.
  const problem = safeText(error.message.replaceAll("\0", "")) ?? error.name;
  await changeInboundFile(tx, file, { state, dueAt, problem }, now.toString());
  const { clientId, id: subject, profile } = file;
  const text = `return file ${file.name} is put off: ${problem}`;
  const owner = await ownerOf(tx, desk, file);
  const alarm = { clientId, profile, kind: "filePutOff", subject, owner, text } as const;
  await raiseAlarm(tx, desk, alarm, now.toString());
  return { step: "postponed", lines: 0, problem: `return file ${file.name}: ${problem}` };
}

/** The profile may be what is wrong with it. */
async function ownerOf(tx: Transaction, desk: BatchDesk, file: InboundFileRow): Promise<string> {
  try {
    const { profile } = await profileOf(tx, desk, file.clientId, file.profile);
    return returnFileOf(profile).owner;
  } catch (error) {
    if (!(error instanceof Failure) || error.code === "database-unreachable") throw error;
    return "operator";
  }
}

/** It goes on: whoever was alarmed that it was put off need not look any more. */
async function goneOn(tx: Transaction, desk: BatchDesk, file: InboundFileRow): Promise<void> {
  if (file.problem === null) return;
  const about = { clientId: file.clientId, subject: file.id, kinds: ["filePutOff"] as const };
  const now = desk.engine.clock.now().toString();
  await closeAlarms(tx, about, { by: MACHINE, because: "it goes on", now });
}

/** Every line is settled: the files that are now wholly answered are acknowledged. */
async function finish(tx: Transaction, desk: BatchDesk, file: InboundFileRow): Promise<void> {
  for (const id of await batchFilesAnswered(tx, file)) {
    await closeIfComplete(tx, desk, await lockedFile(tx, file.clientId, id));
  }
  await concludeFile(tx, desk, file, MACHINE);
}

/** Says how far a file without waiting lines is matched, and alarms its owner for the rest. */
export async function concludeFile(
  tx: Transaction,
  desk: BatchDesk,
  file: InboundFileRow,
  actor: string,
): Promise<void> {
  const now = desk.engine.clock.now().toString();
  const counts = await lineCounts(tx, file);
  const unmatched = counts.find((one) => one.state === "unmatched")?.count ?? 0n;
  const state = unmatched > 0n ? "partlyMatched" : "matched";
  const lines = unmatched === 1n ? "1 line is" : `${unmatched} lines are`;
  const problem = unmatched > 0n ? `${lines} not matched` : null;
  await changeInboundFile(tx, file, { state, dueAt: null, problem, finishedAt: now }, now);
  const about = { clientId: file.clientId, subject: file.id };
  if (unmatched === 0n) {
    const kinds = ["linesUnmatched"] as const;
    await closeAlarms(tx, { ...about, kinds }, { by: actor, because: "all are settled", now });
    return;
  }
  const { profile } = await profileOf(tx, desk, file.clientId, file.profile);
  const { owner } = returnFileOf(profile);
  const text = `return file ${file.name}: ${problem}`;
  const alarm = { ...about, profile: file.profile, kind: "linesUnmatched", owner, text } as const;
  await raiseAlarm(tx, desk, alarm, now);
}
