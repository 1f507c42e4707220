/**
 * Picks up from a local directory. What was taken moves into `collected/` beside it. Others write
 * there: what is gone or swapped since it was listed is left, and no link is followed.
 */
import { constants } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { sha256Of } from "../kept-bytes.ts";
import type { PickUpPlace, WaitingFile } from "./place.ts";
import { COLLECTED, collectedName, FileFailed, isTemporary } from "./place.ts";

/** Of a link the open fails; of a pipe it does not wait. */
const AS_A_FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export function directoryPlace(directory: string): PickUpPlace {
  /** Names that are not UTF-8, as they are on the disk. */
  const paths = new Map<string, Buffer>();
  const pathOf = (name: string): string | Buffer => paths.get(name) ?? join(directory, name);
  return {
    list: async () => {
      const files: WaitingFile[] = [];
      paths.clear();
      for (const entry of await readdir(directory, { withFileTypes: true, encoding: "buffer" })) {
        const name = nameOf(entry.name);
        if (!entry.isFile() || isTemporary(name)) continue;
        if (!Buffer.from(name).equals(entry.name)) {
          paths.set(name, Buffer.concat([Buffer.from(`${directory}/`), entry.name]));
        }
        const found = await stat(pathOf(name)).catch(absent);
        if (found === null) continue;
        const whole = { by: "clock", changedAt: found.mtime } as const;
        files.push({ name, sizeBytes: found.size, whole });
      }
      return files.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    read: (file) => ofFile(file, () => readFile(pathOf(file.name), file.sizeBytes)),
    collected: (file, sha256) =>
      ofFile(file, async () => {
        const { name, sizeBytes } = file;
        const bytes = await readFile(pathOf(name), sizeBytes);
        if (bytes === null || !sha256Of(bytes).equals(sha256)) return;
        const target = join(directory, COLLECTED, collectedName(name, sha256));
        await mkdir(join(directory, COLLECTED), { recursive: true });
        await rename(pathOf(name), target).catch(async (error: unknown) => {
          // Another process was faster.
          if ((await stat(pathOf(name)).catch(absent)) !== null) throw error;
        });
      }),
    removeMarker: (name) => rm(pathOf(name), { force: true }),
    close: () => Promise.resolve(),
  };
}

/** A name that is not UTF-8 is read as Latin-1: every sequence of bytes is a name there. */
function nameOf(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? text : bytes.toString("latin1");
}

/** Null where it is gone, no file any more, or of another size. */
async function readFile(path: string | Buffer, sizeBytes: number): Promise<Buffer | null> {
  const file = await open(path, AS_A_FILE).catch(absent);
  if (file === null) return null;
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size !== sizeBytes) return null;
    const bytes = await file.readFile();
    return bytes.length === sizeBytes ? bytes : null;
  } finally {
    await file.close();
  }
}

async function ofFile<Value>({ name }: WaitingFile, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new FileFailed(`${name}: ${code}`, { cause: error });
  }
}

/** ELOOP: a link took its place. */
function absent(error: unknown): null {
  if (["ENOENT", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
  throw error;
}
