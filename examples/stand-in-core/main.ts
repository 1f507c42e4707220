#!/usr/bin/env node
/**
 * The stand-in core as a command:
 * npm run -s node -- examples/stand-in-core/main.ts --port 9090 --journal FILE
 */
import { parseArgs } from "node:util";

import { startCore } from "./core.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "9090" },
    host: { type: "string", default: "127.0.0.1" },
    journal: { type: "string" },
    fsync: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    "drop-answer-one-in": { type: "string" },
  },
});

const dropOneIn = values["drop-answer-one-in"];
const core = await startCore({
  port: Number(values.port),
  host: values.host,
  fsync: values.fsync,
  ...(values.journal === undefined ? {} : { journal: values.journal }),
  faults: {
    seed: Number(values.seed),
    rules:
      dropOneIn === undefined
        ? []
        : [{ fault: "dropAnswerAfterPosting", oneIn: Number(dropOneIn) }],
  },
});
process.stdout.write(`the stand-in core answers at ${core.address}\n`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => void core.stop());
}
