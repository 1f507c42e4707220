/**
 * What a book says otherwise than the books below it, for every review.
 *
 * The shipped rules' sides are the standard: a change to one is flagged, wherever it is shown.
 */
import { isMapping } from "./book.ts";
import type { Book } from "./book.ts";
import { BOOK_FILE } from "./declarations.ts";
import type { Place, Raw, Source } from "./source.ts";

export interface BookChange extends Place {
  readonly kind: "added" | "changed" | "disabled" | "replaced";
  /** `Paid` of `rules.yaml`; the file itself where it was replaced as a whole. */
  readonly record: string;
  /** The settings that differ. */
  readonly keys: readonly string[];
  /** A shipped rule's debit or credit is no longer what the standard says. */
  readonly changesStandard: boolean;
}

const RULES_FILE = "rules.yaml";
const SIDES = ["debit", "credit"];

/** In reading order of the upper books. A book that extends none has no changes. */
export function changesOf(book: Book): readonly BookChange[] {
  return book.layers.flatMap((layer, index) => {
    const below = book.layers.slice(0, index).toReversed();
    if (below.length === 0) return [];
    return [...layer.sources].flatMap(([file, source]) => {
      const lower = below.flatMap(({ sources }) => sources.get(file) ?? []);
      return file === BOOK_FILE || isRecords(source.value)
        ? recordChanges(file, source, lower)
        : [wholeFileChange(file, source, lower)];
    });
  });
}

/** A file of records: every key leads to records by name. */
function isRecords(value: Raw): boolean {
  return (
    isMapping(value) &&
    Object.values(value).every((group) => isMapping(group) && Object.values(group).every(isMapping))
  );
}

function wholeFileChange(file: string, source: Source, lower: readonly Source[]): BookChange {
  const kind = lower.length === 0 ? "added" : "replaced";
  return { ...source.at([]), kind, record: file, keys: [], changesStandard: false };
}

function recordChanges(
  file: string,
  source: Source,
  lower: readonly Source[],
): readonly BookChange[] {
  if (!isMapping(source.value)) return [];
  return Object.entries(source.value).flatMap(([key, group]) => {
    if (!isMapping(group)) return [];
    return Object.entries(group).flatMap(([id, record]) => {
      const before = lower.flatMap(({ value }) => recordAt(value, key, id) ?? []);
      return changeOf({ file, id, record, before, place: source.atKey([key, id]) });
    });
  });
}

interface RecordPair {
  readonly file: string;
  readonly id: string;
  readonly record: Raw;
  /** What the books below say of it, nearest first. */
  readonly before: readonly Raw[];
  readonly place: Place;
}

function changeOf({ file, id, record, before, place }: RecordPair): readonly BookChange[] {
  if (!isMapping(record)) return [];
  const base = { ...place, record: id };
  if (before.length === 0) return [{ ...base, kind: "added", keys: [], changesStandard: false }];
  if (record.disabled === true) {
    return [{ ...base, kind: "disabled", keys: [], changesStandard: false }];
  }
  const keys = Object.keys(record).filter((key) => !equal(record[key], valueBelow(before, key)));
  if (keys.length === 0) return [];
  const changesStandard = file === RULES_FILE && keys.some((key) => SIDES.includes(key));
  return [{ ...base, kind: "changed", keys, changesStandard }];
}

function valueBelow(before: readonly Raw[], key: string): Raw | undefined {
  for (const record of before) if (isMapping(record) && key in record) return record[key];
  return undefined;
}

function recordAt(value: Raw, key: string, id: string): Raw | undefined {
  const group = isMapping(value) ? value[key] : undefined;
  return isMapping(group) ? group[id] : undefined;
}

function equal(one: Raw | undefined, two: Raw | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(two);
}

/** One line of a review: `rules.yaml:3:3 Paid: changes the standard: debit`. */
export function describeChange(change: BookChange): string {
  const { file, line, column, record, kind, keys, changesStandard } = change;
  const what = changesStandard ? "changes the standard" : kind;
  const list = keys.length > 0 ? `: ${keys.join(", ")}` : "";
  return `${file}:${line}:${column} ${record}: ${what}${list}`;
}
