/**
 * The composition root: settings → database → engine → workers → HTTP. Here alone it is decided
 * what is connected to what; everything else gets its parts as parameters.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

import { pino } from "pino";
import type { Logger } from "pino";

import { firstRun } from "./access/first-run.ts";
import { deleteExpiredSessions } from "./access/store.ts";
import { releaseDue } from "./accounting/release-due.ts";
import { startBatchWorker } from "./batch/worker.ts";
import type { Configuration, Environment } from "./config.ts";
import { readConfiguration } from "./config.ts";
import { sql } from "./database/sql.ts";
import { signedCursors } from "./http/cursor.ts";
import type { HttpDependencies } from "./http/dependencies.ts";
import { buildServer } from "./http/server.ts";
import { deleteOldAnswers } from "./http/store.ts";
import { manualVerbs } from "./manual/verbs.ts";
import { assignmentActions } from "./work/actions.ts";
import { startUrgencyWorker } from "./work/raise-urgencies.ts";
import type { OpenEngine } from "./open-engine.ts";
import { openEngine } from "./open-engine.ts";
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
  const opened = await openEngine(configuration, (line) => log.info(line));
  try {
    const http = await assemble(opened);
    const workers = startWorkers(opened, log);
    try {
      if (role === "server") await listen(http, configuration, log, stopped);
      else await stopped;
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
    }
  } finally {
    await opened.close();
  }
}

async function assemble({ engine, vault, keys }: OpenEngine): Promise<HttpDependencies> {
  const portal = join(PROJECT, "portal", "dist");
  return {
    engine,
    vault,
    actions: assignmentActions(engine.database, manualVerbs(engine)),
    cursors: signedCursors(keys.derive("cursors")),
    version: await ownVersion(),
    notReady: async () => {
      await engine.database.one(sql`select 1 as ready`);
      return null;
    },
    portalDirectory: existsSync(join(portal, "index.html")) ? portal : null,
    errorPagesDirectory: join(PROJECT, "docs", "reference", "errors"),
    secureCookies: false,
  };
}

/** What is done without anybody asking: the truth about what is due is rows. */
function startWorkers(opened: OpenEngine, log: Logger): { stop(): Promise<void> }[] {
  const { engine } = opened;
  const { database, clock } = engine;
  const every = (name: string, seconds: number, work: () => Promise<unknown>): Repeating =>
    repeatedly(work, {
      seconds,
      failed: (error) => log.error({ err: error, worker: name }),
    });
  return [
    startBatchWorker(opened, {
      worker: `${hostname()}:${process.pid}`,
      leaseSeconds: 300,
      spacingDivisor: 1,
      pollMilliseconds: 2000,
      report: (problem) => log.error({ worker: "batch" }, problem),
    }),
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
  http: HttpDependencies,
  configuration: Configuration,
  log: Logger,
  stopped: Promise<void>,
): Promise<void> {
  const app = await buildServer(http, { loggerInstance: log });
  try {
    const address = await app.listen({ host: configuration.host, port: configuration.port });
    const first = await firstRun(http.engine, configuration.dataDirectory, address);
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
