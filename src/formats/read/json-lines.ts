/**
 * Reads an answer of one JSON object per line. Which property a value stands in is data of the
 * profile: `amount` is the property of that name, `columns: { amount: "money.value" }` another.
 */
import { z } from "zod";

import type { InboundDocument, InboundFault } from "./document.ts";
import type { MappedRow } from "./mapped.ts";
import { mappedCommon, mappedDocument } from "./mapped.ts";

const path = z.string().min(1).describe("Names of properties, inner ones behind a point");

export const jsonLinesReadingShape = z.strictObject({
  ...mappedCommon,
  decimals: z.enum(["point", "implied"]).default("point"),
  record: path.default("record").describe("The property that says what kind of record it is"),
  records: z
    .strictObject({
      header: z.string().default("header"),
      detail: z.string().default("detail"),
      trailer: z.string().default("trailer"),
    })
    .nullable()
    .default({ header: "header", detail: "detail", trailer: "trailer" })
    .describe("What the kinds are called; null: every line is one"),
  header: z.record(z.string(), path).default({}),
  columns: z.record(z.string(), path).default({}),
  trailer: z.record(z.string(), path).default({}),
});

export type JsonLinesReading = z.output<typeof jsonLinesReadingShape>;

export function readJsonLines(text: string, reading: JsonLinesReading): InboundDocument {
  return mappedDocument(rowsOf(text, reading), reading, reading.records !== null);
}

function* rowsOf(text: string, reading: JsonLinesReading): Generator<MappedRow | InboundFault> {
  const { record, records, header, columns, trailer } = reading;
  const places = { header, detail: columns, trailer };
  for (const [index, raw] of text
    .replace(/^\u{feff}/u, "")
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    if (raw.trim() === "") continue;
    const object = objectOf(raw);
    if (object === null) {
      yield { line, place: "line", reason: "is no JSON object" };
      continue;
    }
    const word = textAt(object, record);
    const kind = records === null ? "detail" : kindOf(word, records);
    if (kind === null) {
      yield { line, place: "record", reason: `no record is called ${(word ?? "").slice(0, 20)}` };
      continue;
    }
    const paths = places[kind];
    const value = (name: string): string | null =>
      textAt(object, Object.hasOwn(paths, name) ? (paths[name] as string) : name);
    yield { kind, line, value };
  }
}

function kindOf(
  word: string | null,
  records: NonNullable<JsonLinesReading["records"]>,
): MappedRow["kind"] | null {
  const kinds = ["header", "detail", "trailer"] as const;
  return kinds.find((kind) => records[kind] === word) ?? null;
}

/** Numbers stay as they are written: a number of JavaScript cannot hold every amount. */
function objectOf(raw: string): object | null {
  try {
    const parsed: unknown = JSON.parse(raw, exactNumber);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function exactNumber(_: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" ? (context?.source ?? String(value)) : value;
}

function textAt(object: object, place: string): string | null {
  let found: unknown = object;
  for (const name of place.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return null;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  const isText = typeof found === "string" || typeof found === "boolean";
  const text = isText ? String(found).trim() : "";
  return text === "" ? null : text;
}
