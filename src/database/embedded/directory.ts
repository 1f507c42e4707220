/**
 * What lies in the data directory of an embedded server, and the words in its small files.
 *
 * `postgres/` is PostgreSQL's own and is never deleted or overwritten by us; `embedded/` holds how
 * to reach it: password and supervisor (readable by the owner only) and the logs.
 */
import { randomBytes } from "node:crypto";
import {
  access,
  chown,
  constants,
  mkdir,
  open,
  readFile,
  realpath,
  rename,
  stat,
} from "node:fs/promises";
import { dirname, join } from "node:path";

import { Failure } from "../../kernel/failure.ts";
import type { ProcessMark } from "./processes.ts";

export interface EmbeddedDirectory {
  readonly root: string;
  /** PostgreSQL's data, unless `relocated` says that it is elsewhere. */
  readonly cluster: string;
  readonly control: string;
  readonly password: string;
  readonly supervisor: string;
  readonly lock: string;
  readonly port: string;
  readonly relocated: string;
  readonly postgresLog: string;
  readonly supervisorLog: string;
}

/** Who to ask for a lease: written by the supervisor once it listens. */
export interface SupervisorAddress {
  readonly process: ProcessMark;
  readonly port: number;
  readonly token: string;
}

export const OWNER_ROLE = "redress";
export const DATABASE_NAME = "redress";

/**
 * Makes the directory where it is missing. Others may pass through it, not look into it. Throws
 * `database-unreachable` where this user cannot use it.
 */
export async function embeddedDirectory(dataDirectory: string): Promise<EmbeddedDirectory> {
  try {
    return await prepare(dataDirectory);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(
      "database-unreachable",
      `the data directory ${dataDirectory} cannot be used by this user: ${reason}`,
    );
  }
}

async function prepare(dataDirectory: string): Promise<EmbeddedDirectory> {
  const made = await mkdir(dataDirectory, { recursive: true, mode: 0o711 });
  if (made !== undefined && process.getuid?.() === 0) await giveToOwnerOfPlace(made);
  const root = await realpath(dataDirectory);
  const control = join(root, "embedded");
  await mkdir(control, { recursive: true, mode: 0o700 });
  await access(control, constants.R_OK | constants.W_OK | constants.X_OK);
  return {
    root,
    cluster: join(root, "postgres"),
    control,
    password: join(control, "password"),
    supervisor: join(control, "supervisor.json"),
    lock: join(control, "supervisor.lock"),
    port: join(control, "port"),
    relocated: join(control, "relocated"),
    postgresLog: join(control, "postgres.log"),
    supervisorLog: join(control, "supervisor.log"),
  };
}

/** What root makes in somebody's project belongs to them. */
async function giveToOwnerOfPlace(path: string): Promise<void> {
  const { uid, gid } = await stat(dirname(path));
  await chown(path, uid, gid);
}

export async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Whole or not at all, on the disk when it returns, for the owner's eyes only. */
export async function writeText(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  const file = await open(temporary, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

export async function readAddress(
  directory: EmbeddedDirectory,
): Promise<SupervisorAddress | undefined> {
  const text = await readText(directory.supervisor);
  return text === undefined ? undefined : (JSON.parse(text) as SupervisorAddress);
}

export interface ServerPlace {
  readonly port: number;
  /** The directory of its socket; null where it is reached by its port alone. */
  readonly socketDirectory: string | null;
}

/** A socket costs each statement less than the network of this machine does (decision 121). */
export function databaseUrlAt(
  { port, socketDirectory }: ServerPlace,
  password: string,
  database = DATABASE_NAME,
): string {
  const bySocket = socketDirectory === null ? "" : `?host=${encodeURIComponent(socketDirectory)}`;
  return `postgresql://${OWNER_ROLE}:${password}@127.0.0.1:${port}/${database}${bySocket}`;
}
