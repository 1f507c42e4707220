/** Picks up from a local directory. What was taken moves into `collected/` beside it. */
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { sha256Of } from "../kept-bytes.ts";
import type { PickUpPlace, WaitingFile } from "./place.ts";
import { COLLECTED, collectedName, isTemporary } from "./place.ts";

export function directoryPlace(directory: string): PickUpPlace {
  return {
    list: async () => {
      const entries = await readdir(directory, { withFileTypes: true });
      const files: WaitingFile[] = [];
      for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
        if (!entry.isFile() || isTemporary(entry.name)) continue;
        const found = await stat(join(directory, entry.name)).catch(absent);
        if (found === null) continue;
        const whole = { by: "clock", changedAt: found.mtime } as const;
        files.push({ name: entry.name, sizeBytes: found.size, whole });
      }
      return files;
    },
    read: async ({ name, sizeBytes }) => {
      const bytes = await readFile(join(directory, name));
      return bytes.length === sizeBytes ? bytes : null;
    },
    collected: async ({ name }, sha256) => {
      const bytes = await readFile(join(directory, name)).catch(absent);
      if (bytes === null || !sha256Of(bytes).equals(sha256)) return;
      await mkdir(join(directory, COLLECTED), { recursive: true });
      await rename(join(directory, name), join(directory, COLLECTED, collectedName(name, sha256)));
    },
    removeMarker: (name) => rm(join(directory, name), { force: true }),
    close: () => Promise.resolve(),
  };
}

function absent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
  throw error;
}
