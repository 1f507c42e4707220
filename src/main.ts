/**
 * The composition root: settings → database → engine → workers → HTTP. Here alone it is decided
 * what is connected to what; everything else gets its parts as parameters.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { pino } from "pino";
import type { Logger } from "pino";

import { claimVault } from "./access/claim-vault.ts";
import { firstRun } from "./access/first-run.ts";
import { deleteExpiredSessions } from "./access/store.ts";
import { readVaultKeys } from "./access/vault-key.ts";
import { accountVault } from "./access/vault.ts";
import { createEngine } from "./accounting/client-runtime.ts";
import type { Engine } from "./accounting/engine.ts";
import { releaseDue } from "./accounting/release-due.ts";
import type { Configuration, Environment } from "./config.ts";
import { readConfiguration } from "./config.ts";
import { migrate } from "./database/migrate.ts";
import type { OpenDatabase } from "./database/open.ts";
import { openDatabase } from "./database/open.ts";
import { sql } from "./database/sql.ts";
import { signedCursors } from "./http/cursor.ts";
import type { HttpDependencies } from "./http/dependencies.ts";
import { buildServer } from "./http/server.ts";
import { deleteOldAnswers } from "./http/store.ts";
import { systemClock } from "./kernel/clock.ts";
import { uuids } from "./kernel/ids.ts";
import { requireRuleBook } from "./rulebook/load.ts";
import { loadRuleBook, STANDARD_BOOK } from "./rulebook/read.ts";
import { startUrgencyWorker } from "./work/raise-urgencies.ts";
import { repeatedly } from "./kernel/repeatedly.ts";
import type { Repeating } from "./kernel/repeatedly.ts";

const ANSWERS_KEPT_HOURS = 7 * 24;
const PROJECT = join(import.meta.dirname, "..");

/** Serves, or works, until the process is told to stop; then ends what runs and returns. */
export async function serve(
  environment: Environment,
  role: "server" | "worker",
  _options: { readonly sample: boolean },
): Promise<void> {
  const configuration = readConfiguration(environment);
  const log = pino({ level: configuration.logLevel }, pino.destination(2));
  const stopped = stopSignal(log);
  await mkdir(configuration.dataDirectory, { recursive: true });
  const { databaseUrl, dataDirectory } = configuration;
  const opened = await openDatabase({ databaseUrl, dataDirectory, log: (line) => log.info(line) });
  try {
    const parts = await assemble(configuration, opened, log);
    const workers = startWorkers(parts.engine, log);
    try {
      if (role === "server") await listen(parts, configuration, log, stopped);
      else await stopped;
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
    }
  } finally {
    await opened.close();
  }
}

interface Parts {
  readonly engine: Engine;
  readonly http: HttpDependencies;
}

async function assemble(
  configuration: Configuration,
  opened: OpenDatabase,
  log: Logger,
): Promise<Parts> {
  const { database, databaseUrl } = opened;
  await migrate({
    databaseUrl,
    directory: join(PROJECT, "migrations"),
    clock: systemClock,
    log: (line) => log.info(line),
  });
  const keys = await readVaultKeys(configuration.vaultKeyFile, true);
  await claimVault(database, keys);
  const clock = systemClock;
  const ids = uuids(clock);
  const standard = requireRuleBook(await loadRuleBook(STANDARD_BOOK));
  const rulebooks = (id: string) => (id === "standard" ? standard : undefined);
  const engine = createEngine({ database, clock, ids, rulebooks });
  const portal = join(PROJECT, "portal", "dist");
  const http: HttpDependencies = {
    engine,
    vault: accountVault(keys, { clock, ids }),
    cursors: signedCursors(keys.derive("cursors")),
    version: await ownVersion(),
    notReady: async () => {
      await database.one(sql`select 1 as ready`);
      return null;
    },
    portalDirectory: existsSync(join(portal, "index.html")) ? portal : null,
    errorPagesDirectory: join(PROJECT, "docs", "reference", "errors"),
    secureCookies: false,
  };
  return { engine, http };
}

/** What is done without anybody asking: the truth about what is due is rows. */
function startWorkers(engine: Engine, log: Logger): { stop(): Promise<void> }[] {
  const { database, clock } = engine;
  const every = (name: string, seconds: number, work: () => Promise<unknown>): Repeating =>
    repeatedly(work, {
      seconds,
      failed: (error) => log.error({ err: error, worker: name }),
    });
  return [
    startUrgencyWorker(engine, { failed: (error) => log.error({ err: error }) }),
    every("release-due", 2, () => releaseDue(engine)),
    every("forget-sessions", 600, () => deleteExpiredSessions(database, clock.now().toString())),
    every("forget-answers", 600, () => {
      const before = clock.now().subtract({ hours: ANSWERS_KEPT_HOURS });
      return deleteOldAnswers(database, before.toString());
    }),
  ];
}

async function listen(
  { engine, http }: Parts,
  configuration: Configuration,
  log: Logger,
  stopped: Promise<void>,
): Promise<void> {
  const app = await buildServer(http, { loggerInstance: log });
  try {
    const address = await app.listen({ host: configuration.host, port: configuration.port });
    const first = await firstRun(engine, configuration.dataDirectory, address);
    process.stdout.write(`Redress serves ${address}\n`);
    if (first !== null) {
      process.stdout.write(`sign in as ${first.user} with ${first.password}\n`);
      const path = join(configuration.dataDirectory, "first-run.json");
      process.stdout.write(`(and an API key: ${path})\n`);
    }
    await stopped;
  } finally {
    await app.close();
  }
}

/** Resolves at the first signal; the second one ends the process at once. */
function stopSignal(log: Logger): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (signal: string): void => {
      if (asked) process.exit(130);
      asked = true;
      log.info(`${signal}: finishing what runs; once more to stop at once`);
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  });
}

async function ownVersion(): Promise<string> {
  const text = await readFile(join(PROJECT, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

// `npm start` runs this file; the command line imports it.
if (process.argv[1] === import.meta.filename) {
  await serve(process.env, "server", { sample: process.argv.includes("--sample") });
}
