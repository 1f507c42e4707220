/** A client with a batch profile, what waits for it, and the directory where its files arrive. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import { sql } from "../../src/database/sql.ts";
import { PROFILE } from "./batch-desk.ts";
import type { TestEngine } from "./engine.ts";
import { aClient, aDisputeOf, operate } from "./engine.ts";

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
  settings: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const written = {
    layout: "generic-csv",
    marker: "TEST",
    delivery: { kind: "directory", directory },
    ...profile,
  };
  return aClient(engine, { ...settings, batchProfiles: { [PROFILE]: written } });
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
