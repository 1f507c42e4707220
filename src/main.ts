/**
 * The composition root: settings → database → engine → workers → HTTP. Here alone it is decided
 * what is connected to what; everything else gets its parts as parameters.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import type { Logger } from "pino";

import type { Core } from "../examples/stand-in-core/core.ts";

import { actionsOf } from "./action-verbs.ts";
import { approvalDesk } from "./approval-desk.ts";
import { firstRun } from "./access/first-run.ts";
import type { Configuration, Environment } from "./config.ts";
import { readConfiguration } from "./config.ts";
import { sql } from "./database/sql.ts";
import { signedCursors } from "./http/cursor.ts";
import type { HttpDependencies } from "./http/dependencies.ts";
import { buildServer } from "./http/server.ts";
import type { OpenEngine } from "./open-engine.ts";
import { openEngine } from "./open-engine.ts";
import { Failure } from "./kernel/failure.ts";
import { openSample } from "./sample.ts";
import { secretsFrom } from "./connections/secrets.ts";
import type { TestDesk } from "./service/test-connection.ts";
import type { Workers } from "./workers.ts";
import { startWorkers } from "./workers.ts";

const PROJECT = join(import.meta.dirname, "..");

/** Serves, or works, until the process is told to stop; then ends what runs and returns. */
export async function serve(
  environment: Environment,
  role: "server" | "worker",
  options: { readonly sample: boolean },
): Promise<void> {
  const configuration = readConfiguration(environment);
  const log = pino({ level: configuration.logLevel }, pino.destination(2));
  const stopped = stopSignal(log);
  const opened = await openEngine(configuration, environment, (line) => log.info(line));
  let sampleCore: Core | null = null;
  try {
    if (role === "server") sampleCore = await sampleOf(opened, configuration, options.sample);
    const workers = startWorkers(opened, configuration, environment, log);
    const serviceDesk = {
      secrets: secretsFrom(environment),
      callTimeoutSeconds: configuration.callTimeoutSeconds,
    };
    try {
      if (role === "worker") await stopped;
      else await listen(await assemble(opened, workers, serviceDesk), configuration, log, stopped);
    } finally {
      await workers.stop();
    }
  } finally {
    await sampleCore?.stop();
    await opened.close();
  }
}

/** An empty embedded database gets the sample; its stand-in core runs as long as we do. */
function sampleOf(
  opened: OpenEngine,
  { dataDirectory }: Configuration,
  asked: boolean,
): Promise<Core | null> {
  const remark = (line: string): boolean => process.stderr.write(`${line}\n`);
  return openSample(opened, { dataDirectory, asked, remark });
}

async function assemble(
  opened: OpenEngine,
  workers: Workers,
  serviceDesk: Pick<TestDesk, "secrets" | "callTimeoutSeconds">,
): Promise<HttpDependencies> {
  const { engine, vault, keys } = opened;
  const portal = join(PROJECT, "portal", "dist");
  return {
    engine,
    vault,
    actions: actionsOf({ engine, vault, ...serviceDesk }, workers.wakeService),
    approvals: approvalDesk(engine, opened),
    batch: opened,
    service: { engine, vault, ...serviceDesk },
    jobs: workers.jobs,
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

async function listen(
  http: HttpDependencies,
  configuration: Configuration,
  log: Logger,
  stopped: Promise<void>,
): Promise<void> {
  const app = await buildServer(http, { loggerInstance: log });
  try {
    const address = await addressOf(app, configuration);
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

/** Listens. Throws `configuration-invalid` for an address that is taken or not ours to take. */
async function addressOf(app: FastifyInstance, { host, port }: Configuration): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const setting = NOT_OURS[(error as NodeJS.ErrnoException).code ?? ""];
    if (setting === undefined) throw error;
    const value = setting === "PORT" ? String(port) : host;
    throw new Failure("configuration-invalid", `${setting}: cannot listen on ${value}`, {
      setting,
    });
  }
}

const NOT_OURS: Readonly<Record<string, "PORT" | "HOST">> = {
  EADDRINUSE: "PORT",
  EACCES: "PORT",
  EADDRNOTAVAIL: "HOST",
  ENOTFOUND: "HOST",
};

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
  try {
    await serve(process.env, "server", { sample: process.argv.includes("--sample") });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`${error.code}: ${error.message}\n${error.remedy}\n`);
    process.exitCode = 1;
  }
}
