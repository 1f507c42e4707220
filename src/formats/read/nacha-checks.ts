/**
 * What a Nacha file says of itself, counted again: entries, hash, debits and credits of each batch
 * and of the file, batch numbers and ids in header and control, check digits, trace numbers.
 */
import type { InboundFault } from "./document.ts";
import type { NachaBatch, NachaEntry, NachaFile, NachaRecord } from "./nacha-records.ts";
import { field } from "./nacha-records.ts";

const LINES_OF_A_BLOCK = 10;
const HASH_MODULUS = 10n ** 10n;
const SERVICE_CLASSES = new Set(["200", "220", "225", "280"]);

interface Totals {
  readonly count: bigint;
  readonly hash: bigint;
  readonly debit: bigint;
  readonly credit: bigint;
}

type Tell = (record: NachaRecord, place: string, reason: string) => void;

export function nachaFaults(file: NachaFile): InboundFault[] {
  const faults: InboundFault[] = [];
  const tell: Tell = ({ line }, place, reason) => faults.push({ line, place, reason });
  if (file.header !== null) checkFileHeader(file.header, file.batches.length > 0, tell);
  const totals = file.batches.map((batch) => checkBatch(batch, tell));
  if (file.control !== null) checkFileControl(file, file.control, totals, tell);
  return faults;
}

/** The side by a transaction code: 22 and 32 credit, 27 and 37 debit, and their kin. */
export function sideOf(entry: NachaEntry): "debit" | "credit" | null {
  const code = field(entry, 2, 3);
  // Of accounting advices: 81, 83, 85, 87 credit, 82, 84, 86, 88 debit.
  if (/^8[1-8]$/.test(code)) return Number(code) % 2 === 1 ? "credit" : "debit";
  if (!/^[2345][0-9]$/.test(code)) return null;
  if (/[1-4]$/.test(code)) return "credit";
  // 55 is the reversal of a credit to a loan account.
  return /[6-9]$/.test(code) || code === "55" ? "debit" : null;
}

/** Automated accounting advices (ADV) have wider amounts, and no company in their controls. */
export function isAdvice(batchHeader: NachaRecord): boolean {
  return field(batchHeader, 51, 53) === "ADV";
}

/** An international batch, or one of changes to such entries, which says so in another field. */
export function isInternational(batchHeader: NachaRecord): boolean {
  return field(batchHeader, 51, 53) === "IAT" || field(batchHeader, 5, 10) === "IATCOR";
}

export function amountOf(entry: NachaRecord, isAdvice: boolean): bigint | null {
  return isAdvice ? numberIn(entry, 28, 39) : numberIn(entry, 30, 39);
}

type Range = readonly [number, number];

/** Where the file control says its sums. */
export function fileTotalsOf({ batches }: NachaFile): { debit: Range; credit: Range } {
  const [first] = batches;
  return first !== undefined && isAdvice(first.header)
    ? { debit: [32, 51], credit: [52, 71] }
    : { debit: [32, 43], credit: [44, 55] };
}

export function numberIn(record: NachaRecord, from: number, to: number): bigint | null {
  const text = field(record, from, to);
  return /^[0-9]+$/.test(text) ? BigInt(text) : null;
}

function checkFileHeader(header: NachaRecord, hasBatches: boolean, tell: Tell): void {
  const expected = [
    [2, 3, "01", "priority code"],
    [35, 37, "094", "record size"],
    [38, 39, "10", "blocking factor"],
    [40, 40, "1", "format code"],
  ] as const;
  for (const [from, to, value, place] of expected) {
    const found = field(header, from, to);
    if (found !== value) tell(header, place, `is ${found}, not ${value}`);
  }
  if (!/^[0-9]{6}$/.test(field(header, 24, 29))) tell(header, "file creation date", "is no date");
  // An empty file, which only says that there was nothing, comes without one as well.
  if (hasBatches && !/^[A-Z0-9]$/.test(field(header, 34, 34))) {
    tell(header, "file id modifier", "is neither A to Z nor 0 to 9");
  }
}

function checkBatch({ header, entries, control }: NachaBatch, tell: Tell): Totals {
  const serviceClass = field(header, 2, 4);
  const advice = isAdvice(header);
  if (!SERVICE_CLASSES.has(serviceClass)) {
    tell(header, "service class code", `${serviceClass} is not 200, 220, 225 or 280`);
  }
  let totals: Totals = { count: 0n, hash: 0n, debit: 0n, credit: 0n };
  let lastTrace = "";
  for (const entry of entries) {
    totals = added(totals, checkEntry(entry, header, tell));
    const trace = field(entry, 80, 94);
    if (!/^[0-9]{15}$/.test(trace)) tell(entry, "trace number", "is not made of 15 digits");
    else if (trace <= lastTrace) tell(entry, "trace number", `does not rise after ${lastTrace}`);
    lastTrace = trace;
  }
  if (control !== null) {
    checkSame(header, control, tell);
    const [debit, credit]: [Range, Range] = advice
      ? [
          [21, 40],
          [41, 60],
        ]
      : [
          [21, 32],
          [33, 44],
        ];
    checkTotals(control, totals, { count: [5, 10], hash: [11, 20], debit, credit }, tell);
  }
  return totals;
}

