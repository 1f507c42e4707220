/**
 * Reads an answer in comma separated values. What its columns are called and what its words mean is
 * data of the profile; by default it is the answer to our own generic CSV: rows that begin with AH
 * (header), AD (one line each) and AT (trailer), titles before the first AD.
 */
import { z } from "zod";

import type { CsvRow } from "./csv-rows.ts";
import { csvRows } from "./csv-rows.ts";
import type { InboundDocument, InboundFault } from "./document.ts";
import type { MappedRow } from "./mapped.ts";
import { mappedCommon, mappedDocument } from "./mapped.ts";

const column = z.union([z.string().min(1), z.int().min(1)]);

export const csvReadingShape = z.strictObject({
  ...mappedCommon,
  delimiter: z.string().length(1).default(","),
  decimals: z.enum(["point", "implied"]).default("point"),
  records: z
    .strictObject({
      header: z.string().default("AH"),
      detail: z.string().default("AD"),
      trailer: z.string().default("AT"),
    })
    .nullable()
    .default({ header: "AH", detail: "AD", trailer: "AT" })
    .describe("What the first cell says; null: every row is a line"),
  header: z.array(z.string()).default(["record", "identity", "createdAt", "account", "currency"]),
  trailer: z.array(z.string()).default(["record", "count", "debit", "credit"]),
  titles: z.boolean().default(true).describe("False: columns are named by their places, from 1"),
  columns: z
    .record(z.string(), column)
    .default({})
    .describe("Title or place of a value, where the title is not the value's own name"),
});

export type CsvReading = z.output<typeof csvReadingShape>;

export function readCsv(text: string, reading: CsvReading): InboundDocument {
  return mappedDocument(rowsOf(text, reading), reading, reading.records !== null);
}

function* rowsOf(text: string, reading: CsvReading): Generator<MappedRow | InboundFault> {
  const { records, columns } = reading;
  const header = folded(reading.header);
  const trailer = folded(reading.trailer);
  let titles: readonly string[] | null = reading.titles ? null : [];
  for (const row of csvRows(text.replace(/^\u{feff}/u, ""), reading.delimiter)) {
    const { line } = row;
    const [record = ""] = row.cells;
    if (isEmpty(row)) continue;
    if (row.isBroken) yield { line, place: "quotes", reason: "a quote is not closed" };
    else if (records !== null && record === records.header) {
      yield mapped(row, "header", header, {});
    } else if (records !== null && record === records.trailer) {
      yield mapped(row, "trailer", trailer, {});
    } else if (titles === null) {
      titles = folded(row.cells);
      yield* titleFaults(line, titles, columns);
    } else if (titles.length > 0 && row.cells.slice(titles.length).some((cell) => cell.trim())) {
      // A delimiter within an amount moves what stands behind it.
      yield { line, place: "cells", reason: "are more than the titles" };
    } else if (records !== null && record !== records.detail) {
      const reason = `no record is called ${record.slice(0, 20)}`;
      yield { line, place: "record", reason };
    } else yield mapped(row, "detail", titles, columns);
  }
}

/** Senders write titles in capitals or not, as they please. */
function folded(titles: readonly string[]): string[] {
  return titles.map((title) => title.trim().toLowerCase());
}

/** A spreadsheet's rows below its last one, or what some systems end a text file with. */
function isEmpty({ cells, isBroken }: CsvRow): boolean {
  return !isBroken && cells.every((cell) => ["", "\u001a"].includes(cell.trim()));
}

/** Two columns of one title, and none of a title that the profile names, would be guesses. */
function* titleFaults(
  line: number,
  titles: readonly string[],
  columns: CsvReading["columns"],
): Generator<InboundFault> {
  const known = new Set<string>();
  for (const title of titles) {
    if (title !== "" && known.has(title)) {
      yield { line, place: "titles", reason: `${title} stands there twice` };
    }
    known.add(title);
  }
  for (const wanted of Object.values(columns)) {
    const isPlace = /^[0-9]+$/.test(String(wanted));
    if (!isPlace && !known.has(String(wanted).toLowerCase())) {
      yield { line, place: "titles", reason: `${wanted} is missing` };
    }
  }
}

function mapped(
  row: CsvRow,
  kind: MappedRow["kind"],
  titles: readonly string[],
  columns: CsvReading["columns"],
): MappedRow {
  const values = new Map<string, string>();
  row.cells.forEach((cell, index) => {
    values.set(titles[index] ?? `${index + 1}`, cell.trim());
    values.set(`${index + 1}`, cell.trim());
  });
  return {
    kind,
    line: row.line,
    value: (name) => {
      const text = values.get(String(columns[name] ?? name).toLowerCase()) ?? "";
      return text === "" ? null : text;
    },
  };
}
