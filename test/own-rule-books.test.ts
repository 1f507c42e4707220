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

/** Harbor's book: somebody else moves the money of its provisional credits; they are tracked. */
async function harbor(
  rules = "rules:\n  ProvisionalCredit:\n    processing: track\n",
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "redress-books-"));
  await mkdir(join(directory, "harbor"));
  const book = "id: harbor\nversion: 7\ntitle: Harbor's\nextends: standard\n";
  await writeFile(join(directory, "harbor", "book.yaml"), book);
  await writeFile(join(directory, "harbor", "rules.yaml"), rules);
  return directory;
}

test("its rules and its version are those of its clients, and of no other", async () => {
  const books = await servedBooks(await harbor());
  const engine = testEngine(database, undefined, { rulebooks: (id) => books.get(id) });
  for (const settings of [{ rulebook: "harbor" }, {}]) {
    const client = await aClient(engine, settings);
    const dispute = await aDisputeOf(engine, client);
    await operate(engine, client, dispute, "issueProvisionalCredit");
  }

  const rows = await database.query<{ state: string; book: string }>(sql`
    select state, rulebook_version as book from adjustment order by rulebook_version`);

  expect(rows).toEqual([
    { state: "tracked", book: "harbor 7" },
    { state: "pendingManual", book: `standard ${String(books.get("standard")?.version)}` },
  ]);
});

test("a process does not start with a book that does not load", async () => {
  const REDRESS_RULEBOOKS = await harbor("rules:\n  ProvisionalCredit:\n    procesing: track\n");
  const environment = { REDRESS_RULEBOOKS, REDRESS_DATA: "/nowhere" };

  const opened = openEngine(readConfiguration(environment), environment, () => undefined);

  await expect(opened).rejects.toThrow(/harbor\/rules\.yaml:3:\d+ /);
});
