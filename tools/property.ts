/**
 * `npm run -s property -- --sequences 20000 [--from 1] [--json]`: plays random sequences of
 * operations and outcomes on one dispute each, on every core, and prints those that end where
 * nothing may end. A seed repeats its sequence exactly. Exits 1 where any does.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

import { businessCalendar } from "../src/kernel/calendar.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { uuids } from "../src/kernel/ids.ts";
import type { Played } from "../src/rehearsal/random-operations.ts";
import { playRandom } from "../src/rehearsal/random-operations.ts";
import type { RuleBook } from "../src/rulebook/load.ts";
import { loadRuleBook, STANDARD_BOOK } from "../src/rulebook/read.ts";

interface Share {
  readonly first: number;
  readonly step: number;
  readonly last: number;
}

if (isMainThread) await playAll();
else await playShare(workerData as Share);

/** One share of the seeds; posts each sequence that ends where nothing may end. */
async function playShare({ first, step, last }: Share): Promise<void> {
  const { rulebook } = await loadRuleBook(STANDARD_BOOK);
  const rehearsal = {
    rulebook: rulebook as RuleBook,
    calendar: businessCalendar({ holidays: "federal-reserve", zone: "America/New_York" }),
    ids: uuids(systemClock),
  };
  for (let seed = first; seed <= last; seed += step) {
    const played = playRandom(rehearsal, seed);
    if (played.faults.length > 0) parentPort?.postMessage(played);
  }
}

async function playAll(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sequences: { type: "string", default: "20000" },
      from: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stderr.write("usage: npm run -s property -- [--sequences 20000] [--from 1] [--json]\n");
    return;
  }
  const first = Number(values.from);
  const sequences = Number(values.sequences);
  const step = availableParallelism();
  const found: Played[] = [];
  const shares = Array.from({ length: step }, (_, index) =>
    finished({ first: first + index, step, last: first + sequences - 1 }, found),
  );
  await Promise.all(shares);
  found.sort((a, b) => a.seed - b.seed);
  if (values.json) {
    const firstFailingSeed = found[0]?.seed ?? null;
    const verdict = { sequences, violations: found.length, firstFailingSeed };
    process.stdout.write(`${JSON.stringify(verdict)}\n`);
  } else {
    for (const { seed, steps, faults } of found) {
      process.stdout.write(`seed ${seed}\n  ${steps.join("\n  ")}\n  => ${faults.join("; ")}\n`);
    }
    process.stdout.write(`${sequences} sequences, ${found.length} violations\n`);
  }
  process.exitCode = found.length === 0 ? 0 : 1;
}

function finished(share: Share, found: Played[]): Promise<void> {
  return new Promise((done, fail) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.on("message", (played: Played) => found.push(played));
    worker.on("error", fail);
    worker.on("exit", () => done());
  });
}
