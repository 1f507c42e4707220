/**
 * A process that generates or sends, and may be told to die at a failpoint:
 * node batch-process.ts DATABASE_URL NOW CLIENT generate|transmit FAILPOINTS
 */
import { Temporal } from "temporal-polyfill";

import { generateNow } from "../../src/batch/generate.ts";
import { transmitNext } from "../../src/batch/transmit.ts";
import { connectDatabase } from "../../src/database/database.ts";
import { failpointsFrom } from "../../src/kernel/failpoints.ts";
import { batchDesk, PROFILE, SENDING } from "./batch-desk.ts";
import { testEngine } from "./engine.ts";

const [databaseUrl = "", now = "", clientId = "", verb = "", failpoints = ""] =
  process.argv.slice(2);
const database = connectDatabase({ databaseUrl, connections: 2 });
const engine = testEngine(database);
engine.clock.set(Temporal.Instant.from(now));
const desk = batchDesk(engine, failpointsFrom(failpoints));

if (verb === "generate") await generateNow(desk, { clientId, profile: PROFILE, actor: "ann" });
else await transmitNext(desk, SENDING);
await database.close();
