/**
 * import: rules, entries, balances, adjustments, assignments, events, all durable; beside it the
 * same rows into the same tables by `unnest`, in as many transactions, without any logic.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { standInService } from "../examples/stand-in-core/service.ts";
import { accountVault } from "../src/access/vault.ts";
import { createEngine } from "../src/accounting/client-runtime.ts";
import { insertClient } from "../src/cases/store.ts";
import type { Database } from "../src/database/database.ts";
import { sql, Statement } from "../src/database/sql.ts";
import { importFile } from "../src/imports/import-file.ts";
import { sampleClients } from "../src/imports/sample/institution.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { uuids } from "../src/kernel/ids.ts";
import { requireRuleBook } from "../src/rulebook/load.ts";
import { loadRuleBook, STANDARD_BOOK } from "../src/rulebook/read.ts";

import { importLines } from "./import-lines.ts";
import type { Bench } from "./measure.ts";
import { ratioMeasure, spread } from "./measure.ts";
import { scratchServer } from "./scratch-server.ts";

const OPERATIONS = 20_000;
const LINES_PER_CHUNK = 1000;
const REPEATS = 5;
const TARGET_RATIO = 0.5;

/** In the order of their foreign keys. Balances are kept by trigger in both. */
const TABLES = [
  "period",
  "claim",
  "account_key",
  "account_number",
  "dispute",
  "dispute_book",
  "operation",
  "assignment",
  "adjustment",
  "proposal",
  "transition",
  "entry",
  "denial",
  "outside_reference",
  "outbox",
] as const;

export const importBench: Bench = {
  name: "import",
  repeats: REPEATS,
  run: async ({ remark }) => {
    const server = await scratchServer();
    const directory = await mkdtemp(join(tmpdir(), "redress-bench-file-"));
    try {
      const file = join(directory, "import.ndjson");
      const clients = ["harbor", "prairie", "summit"];
      const lines = [...importLines({ operations: OPERATIONS, clients })];
      await writeFile(file, `${lines.join("\n")}\n`);
      const [ours, floors]: [number[], number[]] = [[], []];
      for (let repeat = 0; repeat <= REPEATS; repeat += 1) {
        const source = await server.database();
        await addClients(source.database);
        const seconds = await timeImport(source.database, file);
        const rows = await readTables(source.database);
        await source.drop();
        const target = await server.database();
        await addClients(target.database);
        const floorSeconds = await timeFloor(target.database, rows);
        await target.drop();
        // The first pair warms the caches and the compiler.
        if (repeat === 0) continue;
        ours.push(OPERATIONS / seconds);
        floors.push(OPERATIONS / floorSeconds);
        remark(`import ${repeat}: ${ours.at(-1)?.toFixed(0)} against ${floors.at(-1)?.toFixed(0)}`);
      }
      remark(`import: ours ${spread(ours)}, floor ${spread(floors)} operations a second`);
      const about = { name: "import", measure: "operations", unit: "operations/s" } as const;
      return [ratioMeasure({ ...about, bound: "min", target: TARGET_RATIO }, ours, floors)];
    } finally {
      await rm(directory, { recursive: true, force: true });
      await server.close();
    }
  },
};

/** The sample's three clients: service, batch file, by hand. Nothing is called or written. */
async function addClients(database: Database): Promise<void> {
  const clients = sampleClients({
    service: standInService("http://127.0.0.1:9"),
    deliveryDirectory: tmpdir(),
  });
  await database.transaction(async (tx) => {
    for (const client of clients) {
      await insertClient(tx, { ...client, createdAt: "2026-11-16T00:00:00Z" });
    }
  });
}

async function timeImport(database: Database, file: string): Promise<number> {
  const clock = systemClock;
  const ids = uuids(clock);
  const book = requireRuleBook(await loadRuleBook(STANDARD_BOOK));
  const rulebooks = (): typeof book => book;
  const engine = createEngine({ database, clock, ids, rulebooks });
  const vault = accountVault(
    {
      current: 1,
      wrapping: new Map([[1, Buffer.alloc(32, 1)]]),
      search: Buffer.alloc(32, 2),
      derive: () => Buffer.alloc(32, 3),
    },
    { clock, ids },
  );
  const started = performance.now();
  const run = await importFile(engine, vault, file, {
    actor: "bench",
    linesPerChunk: LINES_PER_CHUNK,
  });
  const seconds = (performance.now() - started) / 1000;
  if (run.rejected !== 0n) throw new Error(`${run.rejected} lines were rejected`);
  return seconds;
}

