/**
 * The times in which a profile did not have a cut-off: told when settings are saved, and seen by
 * the batch clock where they were changed otherwise.
 *
 * The rule it protects: what a profile did not ask for was not missed, and is not made up. A window
 * missed because nothing ran is.
 */
import { Temporal } from "temporal-polyfill";

import type { ClientSettings } from "../accounting/client-settings.ts";
import { lockClient } from "../cases/views.ts";
import type { Transaction } from "../database/database.ts";

import type { BatchDesk } from "./desk.ts";
import type { BatchProfile } from "./profile.ts";
import { batchProfile, batchProfiles } from "./profile.ts";
import type { CutOffGap } from "./store-cut-off-gaps.ts";
import { beginGaps, cutOffGaps, endGaps } from "./store-cut-off-gaps.ts";

/** Whether a profile did not have this cut-off at an instant. */
export function isInGap(gaps: readonly CutOffGap[], cutOff: string, at: string): boolean {
  const instant = Temporal.Instant.from(at);
  const isBefore = (one: Temporal.Instant, other: string): boolean =>
    Temporal.Instant.compare(one, Temporal.Instant.from(other)) < 0;
  return gaps.some(
    (gap) =>
      gap.cutOff === cutOff &&
      Temporal.Instant.compare(Temporal.Instant.from(gap.removedAt), instant) < 0 &&
      (gap.takenUpAt === null || isBefore(instant, gap.takenUpAt)),
  );
}

/** Settings saved at this instant. The caller holds the client's row. */
export async function followSavedCutOffs(
  tx: Transaction,
  clientId: string,
  settings: Pick<ClientSettings, "batchProfiles">,
  now: string,
): Promise<void> {
  for (const profile of batchProfiles(settings).values()) {
    const configured = { clientId, profile: profile.name, cutOffs: namesOf(profile) };
    await beginGaps(tx, configured, { at: now, isKnown: true });
    await endGaps(tx, configured, now);
  }
}

/**
 * The gaps of a profile, brought up to the settings as they are saved now where they do not agree
 * with what is configured. `known` are the cut-offs that ever had a window.
 */
export async function gapsUpToNow(
  desk: BatchDesk,
  clientId: string,
  profile: BatchProfile,
  known: Iterable<string>,
): Promise<readonly CutOffGap[]> {
  const { database, clock } = desk.engine;
  const gaps = await cutOffGaps(database, clientId, profile.name);
  const names = new Set(namesOf(profile));
  const open = new Set(gaps.filter((gap) => gap.takenUpAt === null).map((gap) => gap.cutOff));
  const differs = [...known].some((cutOff) => names.has(cutOff) === open.has(cutOff));
  if (!differs) return gaps;
  const now = clock.now().toString();
  return database.transaction(async (tx) => {
    // Somebody may save them this moment: what counts is what is there once it is locked.
    const client = await lockClient(tx, clientId);
    const saved = batchProfile(client?.settings as ClientSettings, profile.name);
    const configured = { clientId, profile: profile.name, cutOffs: namesOf(saved) };
    await beginGaps(tx, configured, { at: now, isKnown: false });
    await endGaps(tx, configured, now);
    return cutOffGaps(tx, clientId, profile.name);
  });
}

function namesOf({ cutOffs }: BatchProfile): string[] {
  return cutOffs.map((one) => one.name);
}
