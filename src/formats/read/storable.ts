/**
 * What a file says, as far as it can be kept: texts without NUL, amounts that an amount can be,
 * days of the calendar. The rest is a fault of the file, whatever its format; without this one file
 * would fail in the database, again and again, and hold up all others.
 */
import { Temporal } from "temporal-polyfill";

import type { InboundDocument, InboundFault, InboundLine } from "./document.ts";

const MOST_MINOR = 2n ** 63n - 1n;
const LONGEST_IDENTITY = 255;
const LONGEST_REFERENCE = 255;
const LONGEST_REASON = 2000;
const LONGEST_FAULT = 300;
const NUL = "holds a NUL character";

export function storable(document: InboundDocument): InboundDocument {
  const { identity, lines } = document;
  const faults = document.faults.map(shown);
  if (identity?.includes("\0") === true) faults.push(ofFile(NUL));
  if (identity !== null && identity.length > LONGEST_IDENTITY) {
    faults.push(ofFile(`is longer than ${LONGEST_IDENTITY} characters`));
  }
  for (const line of lines) {
    for (const [place, reason] of unstorable(line)) {
      faults.push({ line: line.lineNumber, place, reason });
    }
  }
  return { ...document, lines: lines.map(withShortReason), faults };
}

function ofFile(reason: string): InboundFault {
  return { line: null, place: "identity", reason };
}

/** A fault tells what stood there: it has to be kept, too. */
function shown({ line, place, reason }: InboundFault): InboundFault {
  const text = (said: string): string => shortened(said, LONGEST_FAULT).replaceAll("\0", "␀");
  return { line, place: text(place), reason: text(reason) };
}

/** Words are for people: what is beyond is in the file's bytes. */
function withShortReason(line: InboundLine): InboundLine {
  if (line.reason === null || line.reason.length <= LONGEST_REASON) return line;
  return { ...line, reason: shortened(line.reason, LONGEST_REASON) };
}

function shortened(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1).toWellFormed()}…`;
}

function* unstorable(line: InboundLine): Generator<[place: string, reason: string]> {
  const { amountMinor, bookedOn, reference, code, reason, currency, original } = line;
  for (const [place, text] of Object.entries({ reference, code, reason, currency, ...original })) {
    if (text?.includes("\0") === true) yield [place, NUL];
    if (place !== "reason" && (text?.length ?? 0) > LONGEST_REFERENCE) {
      yield [place, `is longer than ${LONGEST_REFERENCE} characters`];
    }
  }
  if (currency !== null && !/^[A-Z]{3}$/.test(currency)) yield ["currency", "is no currency"];
  if (amountMinor !== null && amountMinor > MOST_MINOR) yield ["amount", "is more than any amount"];
  if (bookedOn !== null && !isDay(bookedOn)) yield ["bookedOn", "is no day"];
}

function isDay(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) || text.startsWith("0000")) return false;
  try {
    Temporal.PlainDate.from(text);
    return true;
  } catch {
    return false;
  }
}
