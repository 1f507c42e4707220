import { join } from "node:path";

import { Command } from "commander";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";

import { manualClock } from "../../kernel/clock.ts";
import type { CommandContext } from "../context.ts";
import { ruleCommands } from "./rules.ts";

const PROJECT = join(import.meta.dirname, "../../..");

/** Runs `redress …` in this process and gives what it wrote and its exit code. */
async function run(...words: readonly string[]) {
  const printed: string[] = [];
  const remarks: string[] = [];
  let code = 0;
  const context: CommandContext = {
    databaseUrl: undefined,
    dataDirectory: "data",
    projectDirectory: PROJECT,
    clock: manualClock(Temporal.Instant.from("2026-11-16T12:00:00Z")),
    openEngine: () => Promise.reject(new Error("rule books need no database")),
    print: (line) => printed.push(line),
    remark: (line) => remarks.push(line),
    finish: (exit) => {
      code = exit;
    },
  };
  const program = new Command("redress").exitOverride();
  ruleCommands(program, context);
  await program.parseAsync([...words], { from: "user" });
  return { printed, remarks, code };
}

function broken(name: string): string {
  return join(PROJECT, "test/rulebooks/broken", name);
}

describe("redress rules check", () => {
  it("finds the standard book sound", async () => {
    const { printed, remarks, code } = await run("rules", "check");

    expect(printed).toEqual([]);
    expect(remarks.at(-1)).toMatch(/^standard [0-9.]+ is sound/);
    expect(code).toBe(0);
  });

  it("prints file, line, column and reason of each problem and exits 1", async () => {
    const { printed, remarks, code } = await run("rules", "check", broken("01-unknown-fact"));

    expect(printed.map((line) => line.replace(/^.*01-unknown-fact\//, ""))).toEqual([
      'routes.yaml:5:21 unknown fact "colour"',
      'routes.yaml:6:12 unknown fact "shade"',
    ]);
    expect(remarks).toEqual(["2 problems"]);
    expect(code).toBe(1);
  });

  it("prints one JSON document when asked", async () => {
    const { printed, code } = await run("rules", "check", "--json", broken("10-unknown-route"));

    expect(code).toBe(1);
    expect(JSON.parse(printed.join("\n"))).toMatchObject({
      id: null,
      problems: [{ line: 6, column: 20, reason: expect.stringContaining('"FAX" is not one of') }],
    });
  });

  it("refuses a directory that is no rule book", async () => {
    await expect(run("rules", "check", join(PROJECT, "no-such-book"))).rejects.toMatchObject({
      code: "not-found",
    });
  });
});
