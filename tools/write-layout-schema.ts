/** Writes the JSON Schema of batch layouts where the documentation has it. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { LAYOUT_SCHEMA_FILE, layoutSchemaText } from "../src/formats/layout-schema.ts";

await writeFile(join(import.meta.dirname, "..", LAYOUT_SCHEMA_FILE), layoutSchemaText());
