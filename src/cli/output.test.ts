import { expect, test } from "vitest";

import type { CommandContext } from "./context.ts";
import { printListing } from "./output.ts";

const ROWS = [
  { id: "a", amount: 12345678901234567890n, note: null },
  { id: "longer", amount: 1n, note: "x" },
];

test("a table has a column under each name and no space at the end of a line", () => {
  expect(listing({ columns: ["id", "amount", "note"] })).toEqual([
    "ID      AMOUNT                NOTE",
    "a       12345678901234567890",
    "longer  1                     x",
  ]);
});

test("as JSON it is one document, with every field and no digit lost", () => {
  const [text = ""] = listing({ columns: ["id"], json: true });

  expect(JSON.parse(text)).toEqual([
    { id: "a", amount: "12345678901234567890", note: null },
    { id: "longer", amount: "1", note: "x" },
  ]);
});

function listing(options: { columns: string[]; json?: boolean }): string[] {
  const lines: string[] = [];
  const context: Pick<CommandContext, "print"> = { print: (line) => lines.push(line) };
  printListing(context, ROWS, options);
  return lines;
}
