/**
 * The rule books that a server works with: the standard one, and the institution's own from a
 * directory with a directory for each. All of them are read and checked before anything runs; one
 * with any problem is not served, and neither is any other then.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { Failure } from "../kernel/failure.ts";
import type { Loaded, RuleBook } from "./load.ts";
import { requireRuleBook } from "./load.ts";
import { loadRuleBook, STANDARD_BOOK } from "./read.ts";

/** The books by id. Throws `configuration-invalid`, and `rulebook-invalid` with every place. */
export async function servedBooks(
  directory: string | undefined,
): Promise<ReadonlyMap<string, RuleBook>> {
  const standard = requireRuleBook(await loadRuleBook(STANDARD_BOOK));
  const books = new Map([[standard.id, standard]]);
  if (directory === undefined) return books;
  const read: Loaded[] = [];
  for (const name of await namesIn(directory)) {
    const path = join(directory, name);
    const loaded = await loadRuleBook(path, { prefix: (of) => `${of}/` });
    read.push(loaded);
    const id = loaded.rulebook?.id;
    if (id === undefined) continue;
    if (id !== name) throw unfit(`${path} holds the book ${id}: a book's directory has its id`);
    if (books.has(id)) throw unfit(`${path}: the book ${id} is shipped: give it another id`);
    books.set(id, loaded.rulebook as RuleBook);
  }
  const problems = read.flatMap((one) => one.problems);
  if (problems.length > 0) requireRuleBook({ rulebook: null, problems });
  return books;
}

async function namesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    throw unfit(`${directory} cannot be read: ${String(error)}`);
  });
  const names = entries.filter((one) => one.isDirectory() && !one.name.startsWith("."));
  if (names.length === 0) throw unfit(`${directory} holds no directory of a rule book`);
  return names.map((one) => one.name).toSorted();
}

function unfit(detail: string): Failure {
  const fault = { pointer: "/REDRESS_RULEBOOKS", detail };
  return new Failure("configuration-invalid", `REDRESS_RULEBOOKS: ${detail}`, {}, [fault]);
}
