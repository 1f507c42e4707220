/**
 * batch: the movements of a file are read, rendered with totals and SHA-256, and stored in chunks,
 * in one transaction. The floor is psql's `\copy` of the same bytes, made by SQL from the same
 * tables. What freezing costs beside it is the bench `freeze`.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { generateNow } from "../src/batch/generate.ts";
import { layoutSources } from "../src/batch/writing/layout-sources.ts";
import { layoutOf, shippedLayouts } from "../src/batch/writing/layouts.ts";
import { renderAgain } from "../src/batch/writing/render-again.ts";
import { keepLayout } from "../src/batch/writing/store-layouts.ts";
import { byteStore } from "../src/batch/writing/stored-bytes.ts";
import type { FileRow } from "../src/batch/views.ts";
import { fileById } from "../src/batch/views.ts";
import { encoderOf } from "../src/formats/encoding.ts";
import { systemClock } from "../src/kernel/clock.ts";

import { makeAccountNumbers, NUMBER_IN_SQL } from "./account-numbers.ts";
import { BENCH_KEYS, benchDesk, withClient } from "./batch-desk.ts";
import type { Bench, Measure } from "./measure.ts";
import { ratioMeasure, spread, ToolMissing } from "./measure.ts";
import { peakMemory } from "./memory.ts";
import { CLIENT, makePendingAdjustments, PROFILE } from "./pending-adjustments.ts";
import type { ScratchDatabase } from "./scratch-server.ts";
import { scratchServer } from "./scratch-server.ts";

const COUNT = Number(process.env["BENCH_ROWS"] ?? 1_000_000);
const REPEATS = Number(process.env["BENCH_REPEATS"] ?? 3);

/** What `\\copy` wrote beside the lines of a file, and the hash of what we stored of it. */
interface Written {
  readonly file: FileRow;
  readonly path: string;
  readonly sha256: Buffer;
}

/** Without account numbers in its lines, and with them: then the bytes are sealed as well. */
interface Variant {
  readonly measure: string;
  readonly target: number;
  readonly withNumbers: boolean;
}

const VARIANTS: readonly Variant[] = [
  { measure: "without account numbers", target: 1.5, withNumbers: false },
  { measure: "with account numbers", target: 3, withNumbers: true },
];

export const batchBench: Bench = {
  name: "batch",
  repeats: REPEATS,
  run: async ({ remark }) => {
    const memory = peakMemory();
    const said = (line: string): void => remark(`batch: ${line}`);
    const server = await scratchServer();
    const directory = await mkdtemp(join(tmpdir(), "redress-bench-copy-"));
    try {
      const source = await server.database();
      await withClient(source.database);
      await makePendingAdjustments(source.url, COUNT, said);
      said("making rows: account numbers");
      await makeAccountNumbers(source.url, COUNT);
      said("writing the file");
      const file = await frozen(source);
      const measures: Measure[] = [];
      const written: Written[] = [];
      for (const variant of VARIANTS) {
        const path = join(directory, `copied-${written.length}.txt`);
        const { measure, ...both } = await measured(source, file, variant, path, said);
        measures.push(measure);
        written.push(both);
      }
      measures.push(memory.measure("batch", `memory at ${COUNT}`));
      said("comparing");
      for (const both of written) await mustBeTheSame(source, both);
      return measures;
    } finally {
      await rm(directory, { recursive: true, force: true });
      await server.close();
    }
  },
};

/** Both variants render the lines of one file, each by its own layout. */
async function measured(
  source: ScratchDatabase,
  written: FileRow,
  { measure, target, withNumbers }: Variant,
  path: string,
  remark: (line: string) => void,
): Promise<Written & { readonly measure: Measure }> {
  const layoutSha256 = withNumbers ? await keptWithNumbers(source) : written.layoutSha256;
  const file = { ...written, layoutSha256 };
  const [ours, floors]: [number[], number[]] = [[], []];
  let sha256 = file.sha256;
  for (let repeat = 1; repeat <= REPEATS; repeat += 1) {
    remark(`${measure} ${repeat} of ${REPEATS}: \\copy`);
    floors.push(await copied(source, file, path, withNumbers));
    remark(`${measure} ${repeat} of ${REPEATS}: \\copy ${floors.at(-1)?.toFixed(1)} s, rendering`);
    const done = await rendered(source, file, withNumbers);
    ours.push(done.seconds);
    ({ sha256 } = done);
    remark(`${measure} ${repeat} of ${REPEATS}: rendered in ${ours.at(-1)?.toFixed(1)} s`);
  }
  remark(`${measure}: ours ${spread(ours)}, floor ${spread(floors)} s`);
  const about = { name: "batch", unit: "s", bound: "max", target } as const;
  const ratio = ratioMeasure({ ...about, measure: `${COUNT} ${measure}` }, ours, floors);
  return { measure: ratio, file, path, sha256 };
}

