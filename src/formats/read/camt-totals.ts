/**
 * What a statement says of itself, counted again: the summary of its entries, and that opening
 * balance and booked entries make the closing balance. Of a page of several, neither can be said.
 */
import type { XmlElement } from "../xml-elements.ts";

import type { Money } from "./xml-tree.ts";
import { at, childrenOf, minorOf, moneyOf, textAt } from "./xml-tree.ts";

export interface CamtEntry extends Money {
  readonly element: XmlElement;
  readonly side: "debit" | "credit";
  readonly isBooked: boolean;
  /** It may still be booked, or not at all. */
  readonly isPending: boolean;
  /** It takes back an entry that was booked before. */
  readonly isReversal: boolean;
}

type Tell = (element: XmlElement, place: string, reason: string) => void;

export function checkReport(report: XmlElement, entries: readonly CamtEntry[], tell: Tell): void {
  if (isOnePageOfSeveral(report)) return;
  const summary = at(report, "TxsSummry");
  if (summary !== undefined) checkSummary(summary, entries, tell);
}

function isOnePageOfSeveral(report: XmlElement): boolean {
  const page = at(report, "StmtPgntn") ?? at(report, "NtfctnPgntn") ?? at(report, "RptPgntn");
  if (page === undefined) return false;
  return Number(textAt(page, "PgNb")) !== 1 || textAt(page, "LastPgInd") !== "true";
}

function checkSummary(summary: XmlElement, entries: readonly CamtEntry[], tell: Tell): void {
  const ofSide = (side: CamtEntry["side"]): CamtEntry[] =>
    entries.filter((entry) => entry.side === side);
  const rows = [
    ["TtlNtries", entries],
    ["TtlCdtNtries", ofSide("credit")],
    ["TtlDbtNtries", ofSide("debit")],
  ] as const;
  for (const [name, counted] of rows) {
    const element = at(summary, name);
    if (element !== undefined) checkCounted(element, name, counted, tell);
  }
}

function checkCounted(
  element: XmlElement,
  name: string,
  counted: readonly CamtEntry[],
  tell: Tell,
): void {
  const count = textAt(element, "NbOfNtries");
  if (count !== null && Number(count) !== counted.length) {
    tell(element, `TxsSummry/${name}/NbOfNtries`, `says ${count}, counted ${counted.length}`);
  }
  const [currency, ...others] = new Set(counted.map((entry) => entry.currency));
  const said = textAt(element, "Sum");
  // A sum over several currencies is of a meaning that only its sender knows.
  if (said === null || currency === undefined || others.length > 0) return;
  const minor = minorOf(said, currency);
  const sum = counted.reduce((total, entry) => total + entry.minor, 0n);
  if (minor !== sum) {
    const reason = typeof minor === "string" ? minor : `says ${minor}, counted ${sum} minor units`;
    tell(element, `TxsSummry/${name}/Sum`, reason);
  }
}

/**
 * By how much its balances moved more than its booked entries did, in minor units: zero where they
 * agree, or cannot be compared. Such a file is legal, and yet says of itself that something lacks.
 */
export function unexplainedMove(report: XmlElement, entries: readonly CamtEntry[]): bigint {
  if (isOnePageOfSeveral(report)) return 0n;
  const balances = childrenOf(report, "Bal");
  const opening = onlyBalance(balances, ["OPBD", "PRCD"]);
  const closing = onlyBalance(balances, ["CLBD"]);
  if (opening === null || closing === null || opening.currency !== closing.currency) return 0n;
  const booked = entries.filter((entry) => entry.isBooked);
  if (booked.some((entry) => entry.currency !== opening.currency)) return 0n;
  const moved = booked.reduce((sum, { side, minor }) => sum + signed(side, minor), 0n);
  return closing.minor - opening.minor - moved;
}

function onlyBalance(balances: readonly XmlElement[], codes: readonly string[]): Money | null {
  const [element, ...others] = balances.filter((one) =>
    codes.includes(textAt(one, "Tp/CdOrPrtry/Cd") ?? ""),
  );
  const amount = at(element, "Amt");
  if (element === undefined || others.length > 0 || amount === undefined) return null;
  const money = moneyOf(amount);
  if (typeof money === "string") return null;
  const side = textAt(element, "CdtDbtInd") === "DBIT" ? "debit" : "credit";
  return { currency: money.currency, minor: signed(side, money.minor) };
}

function signed(side: CamtEntry["side"], minor: bigint): bigint {
  return side === "debit" ? -minor : minor;
}
