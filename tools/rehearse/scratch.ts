/** A database of its own for a rehearsal, gone when it ends. */
import { scratchServer } from "../../bench/scratch-server.ts";
import type { QuarterParts } from "../../src/rehearsal/quarter/play-quarter.ts";

import { partsOver } from "./parts.ts";

export interface Scratch extends QuarterParts {
  close(): Promise<void>;
}

export async function openScratch(seed: number): Promise<Scratch> {
  const server = await scratchServer();
  const { database } = await server.database();
  return {
    ...(await partsOver(database, seed)),
    close: async () => {
      await database.close();
      await server.close();
    },
  };
}
