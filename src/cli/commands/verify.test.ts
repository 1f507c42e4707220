import { Command } from "commander";
import { expect, test } from "vitest";

import { aClient, aDisputeOf, operate, testEngine } from "../../../test/support/engine.ts";
import { batchDesk } from "../../../test/support/batch-desk.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { sql } from "../../database/sql.ts";
import { noFailpoints } from "../../kernel/failpoints.ts";
import type { CommandContext } from "../context.ts";
import { verifyCommands } from "./verify.ts";

const database = useDatabase();
const engine = testEngine(database);

/** Runs `redress verify …` over the test's database; gives what it wrote and its exit code. */
async function run(...words: readonly string[]) {
  const printed: string[] = [];
  const remarks: string[] = [];
  let code = -1;
  const context: CommandContext = {
    databaseUrl: undefined,
    dataDirectory: "data",
    projectDirectory: "",
    clock: engine.clock,
    openEngine: () =>
      Promise.resolve({
        engine,
        vault: engine.vault,
        keys: batchDesk(engine).keys,
        secrets: batchDesk(engine).secrets,
        rulebooks: () => undefined,
        failpoints: noFailpoints,
        embedded: false,
        close: () => Promise.resolve(),
      }),
    print: (line) => printed.push(line),
    remark: (line) => remarks.push(line),
    finish: (exit) => {
      code = exit;
    },
  };
  const program = new Command("redress").exitOverride();
  verifyCommands(program, context);
  await program.parseAsync(["verify", ...words], { from: "user" });
  return { printed, remarks, code };
}

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
  expect(forPrograms.printed.map((line) => JSON.parse(line) as unknown)).toEqual([
    { entries: 3, violations: 0, booksDigest: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
  expect(forPeople.printed).toEqual([
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
  expect(JSON.parse(all.printed[0] ?? "")).toMatchObject({ entries: 3, violations: 6 });
  expect(all.remarks).toHaveLength(6);
  expect(all.remarks[0]).toMatch(
    /^balance-booked: client .*, dispute \d+D, suspense\/\w+ USD: -10000 by .*, -10001 kept$/,
  );
  expect(few.remarks).toEqual([
    expect.stringMatching(/^balance-booked/),
    "more follow; all of them are counted",
  ]);
  expect(few.printed[0]).toContain("6 violations");
});

test("what is checked can be listed, with what holds", async () => {
  const { printed, remarks } = await run("--list");

  expect(printed).toContain("sums-to-zero: all balances of a dispute add up to zero per currency");
  expect(printed).toContain(
    "file-from-rows: " +
      "every file rendered again from its rows has its bytes, its hash and its totals",
  );
  expect(remarks).toEqual([]);
});
