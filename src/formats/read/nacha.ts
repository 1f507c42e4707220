/**
 * Reads Nacha files that come back: returns (addenda 99), dishonored and contested returns,
 * notifications of change (addenda 98), acknowledgement entries (ACK, ATX), and a header with its
 * control alone, which acknowledges a whole file.
 *
 * Only a return says that an entry of ours failed, and only an acknowledgement that it arrived.
 * What disputes a return, or asks for a change, decides nothing: a person does.
 */
import type { InboundDocument, InboundFault, InboundLine, InboundStatus } from "./document.ts";
import {
  amountOf,
  fileTotalsOf,
  isAdvice,
  isInternational,
  nachaFaults,
  numberIn,
  sideOf,
} from "./nacha-checks.ts";
import { nachaReason } from "./nacha-codes.ts";
import type { NachaEntry, NachaFile, NachaRecord } from "./nacha-records.ts";
import { field, nachaFile } from "./nacha-records.ts";

const CURRENCY = "USD";
const WITH_ACCOUNT_NUMBER = new Set(["C01", "C03", "C06", "C07"]);

export function readNacha(
  format: "nacha-return" | "nacha-acknowledgement",
  text: string,
): InboundDocument {
  const file = nachaFile(text);
  const faults = [...file.faults, ...nachaFaults(file)];
  const lines = file.batches.flatMap(({ header, entries }) =>
    entries.map((entry) => lineOf(entry, header, faults)),
  );
  const { header, control } = file;
  if (format === "nacha-acknowledgement" && lines.length === 0 && header !== null) {
    return { ...documentOf(file), lines: wholeFile(file, header), faults: file.faults };
  }
  const { debit, credit } = fileTotalsOf(file);
  const debitMinor = control === null ? null : numberIn(control, ...debit);
  const creditMinor = control === null ? null : numberIn(control, ...credit);
  return {
    ...documentOf(file),
    controls: {
      ...(debitMinor === null ? {} : { debitMinor }),
      ...(creditMinor === null ? {} : { creditMinor }),
    },
    lines,
    faults: faults.toSorted(byLine),
  };
}

function byLine(one: InboundFault, other: InboundFault): number {
  return (one.line ?? Number.MAX_SAFE_INTEGER) - (other.line ?? Number.MAX_SAFE_INTEGER);
}

function documentOf({ header }: NachaFile): InboundDocument {
  const common = { account: null, currency: CURRENCY, controls: {}, lines: [], faults: [] };
  if (header === null) return { identity: null, createdAt: null, ...common };
  const date = dateOf(field(header, 24, 29));
  const time = field(header, 30, 33);
  const parts = [
    [4, 13],
    [14, 23],
    [24, 29],
    [30, 33],
    [34, 34],
  ] as const;
  return {
    identity: parts.map(([from, to]) => field(header, from, to).trim()).join("/"),
    createdAt:
      date !== null && /^([01][0-9]|2[0-3])[0-5][0-9]$/.test(time)
        ? `${date}T${time.slice(0, 2)}:${time.slice(2)}:00`
        : date,
    ...common,
  };
}

/** The header of our file came back: its reference code names the file. */
function wholeFile({ control }: NachaFile, header: NachaRecord): InboundLine[] {
  const fileId = field(header, 87, 94).trim();
  // Without a batch it is no file of ours: it says that there was nothing to acknowledge.
  const isEmpty = control === null || numberIn(control, 2, 7) === 0n;
  if (isEmpty || fileId === "") return [];
  const said = { reference: null, amountMinor: null, side: null, reason: null, bookedOn: null };
  return [
    {
      ...said,
      lineNumber: header.line,
      currency: CURRENCY,
      status: "accepted",
      code: null,
      original: { fileId },
    },
  ];
}

