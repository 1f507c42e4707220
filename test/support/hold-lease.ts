/** A command that holds a lease until it is told to end: node hold-lease.ts DATA_DIRECTORY */
import { once } from "node:events";

import { leaseEmbedded } from "../../src/database/embedded/lease.ts";

const lease = await leaseEmbedded({ dataDirectory: process.argv[2] ?? "", graceSeconds: 0.5 });
process.stdout.write(`${lease.databaseUrl}\n`);
await once(process.stdin.resume(), "end");
await lease.release();
