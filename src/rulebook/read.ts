/**
 * Reads a rule book's directory, and the book that it extends, from disk.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { isMapping, parseLayer } from "./book.ts";
import type { Book, Layer } from "./book.ts";
import { BOOK_FILE } from "./declarations.ts";
import { loadBook } from "./load.ts";
import type { Loaded } from "./load.ts";
import type { Problem } from "./source.ts";

/** Where the books that others extend stand, by id: `rulebooks/standard`. */
export const SHELF = join(import.meta.dirname, "../../rulebooks");

export const STANDARD_BOOK = join(SHELF, "standard");

export interface ReadOptions {
  /** Where the books that this one extends are looked for. */
  readonly shelf?: string;
  /** Goes before each file name in problems; by default nothing. */
  readonly label?: string;
}

const DEEPEST_INHERITANCE = 5;

/** Reads, loads and checks the book in a directory. */
export async function loadRuleBook(directory: string, options: ReadOptions = {}): Promise<Loaded> {
  const { book, problems } = await readBook(directory, options);
  return loadBook(book, problems);
}

/** The files of a book in layers, base first, and what was wrong with them as files. */
export async function readBook(
  directory: string,
  { shelf = SHELF, label = "" }: ReadOptions = {},
): Promise<{ book: Book; problems: Problem[] }> {
  const problems: Problem[] = [];
  const layers: Layer[] = [];
  let from = directory;
  let prefix = label;
  while (layers.length < DEEPEST_INHERITANCE) {
    const layer = parseLayer(from, await filesOf(from), problems, prefix);
    layers.unshift(layer);
    const below = belowOf(layer);
    if (below === null) return { book: { layers }, problems };
    from = join(shelf, below);
    prefix = `${below}/`;
  }
  const place = { file: `${label}${BOOK_FILE}`, line: 1, column: 1 };
  problems.push({ ...place, reason: "the book extends itself, or too many others" });
  return { book: { layers }, problems };
}

const BOOK_ID = /^[a-z][a-z0-9-]{0,62}$/;

function belowOf(layer: Layer): string | null {
  const header = layer.sources.get(BOOK_FILE)?.value;
  const below = isMapping(header) ? header.extends : null;
  return typeof below === "string" && BOOK_ID.test(below) ? below : null;
}

async function filesOf(directory: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of names) {
    if (!entry.isFile() || !entry.name.endsWith(".yaml")) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(join(directory, "/").length).replaceAll("\\", "/");
    files.set(name, await readFile(path, "utf8"));
  }
  return files;
}