interface TableRows {
  readonly insert: Statement;
  /** Column arrays per transaction. */
  readonly chunks: readonly (readonly (readonly unknown[])[])[];
}

/** Every row as text, cut into the transactions it came in: by the instant each carries. */
async function readTables(database: Database): Promise<TableRows[]> {
  const instants = await database.query<{ at: number }>(sql`
    select distinct floor(extract(epoch from recorded_at) * 1000)::float8 as at
    from operation order by at
  `);
  const starts = instants.map((row) => row.at);
  const tables: TableRows[] = [];
  for (const table of TABLES) tables.push(await readTable(database, table, starts));
  return tables;
}

async function readTable(
  database: Database,
  table: string,
  starts: readonly number[],
): Promise<TableRows> {
  const columns = await database.query<{ name: string; type: string }>(sql`
    select a.attname as name, format_type(a.atttypid, a.atttypmod) as type
    from pg_attribute a
    where a.attrelid = ${table}::regclass and a.attnum > 0 and not a.attisdropped
      and a.attgenerated = ''
    order by a.attnum
  `);
  const names = columns.map((column) => column.name);
  const at = ["recorded_at", "opened_at", "created_at"].find((name) => names.includes(name));
  const millis = `floor(extract(epoch from ${at ?? ""}) * 1000)::float8`;
  const when =
    at !== undefined ? millis : instantOf(names.find((name) => TIMED_IDS.includes(name)) ?? "");
  const list = names.map((name) => `${name}::text as ${name}`).join(", ");
  const rows = await database.query<Record<string, string | null> & { at_: number }>(
    new Statement([`select ${list}, ${when} as at_ from ${table} order by at_`], []),
  );
  const chunks = starts.map(() => names.map((): unknown[] => []));
  let chunk = 0;
  for (const row of rows) {
    while ((starts[chunk + 1] ?? Infinity) <= row.at_) chunk += 1;
    names.forEach((name, column) => chunks[chunk]?.[column]?.push(row[name] ?? null));
  }
  return { insert: insertStatement(table, columns), chunks };
}

/** Rows without an instant of their own are as old as the UUIDv7 they belong to. */
const TIMED_IDS = ["adjustment_id", "dispute_id", "claim_id", "id"];

function instantOf(column: string): string {
  if (column === "") return "0::float8";
  const hex = `substr(replace(${column}::text, '-', ''), 1, 12)`;
  return `('x' || ${hex})::bit(48)::bigint::float8`;
}

function insertStatement(
  table: string,
  columns: readonly { name: string; type: string }[],
): Statement {
  const isArray = (type: string): boolean => type.endsWith("[]");
  const chosen = columns.map(({ name, type }) => (isArray(type) ? `${name}::${type}` : name));
  const names = columns.map((column) => column.name).join(", ");
  const head = `insert into ${table} (${names}) select ${chosen.join(", ")} from unnest(`;
  const parts = columns.map((_, index) =>
    index === 0 ? head : `::${typeOf(columns[index - 1]?.type ?? "")}, `,
  );
  const last = typeOf(columns.at(-1)?.type ?? "");
  return new Statement(
    [...parts, `::${last}) as added (${names})`],
    columns.map(() => null),
  );

  function typeOf(type: string): string {
    return isArray(type) ? "text[]" : `${type}[]`;
  }
}

async function timeFloor(database: Database, tables: readonly TableRows[]): Promise<number> {
  const transactions = tables[0]?.chunks.length ?? 0;
  const started = performance.now();
  for (let chunk = 0; chunk < transactions; chunk += 1) {
    await database.transaction(async (tx) => {
      for (const { insert, chunks } of tables) {
        const columns = chunks[chunk] ?? [];
        if ((columns[0]?.length ?? 0) === 0) continue;
        await tx.execute(new Statement(insert.parts, columns));
      }
    });
  }
  return (performance.now() - started) / 1000;
}
