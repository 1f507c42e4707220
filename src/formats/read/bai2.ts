/**
 * Reads BAI2 (Cash Management Balance Reporting, version 2): each transaction detail is a line that
 * the account servicer posted. Every trailer's control total and counts are counted again.
 */
import { exponentOf } from "../../kernel/money.ts";

import type { Bai2Detail } from "./bai2-fields.ts";
import { accountOf, given, readFields } from "./bai2-fields.ts";
import type { Bai2Record } from "./bai2-records.ts";
import { bai2Records } from "./bai2-records.ts";
import type { InboundDocument, InboundFault, InboundLine } from "./document.ts";
import { isEnough } from "./limits.ts";

/** What is open at a level, and what its trailer will be compared with. */
interface Level {
  readonly record: Bai2Record;
  /** Of what it holds, where that says none. */
  readonly currency: string;
  total: bigint;
  children: number;
  records: number;
}

interface Reading {
  file: Level | null;
  group: Level | null;
  account: Level | null;
  hasEnded: boolean;
  readonly accounts: Set<string>;
  readonly currencies: Set<string>;
  readonly lines: InboundLine[];
  readonly faults: InboundFault[];
}

export function readBai2(text: string): InboundDocument {
  const reading: Reading = {
    file: null,
    group: null,
    account: null,
    hasEnded: false,
    accounts: new Set(),
    currencies: new Set(),
    lines: [],
    faults: [],
  };
  let header: Bai2Record | null = null;
  for (const record of bai2Records(text, reading.faults)) {
    if (isEnough(reading.lines, reading.faults)) break;
    header ??= record;
    take(reading, record);
  }
  if (!reading.hasEnded) {
    const reason = "is missing: the file is cut off";
    reading.faults.push({ line: null, place: "record 99", reason });
  }
  const { accounts, currencies, lines, faults } = reading;
  return {
    ...(header?.code === "01" ? headOf(header) : { identity: null, createdAt: null }),
    account: onlyOf(accounts),
    currency: onlyOf(currencies),
    controls: {},
    lines,
    faults: faults.toSorted((one, other) => (one.line ?? Infinity) - (other.line ?? Infinity)),
  };
}

function onlyOf(values: ReadonlySet<string>): string | null {
  const [only] = values;
  return values.size === 1 ? (only ?? null) : null;
}

function take(reading: Reading, record: Bai2Record): void {
  const { file, group, account } = reading;
  const tell = (reason: string): void => tellOf(reading, record, reason);
  if (reading.hasEnded) return tell("follows the end of the file");
  switch (record.code) {
    case "01":
      if (file !== null) return tell("a second file header");
      if ((record.fields[7] ?? "").trim() !== "2") tell("its version is not 2");
      reading.file = opened(record, "");
      return;
    case "02":
      if (file === null) return tell("a group before the file header");
      if (group !== null) tell("a group begins before the trailer of the last one");
      reading.group = opened(record, given(record.fields[5]) ?? "USD");
      return;
    case "03":
      if (group === null) return tell("an account outside of a group");
      if (account !== null) tell("an account begins before the trailer of the last one");
      return beginAccount(reading, group, record);
    case "16":
      if (account === null || group === null) return tell("a detail outside of an account");
      return takeDetail(reading, group, account, record);
    case "49":
      if (account === null || group === null) return tell("a trailer outside of an account");
      close(reading, account, record, false);
      addTo(group, account);
      reading.account = null;
      return;
    case "98":
      if (group === null || file === null) return tell("a trailer outside of a group");
      if (account !== null) tell("stands before the trailer of its last account");
      close(reading, group, record, true);
      addTo(file, group);
      reading.group = null;
      reading.account = null;
      return;
    default:
      if (file === null) return tell("a trailer without a file header");
      if (group !== null) tell("stands before the trailer of its last group");
      close(reading, file, record, true);
      reading.hasEnded = true;
  }
}

