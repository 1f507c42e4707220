/**
 * Sends the files that are due, one try at a time. The try is committed before anything leaves and
 * its outcome after; a process that dies in between leaves a lease, and the next one goes on from
 * the recorded steps. Only proof is success, only proof is failure.
 */
import type { ClientRuntime } from "../accounting/engine.ts";
import { assert } from "../kernel/assert.ts";
import { Failure } from "../kernel/failure.ts";

import type { BatchDesk } from "./desk.ts";
import { nextFileState } from "./file-machine.ts";
import { handOver, lockedFile, showSending } from "./hand-over.ts";
import type { BatchProfile } from "./profile.ts";
import { batchProfile } from "./profile.ts";
import { sealed } from "./seal-file.ts";
import { beginTry, changeFile, leaseDueFile } from "./store.ts";
import { recordStep } from "./store-transmissions.ts";
import { readBytes } from "./writing/stored-bytes.ts";
import type { Consignment, DeliveryOutcome, Journal } from "./transmit/destination.ts";
import {
  couldNotTell,
  mayBeThere,
  mayHaveArrived,
  notPlaced,
  Overtaken,
} from "./transmit/destination.ts";
import { openDestination } from "./transmit/open-destination.ts";
import type { Try } from "./try-journal.ts";
import { leased, tryJournal } from "./try-journal.ts";
import type { FileRow } from "./views.ts";

export interface TransmitOptions {
  /** Names the process in leases and in the record. */
  readonly worker: string;
  readonly leaseSeconds: number;
  /** Divides the time between tries, for tests. */
  readonly spacingDivisor: number;
}

export interface Transmitted {
  readonly clientId: string;
  readonly fileId: string;
  readonly outcome: DeliveryOutcome["kind"];
}

/** Sends the next due file, if there is one. */
export async function transmitNext(
  desk: BatchDesk,
  options: TransmitOptions,
): Promise<Transmitted | null> {
  const now = desk.engine.clock.now();
  const leasedUntil = now.add({ seconds: options.leaseSeconds });
  const due = await desk.engine.database.transaction((tx) =>
    leaseDueFile(tx, options.worker, now.toString(), leasedUntil.toString()),
  );
  if (due === undefined) return null;
  const attempt = await beginAttempt(desk, due, options.worker);
  desk.failpoints.at("batch.transmit.begun");
  const outcome = await deliver(desk, attempt, options);
  desk.failpoints.at("batch.transmit.delivered");
  await settle(desk, attempt, outcome, options);
  return { clientId: due.clientId, fileId: due.id, outcome: outcome.kind };
}

interface Attempt {
  readonly file: FileRow;
  readonly number: number;
  readonly profile: BatchProfile | Failure;
}

async function beginAttempt(
  desk: BatchDesk,
  due: { clientId: string; id: string },
  actor: string,
): Promise<Attempt> {
  const now = desk.engine.clock.now().toString();
  return desk.engine.database.transaction(async (tx) => {
    const file = await lockedFile(tx, due.clientId, due.id);
    const state = nextFileState(file.state, "sent");
    assert(state === "sending", "a file that is due is sent");
    const number = file.attempts + 1;
    await beginTry(tx, file, number, now);
    await recordStep(tx, stepOf(desk, file, number, actor, "started", {}), now);
    const runtime = (await desk.engine.clients(tx, [file.clientId])).get(file.clientId);
    return { file, number, profile: sendingProfile(runtime, file) };
  });
}

