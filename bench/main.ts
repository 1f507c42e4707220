/**
 * `npm run -s bench -- NAME --json`: one line a measure. Exit 0 only where all targets hold, 1
 * where one does not, 2 for a name that is none or where a floor's tool is missing.
 */
import { batchBench } from "./batch.ts";
import { dispatchBench } from "./dispatch.ts";
import { freezeBench } from "./freeze.ts";
import { importBench } from "./import.ts";
import type { Bench } from "./measure.ts";
import { serviceBench } from "./service.ts";

const BENCHES: readonly Bench[] = [
  importBench,
  serviceBench,
  dispatchBench,
  freezeBench,
  batchBench,
];

const [name, ...flags] = process.argv.slice(2);
const bench = BENCHES.find((one) => one.name === name);
if (bench === undefined) {
  const known = BENCHES.map((one) => one.name).join(", ");
  process.stderr.write(`${name ?? "nothing"} is no bench; there are: ${known}\n`);
  process.exitCode = 2;
} else {
  const remark = (line: string): void => void process.stderr.write(`${line}\n`);
  const measures = await bench.run({ remark }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    remark(
      `${String((error as NodeJS.ErrnoException).path)} is missing: install postgresql-client`,
    );
    process.exit(2);
  });
  for (const measure of measures) {
    if (flags.includes("--json")) process.stdout.write(`${JSON.stringify(measure)}\n`);
    else {
      const { value, unit, floor, ratio, bound, target, met } = measure;
      const beside =
        floor === null ? "" : `, floor ${floor.toPrecision(3)}, ratio ${ratio?.toFixed(2)}`;
      process.stdout.write(
        `${measure.name} ${measure.measure}: ${value.toPrecision(4)} ${unit}${beside} ` +
          `(${bound} ${target}) ${met ? "met" : "NOT MET"}\n`,
      );
    }
  }
  process.exitCode = measures.every((measure) => measure.met) ? 0 : 1;
}
