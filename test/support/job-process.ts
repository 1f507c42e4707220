/**
 * A worker of server jobs in a process of its own, to be killed:
 * node job-process.ts DATABASE_URL NOW CHUNK FAILPOINTS
 */
import { Temporal } from "temporal-polyfill";

import { connectDatabase } from "../../src/database/database.ts";
import { allJobKinds } from "../../src/job-kinds.ts";
import { manualClock } from "../../src/kernel/clock.ts";
import { failpointsFrom } from "../../src/kernel/failpoints.ts";
import { startJobWorker } from "../../src/work/run-jobs.ts";
import { testEngine } from "./engine.ts";

const [databaseUrl = "", now = "", chunk = "1", failpoints] = process.argv.slice(2);
const database = connectDatabase({ databaseUrl, connections: 4 });
const engine = testEngine(database, manualClock(Temporal.Instant.from(now)));
const report = (problem: string, error: unknown): void => {
  process.stderr.write(`${problem}: ${String(error)}\n`);
};
startJobWorker({ ...engine, failpoints: failpointsFrom(failpoints), report }, allJobKinds(engine), {
  worker: `child-${process.pid}`,
  leaseSeconds: 30,
  chunk: Number(chunk),
  pollSeconds: 0.05,
});
