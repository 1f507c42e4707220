/**
 * A process that picks answers up and matches them, and may be told to die at a failpoint:
 * node inbound-process.ts DATABASE_URL NOW FAILPOINTS
 */
import { Temporal } from "temporal-polyfill";

import { collectAll } from "../../src/batch/inbound/pick-up/collect.ts";
import { inboundNext } from "../../src/batch/inbound/work-inbound.ts";
import { connectDatabase } from "../../src/database/database.ts";
import { failpointsFrom } from "../../src/kernel/failpoints.ts";
import { batchDesk } from "./batch-desk.ts";
import { testEngine } from "./engine.ts";

const [databaseUrl = "", now = "", failpoints = ""] = process.argv.slice(2);
const database = connectDatabase({ databaseUrl, connections: 2 });
const engine = testEngine(database);
engine.clock.set(Temporal.Instant.from(now));
const desk = batchDesk(engine, failpointsFrom(failpoints));

await collectAll(desk);
while ((await inboundNext(desk)) !== null);
await database.close();
