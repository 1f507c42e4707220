#!/usr/bin/env node
/**
 * A stand-in core as a command:
 * npm run -s node -- examples/cores/main.ts galileo --port 9090 --journal core.ndjson \
 *   --fault resetAfterCommit
 */
import { parseArgs } from "node:util";

import { CORES } from "./all.ts";
import { FAULT_NAMES, FAULTS } from "./faults.ts";
import { startCore } from "./server.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: "string", default: "9090" },
    journal: { type: "string" },
    fault: { type: "string", default: "none" },
    "one-in": { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    settings: { type: "boolean", default: false },
  },
});
const known = CORES[positionals[0] ?? ""];
const fault = FAULT_NAMES.find((name) => name === values.fault);
if (known === undefined || fault === undefined) {
  const faults = Object.entries(FAULTS).map(([name, meaning]) => `  ${name}: ${meaning}`);
  process.stderr.write(
    `usage: main.ts ${Object.keys(CORES).join("|")} [--port 9090] [--journal FILE] ` +
      `[--fault NAME] [--one-in 5] [--seed 1]\n` +
      `       main.ts NAME --settings [--port 9090]  prints the settings that connect it\n` +
      `faults:\n${faults.join("\n")}\n`,
  );
  process.exitCode = 2;
} else if (values.settings) {
  const services = { core: known.service(`http://127.0.0.1:${values.port}`) };
  const perEntry = known.perEntry ? ["core"] : [];
  process.stdout.write(`${JSON.stringify({ services, perEntry }, null, 2)}\n`);
} else {
  const shape = known.shape();
  const core = await startCore({
    shape,
    port: Number(values.port),
    plan: { fault, oneIn: Number(values["one-in"]), seed: Number(values.seed) },
    ...(values.journal === undefined ? {} : { journal: values.journal }),
  });
  process.stdout.write(`the ${shape.name} core answers at ${core.address}; its secrets:\n`);
  for (const [name, secret] of Object.entries(shape.secrets)) {
    process.stdout.write(`  ${name}=${secret}\n`);
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => void core.stop());
  }
}
