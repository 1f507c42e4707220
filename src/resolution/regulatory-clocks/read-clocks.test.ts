/** Where a clock stands: what meets it, what stops it, what is unknown, and the misreadings. */
import { describe, expect, test } from "vitest";

import { anOperationOn, clockOf, clocksOf, recorded } from "../../../test/support/clock-cases.ts";
import type { PastOperation } from "../../accounting/dispute-book.ts";

const NOTICE = "2026-11-16";
const PC = "regEProvisionalCredit";
const INVESTIGATION = "regEInvestigation";

function credited(on: string, given: { amountMinor?: bigint; operation?: PastOperation } = {}) {
  const operation = given.operation ?? anOperationOn("2026-11-17", "issueProvisionalCredit");
  const credit = {
    operationId: operation.id,
    on,
    amountMinor: given.amountMinor ?? 10000n,
    isProvisional: true,
  };
  return { operations: [operation], credits: [credit], state: "provisionallyCredited" as const };
}

const facts = { noticeReceivedOn: NOTICE };

describe("the common misreadings of the reference, b.1", () => {
  test("a point-of-sale or foreign transfer still gets its credit in 10 business days", () => {
    for (const more of [{ pointOfSale: true }, { outOfState: true }]) {
      const given = { facts: { ...facts, ...more }, today: NOTICE };
      expect(clockOf(PC, given)).toMatchObject({ dueOn: "2026-12-01", length: "10 business days" });
      expect(clockOf(INVESTIGATION, given).length).toBe("90 calendar days");
    }
  });

  test("the clock starts at the notice, not when the case was opened", () => {
    const late = clockOf(PC, { facts, openedOn: "2026-11-20", today: "2026-11-20" });

    expect(late).toMatchObject({ startsOn: NOTICE, dueOn: "2026-12-01" });
  });

  test("45 and 90 days are calendar days: they end on a Sunday or holiday as well", () => {
    const pos = { facts: { ...facts, pointOfSale: true }, today: NOTICE };

    expect(clockOf(INVESTIGATION, pos).dueOn).toBe("2027-02-14");
    const newYear = { facts: { noticeReceivedOn: "2026-11-17" }, today: NOTICE };
    expect(clockOf(INVESTIGATION, newYear).dueOn).toBe("2027-01-01");
  });

  test("nothing waits for a signed form: the clock runs while one is awaited", () => {
    const awaited = { facts: { ...facts, writtenConfirmationDue: true } };

    const running = clockOf(PC, { ...awaited, today: "2026-12-01" });
    const over = clockOf(PC, { ...awaited, today: "2026-12-02" });
    const came = clockOf(PC, {
      facts: { ...awaited.facts, writtenConfirmationReceivedOn: "2026-11-25" },
      today: "2026-12-02",
    });

    expect(running).toMatchObject({ state: "running", dueOn: "2026-12-01" });
    expect(over).toMatchObject({
      state: "notApplicable",
      citation: "12 CFR 1005.11(c)(2)(i)(A)",
    });
    expect(came.state).toBe("missed");
    // Finishing the investigation is owed with or without the form.
    expect(clockOf(INVESTIGATION, { ...awaited, today: "2027-01-01" }).state).toBe("missed");
  });

  test("the holder is sent to no merchant first: what the merchant does moves no start", () => {
    const contacted = anOperationOn("2026-11-30", "recordMerchantCredit");

    const clock = clockOf(PC, { facts, operations: [contacted], today: "2026-12-02" });

    expect(clock).toMatchObject({ startsOn: NOTICE, state: "missed" });
  });

  test("a chargeback's own days change nothing: not filed, not won, not lost", () => {
    const operations = ["submitChargeback", "recordChargeback", "recordRepresentment"].map(
      (operation, day) => anOperationOn(`2026-11-2${day}`, operation),
    );

    const before = clocksOf({ facts, today: "2026-12-20" });
    const after = clocksOf({ facts, operations, today: "2026-12-20" });

    expect(after).toEqual(before);
  });
});

