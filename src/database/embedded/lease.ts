/**
 * A command's hold on the embedded server: taken here, kept by an open connection to the
 * supervisor, dropped by closing it or by dying. If the supervisor itself dies, the next one takes
 * the running server over, and the lease is taken again without anybody noticing.
 */
import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { Failure } from "../../kernel/failure.ts";
import { embeddedDirectory, readAddress } from "./directory.ts";
import type { EmbeddedDirectory } from "./directory.ts";
import { STOP_IF_LAST } from "./lease-desk.ts";
import type { Answer } from "./lease-desk.ts";

export interface Lease {
  /** Signs in as the owner of the schema. */
  readonly databaseUrl: string;
  /** Lets go. With `stopIfLast` it resolves when the server is down, if nobody else uses it. */
  release(options?: { stopIfLast?: boolean }): Promise<void>;
}

export interface LeaseOptions {
  readonly dataDirectory: string;
  /** How long the server stays up after the last lease. */
  readonly graceSeconds?: number;
  readonly log?: (line: string) => void;
}

interface Held {
  readonly socket: Socket;
  readonly answer: Extract<Answer, { state: "serving" }>;
}

const SUPERVISOR = fileURLToPath(new URL("./supervisor.ts", import.meta.url));
const START_SECONDS = 60;
const LOOK_AGAIN_MILLISECONDS = 15;

/** Starts the embedded server of the directory where none runs, and holds it. */
export async function leaseEmbedded(options: LeaseOptions): Promise<Lease> {
  const directory = await embeddedDirectory(options.dataDirectory);
  let released = false;
  let held = await acquire(directory, options);
  for (const note of held.answer.notes) options.log?.(note);

  const watch = (): void => {
    held.socket.once("close", () => {
      if (!released) void reacquire();
    });
  };
  const reacquire = async (): Promise<void> => {
    while (!released) {
      try {
        held = await acquire(directory, options);
        if (released) held.socket.destroy();
        else watch();
        return;
      } catch (error) {
        options.log?.(`the embedded database: ${String(error)}`);
        await delay(1000, undefined, { ref: false });
      }
    }
  };
  watch();

  return {
    databaseUrl: held.answer.url,
    release: async ({ stopIfLast = false } = {}) => {
      if (released) return;
      released = true;
      const { socket } = held;
      if (socket.destroyed) return;
      const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      socket.ref();
      if (stopIfLast) socket.write(`${STOP_IF_LAST}\n`);
      else socket.destroy();
      await closed;
    },
  };
}

async function acquire(directory: EmbeddedDirectory, options: LeaseOptions): Promise<Held> {
  const deadline = performance.now() + START_SECONDS * 1000;
  let spawnedAt = Number.NEGATIVE_INFINITY;
  while (performance.now() < deadline) {
    const held = await ask(directory);
    if (held !== undefined) return held;
    // One that finds another at work ends at once; then it is asked for again a little later.
    if (performance.now() - spawnedAt > 1500) {
      await spawnSupervisor(directory, options);
      spawnedAt = performance.now();
    }
    await delay(LOOK_AGAIN_MILLISECONDS);
  }
  throw new Failure(
    "database-unreachable",
    `the embedded database did not start in time; see ${directory.supervisorLog}`,
  );
}

/** Asks the supervisor that is written down; nothing when it does not answer or is stopping. */
async function ask(directory: EmbeddedDirectory): Promise<Held | undefined> {
  const address = await readAddress(directory).catch(() => undefined);
  if (address === undefined) return undefined;
  const socket = connect(address.port, "127.0.0.1");
  const said = await new Promise<Answer | undefined>((resolve) => {
    socket.once("connect", () => socket.write(`${address.token}\n`));
    socket.once("error", () => resolve(undefined));
    socket.once("close", () => resolve(undefined));
    const lines = createInterface({ input: socket });
    // It passes the connection's errors on, which are answered above.
    lines.on("error", () => undefined);
    lines.once("line", (line) => resolve(JSON.parse(line) as Answer));
  });
  if (said?.state === "serving") {
    socket.on("error", () => undefined);
    socket.unref();
    return { socket, answer: said };
  }
  socket.destroy();
  if (said?.state === "failed") throw new Failure("database-unreachable", said.reason);
  return undefined;
}

async function spawnSupervisor(directory: EmbeddedDirectory, options: LeaseOptions): Promise<void> {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const grace = String(options.graceSeconds ?? 3);
  const log = await open(directory.supervisorLog, "a", 0o600);
  spawn(process.execPath, ["--no-warnings", SUPERVISOR, directory.root, grace], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", "ignore", log.fd],
    env: environment,
  }).unref();
  await log.close();
}
