/**
 * A lock file that names its holder, so that a holder that died does not lock for ever. It only
 * saves effort (two supervisors of one directory): the data itself is guarded by PostgreSQL.
 */
import { randomBytes } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

import { isAlive, markOf } from "./processes.ts";
import type { ProcessMark } from "./processes.ts";

const GUARD_PAUSE_MILLISECONDS = 10;
const MOST_TRIES = 200;

/** Takes the lock for this process and returns how to let go; nothing when another holds it. */
export async function takeLock(path: string): Promise<(() => Promise<void>) | undefined> {
  const mine = JSON.stringify(await markOf(process.pid));
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
      if (await linked(draft, path)) return () => rm(path, { force: true });
      if (!(await removeStale(path, mine))) return undefined;
    }
    return undefined;
  } finally {
    await rm(draft, { force: true });
  }
}

/** False when somebody alive holds it. */
async function removeStale(path: string, mine: string): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return true;
  if (await isAlive(JSON.parse(text) as ProcessMark)) return false;
  // One at a time looks and removes: a quicker one may have taken the lock in between.
  const guard = `${path}.removing`;
  if (!(await guarded(guard, mine))) return true;
  try {
    const now = await readFile(path, "utf8").catch(() => undefined);
    if (now === text) await rm(path, { force: true });
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

/** False while another removes; whoever died at it guards no more. */
async function guarded(guard: string, mine: string): Promise<boolean> {
  try {
    await writeFile(guard, mine, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const holder = await readFile(guard, "utf8").catch(() => "");
    if (holder !== "" && !(await isAlive(JSON.parse(holder) as ProcessMark))) {
      await rm(guard, { force: true });
    }
    await delay(GUARD_PAUSE_MILLISECONDS);
    return false;
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
