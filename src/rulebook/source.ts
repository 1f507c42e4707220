/**
 * A YAML file as plain values that know where they stand.
 *
 * Every complaint about a rule book names file, line, column and reason, so a parsed `Source` keeps
 * the place of each key and value; nothing is fixed silently. Decimals stay text: `500.00` is
 * never a JavaScript number.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, Scalar } from "yaml";
import type { Node, Pair, YAMLMap } from "yaml";

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Problem extends Place {
  readonly reason: string;
}

/** What a file may hold once parsed. Decimals and dates are text. */
export type Raw =
  string | number | boolean | null | readonly Raw[] | { readonly [key: string]: Raw };

export type Path = readonly (string | number)[];

export interface Source {
  readonly file: string;
  readonly value: Raw;
  /** False where the text is no YAML: then nothing else is worth saying about it. */
  readonly isReadable: boolean;
  /** Where the value at the path stands; the nearest enclosing value where there is none. */
  at(path: Path): Place;
  /** Where the key that leads to the path's value stands (a list's item: the item). */
  atKey(path: Path): Place;
}

const INTEGER = /^-?(0|[1-9][0-9]{0,14})$/;
const LONGEST_FILE_CHARACTERS = 2_000_000;

/** Parses one file. Syntax errors, duplicate keys, aliases and tags are problems. */
export function parseSource(file: string, text: string, problems: Problem[]): Source {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const complain = (offset: number, reason: string): void => {
    problems.push({ ...place(offset), reason });
  };
  if (text.length > LONGEST_FILE_CHARACTERS) {
    complain(0, `the file is longer than ${LONGEST_FILE_CHARACTERS} characters`);
    return { file, value: null, isReadable: false, at: () => place(0), atKey: () => place(0) };
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: "failsafe",
    prettyErrors: false,
    uniqueKeys: false,
  });
  const [error = document.warnings[0]] = document.errors;
  // The first is the cause; those that follow it are its shadows.
  if (error !== undefined) complain(error.pos[0], `not YAML: ${error.message}`);
  const values = new Map<string, number>();
  const keys = new Map<string, number>();
  const root = document.contents;
  const value = root === null ? null : plain(root, [], { values, keys, complain });
  return {
    file,
    value,
    isReadable: error === undefined,
    at: (path) => place(nearest(values, path)),
    atKey: (path) => place(keys.get(pathKey(path)) ?? nearest(values, path)),
  };
}

interface Walk {
  readonly values: Map<string, number>;
  readonly keys: Map<string, number>;
  readonly complain: (offset: number, reason: string) => void;
}

function plain(node: Node, path: Path, walk: Walk): Raw {
  const offset = node.range?.[0] ?? 0;
  walk.values.set(pathKey(path), offset);
  if (isAlias(node)) {
    walk.complain(offset, "aliases are not allowed: write the value out");
    return null;
  }
  if (isScalar(node)) return scalar(node);
  if (isSeq(node)) {
    return node.items.map((item, index) => plain(item as Node, [...path, index], walk));
  }
  if (isMap(node)) return mapping(node, path, walk);
  return null;
}

function mapping(node: YAMLMap, path: Path, walk: Walk): Raw {
  // Without a prototype: a key called `constructor` is a key like any other.
  const result = Object.create(null) as Record<string, Raw>;
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    const offset = pair.key.range?.[0] ?? 0;
    const name = isScalar(pair.key) ? String(pair.key.value) : null;
    if (name === null || name === "" || name === "__proto__") {
      walk.complain(offset, "a key has to be a plain name");
      continue;
    }
    const child = [...path, name];
    const first = walk.keys.get(pathKey(child));
    if (first !== undefined) {
      walk.complain(offset, `duplicate "${name}" in the same mapping`);
      continue;
    }
    walk.keys.set(pathKey(child), offset);
    if (pair.value === null) {
      walk.values.set(pathKey(child), offset);
      result[name] = null;
    } else {
      result[name] = plain(pair.value, child, walk);
    }
  }
  return result;
}

/** Quoted text is text; plain text is a boolean, a null, an integer or else text. */
function scalar(node: Scalar): Raw {
  const text = String(node.value ?? "");
  if (node.type !== Scalar.PLAIN) return text;
  if (text === "true") return true;
  if (text === "false") return false;
  if (text === "null" || text === "~" || text === "") return null;
  return INTEGER.test(text) ? Number(text) : text;
}

function pathKey(path: Path): string {
  return path.join("\u0000");
}

function nearest(offsets: Map<string, number>, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const offset = offsets.get(pathKey(path.slice(0, length)));
    if (offset !== undefined) return offset;
  }
  return 0;
}

export function describe(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column} ${problem.reason}`;
}

/** By file, line, column, so that a report reads as the files do. */
export function inReadingOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) =>
      compareText(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compareText(a.reason, b.reason),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