describe("the provisional credit", () => {
  test.each([
    ["2026-12-01", "met"],
    ["2026-12-02", "metLate"],
  ])("posted on %s is %s: by the posting date, however late it was recorded", (on, state) => {
    const clock = clockOf(PC, { facts, ...credited(on), today: "2027-03-01" });

    expect(clock).toMatchObject({ state, endedOn: on });
  });

  test("that was only asked for meets nothing: it runs through its last day", () => {
    const { operations } = credited("2026-11-20");

    expect(clockOf(PC, { facts, operations, today: "2026-12-01" }).state).toBe("running");
    expect(clockOf(PC, { facts, operations, today: "2026-12-02" }).state).toBe("missed");
  });

  test("of a part meets nothing, unless a basis to withhold 50.00 is on record", () => {
    const part = credited("2026-11-20", { amountMinor: 5000n });
    const less = credited("2026-11-20", { amountMinor: 4999n });
    const based = { ...facts, withholdingBasis: true };
    const today = "2026-11-21";

    expect(clockOf(PC, { facts, ...part, today }).state).toBe("running");
    expect(clockOf(PC, { facts: based, ...part, today }).state).toBe("met");
    expect(clockOf(PC, { facts: based, ...less, today }).state).toBe("running");
  });

  test("need not cover what was denied in part or what the merchant gave, from that day on", () => {
    const part = credited("2026-11-20", { amountMinor: 6000n });
    const owedChanges = [{ on: "2026-12-10", amountMinor: -4000n }];

    const clock = clockOf(PC, { facts, ...part, owedChanges, today: "2026-12-11" });

    expect(clock).toMatchObject({ state: "metLate", endedOn: "2026-12-10" });
  });

  test("is not owed on a Regulation T account, and says by which paragraph", () => {
    const clock = clockOf(PC, { facts: { ...facts, exemption: "regulationT" }, today: NOTICE });

    expect(clock).toMatchObject({
      state: "notApplicable",
      dueOn: null,
      citation: "12 CFR 1005.11(c)(2)(i)(B)",
    });
  });

  test("has to be told of within two business days of its posting", () => {
    const given = { facts, ...credited("2026-11-25"), today: "2026-12-01" };

    expect(clockOf("regETellProvisionalCredit", given)).toMatchObject({
      state: "missed",
      dueOn: "2026-11-30",
    });
    const told = recorded("2026-11-30", "provisionalCreditNoticeSentOn", "2026-11-30");
    const operations = [...given.operations, told];
    expect(clockOf("regETellProvisionalCredit", { ...given, operations }).state).toBe("met");
  });
});

