/** Writes the reference page of regulatory clocks from the standard book; a test keeps it fresh. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { format } from "prettier";

import { CLOCKS_PAGE, clocksPage } from "../src/rulebook/clocks-page.ts";
import { requireRuleBook } from "../src/rulebook/load.ts";
import { loadRuleBook, STANDARD_BOOK } from "../src/rulebook/read.ts";

const rulebook = requireRuleBook(await loadRuleBook(STANDARD_BOOK));
const text = await format(clocksPage(rulebook), { parser: "markdown" });
await writeFile(join(import.meta.dirname, "..", CLOCKS_PAGE), text);
