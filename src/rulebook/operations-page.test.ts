import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { format } from "prettier";
import { describe, expect, it } from "vitest";

import type { RuleBook } from "./load.ts";
import { OPERATIONS_PAGE, operationsPage } from "./operations-page.ts";
import { loadRuleBook, STANDARD_BOOK } from "./read.ts";

describe("the reference page of operations", () => {
  it("is what the standard book says", async () => {
    const { rulebook } = await loadRuleBook(STANDARD_BOOK);
    const written = await readFile(join(import.meta.dirname, "../..", OPERATIONS_PAGE), "utf8");

    const page = await format(operationsPage(rulebook as RuleBook), { parser: "markdown" });

    expect(written).toBe(page);
  });

  it("names each operation and rule once, with its limit and its entries", async () => {
    const { rulebook } = await loadRuleBook(STANDARD_BOOK);
    const book = rulebook as RuleBook;

    const lines = operationsPage(book).split("\n");

    for (const id of [...book.operations.keys(), ...book.rules.keys()]) {
      expect(lines.filter((line) => line.startsWith(`| \`${id}\` |`))).toHaveLength(1);
    }
    expect(lines.find((line) => line.includes("`recordArbitrationWon`"))).toContain(
      "visa: ArbitrationWon, mastercard: ArbitrationWon, other: no entry",
    );
  });
});