function lineOf(entry: NachaEntry, batch: NachaRecord, faults: InboundFault[]): InboundLine {
  // A contested return carries what it contests, oldest first: the last one is what is said.
  const addenda = entry.addenda.findLast((one) => /^79[89]/.test(one.text));
  const entryClass = field(batch, 51, 53);
  // An international entry has its account number there, and that is nobody's reference.
  const isNameless = isAdvice(batch) || isInternational(batch);
  const identification = isNameless ? "" : field(entry, 40, 54).trim();
  const isAcknowledgement = ["ACK", "ATX"].includes(entryClass);
  const outcome =
    addenda === undefined ? forwardOutcome(isAcknowledgement) : outcomeOf(addenda, entryClass);
  if (addenda !== undefined && outcome.traceNumber === null) {
    const reason = "names no original entry";
    faults.push({ line: addenda.line, place: "original trace number", reason });
  }
  const trace = isAcknowledgement ? identification : outcome.traceNumber;
  return {
    lineNumber: entry.line,
    reference: identification === "" || isAcknowledgement ? null : identification,
    amountMinor: outcome.hasAmount ? amountOf(entry, isAdvice(batch)) : null,
    currency: CURRENCY,
    side: sideOf(entry),
    status: outcome.status,
    code: outcome.code,
    reason: outcome.reason,
    bookedOn: dateOf(field(batch, 70, 75)),
    original: trace === null || trace === "" ? {} : { traceNumber: trace },
  };
}

interface Outcome {
  readonly status: InboundStatus;
  readonly code: string | null;
  readonly reason: string | null;
  readonly traceNumber: string | null;
  readonly hasAmount: boolean;
}

/** An entry without such an addenda record is presented to us; it answers nothing of ours. */
function forwardOutcome(isAcknowledgement: boolean): Outcome {
  const status = isAcknowledgement ? "accepted" : "unknown";
  return { status, code: null, reason: null, traceNumber: null, hasAmount: !isAcknowledgement };
}

function outcomeOf(addenda: NachaRecord, entryClass: string): Outcome {
  const code = field(addenda, 4, 6).trim().toUpperCase();
  const trace = field(addenda, 7, 21);
  const said = {
    code: code === "" ? null : code,
    traceNumber: /^[0-9]{15}$/.test(trace) ? trace : null,
  };
  const words = nachaReason(code);
  if (field(addenda, 2, 3) === "98") {
    const data = correctedData(code, field(addenda, 36, 64).trim());
    const reason = `${words ?? "Notification of change"}: ${data}`;
    return { ...said, status: "unknown", reason, hasAmount: false };
  }
  if (/^R(6[1-9]|70)$/.test(code)) return { ...said, ...disputed(addenda, "dishonored", 57, 59) };
  if (/^R7[1-7]$/.test(code)) return { ...said, ...disputed(addenda, "contested", 77, null) };
  // Of an international entry the amount of the original one stands before the text.
  const information = field(addenda, entryClass === "IAT" ? 46 : 36, 79).trim();
  const reason = [words, information].filter((text) => text !== null && text !== "").join(": ");
  return { ...said, status: "refused", reason: reason === "" ? null : reason, hasAmount: true };
}

/** An account number is shown by its last four characters; all of it is in the file's bytes. */
function correctedData(code: string, data: string): string {
  if (!WITH_ACCOUNT_NUMBER.has(code)) return data;
  return data.replaceAll(/[A-Za-z0-9]+/g, (word) => word.slice(-4).padStart(word.length, "•"));
}

/** The reason of what is disputed is two digits; free text follows where there is room for it. */
function disputed(
  addenda: NachaRecord,
  word: "dishonored" | "contested",
  codeFrom: number,
  textFrom: number | null,
): Pick<Outcome, "status" | "reason" | "hasAmount"> {
  const before = field(addenda, codeFrom, codeFrom + 1).trim();
  const text = textFrom === null ? "" : field(addenda, textFrom, 79).trim();
  const words = nachaReason(field(addenda, 4, 6).toUpperCase()) ?? "";
  const what = word === "dishonored" ? "return" : "dishonored return";
  const reason = `${what} R${before} ${word}: ${text === "" ? words : text}`;
  return { status: "unknown", reason, hasAmount: true };
}

function dateOf(text: string): string | null {
  const [, year, month, day] = /^([0-9]{2})([0-9]{2})([0-9]{2})$/.exec(text) ?? [];
  if (year === undefined || Number(month) < 1 || Number(month) > 12) return null;
  return Number(day) < 1 || Number(day) > 31 ? null : `20${year}-${month}-${day}`;
}
