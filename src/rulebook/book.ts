/**
 * A rule book's files in layers: the standard book, and on top of it a client's own files.
 *
 * Records are merged by id, key by key: a client's `rules.yaml` with
 * `Paid: { processing: track }` changes that one setting and nothing else, and every value still
 * knows the file and line it came from. `disabled: true` takes a record out. Other files (a
 * table) are replaced as a whole by the client's file of the same name.
 */
import type { z } from "zod";
import { fit } from "./shape.ts";
import type { Positioned } from "./shape.ts";
import { parseSource } from "./source.ts";
import type { Path, Problem, Raw, Source } from "./source.ts";

export interface Layer {
  /** The book's id, e.g. `standard`. */
  readonly id: string;
  /** By path inside the book: `rules.yaml`, `accounts/get-loss-gl.yaml`. */
  readonly sources: ReadonlyMap<string, Source>;
}

/** Base first. */
export interface Book {
  readonly layers: readonly Layer[];
  /** False where a book that it extends could not be read. */
  readonly isComplete: boolean;
}

/** Records by id under one key of one file. */
export interface Section<T> {
  readonly file: string;
  readonly key: string;
  readonly record: z.ZodType<T>;
  readonly id: z.ZodType<string>;
  readonly meaning: string;
}

export function section<T>(given: Section<T>): Section<T> {
  return given;
}

export interface Located<T> extends Positioned {
  readonly id: string;
  readonly data: T;
  /** The layers that say something of it, base first. */
  readonly layers: readonly string[];
  /** Keys that a later layer set to something else than an earlier one. */
  readonly changed: readonly string[];
}

type Mapping = Readonly<Record<string, Raw>>;

/** Parses the files of one layer. `label` goes before each file name in problems. */
export function parseLayer(
  id: string,
  files: ReadonlyMap<string, string>,
  problems: Problem[],
  label = "",
): Layer {
  const sources = new Map<string, Source>();
  for (const [file, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    sources.set(file, parseSource(`${label}${file}`, text, problems));
  }
  return { id, sources };
}

/** All records of a section that fit its shape, merged over the layers, in order of first sight. */
export function records<T>(
  book: Book,
  of: Section<T>,
  problems: Problem[],
): ReadonlyMap<string, Located<T>> {
  const merged = new Map<string, Merged>();
  for (const layer of book.layers) {
    const source = layer.sources.get(of.file);
    const group = source === undefined ? undefined : child(source.value, of.key);
    if (source === undefined || group === undefined) continue;
    if (!isMapping(group)) {
      problems.push({ ...source.at([of.key]), reason: `${of.key}: expected records by name` });
      continue;
    }
    for (const [id, value] of Object.entries(group)) {
      mergeRecord(merged, { of, layer, source, id, value }, problems);
    }
  }
  const located = new Map<string, Located<T>>();
  for (const [id, one] of merged) {
    const positioned = positionedOf([of.key, id], one);
    const data = fit(of.record, positioned, problems);
    if (data === null) continue;
    located.set(id, { ...positioned, id, data, layers: one.layers, changed: one.changed });
  }
  return located;
}

/** Every id in force, of records that do not fit as well: their fault is said once. */
export function recordIds(book: Book, { file, key }: Section<unknown>): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { sources } of book.layers) {
    const group = child(sources.get(file)?.value ?? null, key);
    for (const [id, record] of Object.entries(isMapping(group) ? group : {})) {
      if (isMapping(record) && record.disabled === true) ids.delete(id);
      else ids.add(id);
    }
  }
  return ids;
}

interface Merged {
  readonly value: Mapping;
  readonly layers: readonly string[];
  readonly changed: readonly string[];
  /** The source that spoke last, and by key the one that set it. */
  readonly last: Source;
  readonly setBy: ReadonlyMap<string, Source>;
}

interface Arrival<T> {
  readonly of: Section<T>;
  readonly layer: Layer;
  readonly source: Source;
  readonly id: string;
  readonly value: Raw;
}

function mergeRecord<T>(
  merged: Map<string, Merged>,
  { of, layer, source, id, value }: Arrival<T>,
  problems: Problem[],
): void {
  const path = [of.key, id];
  if (!of.id.safeParse(id).success) {
    problems.push({ ...source.atKey(path), reason: `"${id}" is not a name` });
    return;
  }
  if (!isMapping(value)) {
    problems.push({ ...source.at(path), reason: `${id}: expected keys and values` });
    return;
  }
  const before = merged.get(id);
  const { disabled, ...settings } = value;
  if (disabled !== undefined) {
    if (disabled !== true || Object.keys(settings).length > 0 || before === undefined) {
      const reason = "`disabled: true` stands alone, and takes out a record of the book below";
      problems.push({ ...source.atKey([...path, "disabled"]), reason });
      return;
    }
    merged.delete(id);
    return;
  }
  const changed = Object.keys(settings).filter((key) => differs(before?.value[key], settings[key]));
  const setBy = new Map(before?.setBy);
  for (const key of Object.keys(settings)) setBy.set(key, source);
  merged.set(id, {
    value: { ...before?.value, ...settings },
    layers: [...(before?.layers ?? []), layer.id],
    changed: before === undefined ? [] : [...new Set([...before.changed, ...changed])],
    last: source,
    setBy,
  });
}

function differs(before: Raw | undefined, after: Raw | undefined): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}

function positionedOf(path: Path, { value, last, setBy }: Merged): Positioned {
  const sourceOf = ([key]: Path): Source =>
    (typeof key === "string" ? setBy.get(key) : undefined) ?? last;
  return {
    value,
    at: (inner) => sourceOf(inner).at([...path, ...inner]),
    atKey: (inner) => sourceOf(inner).atKey([...path, ...inner]),
  };
}

/** One whole file: the last layer that has it. Null where none has, or it does not fit. */
export function wholeFile<T>(
  book: Book,
  file: string,
  shape: z.ZodType<T>,
  problems: Problem[],
): Located<T> | null {
  const having = book.layers.filter((layer) => layer.sources.has(file));
  const source = having.at(-1)?.sources.get(file);
  if (source === undefined) return null;
  const data = fit(shape, source, problems);
  if (data === null) return null;
  const layers = having.map((layer) => layer.id);
  return { ...pick(source), id: file, data, layers, changed: layers.length > 1 ? ["*"] : [] };
}

/** Files of the book, over all layers, whose path begins so. */
export function filesUnder(book: Book, prefix: string): readonly string[] {
  const names = book.layers.flatMap((layer) => [...layer.sources.keys()]);
  return [...new Set(names.filter((name) => name.startsWith(prefix)))].sort();
}

function pick({ value, at, atKey }: Source): Positioned {
  return { value, at, atKey };
}

function child(value: Raw, key: string): Raw | undefined {
  return isMapping(value) ? value[key] : undefined;
}

export function isMapping(value: Raw | undefined): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
