/**
 * The small process that owns the embedded server. Commands hold leases: each is an open
 * connection to here, so that the system itself drops the lease of a process that died. When the
 * last lease is gone, and nobody came for a few seconds, PostgreSQL is stopped and this ends.
 *
 * Started by `lease.ts` as: node supervisor.ts DATA_DIRECTORY GRACE_SECONDS
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { appendFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

import { findBinaries } from "./binaries.ts";
import { databaseUrlAt, embeddedDirectory, writeText } from "./directory.ts";
import type { EmbeddedDirectory, SupervisorAddress } from "./directory.ts";
import { initialise } from "./initialise.ts";
import { takeLock } from "./lock.ts";
import { startPostmaster } from "./postmaster.ts";
import type { Postmaster } from "./postmaster.ts";
import { surroundings } from "./privilege.ts";
import type { Surroundings } from "./privilege.ts";
import { markOf } from "./processes.ts";

/** What a lease-holder hears: one line of JSON. */
export type Answer =
  | { readonly state: "serving"; readonly url: string; readonly notes: readonly string[] }
  | { readonly state: "failed"; readonly reason: string }
  | { readonly state: "stopping" };

const FIRST_LEASE_SECONDS = 20;
const RESTART_PAUSE_MILLISECONDS = 500;

async function supervise(dataDirectory: string, graceSeconds: number): Promise<void> {
  const directory = await embeddedDirectory(dataDirectory);
  const releaseLock = await takeLock(directory.lock);
  if (releaseLock === undefined) return;
  const notes: string[] = [];
  const log = (line: string): void => {
    appendFileSync(directory.supervisorLog, `${line}\n`, { mode: 0o600 });
  };
  const token = randomBytes(24).toString("base64url");
  const leases = new Set<Socket>();
  let stopping = false;
  let postmaster: Postmaster | undefined;

  const start = async (): Promise<Answer> => {
    try {
      const place = await surroundings(directory, await findBinaries(), (note) => notes.push(note));
      const password = await initialise(directory, place);
      postmaster = await startPostmaster(directory, place, password);
      void keepRunning(place, password);
      return { state: "serving", url: databaseUrlAt(postmaster.port, password), notes };
    } catch (error) {
      log(String(error));
      return { state: "failed", reason: error instanceof Error ? error.message : String(error) };
    }
  };
  const keepRunning = async (place: Surroundings, password: string): Promise<void> => {
    for (;;) {
      await postmaster?.gone;
      if (stopping) return;
      log("PostgreSQL ended by itself; starting it again");
      await delay(RESTART_PAUSE_MILLISECONDS);
      try {
        postmaster = await startPostmaster(directory, place, password);
      } catch (error) {
        log(String(error));
      }
    }
  };
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    server.close();
    await rm(directory.supervisor, { force: true });
    await started;
    await postmaster?.stop();
    await releaseLock();
    for (const socket of leases) socket.destroy();
    process.exit(0);
  };

  const idleTimer = setTimeout(() => void stop(), FIRST_LEASE_SECONDS * 1000);
  const left = (socket: Socket, immediately: boolean): void => {
    leases.delete(socket);
    if (leases.size > 0) return;
    clearTimeout(graceTimer);
    graceTimer = setTimeout(() => void stop(), immediately ? 0 : graceSeconds * 1000);
  };
  let graceTimer: NodeJS.Timeout | undefined;

  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    const lines = createInterface({ input: socket });
    lines.on("error", () => undefined);
    lines.on("line", (line) => {
      if (!leases.has(socket)) {
        if (!sameText(line, token)) return void socket.destroy();
        leases.add(socket);
        clearTimeout(idleTimer);
        clearTimeout(graceTimer);
        void answer(socket);
      } else if (line === "stop if last") {
        const last = leases.size === 1;
        if (last) left(socket, true);
        else socket.end();
      }
    });
    socket.on("close", () => {
      if (leases.has(socket)) left(socket, false);
    });
  });
  const answer = async (socket: Socket): Promise<void> => {
    const said: Answer = stopping ? { state: "stopping" } : await started;
    socket.write(`${JSON.stringify(said)}\n`);
    if (said.state === "failed") setTimeout(() => void stop(), 100);
  };
  const started = start();
  server.listen(0, "127.0.0.1", () => {
    void announce(directory, { port: (server.address() as AddressInfo).port, token });
  });
  process.on("SIGTERM", () => void stop());
  process.on("SIGINT", () => undefined);
  process.on("SIGHUP", () => undefined);
}

async function announce(
  directory: EmbeddedDirectory,
  reach: { port: number; token: string },
): Promise<void> {
  const address: SupervisorAddress = { process: await markOf(process.pid), ...reach };
  await writeText(directory.supervisor, JSON.stringify(address));
}

function sameText(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

const [dataDirectory = "", graceSeconds = "3"] = process.argv.slice(2);
await supervise(dataDirectory, Number(graceSeconds));
