/**
 * Picks up from a local directory. What was taken moves into `collected/` beside it, with the hash
 * of its content in front, so that a later file of the same name does not overwrite it.
 */
import { mkdir, readdir, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";

import { sha256Of } from "../kept-bytes.ts";
import type { PickUpPlace, WaitingFile } from "./place.ts";
import { isTemporary } from "./place.ts";

const COLLECTED = "collected";
const HASH_CHARACTERS = 12;

export function directoryPlace(directory: string): PickUpPlace {
  return {
    list: async () => {
      const entries = await readdir(directory, { withFileTypes: true });
      const files: WaitingFile[] = [];
      for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
        if (!entry.isFile() || isTemporary(entry.name)) continue;
        const { size, mtime } = await stat(join(directory, entry.name));
        files.push({ name: entry.name, sizeBytes: size, changedAt: mtime });
      }
      return files;
    },
    read: (name) => readFile(join(directory, name)),
    collected: async (name) => {
      const bytes = await readFile(join(directory, name)).catch(absent);
      if (bytes === null) return;
      const hash = sha256Of(bytes).toString("hex").slice(0, HASH_CHARACTERS);
      await mkdir(join(directory, COLLECTED), { recursive: true });
      await rename(join(directory, name), join(directory, COLLECTED, `${hash}-${name}`));
    },
    close: () => Promise.resolve(),
  };
}

function absent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
  throw error;
}
