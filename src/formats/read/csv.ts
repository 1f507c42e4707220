/**
 * Reads an answer in comma separated values. What its columns are called and what its words mean is
 * data of the profile; by default it is the answer to our own generic CSV: rows that begin with AH
 * (header), AD (one line each) and AT (trailer), titles before the first AD.
 */
import { z } from "zod";

import { exponentOf } from "../../kernel/money.ts";

import type { CsvRow } from "./csv-rows.ts";
import { csvRows } from "./csv-rows.ts";
import type { InboundDocument, InboundFault, InboundLine, InboundStatus } from "./document.ts";

const column = z.union([z.string().min(1), z.int().min(1)]);

export const csvReadingShape = z.strictObject({
  delimiter: z.string().length(1).default(","),
  decimals: z.enum(["point", "implied"]).default("point"),
  currency: z.string().length(3).optional().describe("Where neither file nor line says one"),
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
  columns: z
    .record(z.string(), column)
    .default({})
    .describe("Title or place of a value, where the title is not the value's own name"),
  statuses: z
    .record(z.string(), z.enum(["accepted", "refused", "unknown", "posted"]))
    .default({})
    .describe("Words of the destination; our own four always count"),
});

export type CsvReading = z.output<typeof csvReadingShape>;

type Values = ReadonlyMap<string, string>;

const OWN_WORDS = new Map<string, InboundStatus>(
  (["accepted", "refused", "unknown", "posted"] as const).map((word) => [word, word]),
);
const SIDES = new Map<string, "debit" | "credit">([
  ["debit", "debit"],
  ["credit", "credit"],
  ["D", "debit"],
  ["C", "credit"],
]);

export function readCsv(text: string, reading: CsvReading): InboundDocument {
  const lines: InboundLine[] = [];
  const faults: InboundFault[] = [];
  let head: Values = new Map();
  let tail: Values | null = null;
  let titles: readonly string[] | null = null;
  const { records } = reading;
  for (const row of csvRows(text.replace(/^\u{feff}/u, ""), reading.delimiter)) {
    const [record = ""] = row.cells;
    if (row.isBroken) faults.push(faultAt(row, "quotes", "a quote is not closed"));
    else if (tail !== null) faults.push(faultAt(row, "trailer", "a row follows the trailer"));
    else if (records !== null && record === records.header) head = named(row, reading.header);
    else if (records !== null && record === records.trailer) tail = named(row, reading.trailer);
    else if (titles === null) titles = row.cells;
    else if (records !== null && record !== records.detail) {
      faults.push(faultAt(row, "record", `no record is called ${record.slice(0, 20)}`));
    } else {
      const line = lineOf(row, named(row, titles), head, reading, faults);
      if (line !== null) lines.push(line);
    }
  }
  if (records !== null && tail === null) {
    faults.push({ line: null, place: "trailer", reason: "the file has no trailer: it is cut off" });
  }
  return {
    identity: textOf(head, "identity"),
    createdAt: textOf(head, "createdAt"),
    account: textOf(head, "account"),
    currency: textOf(head, "currency"),
    controls: controlsOf(tail ?? new Map(), head, reading, faults),
    lines,
    faults,
  };
}

function named(row: CsvRow, titles: readonly string[]): Values {
  const values = new Map<string, string>();
  row.cells.forEach((cell, index) => {
    values.set(titles[index] ?? `${index + 1}`, cell.trim());
    values.set(`${index + 1}`, cell.trim());
  });
  return values;
}

function textOf(values: Values, name: string): string | null {
  const text = values.get(name) ?? "";
  return text === "" ? null : text;
}

function lineOf(
  row: CsvRow,
  values: Values,
  head: Values,
  reading: CsvReading,
  faults: InboundFault[],
): InboundLine | null {
  const { columns, statuses } = reading;
  const value = (name: string): string | null => textOf(values, String(columns[name] ?? name));
  const before = faults.length;
  const word = value("status") ?? "";
  const status = statuses[word] ?? OWN_WORDS.get(word);
  if (status === undefined) {
    faults.push(faultAt(row, "status", `the word ${word.slice(0, 20) || "(none)"} is not known`));
  }
  const currency = value("currency") ?? textOf(head, "currency") ?? reading.currency ?? null;
  const amountMinor = minorOf(value("amount"), currency, reading, (reason) =>
    faults.push(faultAt(row, "amount", reason)),
  );
  const sideWord = value("side");
  const side = sideWord === null ? null : (SIDES.get(sideWord) ?? null);
  if (sideWord !== null && side === null) {
    faults.push(faultAt(row, "side", "has to be debit or credit"));
  }
  const bookedOn = value("bookedOn");
  if (bookedOn !== null && !z.iso.date().safeParse(bookedOn).success) {
    faults.push(faultAt(row, "bookedOn", "is no date like 2026-01-31"));
  }
  if (status === undefined || faults.length > before) return null;
  return {
    lineNumber: row.line,
    reference: value("reference"),
    amountMinor,
    currency,
    side,
    status,
    code: value("code"),
    reason: value("reason"),
    bookedOn,
    original: originalOf(value),
    raw: row.raw,
  };
}

function originalOf(value: (name: string) => string | null): InboundLine["original"] {
  const found: Record<string, string> = {};
  for (const name of ["traceNumber", "fileId", "endToEndId"]) {
    const text = value(name);
    if (text !== null) found[name] = text;
  }
  return found;
}

function controlsOf(
  tail: Values,
  head: Values,
  reading: CsvReading,
  faults: InboundFault[],
): InboundDocument["controls"] {
  const currency = textOf(head, "currency") ?? reading.currency ?? null;
  const controls: { count?: number; debitMinor?: bigint; creditMinor?: bigint } = {};
  const count = textOf(tail, "count");
  if (count !== null) {
    if (/^[0-9]{1,12}$/.test(count)) controls.count = Number(count);
    else faults.push({ line: null, place: "trailer count", reason: "is no count" });
  }
  for (const [name, key] of [
    ["debit", "debitMinor"],
    ["credit", "creditMinor"],
  ] as const) {
    const minor = minorOf(textOf(tail, name), currency, reading, (reason) =>
      faults.push({ line: null, place: `trailer ${name}`, reason }),
    );
    if (minor !== null) controls[key] = minor;
  }
  return controls;
}

/** Null where nothing is said, and where it cannot be read: then the fault is told. */
function minorOf(
  text: string | null,
  currency: string | null,
  reading: CsvReading,
  tell: (reason: string) => void,
): bigint | null {
  if (text === null) return null;
  if (reading.decimals === "implied") {
    if (/^[0-9]{1,18}$/.test(text)) return BigInt(text);
    tell("is not made of digits");
    return null;
  }
  const decimals = currency === null ? null : decimalsOf(currency);
  if (decimals === null) {
    tell(currency === null ? "has no currency" : `the currency ${currency} is not known`);
    return null;
  }
  const [, whole = "", part = ""] = /^([0-9]{1,15})(?:\.([0-9]+))?$/.exec(text) ?? [];
  if (whole === "" || part.length > decimals) {
    tell(`is no amount with at most ${decimals} decimals`);
    return null;
  }
  return BigInt(whole + part.padEnd(decimals, "0"));
}

function decimalsOf(currency: string): number | null {
  try {
    return exponentOf(currency);
  } catch {
    return null;
  }
}

function faultAt(row: CsvRow, place: string, reason: string): InboundFault {
  return { line: row.line, place, reason };
}
