/**
 * `npm run -s rehearse -- [--disputes N] [--days N] [--seed N] [--seeds N] [--calm] [--json]`:
 * plays a quarter of an institution hour by hour and judges it by the law's own dates. Exits 1
 * where the product broke one, or did not say that one was broken.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { openScratch } from "./rehearse/scratch.ts";
import { playQuarter } from "../src/rehearsal/quarter/play-quarter.ts";
import { inWords, verdictOf } from "../src/rehearsal/quarter/summary.ts";
import type { Verdict } from "../src/rehearsal/quarter/summary.ts";

const USAGE = `usage: npm run -s rehearse -- [options]
  --disputes N  disputes of the quarter (10000)
  --days N      days on which they come in (92)
  --seed N      the first seed (1)
  --seeds N     quarters, one after the other (1)
  --calm        nothing goes wrong: then no date may be missed
  --json        a line of JSON for each quarter and one for all
`;

const options = readOptions();
if (options === null) {
  process.stderr.write(USAGE);
  process.exitCode = process.argv.includes("--help") ? 0 : 2;
} else {
  const verdicts: Verdict[] = [];
  for (let seed = options.seed; seed < options.seed + options.seeds; seed += 1) {
    const verdict = await rehearse(seed);
    verdicts.push(verdict);
    process.stdout.write(options.json ? `${JSON.stringify(verdict)}\n` : inWords(verdict));
  }
  const failing = verdicts.find((one) => one.violations.length > 0);
  const total = {
    name: "rehearse",
    seeds: verdicts.length,
    days: sum(verdicts, (one) => one.days),
    steps: sum(verdicts, (one) => one.steps),
    disputes: sum(verdicts, (one) => one.disputes),
    breaches: sum(verdicts, (one) => one.breaches.length),
    violations: sum(verdicts, (one) => one.violations.length),
    firstFailingSeed: failing?.seed ?? null,
  };
  if (options.json) process.stdout.write(`${JSON.stringify(total)}\n`);
  process.exitCode = failing === undefined ? 0 : 1;
}

function sum(verdicts: readonly Verdict[], of: (one: Verdict) => number): number {
  return verdicts.reduce((total, one) => total + of(one), 0);
}

async function rehearse(seed: number): Promise<Verdict> {
  const directory = await mkdtemp(join(tmpdir(), "redress-rehearse-"));
  const scratch = await openScratch(seed);
  const started = performance.now();
  try {
    const played = await playQuarter(scratch, {
      ...(options as NonNullable<typeof options>),
      seed,
      directory,
      progress: (line) => process.stderr.write(`seed ${seed} ${line}\n`),
    });
    return verdictOf(played, (performance.now() - started) / 1000);
  } finally {
    await scratch.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      disputes: { type: "string", default: "10000" },
      days: { type: "string", default: "92" },
      seed: { type: "string", default: "1" },
      seeds: { type: "string", default: "1" },
      calm: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const numbers = [values.disputes, values.days, values.seed, values.seeds].map(Number);
  if (values.help || !numbers.every((one) => Number.isSafeInteger(one) && one > 0)) return null;
  const [disputes = 1, days = 1, seed = 1, seeds = 1] = numbers;
  return { disputes, days, seed, seeds, calm: values.calm, json: values.json };
}
