/**
 * Generate Accounting File(s) for one profile or for all, and what it would do before it is done.
 * One profile that fails stops no other.
 */
import { usableClients } from "../accounting/client-runtime.ts";
import type { ClientRuntime } from "../accounting/engine.ts";
import { Failure } from "../kernel/failure.ts";

import type { BatchDesk } from "./desk.ts";
import type { Generated } from "./generate.ts";
import { datesNow, generateNow } from "./generate.ts";
import type { FilesExpected } from "./files-count.ts";
import { filesExpected } from "./files-count.ts";
import { layoutSources, declaredFacts } from "./writing/layout-sources.ts";
import { layoutOf } from "./writing/layouts.ts";
import { batchProfile } from "./profile.ts";
import type { PendingSum } from "./window-views.ts";
import { lastSequence, pendingToLeave } from "./window-views.ts";

export interface GenerationScope {
  /** The caller's clients, or the one asked for. */
  readonly clients: readonly string[];
  /** Null: all profiles of each client. */
  readonly profile: string | null;
}

export interface GenerationFault {
  readonly clientId: string;
  readonly profile: string;
  readonly failure: Failure;
}

/** Each profile in a transaction of its own. Throws `not-found` where no profile matches. */
export async function generateAll(
  desk: BatchDesk,
  scope: GenerationScope,
  actor: string,
): Promise<{ generated: Generated[]; faults: GenerationFault[] }> {
  const generated: Generated[] = [];
  const faults = await eachProfile(desk, scope, async (runtime, profile) => {
    generated.push(await generateNow(desk, { clientId: runtime.id, profile, actor }));
  });
  return { generated, faults };
}

export interface GenerationPreview {
  readonly clientId: string;
  readonly profile: string;
  readonly businessDate: string;
  readonly postingDate: string;
  readonly nextSequence: bigint;
  /** What would leave, by currency; each is a file, or several where the size is limited. */
  readonly leaves: readonly PendingSum[];
  readonly expected: FilesExpected;
  /** What stays because its posting day has not come. */
  readonly stays: readonly PendingSum[];
}

/** What `generateAll` would write now. Throws `not-found` where no profile matches. */
export async function previewGeneration(
  desk: BatchDesk,
  scope: GenerationScope,
): Promise<{ previews: GenerationPreview[]; faults: GenerationFault[] }> {
  const { database } = desk.engine;
  const previews: GenerationPreview[] = [];
  const faults = await eachProfile(desk, scope, async (runtime, name) => {
    const profile = batchProfile(runtime.settings, name);
    const { layout } = layoutOf(profile, layoutSources(declaredFacts(runtime.rulebook.facts)));
    const dates = datesNow(desk, runtime, profile);
    const sums = await pendingToLeave(database, runtime.id, name, dates.postingDate);
    const leaves = sums.filter((one) => one.leaves);
    previews.push({
      clientId: runtime.id,
      profile: name,
      ...dates,
      nextSequence: (await lastSequence(database, runtime.id, name)) + 1n,
      leaves,
      expected: filesExpected(leaves, profile, layout),
      stays: sums.filter((one) => !one.leaves),
    });
  });
  return { previews, faults };
}

async function eachProfile(
  desk: BatchDesk,
  scope: GenerationScope,
  work: (runtime: ClientRuntime, profile: string) => Promise<void>,
): Promise<GenerationFault[]> {
  const { engine } = desk;
  const { usable, unusable } = await usableClients(engine, engine.database, scope.clients);
  const faults: GenerationFault[] = unusable.map(({ id, failure }) => ({
    clientId: id,
    profile: scope.profile ?? "any",
    failure,
  }));
  let found = unusable.length;
  for (const runtime of usable) {
    for (const profile of Object.keys(runtime.settings.batchProfiles)) {
      if (scope.profile !== null && scope.profile !== profile) continue;
      found += 1;
      try {
        await work(runtime, profile);
      } catch (error) {
        if (!(error instanceof Failure) || error.code === "database-unreachable") throw error;
        faults.push({ clientId: runtime.id, profile, failure: error });
      }
    }
  }
  if (found === 0) throw new Failure("not-found", "no batch profile of that name is configured");
  return faults;
}
