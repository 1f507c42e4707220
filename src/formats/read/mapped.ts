/**
 * Answers whose columns are mapped by data of the profile: what CSV, fixed width and JSON Lines
 * have in common. A format gives rows of named values; from here on they are read alike.
 */
import { z } from "zod";

import { exponentOf } from "../../kernel/money.ts";
import { dateReader, readsDates } from "../picture.ts";

import type { InboundDocument, InboundFault, InboundLine, InboundStatus } from "./document.ts";
import { isEnough } from "./limits.ts";
import { numberOf } from "./number-text.ts";

const STATUSES = ["accepted", "refused", "unknown", "posted"] as const;

export const mappedCommon = {
  currency: z.string().length(3).optional().describe("Where neither file nor line says one"),
  sign: z
    .enum(["leading", "trailing", "overpunch"])
    .default("leading")
    .describe("Where a negative amount has its sign: it turns the line's side"),
  dates: z
    .string()
    .refine(readsDates, "not a picture like yyyyMMdd")
    .default("yyyy-MM-dd")
    .describe("Picture of the day on which a line was booked"),
  statuses: z
    .record(z.string(), z.enum(STATUSES))
    .default({})
    .describe("Words of the destination; our own four always count"),
  status: z.enum(STATUSES).optional().describe("Of lines that say none"),
  sides: z
    .record(z.string(), z.enum(["debit", "credit"]))
    .default({})
    .describe("Words of the destination; debit, credit, D and C always count"),
  hashTotal: z
    .strictObject({
      of: z.string().min(1).describe("The value of each line whose digits are added up"),
      digits: z.int().min(1).max(18).default(18),
    })
    .optional()
    .describe("What the trailer's `hashTotal` is the sum of"),
};

export interface MappedReading {
  readonly currency?: string | undefined;
  readonly decimals: "point" | "implied";
  readonly sign: "leading" | "trailing" | "overpunch";
  readonly dates: string;
  readonly statuses: Readonly<Record<string, InboundStatus>>;
  readonly status?: InboundStatus | undefined;
  readonly sides: Readonly<Record<string, "debit" | "credit">>;
  readonly hashTotal?: { readonly of: string; readonly digits: number } | undefined;
}

export type Value = (name: string) => string | null;

export interface MappedRow {
  readonly kind: "header" | "detail" | "trailer";
  readonly line: number;
  readonly value: Value;
}

const OWN_WORDS = new Map<string, InboundStatus>(STATUSES.map((word) => [word, word]));
const OWN_SIDES = new Map<string, "debit" | "credit">([
  ["debit", "debit"],
  ["credit", "credit"],
  ["d", "debit"],
  ["c", "credit"],
]);
const NOTHING: Value = () => null;

/** `hasFrame`: the file says which of its rows is a trailer, so one must be there. */
export function mappedDocument(
  rows: Iterable<MappedRow | InboundFault>,
  reading: MappedReading,
  hasFrame: boolean,
): InboundDocument {
  const lines: InboundLine[] = [];
  const faults: InboundFault[] = [];
  let head = NOTHING;
  let tail: MappedRow | null = null;
  let hash = 0n;
  for (const row of rows) {
    if (isEnough(lines, faults)) break;
    if ("reason" in row) faults.push(row);
    else if (tail !== null) faults.push(faultAt(row, "trailer", "a row follows the trailer"));
    else if (row.kind === "header") head = row.value;
    else if (row.kind === "trailer") tail = row;
    else {
      hash += digitsOf(row, reading);
      const line = lineOf(row, head, reading, faults);
      if (line !== null) lines.push(line);
    }
  }
  if (hasFrame && tail === null) {
    faults.push({ line: null, place: "trailer", reason: "the file has no trailer: it is cut off" });
  }
  if (tail !== null) checkHash(tail, hash, reading, faults);
  return {
    identity: head("identity"),
    createdAt: head("createdAt"),
    account: head("account"),
    currency: head("currency"),
    controls: tail === null ? {} : controlsOf(tail, head, reading, faults),
    lines,
    faults,
  };
}

function faultAt({ line }: MappedRow, place: string, reason: string): InboundFault {
  return { line, place, reason };
}

function lineOf(
  row: MappedRow,
  head: Value,
  reading: MappedReading,
  faults: InboundFault[],
): InboundLine | null {
  const { value } = row;
  const before = faults.length;
  const tell = (place: string, reason: string): void =>
    void faults.push(faultAt(row, place, reason));
  const word = value("status") ?? "";
  const status = word === "" ? reading.status : ownOf(reading.statuses, word, OWN_WORDS);
  if (status === undefined) {
    tell("status", `the word ${word.slice(0, 20) || "(none)"} is not known`);
  }
  const currency = value("currency") ?? head("currency") ?? reading.currency ?? null;
  const amount = minorOf(value("amount"), currency, reading, (reason) => tell("amount", reason));
  const side = sideOf(value("side"), amount, reading, tell);
  const bookedOn = dateOf(value("bookedOn"), reading, tell);
  if (status === undefined || faults.length > before) return null;
  return {
    lineNumber: row.line,
    reference: value("reference"),
    amountMinor: amount === null || amount >= 0n ? amount : -amount,
    currency,
    side,
    status,
    code: value("code"),
    reason: value("reason"),
    bookedOn,
    original: originalOf(value),
  };
}

