/**
 * The sample at the root: an empty embedded database gets a small institution, and the stand-in
 * core that its first client posts to runs as long as the server does.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { request } from "undici";

import type { Core } from "../examples/stand-in-core/core.ts";
import { startCore } from "../examples/stand-in-core/core.ts";
import { standInService } from "../examples/stand-in-core/service.ts";
import { accountVault } from "./access/vault.ts";
import { createEngine } from "./accounting/client-runtime.ts";
import { departureOf, releaseDayOf } from "./batch/pend-for-batch-accounting.ts";
import { allClients } from "./cases/views.ts";
import { sampleClients } from "./imports/sample/institution.ts";
import { loadSample, SAMPLE_DAYS } from "./imports/sample/load-sample.ts";
import { manualClock } from "./kernel/clock.ts";
import { noFailpoints } from "./kernel/failpoints.ts";
import { uuids } from "./kernel/ids.ts";
import type { OpenEngine } from "./open-engine.ts";
import { secretsFrom } from "./connections/secrets.ts";

export interface SampleOptions {
  readonly dataDirectory: string;
  /** Load into an empty database that is not the embedded one, too. */
  readonly asked: boolean;
  readonly remark: (line: string) => void;
}

/**
 * Loads the sample where it belongs; answers the running core, or null where there is no sample.
 */
export async function openSample(opened: OpenEngine, options: SampleOptions): Promise<Core | null> {
  const directory = join(options.dataDirectory, "sample");
  const note = join(directory, "core.json");
  if (existsSync(note)) return reopenCore(directory, note);
  if (!opened.embedded && !options.asked) return null;
  if ((await allClients(opened.engine.database)).length > 0) return null;
  await mkdir(join(directory, "delivered"), { recursive: true });
  const core = await startCore({ journal: join(directory, "core.ndjson"), fsync: false });
  await writeFile(note, `${JSON.stringify({ address: core.address })}\n`);
  await load(opened, core, directory, options);
  return core;
}

async function load(
  opened: OpenEngine,
  core: Core,
  directory: string,
  { remark }: SampleOptions,
): Promise<void> {
  const now = opened.engine.clock.now();
  const clock = manualClock(now.subtract({ hours: 24 * SAMPLE_DAYS }));
  const ids = uuids(clock);
  const { database } = opened.engine;
  const { rulebooks, keys } = opened;
  const engine = createEngine({
    database,
    clock,
    ids,
    rulebooks,
    departureOf,
    releaseDay: releaseDayOf,
  });
  const vault = accountVault(keys, { clock, ids });
  await loadSample({
    clock,
    vault,
    batch: { engine, vault, keys, secrets: secretsFrom({}), failpoints: noFailpoints },
    service: {
      engine,
      vault,
      secrets: secretsFrom({}),
      failpoints: noFailpoints,
      random: () => 0.5,
      leaseSeconds: 60,
      retryDivisor: 1,
      report: (problem) => remark(`sample: ${problem}`),
    },
    clients: sampleClients({
      service: standInService(core.address),
      deliveryDirectory: join(directory, "delivered"),
    }),
    now,
    closeAccount: (number) => closeAccount(core.address, number),
    remark,
  });
}

async function closeAccount(address: string, number: string): Promise<void> {
  await request(`${address}/accounts/${number}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ status: "closed" }),
  });
}

/** The core again where it was: its clients know the address. */
async function reopenCore(directory: string, note: string): Promise<Core | null> {
  const { address } = JSON.parse(await readFile(note, "utf8")) as { address: string };
  const port = Number(new URL(address).port);
  try {
    return await startCore({ journal: join(directory, "core.ndjson"), fsync: false, port });
  } catch (error) {
    // Another process of the same sample runs it already.
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return null;
    throw error;
  }
}
