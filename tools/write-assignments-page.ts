/** Writes the reference page of states, assignments, actions and rights; a test keeps it fresh. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { format } from "prettier";

import { ASSIGNMENTS_PAGE, assignmentsPage } from "../src/accounting/assignments-page.ts";

const text = await format(assignmentsPage(), { parser: "markdown" });
await writeFile(join(import.meta.dirname, "..", ASSIGNMENTS_PAGE), text);