/** The shipped layout with the number of the account that the line is about at its end. */
function csvWithNumbers(): Record<string, unknown> {
  const shipped = shippedLayouts().get("generic-csv") as {
    readonly detail: { readonly fields: readonly object[] };
  };
  const fields = [...shipped.detail.fields, { name: "number", from: "accountNumber" }];
  return { ...shipped, name: "csv-with-numbers", detail: { ...shipped.detail, fields } };
}

/** Keeps that layout beside the one that the file was written with. */
async function keptWithNumbers({ database }: ScratchDatabase): Promise<Buffer> {
  const profile = { name: PROFILE, layout: csvWithNumbers() };
  const kept = layoutOf(profile, layoutSources([]));
  const { name, version } = kept.layout;
  await database.transaction((tx) =>
    keepLayout(tx, { clientId: CLIENT, ...kept, name, version }, systemClock.now().toString()),
  );
  return kept.sha256;
}

async function frozen({ database, url }: ScratchDatabase): Promise<FileRow> {
  const asked = { clientId: CLIENT, profile: PROFILE, actor: "bench" };
  const { files } = await generateNow(benchDesk(database), asked);
  const file = await fileById(database, CLIENT, files[0]?.id ?? "");
  if (file === undefined) throw new Error("no file was written");
  await psql(url, "-qc", "vacuum (freeze, analyze)", "-c", "checkpoint");
  return file;
}

async function psql(...flags: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)("psql", flags);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ENOENT") throw error;
    throw new ToolMissing("psql (postgresql-client)", { cause: error });
  }
}

class Undone extends Error {}

/** Reads, renders and stores all of it; then it is undone, since the file has its bytes already. */
async function rendered(
  { database }: ScratchDatabase,
  file: FileRow,
  isSealed: boolean,
): Promise<{ seconds: number; sha256: Buffer }> {
  const desk = benchDesk(database);
  const started = performance.now();
  let done = { seconds: 0, sha256: file.sha256 };
  const work = database.transaction(async (tx) => {
    const place = { clientId: CLIENT, fileId: "019a9000-0000-7000-8000-000000000000" };
    const encode = encoderOf("utf-8");
    const settings = { isSealed, encode, beginsLast: false };
    const store = byteStore(tx, place, BENCH_KEYS, settings);
    for await (const text of renderAgain(tx, desk, file)) await store.write(text);
    const { sha256 } = await store.finish(null);
    done = { seconds: (performance.now() - started) / 1000, sha256 };
    if (!isSealed && !sha256.equals(file.sha256)) throw new Error("rendered to other bytes");
    throw new Undone();
  });
  await work.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
  return done;
}

/** The lines of `generic-csv` by SQL, with the header, titles and trailer that the file has. */
async function copied(
  source: ScratchDatabase,
  file: FileRow,
  path: string,
  withNumbers: boolean,
): Promise<number> {
  const select = `select concat_ws(',', 'DT', l.line_number, a.id || '-' || l.key_revision,
    c.number, d.number, a.id, e.id, coalesce(a.reverses_adjustment_id::text, ''), a.operation,
    e.rule, 'credit', l.amount_minor / 100 || '.' || lpad((l.amount_minor % 100)::text, 2, '0'),
    a.currency, e.debit_account, e.debit_tran_code, e.credit_account, e.credit_tran_code,
    a.event_date, date '${file.postingDate}', 'Provisional Credit'
    ${withNumbers ? `, ${NUMBER_IN_SQL}` : ""})
    from batch_line l
    join adjustment a on a.client_id = l.client_id and a.id = l.adjustment_id
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    join claim c on c.client_id = d.client_id and c.id = d.claim_id
    join entry e on e.client_id = a.client_id and e.dispute_id = a.dispute_id
      and e.adjustment_id = a.id
    where l.client_id = '${CLIENT}' and l.file_id = '${file.id}'
    order by l.line_number`.replaceAll(/\s+/g, " ");
  const format = "format csv, quote E'\\x01', delimiter E'\\x02'";
  const command = `\\copy (${select}) to '${path}' with (${format})`;
  const started = performance.now();
  await psql(source.url, "-qc", command);
  return (performance.now() - started) / 1000;
}

/**
 * The floor is no floor unless it wrote the same detail lines; `copy` ends them by LF alone. What
 * is rendered here has to be what was stored, by its hash. It comes after the memory is measured,
 * for none of this is work of ours.
 */
async function mustBeTheSame(
  { database }: ScratchDatabase,
  { file, path, sha256 }: Written,
): Promise<void> {
  const theirs = createHash("sha256");
  for await (const chunk of createReadStream(path)) theirs.update(chunk as Buffer);
  const [ours, whole] = [createHash("sha256"), createHash("sha256")];
  await database.transaction(async (tx) => {
    for await (const text of renderAgain(tx, benchDesk(database), file)) {
      whole.update(text);
      for (const line of text.split("\r\n")) {
        if (line.startsWith("DT,")) ours.update(`${line}\n`);
      }
    }
  });
  if (!whole.digest().equals(sha256)) throw new Error("stored other bytes than are rendered");
  if (ours.digest("hex") !== theirs.digest("hex")) throw new Error("\\copy wrote other bytes");
}
