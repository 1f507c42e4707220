/** `schema.sql`: the whole schema as one text to read, the same for the same schema. */
import type { SchemaThing } from "./schema.ts";

const HEADING = `-- The schema after all migrations. Written by \`npm run schema\`; do not edit.
-- Months of partitioned tables are left out: \`ensure_month_partitions\` makes them.

set check_function_bodies = off;
`;

/** Things that belong to a table stand right after it, foreign keys and triggers last. */
export function schemaText(things: readonly SchemaThing[]): string {
  const apart = things.filter((thing) => thing.kind !== "column" && !isPartOfTable(thing));
  const blocks = apart.map((thing) => {
    const parts = thing.kind === "table" ? things.filter((part) => isPart(part, thing)) : [];
    return [thing, ...parts].map(({ create }) => `${create};\n`).join("");
  });
  return [HEADING, ...blocks].join("\n");
}

function isPart(part: SchemaThing, table: SchemaThing): boolean {
  return part.owner === table.name && isPartOfTable(part);
}

function isPartOfTable({ kind, definition }: SchemaThing): boolean {
  return kind === "index" || (kind === "constraint" && !definition.startsWith("FOREIGN KEY"));
}
