import { expect, test } from "vitest";

import { atTheTerminal } from "../../../test/support/cli.ts";
import { aClient, aDisputeOf, operate, testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { sql } from "../../database/sql.ts";
import { verifyCommands } from "./verify.ts";

const database = useDatabase();
const engine = testEngine(database);

const run = (...words: string[]) => atTheTerminal(engine, verifyCommands, "verify", ...words);

async function someBooks(): Promise<void> {
  const client = await aClient(engine);
  for (let count = 0; count < 3; count += 1) {
    const dispute = await aDisputeOf(engine, client);
    await operate(engine, client, dispute, "issueProvisionalCredit");
  }
}

test("sound books: one JSON document for programs, one sentence for people, exit 0", async () => {
  await someBooks();

  const forPrograms = await run("--json");
  const forPeople = await run();

  expect(forPrograms.code).toBe(0);
  expect(forPrograms.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { entries: 3, violations: 0, booksDigest: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
  expect(forPeople.lines).toEqual([
    expect.stringMatching(/^3 entries, 0 violations, books digest [0-9a-f]{64}$/),
  ]);
  expect(forPeople.remarks).toEqual([]);
});

test("wrong books: what and where as remarks, every violation counted, exit 1", async () => {
  await someBooks();
  await database.owner.execute(sql`
    update balance set booked_minor = booked_minor - 1 where collection = 'suspense'`);

  const all = await run("--json");
  const few = await run("--limit", "1");

  expect(all.code).toBe(1);
  expect(JSON.parse(all.lines[0] ?? "")).toMatchObject({ entries: 3, violations: 6 });
  expect(all.remarks).toHaveLength(6);
  expect(all.remarks[0]).toMatch(
    /^balance-booked: client .*, dispute \d+D, suspense\/\w+ USD: -10000 by .*, -10001 kept$/,
  );
  expect(few.remarks).toEqual([
    expect.stringMatching(/^balance-booked/),
    "more follow; all of them are counted",
  ]);
  expect(few.lines[0]).toContain("6 violations");
});

test("what is checked can be listed, with what holds", async () => {
  const { lines, remarks } = await run("--list");

  expect(lines).toContain("sums-to-zero: all balances of a dispute add up to zero per currency");
  expect(lines).toContain(
    "file-from-rows: " +
      "every file rendered again from its rows has its bytes, its hash and its totals",
  );
  expect(remarks).toEqual([]);
});
