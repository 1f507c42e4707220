import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { format } from "prettier";
import { expect, test } from "vitest";

import { ACTION_ROWS } from "../work/actions.ts";

import { ADJUSTMENT_EVENTS, ADJUSTMENT_STATES } from "./adjustment-machine.ts";
import { ASSIGNMENTS_PAGE, assignmentsPage } from "./assignments-page.ts";

test("the page is what the tables say: tools/write-assignments-page.ts writes it", async () => {
  const written = await readFile(join(import.meta.dirname, "../..", ASSIGNMENTS_PAGE), "utf8");

  expect(written).toBe(await format(assignmentsPage(), { parser: "markdown" }));
});

test("it has a cell for every state and event, and a line for every row of the actions", () => {
  const lines = assignmentsPage().split("\n");

  for (const event of ADJUSTMENT_EVENTS) {
    const line = lines.find((one) => one.startsWith(`| \`${event}\` |`));
    expect(line?.split(" | ")).toHaveLength(ADJUSTMENT_STATES.length + 2);
  }
  for (const row of ACTION_ROWS) {
    expect(lines.some((one) => one.startsWith(`| ${row.label} | \`${row.name}\` |`))).toBe(true);
  }
});
