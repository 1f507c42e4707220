/** The published JSON Schema of layouts, from the shapes that validate them. */
import { z } from "zod";

import { layoutShape } from "./layout.ts";

export const LAYOUT_SCHEMA_FILE = "docs/reference/batch-layout.schema.json";

export function layoutSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(layoutShape, { target: "draft-2020-12", io: "input" });
  return { title: "A layout of batch files", ...schema };
}

export function layoutSchemaText(): string {
  return `${JSON.stringify(layoutSchema(), null, 2)}\n`;
}
