/**
 * Writes `src/rulebook/schema/`: the JSON Schemas of a rule book's files. A test keeps it fresh.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { format } from "prettier";

import { fileSchemas } from "../src/rulebook/schemas.ts";

const directory = join(import.meta.dirname, "../src/rulebook/schema");

await mkdir(directory, { recursive: true });
for (const { name, schema } of fileSchemas()) {
  const text = await format(JSON.stringify(schema), { parser: "json", printWidth: 100 });
  await writeFile(join(directory, name), text);
}
