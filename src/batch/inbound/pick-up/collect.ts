/**
 * Collects what destinations left for us: every profile with a pick-up is looked at, each file is
 * stored before it is put out of the way. Killed in between, it is found again, and its bytes are
 * known by their hash.
 */
import { usableClients } from "../../../accounting/client-runtime.ts";
import { allClients } from "../../../cases/views.ts";
import { Failure } from "../../../kernel/failure.ts";

import { closeAlarms, raiseAlarm } from "../../alarms.ts";
import type { BatchDesk } from "../../desk.ts";
import type { BatchProfile } from "../../profile.ts";
import { batchProfiles } from "../../profile.ts";
import type { PickUp } from "../../pick-up-shapes.ts";
import { sha256Of } from "../kept-bytes.ts";
import { receiveFile, refuseTooLarge, returnFileOf } from "../receive-file.ts";
import { Looks } from "./looks.ts";
import { openPlace } from "./open-place.ts";
import type { PickUpPlace, WaitingFile } from "./place.ts";
import { FileFailed, PlaceFailed } from "./place.ts";

export interface CollectProblem {
  readonly clientId: string;
  readonly profile: string;
  readonly reason: string;
}

export interface Collected {
  readonly files: number;
  readonly problems: readonly CollectProblem[];
}

const MOST_REASONS = 5;

/**
 * Looks at every place whose time has come since the looks before. One that cannot be reached
 * alarms its owner, and stops no other; so does a file that cannot be taken.
 */
export async function collectAll(desk: BatchDesk, looks: Looks = new Looks()): Promise<Collected> {
  const { database } = desk.engine;
  const ids = (await allClients(database)).map((one) => one.id);
  const { usable } = await usableClients(desk.engine, database, ids);
  const problems: CollectProblem[] = [];
  let files = 0;
  for (const { id: clientId, settings } of usable) {
    for (const profile of profilesOf(settings)) {
      const { pickUp } = profile;
      const now = desk.engine.clock.now().epochMilliseconds;
      const place = `${clientId}\n${profile.name}`;
      if (!looks.isTime(place, pickUp.everySeconds, now)) continue;
      try {
        const { count, reason } = await collectFrom(desk, clientId, profile, looks);
        files += count;
        if (reason !== null) problems.push({ clientId, profile: profile.name, reason });
        await tellOwner(desk, clientId, profile, reason);
      } catch (error) {
        const reason = wordsOf(error);
        if (reason === null) throw error;
        problems.push({ clientId, profile: profile.name, reason });
        await tellOwner(desk, clientId, profile, reason);
      }
    }
  }
  return { files, problems };
}

type Collecting = BatchProfile & { readonly pickUp: PickUp };

function profilesOf(settings: Parameters<typeof batchProfiles>[0]): Collecting[] {
  try {
    return [...batchProfiles(settings).values()].flatMap((profile) => {
      const pickUp = profile.returnFile?.pickUp;
      return pickUp === undefined ? [] : { ...profile, pickUp };
    });
  } catch (error) {
    // Settings that do not fit are told where windows are made.
    if (error instanceof Failure) return [];
    throw error;
  }
}

async function collectFrom(
  desk: BatchDesk,
  clientId: string,
  profile: Collecting,
  looks: Looks,
): Promise<{ readonly count: number; readonly reason: string | null }> {
  const { pickUp } = profile;
  const place = await openPlace(pickUp, desk);
  const reasons: string[] = [];
  let count = 0;
  try {
    const now = desk.engine.clock.now().epochMilliseconds;
    const key = `${clientId}\n${profile.name}`;
    const { whole, leftMarkers } = looks.sort(key, await place.list(), pickUp, now);
    for (const marker of leftMarkers) await place.removeMarker(marker);
    for (const file of whole) {
      try {
        if (await collectOne(desk, { clientId, profile, place, looks }, file)) count += 1;
      } catch (error) {
        const isOfFile = error instanceof FileFailed || error instanceof Failure;
        if (!isOfFile) throw error;
        reasons.push(error.message);
      }
    }
  } finally {
    await place.close();
  }
  const more = reasons.length > MOST_REASONS ? `, and ${reasons.length - MOST_REASONS} more` : "";
  const named = `${reasons.slice(0, MOST_REASONS).join("; ")}${more}`;
  return { count, reason: reasons.length === 0 ? null : named };
}

interface Collection {
  readonly clientId: string;
  readonly profile: Collecting;
  readonly place: PickUpPlace;
  readonly looks: Looks;
}

/** False where it changed while it was read: it is whole at a later look. */
async function collectOne(
  desk: BatchDesk,
  { clientId, profile, place, looks }: Collection,
  file: WaitingFile,
): Promise<boolean> {
  const { name } = file;
  const { kind: source, doneMarker } = profile.pickUp;
  refuseTooLarge(returnFileOf(profile).format, name, file.sizeBytes);
  const bytes = await place.read(file);
  if (bytes === null) return false;
  const key = `${clientId}\n${profile.name}`;
  const sha256 = sha256Of(bytes);
  // What its place does not let go of has not come again.
  if (!looks.isKept(key, name, sha256)) {
    const actor = "system:inbound";
    await receiveFile(desk, { clientId, profile: profile.name, name, source, bytes, actor });
    looks.keep(key, name, sha256);
  }
  await place.collected(file, sha256);
  if (doneMarker !== undefined) await place.removeMarker(`${name}${doneMarker}`);
  looks.keep(key, name, null);
  desk.failpoints.at("batch.inbound.collected");
  return true;
}

/** An alarm while the place cannot be reached; closed when it can again. */
async function tellOwner(
  desk: BatchDesk,
  clientId: string,
  profile: BatchProfile,
  reason: string | null,
): Promise<void> {
  const kind = "pickUpFailed" as const;
  const subject = `pickUp:${profile.name}`;
  await desk.engine.database.transaction(async (tx) => {
    const now = desk.engine.clock.now().toString();
    if (reason === null) {
      const about = { clientId, subject, kinds: [kind] };
      await closeAlarms(tx, about, { by: "system:inbound", because: "it can be reached", now });
      return;
    }
    const owner = profile.returnFile?.owner ?? "operator";
    const text = `return files of ${profile.name} cannot be picked up: ${reason}`;
    const alarm = { clientId, profile: profile.name, kind, subject, owner, text };
    await raiseAlarm(tx, desk, alarm, now);
  });
}

/** Null for what is our own mistake. */
function wordsOf(error: unknown): string | null {
  if (error instanceof Failure || error instanceof PlaceFailed) return error.message;
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === "string" ? code : null;
}
