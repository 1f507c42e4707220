/** A desk of the batch route over a test's engine, a client with a profile, and its directory. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import type { VaultKeys } from "../../src/access/vault-key.ts";
import type { BatchDesk } from "../../src/batch/desk.ts";
import type { Failpoints } from "../../src/kernel/failpoints.ts";
import { noFailpoints } from "../../src/kernel/failpoints.ts";
import { sql } from "../../src/database/sql.ts";
import type { TestEngine } from "./engine.ts";
import { aClient, aDisputeOf, operate } from "./engine.ts";

const KEYS: VaultKeys = {
  current: 1,
  wrapping: new Map([[1, Buffer.alloc(32, 7)]]),
  search: Buffer.alloc(32, 9),
  derive: () => Buffer.alloc(32, 8),
};

export function batchDesk(engine: TestEngine, failpoints: Failpoints = noFailpoints): BatchDesk {
  return { engine, vault: engine.vault, keys: KEYS, failpoints };
}

export const PROFILE = "nightly";

/** A directory of the test's own, gone when the test is finished. */
export async function aDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "redress-batch-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A client whose adjustments go by batch into the directory given. */
export function aBatchClient(
  engine: TestEngine,
  directory: string,
  profile: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const written = {
    layout: "generic-csv",
    marker: "TEST",
    delivery: { kind: "directory", directory },
    ...profile,
  };
  return aClient(engine, { batchProfiles: { [PROFILE]: written } });
}

/** Books provisional credits that wait for the batch; answers their adjustments' ids in order. */
export async function pendingCredits(
  engine: TestEngine,
  client: string,
  amounts: readonly string[],
): Promise<string[]> {
  const ids: string[] = [];
  for (const amount of amounts) {
    const dispute = await aDisputeOf(engine, client, {}, amount);
    const { adjustments } = await operate(engine, client, dispute, "issueProvisionalCredit");
    ids.push(adjustments[0]?.id as string);
  }
  return ids;
}

export async function stateOf(engine: TestEngine, adjustmentId: string): Promise<string> {
  const row = await engine.database.one<{ state: string }>(sql`
    select state from adjustment where id = ${adjustmentId}
  `);
  return row.state;
}

/** The files that a receiver sees, by name, with their text. */
export async function filesIn(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith(".")).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), "utf8")));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] as string]));
}

export const SENDING = { worker: "test", leaseSeconds: 60, spacingDivisor: 1 };
