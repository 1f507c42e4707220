/** The published JSON Schema of import lines, from the shapes that validate them. */
import { z } from "zod";

import { importLine } from "./import-line.ts";

export const IMPORT_SCHEMA_FILE = "docs/reference/import.schema.json";

export function importSchemaText(): string {
  const schema = z.toJSONSchema(importLine, { target: "draft-2020-12", io: "input" });
  const titled = { title: "A line of an import file", ...schema };
  return `${JSON.stringify(titled, null, 2)}\n`;
}
