/**
 * Rule books that are broken on purpose, one fault each: all are refused, with file, line and
 * reason, exactly as their `expected.txt` says.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { loadRuleBook } from "../../src/rulebook/read.ts";

const BROKEN = join(import.meta.dirname, "broken");

const names = (await readdir(BROKEN)).sort();

describe("a broken rule book is refused with file, line and reason", () => {
  it.each(names)("%s", async (name) => {
    const expected = await readFile(join(BROKEN, name, "expected.txt"), "utf8");

    const { rulebook, problems } = await loadRuleBook(join(BROKEN, name));

    expect(rulebook).toBeNull();
    expect(problems.map(({ file, line, reason }) => `${file}:${line} ${reason}`)).toEqual(
      expected.trimEnd().split("\n"),
    );
  });

  it("is shown by more than twelve examples", () => {
    expect(names.length).toBeGreaterThan(12);
  });
});
