/**
 * No debit of a denial posts other than on the day that its notice names: over random sequences of
 * denials, letters, late letters, cancellations, debits performed now, approvals and days, with
 * holidays of the institution's own. The law's day is counted here by itself.
 */
import fc from "fast-check";
import { expect, test } from "vitest";

import type { MemoryBook } from "../../test/support/memory-book.ts";
import { memoryBook } from "../../test/support/memory-book.ts";
import { businessCalendar } from "../kernel/calendar.ts";
import type { Adjustment } from "./dispute-book.ts";

type Step =
  | {
      readonly do: "deny";
      readonly debitOn: "noticeDate" | "offset";
      readonly named: number | null;
    }
  | { readonly do: "notice"; readonly ago: number; readonly ahead: number | null }
  | { readonly do: "cancelDenial" }
  | { readonly do: "performDebit" }
  | { readonly do: "approve" | "decline" }
  | { readonly do: "pass"; readonly days: number };

const ahead: fc.Arbitrary<number | null> = fc.option(fc.integer({ min: 0, max: 12 }), {
  nil: null,
});
const denial: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("deny" as const),
  debitOn: fc.constantFrom("noticeDate" as const, "offset" as const),
  named: ahead,
});
const notice: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("notice" as const),
  ago: fc.integer({ min: 0, max: 4 }),
  ahead,
});
const word = (said: "cancelDenial" | "performDebit" | "approve" | "decline") =>
  fc.constant<Step>({ do: said });
const pass: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("pass" as const),
  days: fc.integer({ min: 1, max: 9 }),
});
const step = fc.oneof(
  { weight: 5, arbitrary: pass },
  { weight: 3, arbitrary: notice },
  { weight: 2, arbitrary: denial },
  { weight: 2, arbitrary: word("approve") },
  { weight: 1, arbitrary: word("performDebit") },
  { weight: 1, arbitrary: word("decline") },
  { weight: 1, arbitrary: word("cancelDenial") },
);

const DEBITS = new Set(["DenyDispute", "CustomerOffsetDebit"]);

test("no debit posts but on the day its notice names, or now with its honoring window", () => {
  let onNotice = 0;
  let performed = 0;
  fc.assert(
    fc.property(
      fc.tuple(denial, notice, fc.array(step, { minLength: 3, maxLength: 12 })),
      fc.boolean(),
      fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 6 }),
      ([deny, letter, more], asksApproval, closed) => {
        const dispute = credited(closed, asksApproval);
        const seen = new Set<string>();
        for (const one of [deny, letter, ...more]) {
          for (const run of turnsOf(dispute, one)) {
            run();
            for (const debit of newDebits(dispute, seen)) {
              if (check(dispute, debit) === "performed") performed += 1;
              else onNotice += 1;
            }
          }
        }
      },
    ),
    { numRuns: Number(process.env["REDRESS_PROPERTY_RUNS"] ?? 400), seed: 20_261_116 },
  );
  // The sequences do reach what is to be shown.
  expect(onNotice).toBeGreaterThan(20);
  expect(performed).toBeGreaterThan(5);
});

function credited(closed: readonly number[], asksApproval: boolean): MemoryBook {
  const plain = businessCalendar({ holidays: "federal-reserve", zone: "America/New_York" });
  const closedDays = closed.map((ahead) => plain.addDays("2026-11-16", ahead));
  const calendar = businessCalendar({
    holidays: "federal-reserve",
    zone: "America/New_York",
    closedDays,
  });
  const approvals = asksApproval ? { denyDispute: [{ above: "0", levels: 1 }] } : {};
  const dispute = memoryBook({ calendar, settings: { approvals } });
  dispute.run("issueProvisionalCredit");
  dispute.outside("ProvisionalCredit", "attested");
  return dispute;
}

/** Each turn books at most on one day. */
function turnsOf(dispute: MemoryBook, one: Step): (() => void)[] {
  const { calendar } = dispute.context;
  const inDays = (count: number): string => calendar.addDays(dispute.today(), count);
  switch (one.do) {
    case "deny":
      return [
        () => {
          const named = one.named === null ? {} : { debitDate: inDays(one.named) };
          dispute.refusal("denyDispute", { debitOn: one.debitOn, ...named });
        },
      ];
    case "notice":
      return [
        () => {
          const debitDate = one.ahead === null ? {} : { debitDate: inDays(one.ahead) };
          dispute.refusal("recordNoticeSent", { date: inDays(-one.ago), ...debitDate });
        },
      ];
    case "pass":
      return Array.from({ length: one.days }, () => () => void dispute.pass(1));
    case "approve":
    case "decline":
      return [() => decideWaiting(dispute, one.do)];
    case "performDebit": {
      const ask = (): void => void dispute.refusal("performDebit");
      return [ask, () => decideWaiting(dispute, "approve")];
    }
    case "cancelDenial":
      return [() => void dispute.refusal("cancelDenial")];
  }
}

function decideWaiting(dispute: MemoryBook, verdict: "approve" | "decline"): void {
  const waiting = dispute.book.adjustments.find((one) => one.state === "awaitingApproval");
  const rule = waiting?.principalRule ?? null;
  if (rule === null) return;
  if (verdict === "approve") dispute.approve(rule);
  else dispute.cancel(rule, "declined");
}

function newDebits(dispute: MemoryBook, seen: Set<string>): Adjustment[] {
  const fresh = dispute.book.adjustments.filter(
    (one) => DEBITS.has(one.principalRule ?? "") && one.entries.length > 0 && !seen.has(one.id),
  );
  for (const one of fresh) seen.add(one.id);
  return fresh;
}

function check(dispute: MemoryBook, debit: Adjustment): "performed" | "onNotice" {
  const denial = dispute.book.denials.find((one) => one.operationId === debit.operationId);
  if (denial?.noticeSentOn === null || denial === undefined)
    throw new Error("a debit without a notice");
  const law = lawfulDay(dispute, denial.noticeSentOn);
  if (debit.holdDecisions.some((one) => one.hold === "denyDebitDate")) {
    expect(denial.honorUntil).toBe(dispute.today() === denial.debitDate ? null : law);
    return "performed";
  }
  expect(denial.debitDate).toBe(dispute.today());
  expect(debit.plannedPostingDate).toBe(dispute.today());
  expect(dispute.today() >= law).toBe(true);
  expect(dispute.context.calendar.isBusinessDay(dispute.today())).toBe(true);
  return "onNotice";
}

/** The fifth open day after sending, one day after the other. */
function lawfulDay(dispute: MemoryBook, sentOn: string): string {
  const { calendar } = dispute.context;
  let day = sentOn;
  for (let open = 0; open < 5;) {
    day = calendar.addDays(day, 1);
    if (calendar.isBusinessDay(day)) open += 1;
  }
  return day;
}
