/**
 * Imports a file in a process of its own, to be killed:
 * node import-process.ts DATABASE_URL NOW FILE LINES_PER_CHUNK
 */
import { Temporal } from "temporal-polyfill";

import { connectDatabase } from "../../src/database/database.ts";
import { importFile } from "../../src/imports/import-file.ts";
import { manualClock } from "../../src/kernel/clock.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { testEngine } from "./engine.ts";

const [databaseUrl = "", now = "", file = "", lines = "1"] = process.argv.slice(2);
const database = connectDatabase({ databaseUrl, connections: 2 });
const engine = testEngine(database, manualClock(Temporal.Instant.from(now)));
try {
  await importFile(engine, engine.vault, file, { actor: "test", linesPerChunk: Number(lines) });
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  // Another process has it: that is what a test may want to see.
  process.stdout.write(error.code);
  process.exitCode = 3;
}
await database.close();
