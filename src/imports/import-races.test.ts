/**
 * Processes that import the same file at once and are killed at any moment, a file that changes
 * while it is read, and the same bytes by somebody who sees fewer clients.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, expect, test } from "vitest";

import { importLines } from "../../bench/import-lines.ts";
import { aClient, testEngine } from "../../test/support/engine.ts";
import { expectSound } from "../../test/support/sound-books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { seededRandom } from "../rehearsal/seeded-random.ts";
import { importFile } from "./import-file.ts";
import { finishRun, openRun } from "./store.ts";

const PROCESS = fileURLToPath(new URL("../../test/support/import-process.ts", import.meta.url));
const OPERATIONS = Number(process.env["IMPORT_RACE_OPERATIONS"] ?? 120);

const db = useDatabase();
const engine = testEngine(db);
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "redress-test-import-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("several at once, killed at random: each line once", { timeout: 120_000 }, async () => {
  const client = await aClient(engine);
  const lines = [...importLines({ operations: OPERATIONS, clients: [client] })];
  const path = join(directory, "file.ndjson");
  await writeFile(path, [...lines.slice(0, 50), "{", ...lines.slice(50), "{"].join("\n"));
  const random = seededRandom(7);
  const codes: (string | number | null)[] = [];

  const importing = async (): Promise<void> => {
    const words = [PROCESS, db.url, engine.clock.now().toString(), path, "5"];
    const child = spawn(process.execPath, words, { stdio: "ignore" });
    const ended = once(child, "exit") as Promise<[number | null, string | null]>;
    const kill = setTimeout(() => child.kill("SIGKILL"), 700 + random.below(1500));
    const [code, signal] = await ended;
    clearTimeout(kill);
    codes.push(signal ?? code);
  };
  const isDone = async (): Promise<boolean> =>
    (
      await db.one<{ done: boolean }>(sql`
      select exists (select from import_run where state = 'done') as done`)
    ).done;
  for (let turn = 0; turn < 12 && !(await isDone()); turn += 1) {
    await Promise.all([importing(), importing(), importing()]);
  }
  const run = await importFile(engine, engine.vault, path, { actor: "test" });

  // Killed, or another had it, or it came to the end; nothing else.
  expect(codes.filter((code) => !["SIGKILL", 3, 0].includes(code ?? ""))).toEqual([]);
  expect(run.state).toBe("done");
  // Who comes when it is done reads it once more and finds every line there: that did nothing.
  const working = await db.query<Record<string, bigint>>(sql`
    select lines_done as lines, claims, operations, duplicates, rejected
    from import_run where claims > 0 or operations > 0`);
  expect(working).toEqual([
    {
      lines: BigInt(lines.length + 2),
      claims: BigInt(lines.length - OPERATIONS),
      operations: BigInt(OPERATIONS),
      duplicates: 0n,
      rejected: 2n,
    },
  ]);
  const counted = await db.one(sql`
    select (select count(*) from claim)::int as claims,
           (select count(*) from operation where state = 'done')::int as operations`);
  expect(counted).toEqual({ claims: lines.length - OPERATIONS, operations: OPERATIONS });
  await expectSound(engine);
});

test("a file that somebody writes into while it is read is left alone from there on", async () => {
  const client = await aClient(engine);
  const lines = [...importLines({ operations: 20, clients: [client] })];
  const path = join(directory, "file.ndjson");
  await writeFile(path, lines.join("\n"));

  const importing = importFile(engine, engine.vault, path, {
    actor: "test",
    linesPerChunk: 5,
    onProgress: ({ linesDone }) => {
      if (linesDone === 5n) void appendFile(path, '"}\n{"type":"operation"');
    },
  });

  await expect(importing).rejects.toMatchObject({ code: "stale-version" });
  const { rejects } = await db.one<{ rejects: number }>(
    sql`select count(*)::int as rejects from import_reject`,
  );
  expect(rejects).toBe(0);
});

test("whoever sees fewer clients does not go on with another's import", async () => {
  const [mine, other] = [await aClient(engine), await aClient(engine)];
  const lines = [...importLines({ operations: 40, clients: [mine, other] })];
  const path = join(directory, "file.ndjson");
  await writeFile(path, lines.join("\n"));
  const stopped = importFile(engine, engine.vault, path, {
    actor: "limited",
    clients: [mine],
    linesPerChunk: 10,
    onProgress: ({ linesDone }) => {
      if (linesDone === 10n) throw new Error("the process dies here");
    },
  });
  await expect(stopped).rejects.toThrow("dies");

  const run = await importFile(engine, engine.vault, path, { actor: "admin" });

  expect(run).toMatchObject({ linesDone: BigInt(lines.length), rejected: 0n });
});

test("a run that ends between two statements of another is no mistake of ours", async () => {
  const run = {
    contentSha256: Buffer.alloc(32, 1),
    clients: null,
    name: "file",
    bytesTotal: 1n,
    actor: "test",
    startedAt: engine.clock.now().toString(),
  };
  const first = await openRun(db, { ...run, id: engine.ids.next() });
  let ended = false;
  const between = {
    ...db,
    maybe: async (statement: Parameters<typeof db.maybe>[0]) => {
      if (!ended) await finishRun(db, first.id, run.startedAt);
      ended = true;
      return db.maybe(statement);
    },
  } as typeof db;

  const second = await openRun(between, { ...run, id: engine.ids.next() });

  expect(second.id).not.toBe(first.id);
});
