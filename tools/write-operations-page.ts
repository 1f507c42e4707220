/** Writes the reference page of operations from the standard book; a test keeps it fresh. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { format } from "prettier";

import type { RuleBook } from "../src/rulebook/load.ts";
import { OPERATIONS_PAGE, operationsPage } from "../src/rulebook/operations-page.ts";
import { loadRuleBook, STANDARD_BOOK } from "../src/rulebook/read.ts";

const { rulebook } = await loadRuleBook(STANDARD_BOOK);
const text = await format(operationsPage(rulebook as RuleBook), { parser: "markdown" });
await writeFile(join(import.meta.dirname, "..", OPERATIONS_PAGE), text);
