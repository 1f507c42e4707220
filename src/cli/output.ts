/** How results look: one JSON document for programs, aligned columns for people. */
import { json } from "../database/sql.ts";
import type { CommandContext } from "./context.ts";

export type Cell = string | number | bigint | null;

/** A listing: with `--json` an array of objects, else a table under the columns' names. */
export function printListing(
  context: Pick<CommandContext, "print">,
  rows: readonly Readonly<Record<string, Cell>>[],
  options: { readonly json?: boolean; readonly columns: readonly string[] },
): void {
  if (options.json === true) return context.print(json(rows));
  const lines = [
    options.columns.map((column) => column.toUpperCase()),
    ...rows.map((row) => options.columns.map((column) => String(row[column] ?? ""))),
  ];
  const widths = options.columns.map((_, index) =>
    lines.reduce((widest, line) => Math.max(widest, line[index]?.length ?? 0), 0),
  );
  for (const line of lines) {
    context.print(
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  }
}