/**
 * Of the profile's own words first, then of ours, in capitals or not; `constructor` is none, though
 * every object has one.
 */
function ownOf<Meaning>(
  words: Readonly<Record<string, Meaning>>,
  word: string,
  ours: ReadonlyMap<string, Meaning>,
): Meaning | undefined {
  return Object.hasOwn(words, word) ? words[word] : ours.get(word.toLowerCase());
}

type Tell = (place: string, reason: string) => void;

/** A negative amount turns the side around, and without a side it is a debit. */
function sideOf(
  word: string | null,
  amount: bigint | null,
  { sides }: MappedReading,
  tell: Tell,
): "debit" | "credit" | null {
  const isNegative = amount !== null && amount < 0n;
  if (word === null) return isNegative ? "debit" : null;
  const side = ownOf(sides, word, OWN_SIDES) ?? null;
  if (side === null) tell("side", "has to be debit or credit");
  if (!isNegative || side === null) return side;
  return side === "debit" ? "credit" : "debit";
}

function dateOf(text: string | null, { dates }: MappedReading, tell: Tell): string | null {
  if (text === null) return null;
  const date = dateReader(dates)(text);
  if (date !== null) return date;
  tell("bookedOn", dates === "yyyy-MM-dd" ? "is no date like 2026-01-31" : `is no ${dates}`);
  return null;
}

function originalOf(value: Value): InboundLine["original"] {
  const found: Record<string, string> = {};
  for (const name of ["traceNumber", "fileId", "endToEndId"]) {
    const text = value(name);
    if (text !== null) found[name] = text;
  }
  return found;
}

function digitsOf({ value }: MappedRow, { hashTotal }: MappedReading): bigint {
  if (hashTotal === undefined) return 0n;
  // Of a sum modulo a power of ten only the last digits count.
  const digits = (value(hashTotal.of) ?? "").replaceAll(/[^0-9]/g, "").slice(-hashTotal.digits);
  return BigInt(digits === "" ? 0 : digits);
}

function checkHash(
  tail: MappedRow,
  sum: bigint,
  { hashTotal }: MappedReading,
  faults: InboundFault[],
): void {
  if (hashTotal === undefined) return;
  const said = tail.value("hashTotal") ?? "";
  const counted = sum % 10n ** BigInt(hashTotal.digits);
  if (!/^[0-9]{1,18}$/.test(said)) {
    faults.push(faultAt(tail, "trailer hashTotal", "is not made of digits"));
  } else if (BigInt(said) !== counted) {
    faults.push(faultAt(tail, "trailer hashTotal", `says ${said}, counted ${counted}`));
  }
}

function controlsOf(
  { value, line }: MappedRow,
  head: Value,
  reading: MappedReading,
  faults: InboundFault[],
): InboundDocument["controls"] {
  const currency = head("currency") ?? reading.currency ?? null;
  const controls: { count?: number; debitMinor?: bigint; creditMinor?: bigint } = {};
  const count = value("count");
  if (count !== null) {
    if (/^[0-9]{1,12}$/.test(count)) controls.count = Number(count);
    else faults.push({ line, place: "trailer count", reason: "is no count" });
  }
  for (const [name, key] of [
    ["debit", "debitMinor"],
    ["credit", "creditMinor"],
  ] as const) {
    const minor = minorOf(value(name), currency, reading, (reason) =>
      faults.push({ line, place: `trailer ${name}`, reason }),
    );
    if (minor !== null) controls[key] = minor;
  }
  return controls;
}

const LONGEST_NUMBER = 60;

/** Null where nothing is said, and where it cannot be read: then the fault is told. */
function minorOf(
  text: string | null,
  currency: string | null,
  { decimals, sign }: MappedReading,
  tell: (reason: string) => void,
): bigint | null {
  if (text === null) return null;
  if (text.length > LONGEST_NUMBER) {
    tell(`is longer than ${LONGEST_NUMBER} characters`);
    return null;
  }
  const { negative, digits } = numberOf(text, sign) ?? { negative: false, digits: "" };
  const signed = (minor: bigint): bigint => (negative ? -minor : minor);
  if (decimals === "implied") {
    if (/^[0-9]{1,18}$/.test(digits)) return signed(BigInt(digits));
    tell("is not made of digits");
    return null;
  }
  const places = currency === null ? null : decimalsOf(currency);
  if (places === null) {
    tell(currency === null ? "has no currency" : `the currency ${currency} is not known`);
    return null;
  }
  const [, whole = "", part = ""] = /^([0-9]{1,15})(?:\.([0-9]+))?$/.exec(digits) ?? [];
  // Zeros behind what the currency has say nothing more.
  const exact = part.replace(/0+$/, "");
  if (whole === "" || exact.length > places) {
    tell(`is no amount with at most ${places} decimals`);
    return null;
  }
  return signed(BigInt(whole + exact.padEnd(places, "0")));
}

function decimalsOf(currency: string): number | null {
  try {
    return exponentOf(currency);
  } catch {
    return null;
  }
}
