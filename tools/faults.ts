/**
 * `npm run -s faults -- --core X --fault Y --count 10000 [--kills 200] [--json]`: the service route
 * against a stand-in core that fails on purpose. Afterwards the core's own book has to be ours:
 * nothing twice, nothing lost, and what is undecided in front of a person. Exits 1 where it is not.
 */
import { parseArgs } from "node:util";

import { CORES } from "../examples/cores/all.ts";
import type { FaultName } from "../examples/cores/faults.ts";
import { FAULT_NAMES, FAULTS } from "../examples/cores/faults.ts";
import { scratchServer } from "../bench/scratch-server.ts";

import type { Verdict } from "./faults/two-books.ts";
import { runFault } from "./faults/run.ts";

const USAGE = `usage: npm run -s faults -- --core NAME --fault NAME [options]
  --core      ${Object.keys(CORES).join(", ")} or all
  --fault     one of those below, or all
  --count N   adjustments in a run (1000)
  --one-in N  the fault hits one call in so many (5)
  --kills N   a worker is killed so often under the load (0)
  --workers N worker processes (1)
  --seed N    repeats a run (1)
  --no-look-up  as if the core had none
  --json      a line of JSON for each run
faults:
${Object.entries(FAULTS)
  .map(([name, meaning]) => `  ${name}: ${meaning}`)
  .join("\n")}
`;

const options = readOptions();
if (options === null) {
  process.stderr.write(USAGE);
  process.exitCode = process.argv.includes("--help") ? 0 : 2;
} else {
  const server = await scratchServer();
  try {
    for (const core of options.cores) {
      for (const fault of options.faults) {
        const verdict = await runFault(server, { ...options, core, fault, remark });
        process.stdout.write(options.json ? `${JSON.stringify(verdict)}\n` : inWords(verdict));
        if (!verdict.met) process.exitCode = 1;
      }
    }
  } finally {
    await server.close();
  }
}

function remark(line: string): void {
  process.stderr.write(`${line}\n`);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      core: { type: "string", default: "all" },
      fault: { type: "string", default: "all" },
      count: { type: "string", default: "1000" },
      "one-in": { type: "string", default: "5" },
      kills: { type: "string", default: "0" },
      workers: { type: "string", default: "1" },
      seed: { type: "string", default: "1" },
      "no-look-up": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const cores = Object.keys(CORES).filter((name) => [name, "all"].includes(values.core));
  const faults: FaultName[] = FAULT_NAMES.filter((name) => [name, "all"].includes(values.fault));
  const numbers = [values.count, values["one-in"], values.workers, values.seed].map(Number);
  const areNumbers = numbers.every((one) => Number.isSafeInteger(one) && one > 0);
  const kills = Number(values.kills);
  if (values.help || cores.length === 0 || faults.length === 0 || !areNumbers || !(kills >= 0)) {
    return null;
  }
  const [count = 1, oneIn = 1, workers = 1, seed = 1] = numbers;
  const { json } = values;
  return { cores, faults, count, oneIn, workers, seed, kills, json, lookUp: !values["no-look-up"] };
}

function inWords(verdict: Verdict): string {
  const { core, fault, adjustments, posted, refused, failed, undecided, seconds } = verdict;
  const bad = [
    verdict.doubled > 0 ? `${verdict.doubled} DOUBLED` : "",
    verdict.lost > 0 ? `${verdict.lost} LOST` : "",
    verdict.booksEqual ? "" : "THE BOOKS DIFFER",
    verdict.violations > 0 ? `${verdict.violations} violations` : "",
    verdict.unexplained > 0 ? `${verdict.unexplained} without a reason` : "",
  ].filter((part) => part !== "");
  return (
    `${core} ${fault}: of ${adjustments} adjustments ${posted} posted once, ${refused} refused, ` +
    `${failed} given up, ${undecided} undecided; ${verdict.setbacks} setbacks, ` +
    `${verdict.kills} kills, ${seconds.toFixed(0)} s: ` +
    `${[...bad, verdict.met ? "met" : "NOT MET"].join(", ")}\n`
  );
}
