/**
 * The small process that owns the embedded server. Commands hold leases; when the last is gone,
 * and nobody came for a few seconds, PostgreSQL is stopped and this ends. A server that ends by
 * itself is started again.
 *
 * Started by `lease.ts` as: node supervisor.ts DATA_DIRECTORY GRACE_SECONDS
 */
import { appendFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

import { findBinaries } from "./binaries.ts";
import { databaseUrlAt, embeddedDirectory, writeText } from "./directory.ts";
import type { EmbeddedDirectory } from "./directory.ts";
import { initialise } from "./initialise.ts";
import { openLeaseDesk } from "./lease-desk.ts";
import type { Answer, LeaseDesk } from "./lease-desk.ts";
import { takeLock } from "./lock.ts";
import { startPostmaster } from "./postmaster.ts";
import type { Postmaster } from "./postmaster.ts";
import { becomeOwner, surroundings } from "./privilege.ts";
import { markOf } from "./processes.ts";

const FIRST_LEASE_SECONDS = 20;
const RESTART_PAUSE_MILLISECONDS = 500;
const LAST_WORD_MILLISECONDS = 100;

interface Server {
  /** Resolves when it serves, or why it cannot. */
  readonly started: Promise<Answer>;
  stop(): Promise<void>;
}

async function supervise(dataDirectory: string, graceSeconds: number): Promise<void> {
  const directory = await embeddedDirectory(dataDirectory);
  await becomeOwner(directory, await findBinaries());
  const unlock = await takeLock(directory.lock);
  if (unlock === undefined) return;
  const server = keptRunning(directory);
  let stopping = false;
  const stop = async (desk: LeaseDesk): Promise<void> => {
    if (stopping) return;
    stopping = true;
    desk.close();
    await rm(directory.supervisor, { force: true });
    await server.stop();
    await unlock();
    process.exit(0);
  };

  let timer: NodeJS.Timeout | undefined;
  const stopAfter = (milliseconds: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void stop(desk), milliseconds);
  };
  const desk = await openLeaseDesk({
    answer: async () => {
      const answer: Answer = stopping ? { state: "stopping" } : await server.started;
      if (answer.state === "failed") stopAfter(LAST_WORD_MILLISECONDS);
      return answer;
    },
    taken: () => clearTimeout(timer),
    empty: (atOnce) => stopAfter(atOnce ? 0 : graceSeconds * 1000),
  });
  stopAfter(FIRST_LEASE_SECONDS * 1000);
  process.on("SIGTERM", () => void stop(desk));
  // The terminal's signals are for the commands, which let go of their leases.
  process.on("SIGINT", () => undefined);
  process.on("SIGHUP", () => undefined);
  const address = { process: await markOf(process.pid), port: desk.port, token: desk.token };
  await writeText(directory.supervisor, JSON.stringify(address));
}

function keptRunning(directory: EmbeddedDirectory): Server {
  let stopping = false;
  let postmaster: Postmaster | undefined;
  const log = (error: unknown): void => {
    appendFileSync(directory.supervisorLog, `${String(error)}\n`, { mode: 0o600 });
  };
  const keepRunning = async (start: () => Promise<Postmaster>): Promise<void> => {
    for (;;) {
      await postmaster?.gone;
      if (stopping) return;
      log("PostgreSQL ended by itself; starting it again");
      await delay(RESTART_PAUSE_MILLISECONDS);
      postmaster = await start().catch((error: unknown) => {
        log(error);
        return undefined;
      });
    }
  };
  const begin = async (): Promise<Answer> => {
    const notes: string[] = [];
    try {
      const place = await surroundings(directory, await findBinaries(), (note) => notes.push(note));
      const password = await initialise(directory, place);
      const start = (): Promise<Postmaster> => startPostmaster(directory, place, password);
      postmaster = await start();
      void keepRunning(start);
      return { state: "serving", url: databaseUrlAt(postmaster, password), notes };
    } catch (error) {
      log(error);
      return { state: "failed", reason: error instanceof Error ? error.message : String(error) };
    }
  };

  const started = begin();
  return {
    started,
    stop: async () => {
      await started;
      stopping = true;
      await postmaster?.stop();
    },
  };
}

const [dataDirectory = "", graceSeconds = "3"] = process.argv.slice(2);
await supervise(dataDirectory, Number(graceSeconds));
