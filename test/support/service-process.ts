/**
 * A worker of the service route in a process of its own, to be killed:
 * node service-process.ts DATABASE_URL CLOCK_AHEAD_MILLISECONDS LEASE_SECONDS
 */
import { connectDatabase } from "../../src/database/database.ts";
import { startServiceWorker } from "../../src/service/worker.ts";
import { testEngine } from "./engine.ts";
import { serviceDesk, tickingClock } from "./service.ts";

const [databaseUrl = "", ahead = "0", leaseSeconds = "2"] = process.argv.slice(2);
const database = connectDatabase({ databaseUrl, connections: 4 });
const engine = testEngine(database, tickingClock(Number(ahead)));
const desk = serviceDesk(engine, { leaseSeconds: Number(leaseSeconds), retryDivisor: 1000 });
const report = (problem: string, error: unknown): void => {
  process.stderr.write(`${problem}: ${String(error)}\n`);
};
const worker = startServiceWorker({ ...desk, report }, { pollSeconds: 0.02 });
process.on("SIGTERM", () => void worker.stop().then(() => database.close()));
process.stdout.write("working\n");
