/**
 * Reads clocks and works the operations inbox in a process of its own, over and over, to be killed:
 * node credit-process.ts DATABASE_URL NOW
 */
import { Temporal } from "temporal-polyfill";

import { workInbox } from "../../src/accounting/work-inbox.ts";
import { connectDatabase } from "../../src/database/database.ts";
import { manualClock } from "../../src/kernel/clock.ts";
import { lookAtClocks } from "../../src/resolution/regulatory-clocks/look-at-clocks.ts";
import { testEngine } from "./engine.ts";

const [databaseUrl = "", now = ""] = process.argv.slice(2);
const database = connectDatabase({ databaseUrl, connections: 4 });
const engine = testEngine(database, manualClock(Temporal.Instant.from(now)));
const report = (problem: string, error: unknown): void => {
  process.stderr.write(`${problem}: ${String(error)}\n`);
};
for (;;) {
  await lookAtClocks(engine, { limit: 4, report });
  await workInbox(engine, { limit: 3, report });
}
