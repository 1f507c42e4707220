/** Files as they come from outside: other encodings, other line ends, JSON that is no good. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { importLines } from "../../bench/import-lines.ts";
import { aClient, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { importFile } from "./import-file.ts";
import { rejectsOf } from "./store.ts";

const db = useDatabase();
const engine = testEngine(db);
let directory: string;
let client: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "redress-test-hostile-"));
  client = await aClient(engine);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function imported(bytes: string | Buffer, linesPerChunk = 100) {
  const path = join(directory, "file.ndjson");
  await writeFile(path, bytes);
  const run = await importFile(engine, engine.vault, path, { actor: "test", linesPerChunk });
  const rejects: {
    line: number;
    key: string | null;
    field: string | null;
    code: string;
    reason: string;
  }[] = [];
  for await (const { line, key, field, code, reason } of rejectsOf(db, run.id)) {
    rejects.push({ line: Number(line), key, field, code, reason });
  }
  return { run, rejects };
}

/** A claim and so many operations on its dispute. */
function lines(operations = 2): string[] {
  return [...importLines({ operations, clients: [client] })];
}

function operation(key: string, input: string): string {
  const [claim = ""] = lines();
  const { disputes } = JSON.parse(claim) as { disputes: { dispute: string }[] };
  return (
    `{"type":"operation","key":"${key}","client":"${client}",` +
    `"dispute":"${disputes[0]?.dispute ?? ""}","operation":"payDispute","input":${input}}`
  );
}

test("a byte order mark, carriage returns, no last line end: nothing is lost", async () => {
  const { run, rejects } = await imported(`\uFEFF${lines().join("\r\n")}`);

  expect(rejects).toEqual([]);
  expect(run).toMatchObject({ claims: 1n, operations: 2n });
});

test("a line that is not UTF-8 is rejected: two keys never become one", async () => {
  const [claim = ""] = lines();
  const text = [claim, operation("M\u00fcller", "{}"), operation("M\u00f6ller", "{}")];

  const { run, rejects } = await imported(Buffer.from(text.join("\n"), "latin1"));

  expect(rejects.map(({ line, code }) => [line, code])).toEqual([
    [2, "line-invalid"],
    [3, "line-invalid"],
  ]);
  expect(run).toMatchObject({ claims: 1n, duplicates: 0n });
});

test.each([
  ["a name twice", '{"amount":"1.00","amount":"90.00"}'],
  ["a name twice, once written otherwise", '{"amount":"1.00","\\u0061mount":"90.00"}'],
  ["a number that nothing holds", '{"amount":"1.00","reference":1e400}'],
  ["half a character", '{"amount":"1.00","reference":"\\ud800"}'],
  ["a name of the language", '{"amount":"1.00","__proto__":{"amount":"90.00"}}'],
])("%s is refused", async (_, input) => {
  const [claim = ""] = lines();

  const { rejects } = await imported([claim, operation("odd", input)].join("\n"));

  expect(rejects.map(({ line }) => line)).toEqual([2]);
});

test("what does not parse tells nothing of the card number in it", async () => {
  const [claim = ""] = lines();
  const broken = claim.replace(/"account":"[^"]*"/, `"account":'4111111111111111'`);
  expect(broken).not.toBe(claim);

  const { rejects } = await imported(broken);

  expect(rejects).toHaveLength(1);
  expect(rejects[0]?.reason.replaceAll(/[^0-9]/g, "")).not.toContain("411111");
});

const CARD = "4111111111111111";

test.each([
  ["an unknown field", `{"type":"operation","${CARD}":1}`],
  ["a name twice", `{"type":"operation","${CARD}":1,"${CARD}":2}`],
  ["a key", `{"type":"operation","key":"${CARD}"}`],
  ["a client", operation(CARD, "{}").replace(/"client":"[^"]*"/, `"client":"${CARD}"`)],
  ["an operation", operation("k", "{}").replace("payDispute", CARD)],
])("a card number as %s is in nothing that is kept of the line", async (_, line) => {
  const { rejects } = await imported(line);

  expect(rejects).toHaveLength(1);
  expect(JSON.stringify(rejects)).not.toContain(CARD);
});

test("lines of a mebibyte are taken a few at a time", async () => {
  const [claim = ""] = lines();
  const wide = `{"type":"other","note":"${"x".repeat(1 << 20)}"}`;
  const path = join(directory, "wide.ndjson");
  await writeFile(path, [claim, ...Array.from({ length: 12 }, () => wide)].join("\n"));
  const steps: bigint[] = [];

  const run = await importFile(engine, engine.vault, path, {
    actor: "test",
    onProgress: ({ linesDone }) => steps.push(linesDone),
  });

  expect(steps).toEqual([0n, 5n, 9n, 13n]);
  expect(run).toMatchObject({ claims: 1n, rejected: 12n });
});
