/**
 * A lock file that names its holder, so that a holder that died does not lock for ever. It only
 * saves effort (two supervisors of one directory): the data itself is guarded by PostgreSQL.
 */
import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";

import { isAlive, markOf } from "./processes.ts";
import type { ProcessMark } from "./processes.ts";

/** Takes the lock for this process and returns how to let go; nothing when another holds it. */
export async function takeLock(path: string): Promise<(() => Promise<void>) | undefined> {
  const mine = JSON.stringify(await markOf(process.pid));
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if (await linked(draft, path)) return () => rm(path, { force: true });
      if (!(await removeStale(path))) return undefined;
    }
    return undefined;
  } finally {
    await rm(draft, { force: true });
  }
}

/** False when somebody alive holds it. */
async function removeStale(path: string): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return true;
  if (await isAlive(JSON.parse(text) as ProcessMark)) return false;
  const aside = `${path}.stale-${randomBytes(6).toString("hex")}`;
  await rename(path, aside).catch(() => undefined);
  // Somebody quicker may have taken it in between: what was moved then is theirs, and goes back.
  const moved = await readFile(aside, "utf8").catch(() => text);
  if (moved !== text) await linked(aside, path);
  await rm(aside, { force: true });
  return moved === text;
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
