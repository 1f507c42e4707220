/** Cases for the regulatory clocks, in memory, and an independent count of days. */
import type { PastOperation } from "../../src/accounting/dispute-book.ts";
import type { BusinessCalendar, CalendarSettings } from "../../src/kernel/calendar.ts";
import { businessCalendar } from "../../src/kernel/calendar.ts";
import type { ClockCase } from "../../src/resolution/regulatory-clocks/clock-case.ts";
import type { ClockReading } from "../../src/resolution/regulatory-clocks/read-clocks.ts";
import { readClocks } from "../../src/resolution/regulatory-clocks/read-clocks.ts";
import { requireRuleBook } from "../../src/rulebook/load.ts";
import { loadRuleBook, STANDARD_BOOK } from "../../src/rulebook/read.ts";

const rulebook = requireRuleBook(await loadRuleBook(STANDARD_BOOK));

export const FED: CalendarSettings = { holidays: "federal-reserve", zone: "America/New_York" };

/** Everything known, so that no clock is stricter for want of a fact. */
const PLAIN = {
  regulation: "E",
  claimType: "Card",
  pointOfSale: false,
  outOfState: false,
  newAccount: false,
  exemption: "none",
  writtenConfirmationDue: false,
};

export interface GivenCase extends Partial<Omit<ClockCase, "facts">> {
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly calendar?: BusinessCalendar;
  readonly countsDayOfReceipt?: boolean;
  readonly today?: string;
}

/** The clocks of a Reg E dispute of 100.00 USD, unless told otherwise. */
export function clocksOf(given: GivenCase): ClockReading[] {
  const { facts, calendar = businessCalendar(FED), countsDayOfReceipt = false, ...rest } = given;
  const { today = "2026-06-01", ...changes } = rest;
  const full: ClockCase = {
    openedOn: "2026-06-01",
    state: "open",
    operations: [],
    credits: [],
    amountMinor: 10000n,
    owedChanges: [],
    currency: "USD",
    ...changes,
    facts: { ...PLAIN, ...facts },
  };
  const rules = { clocks: rulebook.clocks, facts: rulebook.facts, calendar, countsDayOfReceipt };
  return readClocks(full, rules, today);
}

export function clockOf(id: string, given: GivenCase): ClockReading {
  return clocksOf(given).findLast((one) => one.clock === id) as ClockReading;
}

let ordinal = 0;

export function anOperationOn(
  on: string,
  operation: string,
  given: Partial<PastOperation> = {},
): PastOperation {
  ordinal += 1;
  return { id: `operation-${ordinal}`, operation, on, input: {}, stateBefore: "open", ...given };
}

/** `recordRegulatoryFact` as an operation that was done. */
export function recorded(on: string, fact: string, value: string): PastOperation {
  return anOperationOn(on, "recordRegulatoryFact", { input: { fact, value } });
}
