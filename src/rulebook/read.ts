/**
 * Reads a rule book's directory, and the book that it extends, from disk.
 */
import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";

import { Failure } from "../kernel/failure.ts";
import { isMapping, parseLayer } from "./book.ts";
import type { Book, Layer } from "./book.ts";
import { BOOK_FILE } from "./declarations.ts";
import { loadBook } from "./load.ts";
import type { Loaded } from "./load.ts";
import type { Place, Problem } from "./source.ts";

/** Where the books that others extend stand, by id: `rulebooks/standard`. */
export const SHELF = join(import.meta.dirname, "../../rulebooks");

export const STANDARD_BOOK = join(SHELF, "standard");

export interface ReadOptions {
  /** Where the books that this one extends are looked for. */
  readonly shelf?: string;
  /** What goes before the file names of a book in problems. Default: nothing, and below: its id. */
  readonly prefix?: (directory: string) => string;
}

const DEEPEST_INHERITANCE = 5;

/** Reads, loads and checks the book in a directory. Throws `not-found` where there is none. */
export async function loadRuleBook(directory: string, options: ReadOptions = {}): Promise<Loaded> {
  const { book, problems } = await readBook(directory, options);
  return loadBook(book, problems);
}

/** The files of a book in layers, base first, and what was wrong with them as files. */
export async function readBook(
  directory: string,
  { shelf = SHELF, prefix }: ReadOptions = {},
): Promise<{ book: Book; problems: Problem[] }> {
  const problems: Problem[] = [];
  const files = await filesOf(directory);
  if (files === null) {
    throw new Failure("not-found", `there is no rule book in ${directory}`, { directory });
  }
  const layers = [parseLayer(basename(directory), files, problems, prefix?.(directory) ?? "")];
  for (;;) {
    const [lowest] = layers;
    const below = lowest === undefined ? null : belowOf(lowest);
    if (below === null) return { book: { layers, isComplete: true }, problems };
    const from = join(shelf, below.id);
    const found = layers.length < DEEPEST_INHERITANCE ? await filesOf(from) : null;
    if (found === null) {
      const reason =
        layers.length < DEEPEST_INHERITANCE
          ? `there is no rule book "${below.id}" to extend`
          : "the book extends itself, or too many others";
      problems.push({ ...below.place, reason });
      return { book: { layers, isComplete: false }, problems };
    }
    layers.unshift(parseLayer(below.id, found, problems, prefix?.(from) ?? `${below.id}/`));
  }
}

const BOOK_ID = /^[a-z][a-z0-9-]{0,62}$/;

function belowOf(layer: Layer): { readonly id: string; readonly place: Place } | null {
  const source = layer.sources.get(BOOK_FILE);
  const id = source !== undefined && isMapping(source.value) ? source.value.extends : null;
  if (source === undefined || typeof id !== "string" || !BOOK_ID.test(id)) return null;
  return { id, place: source.at(["extends"]) };
}

/** The YAML files under a directory by their path in it, or null where it is none or has none. */
async function filesOf(directory: string): Promise<ReadonlyMap<string, string> | null> {
  const files = new Map<string, string>();
  for (const entry of await entriesOf(directory)) {
    if (!entry.isFile() || !entry.name.endsWith(".yaml")) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(directory, path).replaceAll(sep, "/"), await readFile(path, "utf8"));
  }
  return files.size === 0 ? null : files;
}

async function entriesOf(directory: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(directory, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && "code" in error && ABSENT.has(String(error.code))) return [];
    throw error;
  }
}

const ABSENT = new Set(["ENOENT", "ENOTDIR"]);
