import { expect, test } from "vitest";

import type { Case } from "./cases.ts";
import { creditDueOn, faultOf, isCreditInTime, judgeDebit, lateOpening } from "./judge-dates.ts";
import { plainCalendar } from "./plain-calendar.ts";
import type { CaseFacts } from "./stories.ts";

const FED = plainCalendar({
  weekdays: [0, 6],
  dates: ["2026-07-03", "2026-11-11", "2026-11-26", "2026-12-25", "2027-01-01", "2027-01-18"],
});

const FACTS: CaseFacts = {
  regulation: "E",
  network: "visa",
  newAccount: false,
  writtenConfirmationDue: false,
  exemption: "none",
};

function aCase(more: Partial<Case> = {}): Case {
  return {
    clientId: "harbor",
    ordinal: 1,
    dispute: "2611160001D",
    amount: "100.00",
    facts: FACTS,
    noticeReceivedOn: "2026-11-16",
    story: "denied with notice",
    steps: [],
    nextOn: "",
    tries: 0,
    asked: 0,
    openedAt: 0,
    decidedAt: null,
    notices: [],
    performedAt: null,
    stuck: null,
    ...more,
  };
}

/** Vectors of the regulation's reading: 10 and 20 business days after receipt. */
test.each([
  ["2026-11-16", false, "2026-12-01"],
  ["2026-11-16", true, "2026-12-15"],
  ["2026-12-18", false, "2027-01-05"],
  ["2026-12-18", true, "2027-01-20"],
  ["2026-10-31", false, "2026-11-16"],
])("a credit for a notice of %s, new account %s, is due on %s", (received, newAccount, due) => {
  const one = aCase({ noticeReceivedOn: received, facts: { ...FACTS, newAccount } });

  expect(creditDueOn(one, FED)).toBe(due);
});

test.each([
  { regulation: "Z" as const },
  { regulation: "none" as const },
  { exemption: "regulationT" as const },
  { writtenConfirmationDue: true },
])("no credit is owed where %o", (facts) => {
  expect(creditDueOn(aCase({ facts: { ...FACTS, ...facts } }), FED)).toBeNull();
});

test("a credit on its last day is in time, one a day later is not", () => {
  const posted = (postedOn: string) => [{ adjustmentId: "a", postedOn, at: 1 }];

  expect(isCreditInTime(aCase(), "2026-12-01", 10, posted("2026-12-01"))).toBe(true);
  expect(isCreditInTime(aCase(), "2026-12-01", 10, posted("2026-12-02"))).toBe(false);
  expect(isCreditInTime(aCase(), "2026-12-01", 10, [])).toBe(false);
});

test("a decision before the end of the last day stops the clock, a later one does not", () => {
  expect(isCreditInTime(aCase({ decidedAt: 9 }), "2026-12-01", 10, [])).toBe(true);
  expect(isCreditInTime(aCase({ decidedAt: 10 }), "2026-12-01", 10, [])).toBe(false);
});

const NOTICE = { sentOn: "2026-11-20", debitDate: "2026-11-30", at: 100 };
const NEW_LETTER = { sentOn: "2026-11-24", debitDate: "2026-12-02", at: 200 };

test.each([
  ["2026-11-30", [NOTICE], { faults: 0, isLate: false }],
  // Off by one business day: the counting of Thanksgiving as a business day would give it.
  ["2026-11-27", [NOTICE], { faults: 1, isLate: false }],
  ["2026-12-01", [NOTICE], { faults: 0, isLate: true }],
  ["2026-11-30", [NOTICE, NEW_LETTER], { faults: 1, isLate: false }],
  ["2026-12-02", [NOTICE, NEW_LETTER], { faults: 0, isLate: false }],
  ["2026-11-30", [], { faults: 1, isLate: false }],
])("a debit on %s under its letters", (postedOn, notices, { faults, isLate }) => {
  const posting = { adjustmentId: "a", postedOn, at: 300 };

  const judged = judgeDebit(aCase({ notices }), posting, FED);

  expect(judged.faults).toHaveLength(faults);
  expect(judged.isLate).toBe(isLate);
});

test("a letter may not name a day before the fifth business day, except outside Reg E", () => {
  const notices = [{ ...NOTICE, debitDate: "2026-11-27" }];
  const posting = { adjustmentId: "a", postedOn: "2026-11-27", at: 300 };

  const underE = judgeDebit(aCase({ notices }), posting, FED);
  const facts = { ...FACTS, regulation: "Z" as const };
  const underZ = judgeDebit(aCase({ notices, facts }), posting, FED);

  expect(underE.faults).toEqual(["the notice of 2026-11-20 names 2026-11-27, before 2026-11-30"]);
  expect(underZ.faults).toEqual([]);
});

test("a debit that two people ordered before its date is not early", () => {
  const one = aCase({ notices: [NOTICE], performedAt: 150 });

  const judged = judgeDebit(one, { adjustmentId: "a", postedOn: "2026-11-23", at: 160 }, FED);

  expect(judged).toEqual({ named: "2026-11-30", faults: [], isLate: false });
});

test("a case that came too late for its route says so", () => {
  expect(lateOpening("2026-12-02", "2026-12-01", FED, 0)).toContain("after its date");
  expect(lateOpening("2026-12-01", "2026-12-01", FED, 1)).toContain("1 business days");
  expect(lateOpening("2026-11-30", "2026-12-01", FED, 1)).toBeNull();
  expect(lateOpening("2026-11-29", "2026-11-30", FED, 1)).toContain("1 business days");
  expect(lateOpening("2026-11-29", "2026-12-01", FED, 1)).toBeNull();
});

test.each([
  ["core down 8 days", "clock metLate; Pending Accounting Service", null],
  ["core down 8 days", null, "credit late and not reported"],
  [null, "clock metLate", "credit late for no reason"],
  [null, null, "credit late for no reason"],
])("a credit late by %s and reported as %s is %s", (cause, reportedAs, fault) => {
  const breach = { kind: "credit" as const, causes: cause === null ? [] : [cause] };

  expect(faultOf(breach, reportedAs)).toBe(fault);
});
