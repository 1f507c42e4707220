/** Writes `openapi.json` from the routes; `test/openapi.test.ts` says when it is not fresh. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { openApiText } from "../src/http/open-api.ts";

await writeFile(join(import.meta.dirname, "..", "openapi.json"), await openApiText());
