import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { atTheTerminal } from "../../../test/support/cli.ts";
import { testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { completion, workByHand } from "../../../test/support/work-by-hand.ts";
import { completeByHand } from "../../manual/complete.ts";

import { reconcileCommands } from "./reconcile.ts";

const database = useDatabase();
const engine = testEngine(database);

const run = (...words: string[]) => atTheTerminal(engine, reconcileCommands, "reconcile", ...words);

async function aFeed(lines: readonly string[]): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "redress-feed-")), "core.csv");
  await writeFile(path, ["reference,amount,currency,side,bookedOn", ...lines].join("\n"));
  return path;
}

test("matched exits 0, again says so, and what is missing exits 7", async () => {
  const row = await workByHand(engine);
  await completeByHand(engine, [completion(row)]);
  const options = ["--client", row.clientId, "--format", "csv"];
  const sound = await aFeed(["CORE-1,100.00,USD,credit,2026-11-16"]);
  const strange = await aFeed(["CORE-9,1.00,USD,credit,2026-11-16"]);

  const first = await run(sound, ...options);
  const again = await run(sound, ...options, "--json");
  const missing = await run(strange, ...options);

  expect(first).toMatchObject({
    lines: ["1 lines: 1 matched, 0 different, 0 missing here, 0 missing there"],
    code: 0,
  });
  expect(JSON.parse(again.lines[0] ?? "{}")).toMatchObject({ isRepeat: true, matchedCount: 1 });
  expect(missing.code).toBe(7);
});

test("a file that is not there is said, and a format that is none", async () => {
  await expect(run("nowhere.csv", "--client", "x", "--format", "csv")).rejects.toMatchObject({
    code: "not-found",
  });
  await expect(run("nowhere.csv", "--client", "x", "--format", "mt940")).rejects.toThrow(/choices/);
});
