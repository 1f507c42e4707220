/** Writes the JSON Schema of import lines where the documentation has it. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { IMPORT_SCHEMA_FILE, importSchemaText } from "../src/imports/import-schema.ts";

await writeFile(join(import.meta.dirname, "..", IMPORT_SCHEMA_FILE), importSchemaText());