describe("deciding", () => {
  const decided = (on: string, operation: string) => ({
    operations: [anOperationOn(on, operation)],
    state: operation === "payDispute" ? ("finalCredit" as const) : ("denied" as const),
  });

  test("stops the provisional credit and finishes the investigation", () => {
    const given = { facts, ...decided("2026-11-20", "denyDispute"), today: "2027-06-01" };

    expect(clockOf(PC, given)).toMatchObject({ state: "stopped", endedOn: "2026-11-20" });
    expect(clockOf(INVESTIGATION, given)).toMatchObject({ state: "met", endedOn: "2026-11-20" });
    expect(clockOf("regEReportResults", given).dueOn).toBe("2026-11-25");
    expect(clockOf("regECorrect", given).state).toBe("notStarted");
  });

  test("after the day leaves what was missed missed", () => {
    const given = { facts, ...decided("2027-01-04", "denyDispute"), today: "2027-06-01" };

    expect(clockOf(PC, given)).toMatchObject({ state: "missed", endedOn: "2027-01-04" });
    expect(clockOf(INVESTIGATION, given).state).toBe("metLate");
  });

  test("for the holder gives one business day to correct, by posting", () => {
    const pay = anOperationOn("2026-11-20", "payDispute");
    const paid = credited("2026-11-24", { operation: pay });

    const clock = clockOf("regECorrect", {
      facts,
      ...paid,
      state: "finalCredit",
      today: "2026-12-01",
    });

    expect(clock).toMatchObject({ dueOn: "2026-11-23", state: "metLate", endedOn: "2026-11-24" });
  });

  test("that is taken back lets the clocks run on", () => {
    const operations = [
      anOperationOn("2026-11-20", "denyDispute"),
      anOperationOn("2026-11-23", "cancelDenial", { stateBefore: "denialPlanned" }),
    ];

    expect(clockOf(PC, { facts, operations, today: "2026-11-24" })).toMatchObject({
      state: "running",
      dueOn: "2026-12-01",
    });
  });

  test("a withdrawal ends every duty", () => {
    const given = {
      facts,
      operations: [anOperationOn("2026-11-20", "withdrawDispute")],
      state: "withdrawn" as const,
      today: "2027-06-01",
    };

    const states = clocksOf(given).filter((one) => one.regulation === "Reg E");

    expect(states.map((one) => one.state)).toEqual([
      "stopped",
      "met",
      "notStarted",
      "notStarted",
      "stopped",
    ]);
  });
});

describe("reopening", () => {
  const first = anOperationOn("2026-11-20", "withdrawDispute");

  test("starts the clocks anew when the error was reasserted", () => {
    const reported = recorded("2026-11-21", "resultsReportedOn", "2026-11-21");
    const reopen = anOperationOn("2026-12-20", "reopen", {
      stateBefore: "withdrawn",
      input: { reassertedOn: "2026-12-18" },
    });

    const clocks = clocksOf({
      facts,
      operations: [first, { ...reported, stateBefore: "withdrawn" }, reopen],
      today: "2026-12-21",
    });

    const rounds = clocks.filter((one) => one.clock === PC);
    expect(rounds).toMatchObject([
      { round: 1, state: "stopped", dueOn: "2026-12-01" },
      { round: 2, state: "running", startsOn: "2026-12-18", dueOn: "2027-01-05" },
    ]);
    const report = clocks.findLast((one) => one.clock === "regEReportResults");
    expect(report).toMatchObject({ round: 2, state: "notStarted" });
    // What was reported in the first round meets nothing in the second.
    const denied = anOperationOn("2026-12-22", "denyDispute");
    const again = clockOf("regEReportResults", {
      facts,
      operations: [first, { ...reported, stateBefore: "withdrawn" }, reopen, denied],
      state: "denied",
      today: "2026-12-23",
    });
    expect(again).toMatchObject({ round: 2, state: "running", startsOn: "2026-12-22" });
  });

  test("for another reason leaves them stopped", () => {
    const reopen = anOperationOn("2026-12-20", "reopen", {
      stateBefore: "withdrawn",
      input: { reason: "keyed by mistake" },
    });

    const clocks = clocksOf({ facts, operations: [first, reopen], today: "2027-12-21" });

    expect(clocks.filter((one) => one.clock === PC)).toMatchObject([
      { round: 1, state: "stopped", endedOn: "2026-11-20" },
    ]);
  });
});

