import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { withoutDatabase } from "../../../test/support/cli.ts";
import { ruleCommands } from "./rules.ts";

const PROJECT = join(import.meta.dirname, "../../..");

const run = (...words: string[]) => withoutDatabase(ruleCommands, ...words);

function broken(name: string): string {
  return join(PROJECT, "test/rulebooks/broken", name);
}

describe("redress rules check", () => {
  it("finds the standard book sound", async () => {
    const { lines, remarks, code } = await run("rules", "check");

    expect(lines).toEqual([]);
    expect(remarks.at(-1)).toMatch(/^standard [0-9.]+ is sound/);
    expect(code).toBe(0);
  });

  it("prints file, line, column and reason of each problem and exits 1", async () => {
    const { lines, remarks, code } = await run("rules", "check", broken("01-unknown-fact"));

    expect(lines.map((line) => line.replace(/^.*01-unknown-fact\//, ""))).toEqual([
      'routes.yaml:5:21 unknown fact "colour"',
      'routes.yaml:6:12 unknown fact "shade"',
    ]);
    expect(remarks).toEqual(["2 problems"]);
    expect(code).toBe(1);
  });

  it("prints one JSON document when asked", async () => {
    const { lines, code } = await run("rules", "check", "--json", broken("10-unknown-route"));

    expect(code).toBe(1);
    expect(JSON.parse(lines.join("\n"))).toMatchObject({
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
