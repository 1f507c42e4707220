/**
 * How values cross between PostgreSQL and us: exact, and never through a floating number or the
 * machine's time zone. int8 is a bigint, numeric and dates are text, an instant is ISO text in UTC
 * with the microseconds kept, json is an object.
 */
import pg from "pg";

import { assert } from "../kernel/assert.ts";

const OID = {
  int8: 20,
  int8Array: 1016,
  date: 1082,
  timestamp: 1114,
  timestampArray: 1115,
  dateArray: 1182,
  timestamptz: 1184,
  timestamptzArray: 1185,
  interval: 1186,
  intervalArray: 1187,
  numericArray: 1231,
} as const;

type Parser = (text: string) => unknown;

const asIs: Parser = (text) => text;

const PARSERS: ReadonlyMap<number, Parser> = new Map<number, Parser>([
  [OID.int8, BigInt],
  [OID.int8Array, arrayOf(BigInt)],
  [OID.date, asIs],
  [OID.dateArray, arrayOf(asIs)],
  [OID.timestamp, asIs],
  [OID.timestampArray, arrayOf(asIs)],
  [OID.timestamptz, isoInstant],
  [OID.timestamptzArray, arrayOf(isoInstant)],
  [OID.interval, asIs],
  [OID.intervalArray, arrayOf(asIs)],
  [OID.numericArray, arrayOf(asIs)],
]);

/** Reads one column's text, by the type's oid. Everything not named above is the driver's way. */
export const resultTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    const parser = format === "binary" ? undefined : PARSERS.get(oid);
    return parser ?? (pg.types.getTypeParser(oid, format) as Parser);
  },
};

/** Parameters as the driver takes them: Temporal values become their ISO text, also in arrays. */
export function boundValues(values: readonly unknown[]): unknown[] {
  return values.map((value) => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return arrayLiteral(value) ?? (value as readonly unknown[]);
    return isTemporal(value) ? String(value) : value;
  });
}

/** Null where something in it is the driver's to write: bytes, a list inside. */
function arrayLiteral(items: readonly unknown[]): string | null {
  // Columns of sets repeat themselves: a client, a state. What was written just now is kept.
  let last: unknown = null;
  let lastWritten: string | null = "NULL";
  const written = items.map((item) => {
    if (item === last) return lastWritten;
    last = item;
    lastWritten = elementOf(item);
    return lastWritten;
  });
  return written.includes(null) ? null : `{${written.join(",")}}`;
}

function elementOf(item: unknown): string | null {
  if (item === null) return "NULL";
  if (typeof item === "string") return quoted(item);
  if (typeof item !== "object") return String(item);
  return isTemporal(item) ? `"${String(item)}"` : null;
}

/** Stands in an array as it is: an id, a code, an instant. The word `null` does not. */
const PLAIN = /^(?!null$)[\w.:+-]+$/i;
/** JSON writes these in a way of its own. */
const NOT_AS_IN_JSON = /[\p{Cc}\p{Cs}]/u;

function quoted(text: string): string {
  if (PLAIN.test(text)) return text;
  if (!text.includes('"') && !text.includes("\\")) return `"${text}"`;
  // The same two signs are escaped in the same way, and far faster.
  if (!NOT_AS_IN_JSON.test(text)) return JSON.stringify(text);
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/**
 * A value as a literal, for the statements that take no parameters (`copy`). Only scalars: an
 * array has no business there.
 */
export function literal(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    return pg.escapeLiteral(String(value));
  }
  assert(typeof value === "string" || isTemporal(value), "a scalar in a statement without types");
  return pg.escapeLiteral(String(value));
}

function isTemporal(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.prototype.toString.call(value).startsWith("[object Temporal.");
}

/** `2026-11-16 15:04:05.123456+00` (sessions run in UTC) as `2026-11-16T15:04:05.123456Z`. */
function isoInstant(text: string): string {
  return text.endsWith("+00") ? `${text.slice(0, 10)}T${text.slice(11, -3)}Z` : text;
}

/** Arrays of types whose elements hold no quote, comma or brace inside, `{a,"b c",NULL}`. */
function arrayOf(parse: Parser): Parser {
  return (text) =>
    text === "{}"
      ? []
      : text
          .slice(1, -1)
          .split(",")
          .map((item) => {
            if (item === "NULL") return null;
            return parse(item.startsWith('"') ? item.slice(1, -1) : item);
          });
}