function checkEntry(entry: NachaEntry, header: NachaRecord, tell: Tell): Totals {
  const side = sideOf(entry);
  const serviceClass = field(header, 2, 4);
  const amount = amountOf(entry, isAdvice(header));
  const routing = field(entry, 4, 12);
  const count = 1n + BigInt(entry.addenda.length);
  if (side === null) tell(entry, "transaction code", `${field(entry, 2, 3)} is none`);
  if (amount === null) tell(entry, "amount", "is not made of digits");
  if (!isRouting(routing)) tell(entry, "receiving DFI", "its check digit is wrong");
  if ((serviceClass === "220" && side === "debit") || (serviceClass === "225" && side === "credit"))
    tell(entry, "transaction code", `a ${side} in a batch of service class ${serviceClass}`);
  const indicator = field(entry, 79, 79);
  if (indicator !== (count > 1n ? "1" : "0")) {
    tell(entry, "addenda indicator", `is ${indicator} with ${count - 1n} addenda records`);
  }
  return {
    count,
    hash: numberIn(entry, 4, 11) ?? 0n,
    debit: side === "debit" ? (amount ?? 0n) : 0n,
    credit: side === "credit" ? (amount ?? 0n) : 0n,
  };
}

/** Weights 3, 7, 1 over the first eight digits; the ninth fills up to a multiple of ten. */
function isRouting(routing: string): boolean {
  if (!/^[0-9]{9}$/.test(routing)) return false;
  const sum = [3, 7, 1, 3, 7, 1, 3, 7, 1].reduce(
    (total, weight, index) => total + weight * Number(routing[index]),
    0,
  );
  return sum % 10 === 0;
}

function checkSame(header: NachaRecord, control: NachaRecord, tell: Tell): void {
  const same = [
    [2, 4, 2, 4, "service class code"],
    [41, 50, 45, 54, "company identification"],
    [80, 87, 80, 87, "originating DFI"],
    [88, 94, 88, 94, "batch number"],
  ] as const;
  for (const [from, to, controlFrom, controlTo, place] of same) {
    // Neither advices nor international entries (IAT) name a company there.
    const isNameless = isAdvice(header) || isInternational(header);
    if (place === "company identification" && isNameless) continue;
    const said = field(control, controlFrom, controlTo).trim();
    const wanted = field(header, from, to).trim();
    if (said !== wanted) tell(control, place, `is ${said}, and ${wanted} in the batch header`);
  }
}

type Places = Readonly<Record<keyof Totals, Range>>;

function checkTotals(control: NachaRecord, counted: Totals, at: Places, tell: Tell): void {
  const rows: [string, Range, bigint][] = [
    ["entry and addenda count", at.count, counted.count],
    ["entry hash", at.hash, counted.hash % HASH_MODULUS],
    ["total debit", at.debit, counted.debit],
    ["total credit", at.credit, counted.credit],
  ];
  for (const [place, [from, to], expected] of rows) {
    const said = numberIn(control, from, to);
    if (said === null) tell(control, place, "is not made of digits");
    else if (said !== expected) tell(control, place, `says ${said}, counted ${expected}`);
  }
}

function checkFileControl(
  file: NachaFile,
  control: NachaRecord,
  batches: readonly Totals[],
  tell: Tell,
): void {
  const none: Totals = { count: 0n, hash: 0n, debit: 0n, credit: 0n };
  const totals = batches.reduce(added, none);
  checkTotals(control, totals, { count: [14, 21], hash: [22, 31], ...fileTotalsOf(file) }, tell);
  const batchCount = numberIn(control, 2, 7);
  if (batchCount !== BigInt(file.batches.length)) {
    const counted = `counted ${file.batches.length}`;
    tell(control, "batch count", `says ${field(control, 2, 7)}, ${counted}`);
  }
  const blocks = numberIn(control, 8, 13);
  const least = blocksOf(file.recordCount);
  // Some senders fill with more nines than their last block needs.
  if (blocks !== least && blocks !== blocksOf(file.recordCount + file.fillerCount)) {
    tell(control, "block count", `says ${field(control, 8, 13)}, counted ${least}`);
  }
}

function blocksOf(lines: number): bigint {
  return BigInt(Math.ceil(lines / LINES_OF_A_BLOCK));
}

function added(one: Totals, other: Totals): Totals {
  return {
    count: one.count + other.count,
    hash: one.hash + other.hash,
    debit: one.debit + other.debit,
    credit: one.credit + other.credit,
  };
}
