/**
 * One running PostgreSQL over the cluster: started by us, or found running after its supervisor
 * died and taken over, which is proved by signing in to it. Durability is never relaxed.
 */
import type { ChildProcess } from "node:child_process";
import { access, constants, open, readdir, rename, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import pg from "pg";

import { DATABASE_NAME, databaseUrlAt, readText, writeText } from "./directory.ts";
import type { EmbeddedDirectory, ServerPlace } from "./directory.ts";
import type { Surroundings } from "./privilege.ts";
import { runsProgram } from "./processes.ts";

export interface Postmaster extends ServerPlace {
  /** Resolves when it is gone, whoever stopped it. */
  readonly gone: Promise<void>;
  /** Fast shutdown: sessions are ended, what is committed is on the disk. */
  stop(): Promise<void>;
}

/** For a laptop of two cores; everything that keeps a commit is on. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  max_connections: "100",
  shared_buffers: "256MB",
  work_mem: "16MB",
  maintenance_work_mem: "256MB",
  max_wal_size: "4GB",
  checkpoint_timeout: "15min",
  wal_compression: "pglz",
  random_page_cost: "1.1",
  effective_cache_size: "2GB",
  max_locks_per_transaction: "256",
  autovacuum_naptime: "15s",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_checkpoints: "off",
  log_line_prefix: "%m [%p] ",
} as const;

/** What the shortest of systems leaves for the path of a socket, its zero byte included. */
const SOCKET_PATH_BYTES = 104;
const SOCKET_NAME = ".s.PGSQL.";
const START_SECONDS = 30;
/** Another server that is just ending, or a port just taken: worth another try. Nothing else is. */
const IN_THE_WAY = /already exists|in use|pre-existing|could not create any TCP/;
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

/** A server that answers, started or taken over. Throws with the log's last lines otherwise. */
export async function startPostmaster(
  directory: EmbeddedDirectory,
  place: Surroundings,
  password: string,
): Promise<Postmaster> {
  const deadline = performance.now() + START_SECONDS * 1000;
  for (;;) {
    const found = await adopt(place, password);
    if (found !== undefined) return found;
    await setAsideStalePid(place);
    const started = await launch(directory, place);
    if (started !== undefined) {
      await createDatabase(started, password);
      return started;
    }
    const said = await lastLines(directory.postgresLog);
    if (performance.now() > deadline || !IN_THE_WAY.test(said)) {
      throw new Error(`PostgreSQL does not start:\n${said}`);
    }
    await delay(200);
  }
}

/** A server left behind by a supervisor that died, if it answers to our password as ours. */
async function adopt(place: Surroundings, password: string): Promise<Postmaster | undefined> {
  const noted = await readPidFile(place);
  if (noted === undefined || !(await runsProgram(noted.pid, "postgres"))) return undefined;
  const at = await placeOf(place.cluster, noted.port);
  const client = new pg.Client({
    connectionString: databaseUrlAt(at, password, "postgres"),
    connectionTimeoutMillis: 3000,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>("show data_directory");
    if (rows[0]?.data_directory !== place.cluster) return undefined;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
  await createDatabase(at, password);
  const over = async (): Promise<boolean> => !(await runsProgram(noted.pid, "postgres"));
  const gone = (async () => {
    while (!(await over())) await delay(100);
  })();
  return { ...at, gone, stop: () => end(gone, (signal) => kill(noted.pid, signal)) };
}

/** Starts it once. Nothing when it would not start: the caller looks again and retries. */
async function launch(
  directory: EmbeddedDirectory,
  place: Surroundings,
): Promise<Postmaster | undefined> {
  const port = await choosePort(directory);
  await rotate(directory.postgresLog);
  const output = await open(directory.postgresLog, "a", 0o600);
  const settings = {
    ...SETTINGS,
    port: String(port),
    unix_socket_directories: mayHoldSocket(place.cluster) ? place.cluster : "",
  };
  const child = place.run(
    place.binaries.postgres,
    [
      "-D",
      place.cluster,
      ...Object.entries(settings).flatMap(([key, to]) => ["-c", `${key}=${to}`]),
    ],
    {
      cwd: "/",
      env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC", PGTZ: "UTC" },
      stdio: ["ignore", output.fd, output.fd],
      detached: true,
    },
  );
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  await output.close();
  const ready = await Promise.race([gone.then(() => false), becomesReady(place, child)]);
  if (!ready) return undefined;
  await writeText(directory.port, `${port}\n`);
  const at = await placeOf(place.cluster, port);
  return { ...at, gone, stop: () => end(gone, (signal) => child.kill(signal)) };
}

/** Its own data is where nobody else may look: PostgreSQL wants it so. */
function mayHoldSocket(cluster: string): boolean {
  const longest = Buffer.byteLength(socketPath(cluster, 65_535)) + 1;
  // PostgreSQL takes the setting for a list.
  return longest <= SOCKET_PATH_BYTES && !/[,"]/.test(cluster);
}

function socketPath(cluster: string, port: number): string {
  return join(cluster, `${SOCKET_NAME}${port}`);
}

/** By its port alone where there is no socket, or none that this process may use. */
async function placeOf(cluster: string, port: number): Promise<ServerPlace> {
  try {
    await access(socketPath(cluster, port), constants.R_OK | constants.W_OK);
    return { port, socketDirectory: cluster };
  } catch {
    return { port, socketDirectory: null };
  }
}

/** The last line of `postmaster.pid` says how far it is, the first one who wrote it. */
async function becomesReady(place: Surroundings, child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    const noted = await readPidFile(place);
    if (noted?.pid === child.pid && noted?.status === "ready") return true;
    await delay(5);
  }
  return false;
}

interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

async function readPidFile(place: Surroundings): Promise<PidFile | undefined> {
  const text = await readText(join(place.cluster, "postmaster.pid"));
  if (text === undefined) return undefined;
  const lines = text.split("\n");
  return { pid: Number(lines[0]), port: Number(lines[3]), status: (lines[7] ?? "").trim() };
}

/**
 * PostgreSQL takes any process with the noted pid for itself: a zombie nobody reaps, or after a
 * reboot a stranger. Where no live `postgres` has that pid, the file is put aside, and what is left
 * of its socket removed, which notes the same pid. Its own second guard, the shared memory of the
 * cluster, stays.
 */
async function setAsideStalePid(place: Surroundings): Promise<void> {
  const noted = await readPidFile(place);
  if (noted !== undefined && (await runsProgram(noted.pid, "postgres"))) return;
  const path = join(place.cluster, "postmaster.pid");
  if (noted !== undefined) await rename(path, `${path}.stale`).catch(() => undefined);
  const names = await readdir(place.cluster).catch(() => []);
  const left = names.filter((name) => name.startsWith(SOCKET_NAME));
  for (const name of left) {
    await rm(join(place.cluster, name), { force: true }).catch(() => undefined);
  }
}

/** The port of last time where it is free, so that addresses people noted stay true. */
async function choosePort(directory: EmbeddedDirectory): Promise<number> {
  const last = Number((await readText(directory.port)) ?? 0);
  return (await freePort(last)) ?? (await freePort(0)) ?? 0;
}

function freePort(wanted: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(undefined));
    probe.listen(wanted, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function createDatabase(at: ServerPlace, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrlAt(at, password, "postgres") });
  await client.connect();
  try {
    const found = await client.query("select from pg_database where datname = $1", [DATABASE_NAME]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE_NAME}`);
  } finally {
    await client.end();
  }
}

/** `SIGINT` is PostgreSQL's fast shutdown; a server that hangs in it is left to recover later. */
async function end(gone: Promise<void>, signal: (name: NodeJS.Signals) => unknown): Promise<void> {
  signal("SIGINT");
  const stopped = gone.then(() => true);
  if (await Promise.race([stopped, delay(60_000, false, { ref: false })])) return;
  signal("SIGQUIT");
  await gone;
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already, which is what was wanted.
  }
}

async function rotate(path: string): Promise<void> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  if (size < LOG_LIMIT_BYTES) return;
  await rm(`${path}.1`, { force: true });
  await rename(path, `${path}.1`);
}

async function lastLines(path: string): Promise<string> {
  return ((await readText(path)) ?? "").split("\n").slice(-4).join("\n");
}
