/** Denials and other take-backs while money is still on its way (domain §3, §5.5). */
import { describe, expect, it } from "vitest";

import { memoryBook } from "../../test/support/memory-book.ts";

describe("a take-back of a credit that was never sent", () => {
  it("cancels the credit instead", () => {
    const dispute = memoryBook();
    dispute.run("issueProvisionalCredit");

    dispute.run("denyDispute", { debitOn: "now" });

    expect(dispute.latest("ProvisionalCredit").state).toBe("cancelled");
    expect(dispute.balances()).toEqual({});
    expect(dispute.book.state).toBe("denied");
    expect(dispute.because("deny")).toEqual([]);
  });

  it("cancels it as well where the debit would come on notice", () => {
    const dispute = memoryBook();
    dispute.run("issueProvisionalCredit");

    dispute.run("denyDispute", { debitOn: "noticeDate" });

    expect(dispute.planned()).toEqual([]);
    expect(dispute.book.state).toBe("denied");
  });

  it("cancels the fee and interest with it once all is denied", () => {
    const dispute = memoryBook();
    dispute.run("issueProvisionalCredit", { fees: "35.00", interest: "0.42" });

    dispute.run("denyDispute", { debitOn: "now" });

    expect(dispute.balances()).toEqual({});
    expect(dispute.planned()).toEqual([]);
  });

  it("leaves a credit with its fee standing where only part is denied", () => {
    const dispute = memoryBook({ amountMinor: 20_000n });
    dispute.run("issueProvisionalCredit", { amount: "100.00", fees: "35.00" });
    dispute.run("issueProvisionalCredit", { amount: "100.00" });
    dispute.outside("ProvisionalCredit", "attested");

    dispute.run("denyDispute", { amount: "100.00", debitOn: "now" });

    expect(dispute.book.adjustments[0]?.state).toBe("pendingManual");
    expect(dispute.planned()).toEqual(["DenyDispute 10000"]);
  });

  it("does not cancel a raise beside a denial in part, which would count it twice", () => {
    const dispute = memoryBook();
    dispute.run("issueProvisionalCredit");
    dispute.outside("ProvisionalCredit", "attested");
    dispute.run("raiseProvisionalCredit", { amount: "25.00" });

    dispute.run("denyDispute", { amount: "25.00", debitOn: "now" });
    expect(dispute.planned()).toEqual(["DenyDispute 2500"]);
    dispute.outside("ProvisionalCredit", "attested");

    expect(dispute.balances()["accountHolder"]).toBe("100.00");
    expect(dispute.book.state).toBe("provisionallyCredited");
  });
});

describe("a take-back of a credit that is on its way", () => {
  const onItsWay = () => {
    const dispute = memoryBook({ settings: { batchProfiles: { nightly: {} } } });
    dispute.run("issueProvisionalCredit");
    dispute.outside("ProvisionalCredit", "takenIntoFile");
    dispute.run("denyDispute", { debitOn: "now" });
    return dispute;
  };

  it("waits until the credit is posted", () => {
    const dispute = onItsWay();
    expect(dispute.book.state).toBe("denialPlanned");
    expect(dispute.latest("DenyDispute").hold?.reason).toBe("creditNotPosted");

    dispute.outside("ProvisionalCredit", "handedOver");

    expect(dispute.latest("DenyDispute").state).toBe("pendingBatch");
    expect(dispute.balances()).toEqual({});
    expect(dispute.book.state).toBe("denied");
  });

  it("is undone by cancelDenial while it waits", () => {
    const dispute = onItsWay();

    dispute.run("cancelDenial");

    expect(dispute.book.state).toBe("provisionallyCredited");
    expect(dispute.planned()).toEqual([]);
  });

  it("stops for review where the credit never came", () => {
    const dispute = onItsWay();
    dispute.outside("ProvisionalCredit", "lineRefused");
    dispute.cancel("ProvisionalCredit");
    expect(dispute.latest("DenyDispute").state).toBe("planned");
    expect(dispute.latest("DenyDispute").hold?.note).toContain("less is left");

    dispute.cancel("DenyDispute");

    expect(dispute.book.state).toBe("denied");
    expect(dispute.because("deny")).toEqual([]);
  });
});