function opened(record: Bai2Record, currency: string): Level {
  return { record, currency, total: 0n, children: 0, records: record.count };
}

function addTo(parent: Level, child: Level): void {
  parent.total += child.total;
  parent.children += 1;
  parent.records += child.records;
}

function beginAccount(reading: Reading, group: Level, record: Bai2Record): void {
  const { number, currency, amounts, problems } = accountOf(record, group.currency);
  for (const reason of problems) tellOf(reading, record, reason);
  if (!isCurrency(currency)) tellOf(reading, record, `the currency ${currency} is not known`);
  reading.accounts.add(number);
  reading.currencies.add(currency);
  reading.account = opened(record, currency);
  reading.account.total = amounts.reduce((sum, amount) => sum + amount, 0n);
}

function takeDetail(reading: Reading, group: Level, account: Level, record: Bai2Record): void {
  const detail = readFields(record);
  account.records += record.count;
  account.total += detail.amount ?? 0n;
  for (const reason of detail.problems) tellOf(reading, record, reason);
  reading.lines.push({
    lineNumber: record.line,
    reference: detail.customerReference ?? detail.bankReference,
    amountMinor: detail.amount,
    currency: account.currency,
    side: detail.side,
    status: statusOf(group, detail),
    code: detail.typeCode,
    reason: detail.text,
    bookedOn: dateOf(group.record.fields[3]),
    original: {},
  });
}

function statusOf(group: Level, { amount, isReturn }: Bai2Detail): InboundLine["status"] {
  // A group of status 2 is taken back, one of 4 is a test: nothing was posted.
  const isPosted = ["1", "3", ""].includes((group.record.fields[2] ?? "").trim());
  // What has no amount, as code 890, tells something and moves nothing.
  if (!isPosted || amount === null) return "unknown";
  return isReturn ? "refused" : "posted";
}

function isCurrency(currency: string): boolean {
  try {
    exponentOf(currency);
    return true;
  } catch {
    return false;
  }
}

/** Control total, count of what is inside where the trailer has one, and count of records. */
function close(reading: Reading, level: Level, record: Bai2Record, hasChildren: boolean): void {
  level.records += record.count;
  const [total = "", ...counts] = record.fields.map((one) => one.trim());
  const expected: [string, string, number | bigint][] = [
    ["control total", total, level.total],
    ...(hasChildren
      ? [["count of what it holds", counts[0] ?? "", level.children] as [string, string, number]]
      : []),
    ["count of records", counts[hasChildren ? 1 : 0] ?? "", level.records],
  ];
  for (const [name, said, counted] of expected) {
    if (!/^[+-]?[0-9]{1,30}$/.test(said)) tellOf(reading, record, `its ${name} is no number`);
    else if (BigInt(said.replace("+", "")) !== BigInt(counted)) {
      tellOf(reading, record, `its ${name} says ${said}, counted ${counted}`);
    }
  }
}

function tellOf(reading: Reading, { line, code }: Bai2Record, reason: string): void {
  reading.faults.push({ line, place: `record ${code}`, reason });
}

function headOf({ fields }: Bai2Record): Pick<InboundDocument, "identity" | "createdAt"> {
  const [sender = "", receiver = "", date = "", time = "", id = ""] = fields.map((one) =>
    one.trim(),
  );
  const day = dateOf(date);
  const isTime = /^([01][0-9]|2[0-3])[0-5][0-9]$/.test(time);
  return {
    identity: [sender, receiver, date, time, id].join("/"),
    createdAt: day !== null && isTime ? `${day}T${time.slice(0, 2)}:${time.slice(2)}:00` : day,
  };
}

function dateOf(text: string | undefined): string | null {
  const [, year, month, day] = /^ *([0-9]{2})([0-9]{2})([0-9]{2}) *$/.exec(text ?? "") ?? [];
  if (year === undefined || Number(month) < 1 || Number(month) > 12) return null;
  return Number(day) < 1 || Number(day) > 31 ? null : `20${year}-${month}-${day}`;
}
