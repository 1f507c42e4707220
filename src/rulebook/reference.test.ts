/** The examples of docs/reference/rule-book.md are a table and a chart that load. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { ACCOUNT_FACTS, accountTableShape, compileAccountTable } from "./accounts.ts";
import { SECTIONS } from "./check-files.ts";
import { DISPUTE_FACTS, FACT_TYPES } from "./facts.ts";
import { loadRuleBook, STANDARD_BOOK } from "./read.ts";
import { ROUTE_FACTS } from "./routes.ts";
import { fit } from "./shape.ts";
import { parseSource } from "./source.ts";
import type { Problem } from "./source.ts";

const PAGE = join(import.meta.dirname, "../../docs/reference/rule-book.md");

async function example(containing: string): Promise<string> {
  const page = await readFile(PAGE, "utf8");
  const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = ""]) => text);
  return blocks.find((text) => text.includes(containing)) ?? "";
}

describe("the reference page", () => {
  it("shows a table that loads", async () => {
    const { rulebook } = await loadRuleBook(STANDARD_BOOK);
    const problems: Problem[] = [];
    const from = parseSource("example.yaml", await example("hit: first"), problems);
    const written = fit(accountTableShape, from, problems);
    const chart = rulebook?.accounts.chart ?? new Map();

    const table =
      written === null
        ? null
        : compileAccountTable(written, {
            file: "example.yaml",
            from,
            chart,
            accountIds: new Set(chart.keys()),
            types: rulebook?.facts ?? new Map(),
            problems,
          });

    expect(problems).toEqual([]);
    expect(table?.collections).toEqual(["loss"]);
  });

  it("names every file, type of fact and supplied fact", async () => {
    const page = await readFile(PAGE, "utf8");

    const supplied = [...DISPUTE_FACTS, ...ACCOUNT_FACTS, ...ROUTE_FACTS].map(({ name }) => name);
    const files = SECTIONS.map(({ file }) => file);
    for (const word of [...files, ...supplied, ...FACT_TYPES])
      expect(page).toContain(`\`${word}\``);
  });
});