/** A profile that is gone or wrong is no reason to die: nothing leaves, and a person sees why. */
function sendingProfile(runtime: ClientRuntime | undefined, file: FileRow): BatchProfile | Failure {
  try {
    assert(runtime !== undefined, "the client of a file exists");
    return batchProfile(runtime.settings, file.profile);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

async function deliver(
  desk: BatchDesk,
  { file, number, profile }: Attempt,
  { worker, leaseSeconds }: TransmitOptions,
): Promise<DeliveryOutcome> {
  const one = { file, number, worker, leaseSeconds };
  const journal = await tryJournal(desk, one);
  const outcome = await placing(desk, one, profile, journal);
  if (outcome.kind !== "notPlaced" || !mayHaveArrived(journal.before)) return outcome;
  return couldNotTell(`${outcome.reason}; what was sent before may have arrived`);
}

async function placing(
  desk: BatchDesk,
  one: Try,
  profile: Attempt["profile"],
  journal: Journal,
): Promise<DeliveryOutcome> {
  const untold = (reason: string): DeliveryOutcome =>
    mayBeThere(journal.earlier) ? couldNotTell(reason) : notPlaced(reason);
  if (profile instanceof Failure) return untold(profile.message);
  try {
    const destination = openDestination(profile.delivery, desk);
    if (destination === null) return untold("the profile sends nothing");
    const clear = consignmentOf(desk, one);
    const { openpgp: settings } = profile;
    const leaving =
      settings === undefined ? clear : await sealed(desk, { one, settings }, clear, journal);
    return await destination.place(leaving, journal);
  } catch (error) {
    // A newer try decides; what this one says is kept in the record alone.
    if (error instanceof Overtaken) return couldNotTell(error.message);
    if (error instanceof Failure) return untold(error.message);
    throw error;
  }
}

function consignmentOf(desk: BatchDesk, one: Try): Consignment {
  const { file, number } = one;
  const place = { clientId: file.clientId, fileId: file.id };
  return {
    fileName: file.fileName,
    fileId: file.id,
    tryName: `${file.transmission}-${number}`,
    sizeBytes: Number(file.sizeBytes),
    sha256: file.sha256,
    content: () =>
      leased(desk, one, readBytes(desk.engine.database, place, desk.keys, sealedByOf(file))),
  };
}

/** Records the outcome, unless a newer try has begun: then this one changes nothing. */
async function settle(
  desk: BatchDesk,
  attempt: Attempt,
  outcome: DeliveryOutcome,
  options: TransmitOptions,
): Promise<void> {
  const now = desk.engine.clock.now();
  await desk.engine.database.transaction(async (tx) => {
    const file = await lockedFile(tx, attempt.file.clientId, attempt.file.id);
    const { kind, ...detail } = outcome;
    const step = stepOf(desk, attempt.file, attempt.number, options.worker, kind, detail);
    await recordStep(tx, step, now.toString());
    const isCurrent =
      file.state === "sending" &&
      file.attempts === attempt.number &&
      file.transmission === attempt.file.transmission;
    if (!isCurrent) return;
    if (outcome.kind === "placed") {
      await handOver(tx, desk, file, options.worker);
      desk.failpoints.at("batch.transmit.settled");
      return;
    }
    const dueAt = nextTryAt(attempt, options, now);
    // Absent for sure and tried again soon, it is still being sent.
    const goesOn = outcome.kind === "notPlaced" && dueAt !== null;
    const state = goesOn ? file.state : nextFileState(file.state, outcome.kind);
    if (dueAt === null) {
      const shown = { isTried: false, actor: options.worker, reason: outcome.reason };
      await showSending(tx, desk, file, shown);
    }
    await changeFile(tx, file, { state, dueAt, problem: outcome.reason }, now.toString());
  });
}

function nextTryAt(
  { number, profile }: Attempt,
  { spacingDivisor }: TransmitOptions,
  now: ReturnType<BatchDesk["engine"]["clock"]["now"]>,
): string | null {
  if (profile instanceof Failure || number >= profile.tries.maximum) return null;
  const { minutesBetween } = profile.tries;
  const minutes = minutesBetween[number - 1] ?? minutesBetween.at(-1) ?? 0;
  return now.add({ milliseconds: Math.round((minutes * 60_000) / spacingDivisor) }).toString();
}

function stepOf(
  desk: BatchDesk,
  file: FileRow,
  attempt: number,
  actor: string,
  step: string,
  detail: Readonly<Record<string, unknown>>,
) {
  return {
    clientId: file.clientId,
    id: desk.engine.ids.next(),
    fileId: file.id,
    transmission: file.transmission,
    attempt,
    step,
    detail,
    actor,
  };
}

export function sealedByOf(file: FileRow) {
  return file.wrappedKey === null || file.wrappingKey === null
    ? null
    : { wrappedKey: file.wrappedKey, wrappingKey: file.wrappingKey };
}
