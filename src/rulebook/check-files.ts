/**
 * Which files a book may have and which keys they may hold: anything else is a problem, so that
 * a misspelt file or key is never passed over in silence.
 */
import { accountSection, CHART_FILE } from "./accounts.ts";
import { isMapping } from "./book.ts";
import type { Book, Section } from "./book.ts";
import { CLOCKS_FILE, clockSection } from "./clocks.ts";
import { BOOK_FILE, bookHeaderShape, collectionSection, factSection } from "./declarations.ts";
import { GATES_FILE, gateSection } from "./gates.ts";
import { OPERATIONS_FILE, operationSection, STATES_FILE, stateSection } from "./operations.ts";
import { ROUTES_FILE } from "./routes.ts";
import { RULES_FILE, ruleSection } from "./rules.ts";
import type { Problem } from "./source.ts";

/** Files that are made of records by id. Rooms that add a section add it here. */
export const SECTIONS: readonly Section<unknown>[] = [
  factSection,
  collectionSection,
  accountSection,
  ruleSection,
  operationSection,
  stateSection,
  gateSection,
  clockSection,
];

/** Files whose whole shape is checked where they are loaded. */
const WHOLE_FILES: readonly string[] = [ROUTES_FILE];
const TABLE_FILE = /^accounts\/[a-z0-9-]+\.yaml$/;

/** Files that every complete book has to have, itself or by the book below. */
const REQUIRED = [
  BOOK_FILE,
  "collections.yaml",
  RULES_FILE,
  OPERATIONS_FILE,
  STATES_FILE,
  GATES_FILE,
  CLOCKS_FILE,
  CHART_FILE,
  ROUTES_FILE,
];

export function checkFiles(book: Book, problems: Problem[]): void {
  const keysByFile = new Map<string, Set<string>>([
    [BOOK_FILE, new Set(Object.keys(bookHeaderShape))],
  ]);
  for (const { file, key } of SECTIONS) {
    keysByFile.set(file, (keysByFile.get(file) ?? new Set()).add(key));
  }
  for (const { sources } of book.layers) {
    for (const [file, source] of sources) {
      const keys = keysByFile.get(file);
      if (keys === undefined) {
        if (WHOLE_FILES.includes(file) || TABLE_FILE.test(file)) continue;
        problems.push({ ...source.at([]), reason: `a rule book has no file ${file}` });
      } else if (!isMapping(source.value)) {
        problems.push({ ...source.at([]), reason: `expected ${[...keys].join(", ")}` });
      } else {
        for (const key of Object.keys(source.value)) {
          if (keys.has(key)) continue;
          problems.push({ ...source.atKey([key]), reason: `unknown key "${key}"` });
        }
      }
    }
  }
  const top = book.layers.at(-1);
  const place = top?.sources.get(BOOK_FILE)?.at([]) ?? { file: BOOK_FILE, line: 1, column: 1 };
  for (const file of REQUIRED) {
    if (book.layers.some(({ sources }) => sources.has(file))) continue;
    problems.push({ ...place, reason: `the book has no ${file}` });
  }
}