describe("what nobody said is unknown, and the stricter clock holds", () => {
  const unknown = { ...facts, newAccount: undefined, pointOfSale: undefined };

  test("says which fact is missing", () => {
    const clock = clockOf(PC, { facts: unknown, today: NOTICE });

    expect(clock.dueOn).toBe("2026-12-01");
    expect(clock.because[0]).toContain("firstDepositOn, newAccount, transactionOn");
    expect(clockOf(INVESTIGATION, { facts: unknown, today: NOTICE })).toMatchObject({
      dueOn: "2026-12-31",
      length: "45 calendar days",
    });
  });

  test.each([
    ["2026-10-17", "2026-11-16", "2026-12-15"],
    ["2026-10-16", "2026-11-16", "2026-12-01"],
  ])("a first deposit on %s and a transfer on %s give %s", (firstDepositOn, transactionOn, due) => {
    const dated = { ...facts, newAccount: undefined, firstDepositOn, transactionOn };

    expect(clockOf(PC, { facts: dated, today: NOTICE }).dueOn).toBe(due);
  });

  test("dates that contradict what was said leave it unknown", () => {
    const said = { firstDepositOn: "2020-01-01", transactionOn: "2026-11-15", newAccount: true };

    const clock = clockOf(PC, { facts: { ...facts, ...said }, today: NOTICE });

    expect(clock.dueOn).toBe("2026-12-01");
    expect(clock.because[0]).toContain("not known for certain");
  });

  test("without a day of notice it counts from the case, and is warned of at once", () => {
    const clock = clockOf(PC, { facts: {}, openedOn: NOTICE, today: NOTICE });

    expect(clock).toMatchObject({ startsOn: NOTICE, warnOn: NOTICE, state: "running" });
    expect(clock.because[0]).toContain("noticeReceivedOn is not known");
  });
});

test("the day of receipt counts where the client says so", () => {
  const due = (noticeReceivedOn: string, id = PC) =>
    clockOf(id, { facts: { noticeReceivedOn }, countsDayOfReceipt: true, today: NOTICE }).dueOn;

  expect(due(NOTICE)).toBe("2026-11-30");
  // A Saturday is no first business day: the tenth is the same.
  expect(due("2026-10-10")).toBe("2026-10-26");
  expect(due(NOTICE, INVESTIGATION)).toBe("2026-12-30");
});

describe("Reg Z", () => {
  const z = { regulation: "Z", noticeReceivedOn: NOTICE };

  test("acknowledges in 30 days unless resolved, and resolves in 90 or two cycles", () => {
    const today = "2026-12-17";

    expect(clockOf("regZAcknowledge", { facts: z, today })).toMatchObject({
      dueOn: "2026-12-16",
      state: "missed",
    });
    const sent = { ...z, acknowledgementSentOn: "2026-12-16" };
    expect(clockOf("regZAcknowledge", { facts: sent, today }).state).toBe("met");
    const bound = clockOf("regZResolve", { facts: z, today });
    expect(bound.dueOn).toBe("2027-02-14");
    expect(bound.because[0]).toContain("secondBillingCycleEndsOn is not known");
    const cycle = (on: string) =>
      clockOf("regZResolve", { facts: { ...z, secondBillingCycleEndsOn: on }, today }).dueOn;
    expect([cycle("2027-01-20"), cycle("2027-03-01")]).toEqual(["2027-01-20", "2027-02-14"]);
  });

  test("owes no provisional credit", () => {
    expect(clockOf(PC, { facts: z, today: NOTICE }).state).toBe("notApplicable");
  });
});

describe("Nacha", () => {
  test.each([
    ["a consumer's entry", { regulation: "E" }, "2026-12-01"],
    ["one that nobody classed: two banking days", { regulation: "none" }, "2026-10-05"],
    ["a corporate entry", { regulation: "none", achEntryClass: "CCD" }, "2026-10-05"],
    ["a private one", { regulation: "none", achEntryClass: "PPD" }, "2026-12-01"],
  ])("%s", (_, more, due) => {
    const ach = { claimType: "ACH", settledOn: "2026-10-01", achEntryClass: undefined, ...more };

    expect(clockOf("nachaReturn", { facts: ach, today: "2026-10-02" }).dueOn).toBe(due);
  });

  test("a return meets it", () => {
    const clock = clockOf("nachaReturn", {
      facts: { claimType: "ACH", settledOn: "2026-10-01" },
      operations: [anOperationOn("2026-10-09", "recordReturn")],
      today: "2027-01-01",
    });

    expect(clock).toMatchObject({ state: "met", endedOn: "2026-10-09" });
  });
});
