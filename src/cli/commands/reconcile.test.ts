import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Command } from "commander";
import { expect, test } from "vitest";

import { batchDesk } from "../../../test/support/batch-desk.ts";
import { testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { completion, workByHand } from "../../../test/support/work-by-hand.ts";
import { completeByHand } from "../../manual/complete.ts";
import type { CommandContext } from "../context.ts";

import { reconcileCommands } from "./reconcile.ts";

const database = useDatabase();
const engine = testEngine(database);
const desk = batchDesk(engine);

async function run(...words: readonly string[]) {
  const printed: string[] = [];
  let code = 0;
  const context: CommandContext = {
    databaseUrl: undefined,
    dataDirectory: "data",
    projectDirectory: "",
    clock: engine.clock,
    openEngine: () =>
      Promise.resolve({
        ...desk,
        engine,
        vault: engine.vault,
        rulebooks: () => undefined,
        embedded: false,
        close: () => Promise.resolve(),
      }),
    print: (line) => printed.push(line),
    remark: () => undefined,
    finish: (exit) => {
      code = exit;
    },
  };
  const program = new Command("redress").exitOverride();
  reconcileCommands(program, context);
  await program.parseAsync(["reconcile", ...words], { from: "user" });
  return { printed, code };
}

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

  expect(first).toEqual({
    printed: ["1 lines: 1 matched, 0 different, 0 missing here, 0 missing there"],
    code: 0,
  });
  expect(JSON.parse(again.printed[0] ?? "{}")).toMatchObject({ isRepeat: true, matchedCount: 1 });
  expect(missing.code).toBe(7);
});

test("a file that is not there is said, and a format that is none", async () => {
  await expect(run("nowhere.csv", "--client", "x", "--format", "csv")).rejects.toMatchObject({
    code: "not-found",
  });
  await expect(run("nowhere.csv", "--client", "x", "--format", "mt940")).rejects.toThrow(/choices/);
});