describe("a denial on notice", () => {
  const denied = (input: object = {}, settings: object = {}) => {
    const dispute = memoryBook({ settings });
    dispute.run("issueProvisionalCredit", { fees: "35.00" });
    dispute.outside("ProvisionalCredit", "attested");
    dispute.run("denyDispute", { debitOn: "noticeDate", ...input });
    return dispute;
  };

  it("moves on when a person drops the planned debit", () => {
    const dispute = denied();

    dispute.cancel("DenyDispute");

    expect(dispute.book.state).toBe("denied");
    expect(dispute.refusal("takeBackDuplicateCredit")).toBeNull();
  });

  it.each([
    ["2026-11-20", "2026-11-30"],
    ["2026-12-21", "2026-12-29"],
    ["2027-07-01", "2027-07-09"],
    ["2026-06-26", "2026-07-03"],
  ])("sent on %s posts on %s and not a day before", (startsOn, date) => {
    const dispute = memoryBook({ startsOn, executesAtOnce: true });
    dispute.run("issueProvisionalCredit");
    dispute.run("denyDispute", { debitOn: "noticeDate" });
    dispute.run("recordNoticeSent");

    expect(dispute.refusal("recordNoticeSent", { debitDate: dispute.today() })).toBe(
      "date-invalid",
    );
    while (dispute.context.calendar.addDays(dispute.today(), 1) < date) dispute.pass(1);
    expect(dispute.book.state).toBe("denialPlanned");
    dispute.pass(1);

    expect(dispute.today()).toBe(date);
    expect(dispute.book.state).toBe("denied");
  });

  it("sent late has a new date with the new letter", () => {
    const dispute = denied();
    dispute.run("recordNoticeSent");
    dispute.pass(2);
    dispute.run("recordNoticeSent");

    dispute.pass(5);
    expect(dispute.book.state).toBe("denialPlanned");
    dispute.pass(2);

    expect(dispute.book.state).toBe("denied");
    expect(dispute.book.denials[0]?.debitDate).toBe("2026-11-25");
  });

  it("is performed before its date only after the notice", () => {
    const dispute = denied();
    expect(dispute.refusal("performDebit")).toBe("operation-not-allowed");
    dispute.run("recordNoticeSent");

    dispute.run("performDebit");
    expect(dispute.latest("DenyDispute").state).toBe("awaitingApproval");
    dispute.approve("DenyDispute");

    expect(dispute.latest("DenyDispute").state).toBe("pendingManual");
    expect(dispute.book.state).toBe("denied");
  });

  it("whose early debit is declined keeps its date", () => {
    const dispute = denied();
    dispute.run("recordNoticeSent");
    dispute.run("performDebit");

    dispute.cancel("DenyDispute", "declined");

    expect(dispute.latest("DenyDispute").hold?.releaseOn).toBe("2026-11-23");
    expect(dispute.book.state).toBe("denialPlanned");
  });

  it("asked of an approver is planned; declined, it is lifted", () => {
    const dispute = denied({}, { approvals: { denyDispute: [{ above: "50.00", levels: 1 }] } });
    expect(dispute.latest("DenyDispute").state).toBe("awaitingApproval");
    expect(dispute.book.state).toBe("denialPlanned");

    dispute.cancel("DenyDispute", "declined");

    expect(dispute.book.state).toBe("provisionallyCredited");
    expect(dispute.book.denials[0]?.lifted).toBe(true);
  });

  it("approved waits for its notice all the same", () => {
    const dispute = denied({}, { approvals: { denyDispute: [{ above: "50.00", levels: 1 }] } });

    dispute.approve("DenyDispute");

    expect(dispute.latest("DenyDispute").state).toBe("planned");
    expect(dispute.latest("DenyDispute").hold?.reason).toBe("denyDebitDate");
  });

  it("undoes the opened offset when it is cancelled", () => {
    const dispute = denied({ debitOn: "offset" });
    dispute.outside("CustomerOffsetOpen", "attested");

    dispute.run("cancelDenial");
    dispute.outside("CustomerOffsetOpen", "attested");

    expect(dispute.balances()["customerOffset"]).toBeUndefined();
    expect(dispute.book.state).toBe("provisionallyCredited");
  });
});

describe("a debit that the core refuses", () => {
  const refused = (more: { facts?: object; settings?: object } = {}) => {
    const dispute = memoryBook({ settings: more.settings ?? {} });
    dispute.run("issueProvisionalCredit");
    dispute.outside("ProvisionalCredit", "attested");
    dispute.run("denyDispute", { debitOn: "now" });
    dispute.outside("DenyDispute", "couldNotPost");
    return dispute;
  };

  it("becomes a claim on the holder, and nothing more is denied", () => {
    const dispute = refused();

    dispute.run("bookCustomerReceivable", { amount: "100.00" });
    dispute.outside("CustomerReceivable", "attested");

    expect(dispute.latest("DenyDispute").state).toBe("cancelled");
    expect(dispute.balances()).toEqual({ accountHolder: "100.00", customerReceivable: "-100.00" });
    expect(dispute.book.denials.filter((one) => !one.lifted)).toHaveLength(1);
    expect(dispute.because("deny")).toEqual([]);
  });

  it("claims at most what stands", () => {
    expect(refused().refusal("bookCustomerReceivable", { amount: "100.01" })).toBe(
      "amount-exceeds-limit",
    );
  });

  it("gives back an opened offset first", () => {
    const dispute = memoryBook();
    dispute.run("issueProvisionalCredit");
    dispute.outside("ProvisionalCredit", "attested");
    dispute.run("denyDispute", { debitOn: "offset" });
    dispute.outside("CustomerOffsetOpen", "attested");
    dispute.run("recordNoticeSent");
    dispute.pass(7);
    dispute.outside("CustomerOffsetDebit", "couldNotPost");

    dispute.run("bookCustomerReceivable", { amount: "100.00" });

    expect(dispute.balances()).toEqual({ accountHolder: "100.00", customerReceivable: "-100.00" });
  });

  it("restores the over/short account with the claim", () => {
    const dispute = memoryBook();
    dispute.run("creditFromAtmOverShort", { amount: "100.00" });
    dispute.outside("AtmOverShortCredit", "attested");

    dispute.run("bookCustomerReceivable", { amount: "100.00" });
    dispute.outside("CustomerReceivable", "attested");
    dispute.outside("AtmOverShortRestored", "attested");

    expect(dispute.balances()).toEqual({ accountHolder: "100.00", customerReceivable: "-100.00" });
    expect(dispute.because("deny")).toEqual([]);
  });

  it("lifts what the claim denied when the claim is cancelled", () => {
    const dispute = memoryBook({ executesAtOnce: false });
    dispute.run("issueProvisionalCredit");
    dispute.outside("ProvisionalCredit", "attested");
    dispute.run("bookCustomerReceivable", { amount: "40.00" });

    dispute.cancel("CustomerReceivable");

    expect(dispute.book.denials.every((one) => one.lifted)).toBe(true);
  });
});
