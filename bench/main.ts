/**
 * `npm run -s bench -- NAME --json`: one line a measure. Exit 0 only where all targets hold, 1
 * where one does not, 2 for a name that is none or a floor whose tool is missing.
 */
import type { Bench, Measure } from "./measure.ts";
import { ToolMissing } from "./measure.ts";

/** Each is loaded by itself: what the others need is no part of the memory that one measures. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  import: async () => (await import("./import.ts")).importBench,
  service: async () => (await import("./service.ts")).serviceBench,
  dispatch: async () => (await import("./dispatch.ts")).dispatchBench,
  freeze: async () => (await import("./freeze.ts")).freezeBench,
  batch: async () => (await import("./batch.ts")).batchBench,
  queue: async () => (await import("./queue.ts")).queueBench,
};

const [name = "", ...flags] = process.argv.slice(2);
const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (load === undefined) {
  const known = Object.keys(BENCHES).join(", ");
  process.stderr.write(`usage: npm run -s bench -- NAME [--json]; names: ${known}\n`);
  process.exitCode = name === "--help" ? 0 : 2;
} else {
  process.exitCode = await measured(await load());
}

async function measured(bench: Bench): Promise<number> {
  const remark = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    const measures = await bench.run({ remark });
    for (const measure of measures) process.stdout.write(`${said(measure)}\n`);
    return measures.every((measure) => measure.met) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ToolMissing)) throw error;
    remark(`${error.message} is not installed`);
    return 2;
  }
}

function said(measure: Measure): string {
  if (flags.includes("--json")) return JSON.stringify(measure);
  const { name, value, unit, floor, ratio, bound, target, met } = measure;
  const judged = target === null ? "no target" : `${bound} ${target}, ${met ? "met" : "NOT MET"}`;
  const beside =
    floor === null ? "" : `, floor ${floor.toPrecision(4)}, ratio ${ratio?.toFixed(2)}`;
  return `${name} ${measure.measure}: ${value.toPrecision(4)} ${unit}${beside} (${judged})`;
}
