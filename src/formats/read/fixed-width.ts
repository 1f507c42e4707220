/**
 * Reads an answer of fixed columns: which record a line is, and where each value stands in it, is
 * data of the profile. ASCII, UTF-8 or EBCDIC, with line ends or in records of one length.
 */
import { z } from "zod";

import { decodeEbcdic } from "../ebcdic.ts";

import type { InboundDocument, InboundFault } from "./document.ts";
import { unread } from "./document.ts";
import { LONGEST_LINE } from "./limits.ts";
import type { MappedRow } from "./mapped.ts";
import { mappedCommon, mappedDocument } from "./mapped.ts";
import { utf8Of } from "./text-of.ts";

const range = z.strictObject({
  start: z.int().min(1).describe("First character, from 1"),
  width: z.int().min(1).max(10_000),
});
const ranges = z.record(z.string(), range);

export const fixedWidthReadingShape = z.strictObject({
  ...mappedCommon,
  decimals: z.enum(["point", "implied"]).default("implied"),
  dates: mappedCommon.dates.unwrap().default("yyyyMMdd"),
  encoding: z.enum(["utf-8", "ascii", "ebcdic-037"]).default("utf-8"),
  recordLength: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe("Characters of every record; without line ends they are cut by it"),
  record: range.default({ start: 1, width: 1 }).describe("Where the record's kind stands"),
  records: z
    .strictObject({
      header: z.string().default("H"),
      detail: z.string().default("D"),
      trailer: z.string().default("T"),
    })
    .nullable()
    .default({ header: "H", detail: "D", trailer: "T" })
    .describe("What the kinds are called; null: every record is a line"),
  header: ranges.default({}),
  detail: ranges,
  trailer: ranges.default({}),
});

export type FixedWidthReading = z.output<typeof fixedWidthReadingShape>;

export function readFixedWidth(bytes: Uint8Array, reading: FixedWidthReading): InboundDocument {
  const { encoding, records } = reading;
  const text = encoding === "ebcdic-037" ? decodeEbcdic(bytes) : utf8Of(bytes);
  if (text === null) return undecodable("the bytes are not UTF-8");
  // eslint-disable-next-line no-control-regex -- what is not ASCII is what it looks for
  if (encoding === "ascii" && /[^\u0000-\u007f]/.test(text)) {
    return undecodable("the bytes are not ASCII");
  }
  return mappedDocument(rowsOf(text, reading), reading, records !== null);
}

export function undecodable(reason: string): InboundDocument {
  return unread({ line: null, place: "encoding", reason });
}

function* rowsOf(text: string, reading: FixedWidthReading): Generator<MappedRow | InboundFault> {
  const { recordLength, record, records } = reading;
  const lines = linesOf(text, recordLength);
  for (const [index, raw] of lines.entries()) {
    const line = index + 1;
    if (raw.trim() === "" || raw === "\u001a") continue;
    if (raw.length > LONGEST_LINE) {
      yield { line, place: "line", reason: `is longer than ${LONGEST_LINE} characters` };
      continue;
    }
    // People and programs count characters, so columns are code points, not UTF-16 units.
    const characters = Array.from(raw);
    if (recordLength !== undefined && characters.length !== recordLength) {
      const reason = `${characters.length} characters instead of ${recordLength}`;
      yield { line, place: "record", reason };
      continue;
    }
    const kind = records === null ? "detail" : kindOf(cut(characters, record), records);
    if (kind === null) {
      const reason = `no record is called ${JSON.stringify(cut(characters, record).slice(0, 20))}`;
      yield { line, place: "record", reason };
      continue;
    }
    yield rowOf(line, characters, kind, reading[kind]);
  }
}

function linesOf(text: string, recordLength: number | undefined): string[] {
  if (recordLength === undefined || /[\r\n\u0085]/.test(text)) {
    return text.split(/\r\n|[\r\n\u0085]/);
  }
  const characters = /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
  const count = Math.ceil(characters.length / recordLength);
  return Array.from({ length: count }, (_, index) =>
    textOf(characters.slice(index * recordLength, (index + 1) * recordLength)),
  );
}

function textOf(characters: string | readonly string[]): string {
  return typeof characters === "string" ? characters : characters.join("");
}

type Range = z.output<typeof range>;

function cut(characters: readonly string[], { start, width }: Range): string {
  return characters.slice(start - 1, start - 1 + width).join("");
}

function kindOf(
  word: string,
  records: NonNullable<FixedWidthReading["records"]>,
): MappedRow["kind"] | null {
  const kinds = ["header", "detail", "trailer"] as const;
  return kinds.find((kind) => records[kind].trim() === word.trim()) ?? null;
}

function rowOf(
  line: number,
  characters: readonly string[],
  kind: MappedRow["kind"],
  places: Readonly<Record<string, Range>>,
): MappedRow {
  return {
    kind,
    line,
    value: (name) => {
      const place = Object.hasOwn(places, name) ? places[name] : undefined;
      const text = place === undefined ? "" : cut(characters, place).trim();
      return text === "" ? null : text;
    },
  };
}
