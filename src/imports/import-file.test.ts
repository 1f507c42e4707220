import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";

import { importLines } from "../../bench/import-lines.ts";
import { aClient, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { importFile } from "./import-file.ts";
import { rejectsOf } from "./store.ts";

const db = useDatabase();
const engine = testEngine(db);
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "redress-test-import-"));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

async function imported(lines: readonly string[], linesPerChunk = 100, name = "file.ndjson") {
  const path = join(directory, name);
  await writeFile(path, lines.map((line) => `${line}\n`).join(""));
  const run = await importFile(engine, engine.vault, path, { actor: "test", linesPerChunk });
  const rejects = [];
  for await (const { line, field, code } of rejectsOf(db, run.id)) {
    rejects.push([Number(line), field, code]);
  }
  return { run, rejects };
}

async function counts(): Promise<Record<string, number>> {
  return db.one(sql`
    select (select count(*) from claim)::int as claims,
           (select count(*) from operation where state = 'done')::int as operations,
           (select count(*) from entry)::int as entries
  `);
}

test("claims and operations come in, in chunks", async () => {
  const client = await aClient(engine);
  const lines = [...importLines({ operations: 120, clients: [client] })];

  const { run, rejects } = await imported(lines, 50);

  expect(rejects).toEqual([]);
  expect(run).toMatchObject({ state: "done", operations: 120n, rejected: 0n });
  expect(run.linesDone).toBe(BigInt(lines.length));
  expect(await counts()).toMatchObject({ operations: 120, claims: lines.length - 120 });
});

test("the same file again changes nothing", async () => {
  const client = await aClient(engine);
  const lines = [...importLines({ operations: 40, clients: [client] })];
  await imported(lines);
  const before = await counts();

  const { run } = await imported(lines);

  expect(run).toMatchObject({ claims: 0n, operations: 0n, duplicates: BigInt(lines.length) });
  expect(await counts()).toEqual(before);
});

test("chunks of another size give the same books", async () => {
  const sums = async () =>
    db.query(sql`
      select collection, sum(booked_minor)::text as booked from balance
      group by collection order by collection
    `);
  const [one, other] = [await aClient(engine), await aClient(engine)];
  await imported([...importLines({ operations: 60, clients: [one] })], 7, "one.ndjson");
  const first = await sums();
  await imported([...importLines({ operations: 60, clients: [other] })], 1000, "other.ndjson");

  const doubled = await sums();

  expect(doubled).toEqual(
    first.map((row) => ({
      ...row,
      booked: String(2n * BigInt((row as { booked: string }).booked)),
    })),
  );
});

test("what does not fit is rejected by line, field and reason; the rest goes in", async () => {
  const client = await aClient(engine);
  const good = [...importLines({ operations: 2, clients: [client], seed: 5 })];
  const claim = JSON.parse(good[0] as string) as Record<string, unknown>;
  const dispute = "261116000001D";
  const operation = (key: string, more: Record<string, unknown>) =>
    JSON.stringify({ type: "operation", key, client, dispute, operation: "payDispute", ...more });

  const { run, rejects } = await imported([
    ...good,
    "{not json",
    "",
    JSON.stringify({ ...claim, key: "again" }),
    JSON.stringify({ ...claim, key: "c2", claimtype: "Card" }),
    operation("o1", { input: { amount: "0.001" } }),
    operation("o2", { operation: "noSuch" }),
    operation("o3", { dispute: "261116999999D" }),
    operation("o4", { client: "nobody" }),
    operation("operation-1", {}),
    operation("o5", { operation: "recordCheckCleared", input: { amount: "1.00" } }),
    operation("o6", { at: "yesterday" }),
  ]);

  expect(rejects).toEqual([
    [4, null, "line-invalid"],
    [6, null, "already-exists"],
    [7, "claimtype", "line-invalid"],
    [8, "amount", "amount-invalid"],
    [9, null, "unknown-operation"],
    [10, "dispute", "not-found"],
    [11, "client", "not-found"],
    [12, null, "key-reused"],
    [13, "amount", "amount-exceeds-limit"],
    [14, "at", "line-invalid"],
  ]);
  expect(run).toMatchObject({ claims: 1n, operations: 2n, rejected: 10n });
});

test("a bad account number rejects its claim alone", async () => {
  const client = await aClient(engine);
  const [claim] = [...importLines({ operations: 1, clients: [client] })];
  const bad = JSON.parse(claim as string) as { key: string; disputes: { account: string }[] };
  bad.key = "bad";
  (bad.disputes[0] as { account: string }).account = "***";
  Object.assign(bad, { claim: "2611160099C" });
  Object.assign(bad.disputes[0] as object, { dispute: "2611160099D" });

  const { run, rejects } = await imported([JSON.stringify(bad), claim as string]);

  expect(rejects).toEqual([[1, "disputes.0.account", "input-invalid"]]);
  expect(run.claims).toBe(1n);
});

test("a line that breaks something unforeseen is rejected alone", async () => {
  const client = await aClient(engine);
  const lines = [...importLines({ operations: 6, clients: [client] })];
  const dispute = (JSON.parse(lines[0] as string) as { disputes: { dispute: string }[] }).disputes;
  const breaking = JSON.stringify({
    type: "operation",
    key: "breaking",
    client,
    dispute: dispute[0]?.dispute,
    operation: "recordCoreFee",
    input: { amount: "1.00" },
  });
  await db.owner.execute(sql`
    alter table operation add constraint unforeseen check (operation <> 'recordCoreFee')
  `);

  onTestFinished(async () => {
    await db.owner.execute(sql`alter table operation drop constraint unforeseen`);
  });

  const { run, rejects } = await imported([...lines, breaking]);

  expect(rejects).toEqual([[lines.length + 1, null, "internal-error"]]);
  expect(run).toMatchObject({ operations: 6n, rejected: 1n, state: "done" });
});
