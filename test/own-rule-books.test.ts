/** A client works by the institution's own rule book; another one beside it by the standard one. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { readConfiguration } from "../src/config.ts";
import { sql } from "../src/database/sql.ts";
import { openEngine } from "../src/open-engine.ts";
import { servedBooks } from "../src/rulebook/own-books.ts";

import { aClient, aDisputeOf, operate, testEngine } from "./support/engine.ts";
import { useDatabase } from "./support/use-database.ts";

const database = useDatabase();

/** Harbor's book: its own number of the suspense account, and what is written beside it. */
async function harbor(
  chart = "accounts:\n  suspenseDebit:\n    number: 99-1410\n",
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "redress-books-"));
  await mkdir(join(directory, "harbor", "accounts"), { recursive: true });
  const book = "id: harbor\nversion: 7\ntitle: Harbor's\nextends: standard\n";
  await writeFile(join(directory, "harbor", "book.yaml"), book);
  await writeFile(join(directory, "harbor", "accounts", "chart.yaml"), chart);
  return directory;
}

test("its accounts and version stand in the entries of its clients, and of no other", async () => {
  const books = await servedBooks(await harbor());
  const engine = testEngine(database, undefined, { rulebooks: (id) => books.get(id) });
  for (const settings of [{ rulebook: "harbor" }, {}]) {
    const client = await aClient(engine, settings);
    const dispute = await aDisputeOf(engine, client);
    await operate(engine, client, dispute, "issueProvisionalCredit");
  }

  const entries = await database.query<{ account: string; book: string }>(sql`
    select e.debit_account as account, a.rulebook_version as book
    from entry e
    join adjustment a on a.client_id = e.client_id and a.id = e.adjustment_id
    order by a.rulebook_version`);

  expect(entries).toEqual([
    { account: "99-1410", book: "harbor 7" },
    { account: expect.not.stringMatching("99-1410") as string, book: "standard 1" },
  ]);
});

test("a process does not start with a book that does not load", async () => {
  const REDRESS_RULEBOOKS = await harbor("accounts:\n  suspenseDebit:\n    nummer: 99-1410\n");
  const environment = { REDRESS_RULEBOOKS, REDRESS_DATA: "/nowhere" };

  const opened = openEngine(readConfiguration(environment), environment, () => undefined);

  await expect(opened).rejects.toThrow(/harbor\/accounts\/chart\.yaml:3:\d+ /);
});
