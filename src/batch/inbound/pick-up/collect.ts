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
import { receiveFile } from "../receive-file.ts";
import type { InboundSource } from "../store.ts";
import { directoryPlace } from "./directory.ts";
import type { PickUpPlace } from "./place.ts";

export type PickUp = NonNullable<NonNullable<BatchProfile["returnFile"]>["pickUp"]>;

/** Opens the place that a profile names. Throws `configuration-invalid`. */
export type OpenPlace = (pickUp: PickUp) => Promise<PickUpPlace>;

export interface CollectProblem {
  readonly clientId: string;
  readonly profile: string;
  readonly reason: string;
}

export interface Collected {
  readonly files: number;
  readonly problems: readonly CollectProblem[];
}

const MOST_BYTES = 512 * 1024 ** 2;

/** Only directories: the transports bring the others. */
export function openDirectory(pickUp: PickUp): Promise<PickUpPlace> {
  const { kind, directory } = pickUp;
  if (kind === "directory" && directory !== undefined) {
    return Promise.resolve(directoryPlace(directory));
  }
  throw new Failure("configuration-invalid", `nothing picks up from ${kind}`, { kind });
}

/**
 * Looks at every place whose time has come since `looked` was kept. One that cannot be reached
 * alarms its owner, and stops no other.
 */
export async function collectAll(
  desk: BatchDesk,
  openPlace: OpenPlace = openDirectory,
  looked = new Map<string, number>(),
): Promise<Collected> {
  const { database } = desk.engine;
  const ids = (await allClients(database)).map((one) => one.id);
  const { usable } = await usableClients(desk.engine, database, ids);
  const problems: CollectProblem[] = [];
  let files = 0;
  for (const { id: clientId, settings } of usable) {
    for (const profile of profilesOf(settings)) {
      if (!isTime(desk, looked, clientId, profile)) continue;
      try {
        files += await collectFrom(desk, clientId, profile, openPlace);
        await tellOwner(desk, clientId, profile, null);
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

function isTime(
  desk: BatchDesk,
  looked: Map<string, number>,
  clientId: string,
  profile: BatchProfile,
): boolean {
  const key = `${clientId}\n${profile.name}`;
  const now = desk.engine.clock.now().epochMilliseconds;
  const everyMilliseconds = (profile.returnFile?.pickUp?.everySeconds ?? 0) * 1000;
  if (now - (looked.get(key) ?? -Infinity) < everyMilliseconds) return false;
  looked.set(key, now);
  return true;
}

function profilesOf(settings: Parameters<typeof batchProfiles>[0]): BatchProfile[] {
  try {
    return [...batchProfiles(settings).values()].filter(
      (profile) => profile.returnFile?.pickUp !== undefined,
    );
  } catch (error) {
    // Settings that do not fit are told where windows are made.
    if (error instanceof Failure) return [];
    throw error;
  }
}

async function collectFrom(
  desk: BatchDesk,
  clientId: string,
  profile: BatchProfile,
  openPlace: OpenPlace,
): Promise<number> {
  const pickUp = profile.returnFile?.pickUp as PickUp;
  const place = await openPlace(pickUp);
  let count = 0;
  try {
    const now = desk.engine.clock.now().epochMilliseconds;
    const quietSince = now - pickUp.quietSeconds * 1000;
    for (const file of await place.list()) {
      if (file.changedAt !== null && file.changedAt.getTime() > quietSince) continue;
      if (file.sizeBytes > MOST_BYTES) {
        throw new Failure("body-too-large", `${file.name} has more than 512 MiB`);
      }
      const bytes = await place.read(file.name);
      // It grew while it was read: it is whole at the next look.
      if (bytes.length !== file.sizeBytes) continue;
      const source: InboundSource = pickUp.kind;
      const actor = "system:inbound";
      const { name } = file;
      await receiveFile(desk, { clientId, profile: profile.name, name, source, bytes, actor });
      await place.collected(name);
      desk.failpoints.at("batch.inbound.collected");
      count += 1;
    }
  } finally {
    await place.close();
  }
  return count;
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
  if (error instanceof Failure) return error.message;
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === "string" ? code : null;
}
