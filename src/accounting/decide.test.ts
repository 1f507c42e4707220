/** Accounts, approvals and dates of what is decided (domain §2, §3). */
import { describe, expect, it } from "vitest";

import { memoryBook } from "../../test/support/memory-book.ts";

const APPROVED = { approvals: { issueProvisionalCredit: [{ above: "50.00", levels: 1 }] } };

describe("the account of an entry", () => {
  it("is the table's where a balance opens, and says which row chose it", () => {
    const dispute = memoryBook();

    dispute.run("issueProvisionalCredit");

    const [entry] = dispute.latest("ProvisionalCredit").entries;
    expect(entry?.debit).toEqual({ collection: "suspense", account: "suspenseDebit" });
    expect(entry?.credit).toEqual({ collection: "accountHolder", account: "holder" });
    expect(entry?.chosenBy).toEqual([
      "Get Suspense GL: debitCards",
      "Get Account Holder Account: principal",
    ]);
  });

  it("is the one that holds the balance where it is lowered, oldest first", () => {
    const dispute = memoryBook({ executesAtOnce: true });
    dispute.run("issueProvisionalCredit", { amount: "60.00" });
    const [first] = dispute.book.adjustments;
    // As if the dispute had been reclassified before the second credit.
    dispute.run("issueProvisionalCredit", { amount: "40.00" });
    const second = dispute.latest("ProvisionalCredit");
    second.entries = second.entries.map((entry) => ({
      ...entry,
      debit: { collection: "suspense", account: "suspenseCredit" },
    }));
    expect(first?.entries[0]?.debit.account).toBe("suspenseDebit");

    dispute.run("recordChargeback", { amount: "110.00" });

    const parts = dispute
      .latest("Chargeback")
      .entries.map((entry) => [entry.credit.account, entry.amountMinor]);
    expect(parts).toEqual([
      ["suspenseCredit", 4000n],
      ["suspenseDebit", 7000n],
    ]);
    expect(dispute.balances()["suspense"]).toBe("10.00");
  });
});

describe("an approval", () => {
  it("comes before anything is booked, and books what was proposed", () => {
    const dispute = memoryBook({ settings: APPROVED });
    dispute.run("issueProvisionalCredit");
    expect(dispute.latest("ProvisionalCredit").state).toBe("awaitingApproval");
    expect(dispute.balances()).toEqual({});
    expect(dispute.refusal("issueProvisionalCredit", { amount: "1.00" })).toBe(
      "amount-exceeds-limit",
    );

    dispute.approve("ProvisionalCredit");

    expect(dispute.latest("ProvisionalCredit").state).toBe("pendingManual");
    expect(dispute.balances()).toEqual({ accountHolder: "100.00", suspense: "-100.00" });
  });

  it("given too late sends nothing", () => {
    const dispute = memoryBook({ settings: APPROVED });
    dispute.run("issueProvisionalCredit");
    dispute.run("recordMerchantCredit", { amount: "30.00" });

    dispute.approve("ProvisionalCredit");

    expect(dispute.balances()["accountHolder"]).toBeUndefined();
    expect(dispute.latest("ProvisionalCredit").hold?.note).toContain("more would be credited");
  });

  it("of a raise is not too late where a duplicate stands that was there before", () => {
    const tier = [{ above: "0.00", levels: 1 }];
    const dispute = memoryBook({ settings: { approvals: { raiseProvisionalCredit: tier } } });
    dispute.run("issueProvisionalCredit");
    dispute.run("recordMerchantCredit", { amount: "100.00" });
    dispute.run("raiseProvisionalCredit", { amount: "25.00" });

    dispute.approve("ProvisionalCredit");

    expect(dispute.latest("ProvisionalCredit").state).toBe("pendingManual");
    expect(dispute.balances()["accountHolder"]).toBe("125.00");
  });

  it("is always asked of an adjustment by hand", () => {
    const dispute = memoryBook();

    dispute.run("adjustManually", { rule: "Paid", amount: "500.00", trackingOnly: true });
    expect(dispute.latest("Paid").state).toBe("awaitingApproval");
    dispute.approve("Paid");

    expect(dispute.latest("Paid").state).toBe("tracked");
  });

  it("is asked to deny a final credit for another reason than the merchant's credit", () => {
    const dispute = memoryBook();
    dispute.run("payDispute");
    dispute.outside("Paid", "attested");
    expect(dispute.refusal("denyDispute", { debitOn: "now" })).toBe("operation-not-allowed");

    dispute.run("denyDispute", { debitOn: "now", reason: "forged" });

    expect(dispute.latest("DenyDispute").state).toBe("awaitingApproval");
  });

  it("is not asked inside Regulation Z's finality window", () => {
    const dispute = memoryBook({
      facts: { regulation: "Z", noticeReceivedOn: "2026-10-01" },
      executesAtOnce: false,
    });
    dispute.run("payDispute");
    dispute.outside("Paid", "attested");

    dispute.run("denyDispute");

    expect(dispute.latest("DenyDispute").state).toBe("pendingManual");
  });
});

describe("a write-off whose credit is on its way", () => {
  it("is not made twice", () => {
    const dispute = memoryBook();
    dispute.run("writeOff");
    expect(dispute.planned()).toEqual(["LossAdjustment 10000"]);

    expect(dispute.run("writeOff").decision).toBe("no entry required");
    dispute.outside("WriteOff", "attested");
    dispute.outside("LossAdjustment", "attested");

    expect(dispute.balances()).toEqual({ accountHolder: "100.00", loss: "-100.00" });
    expect(dispute.because("writeOff")).toEqual([]);
  });
});

describe("combination", () => {
  it("makes one adjustment of the entries on the holder's account", () => {
    const dispute = memoryBook();

    dispute.run("issueProvisionalCredit", { fees: "35.00", interest: "0.42" });

    expect(dispute.book.adjustments.map((one) => one.amountMinor)).toEqual([13_542n]);
  });

  it.each([
    ["a client that does not want it", { combine: false }],
    ["a destination that works per entry", { services: { core: {} }, perEntry: ["core"] }],
  ])("leaves each entry by itself for %s", (_, settings) => {
    const dispute = memoryBook({ settings });

    dispute.run("issueProvisionalCredit", { fees: "35.00", interest: "0.42" });

    expect(dispute.book.adjustments.map((one) => one.amountMinor)).toEqual([10_000n, 3500n, 42n]);
  });
});

describe("something that happens to a resolved dispute", () => {
  it("runs the gate again", () => {
    const dispute = memoryBook({ executesAtOnce: true });
    dispute.run("issueProvisionalCredit");
    dispute.run("recordChargeback", { amount: "100.00" });
    expect(dispute.run("resolve", { decision: "pay" }).gate).toBeNull();

    expect(dispute.run("recordCoreFee", { amount: "1.00" }).gate?.allowed).toBe(true);
    const { gate } = dispute.run("recordRepresentment", { amount: "100.00" });

    expect(gate).toMatchObject({ allowed: false, outOfBalance: { suspense: "-100.00" } });
  });
});

describe("a refused operation", () => {
  it("leaves the book as it was, whatever it did before it was refused", () => {
    const dispute = memoryBook({ executesAtOnce: true });
    dispute.run("issueProvisionalCredit");
    dispute.run("denyDispute", { debitOn: "now" });
    const before = structuredClone(dispute.book);

    const adjustment = dispute.latest("DenyDispute").id;
    expect(dispute.refusal("reverseAdjustment", { adjustment })).toBe("amount-exceeds-limit");

    expect(dispute.book).toEqual(before);
  });

  it.each([
    ["reversed twice", "already-reversed"],
    ["a reversal of a reversal", "not-reversible"],
    ["of a flag without money", "not-reversible"],
  ])("is a reversal %s", (what, code) => {
    const dispute = memoryBook({ executesAtOnce: true });
    dispute.run("issueProvisionalCredit");
    const adjustment = dispute.latest("ProvisionalCredit").id;
    dispute.run("reverseAdjustment", { adjustment });
    dispute.run("setAmountInDispute", { amount: "100.00" });
    const [, reversal, flag] = dispute.book.adjustments.map((one) => one.id);
    const wanted = { "reversed twice": adjustment, "a reversal of a reversal": reversal };

    const id = wanted[what as keyof typeof wanted] ?? flag;

    expect(dispute.refusal("reverseAdjustment", { adjustment: id })).toBe(code);
  });
});

describe("a case that began elsewhere", () => {
  const history = (more: object = {}) => ({
    movements: [
      { rule: "ProvisionalCredit", amount: "100.00", date: "2026-09-01", reference: "PC-1" },
      { rule: "DenyDispute", amount: "100.00", date: "2026-10-01" },
    ],
    ...more,
  });

  it("is tracked movement by movement and goes on in its state", () => {
    const dispute = memoryBook();

    dispute.run("importHistory", history({ state: "denied" }));

    expect(dispute.book.adjustments.map((one) => one.state)).toEqual(["tracked", "tracked"]);
    expect(dispute.book.adjustments[0]?.entries[0]?.eventDate).toBe("2026-09-01");
    expect(dispute.because("deny")).toEqual([]);
    expect(dispute.refusal("importHistory", history())).toBe("operation-not-allowed");
  });

  it.each([
    ["an unknown rule", { rule: "Gift", amount: "1.00" }, "unknown-rule"],
    ["no amount", { rule: "Paid" }, "input-invalid"],
    ["an amount below zero", { rule: "Paid", amount: "-1.00" }, "amount-invalid"],
    [
      "a reference that came before",
      { rule: "Paid", amount: "1.00", reference: "PC-1" },
      "reference-already-used",
    ],
    ["a date that is none", { rule: "Paid", amount: "1.00", date: "2026-02-30" }, "input-invalid"],
  ])("is refused whole for %s", (_, movement, code) => {
    const dispute = memoryBook();
    const before = structuredClone(dispute.book);

    const movements = [...history().movements, movement];

    expect(dispute.refusal("importHistory", { movements })).toBe(code);
    expect(dispute.book).toEqual(before);
  });
});

describe("a credit that the core parks itself", () => {
  it.each([
    ["the principal", "100.00"],
    ["the whole credit", "135.00"],
  ])("is cancelled by a posting of %s", (_, amount) => {
    const dispute = memoryBook();
    dispute.run("issueProvisionalCredit", { fees: "35.00" });

    dispute.run("recordCoreSuspensePosting", { amount });

    expect(dispute.latest("ProvisionalCredit").state).toBe("cancelled");
    expect(dispute.balances()).toEqual({ coreSuspense: amount, suspense: `-${amount}` });
  });

  it("is left alone where it has moved, or another amount was parked", () => {
    const dispute = memoryBook();
    dispute.run("issueProvisionalCredit");

    dispute.run("recordCoreSuspensePosting", { amount: "99.00" });
    dispute.outside("ProvisionalCredit", "attested");
    dispute.run("recordCoreSuspensePosting", { amount: "100.00" });

    expect(dispute.latest("ProvisionalCredit").state).toBe("executed");
  });
});

describe("the gate", () => {
  it("asks of every account that not more went back than came in", () => {
    const dispute = memoryBook({ executesAtOnce: true });
    dispute.run("issueProvisionalCredit");
    dispute.run("recordChargeback", { amount: "150.00" });
    dispute.run("recordRepresentment", { amount: "50.00" });
    expect(dispute.because("pay")).toEqual([]);

    const representment = dispute.latest("Representment");
    representment.entries = representment.entries.map((entry) => ({
      ...entry,
      credit: { collection: "merchant", account: "merchantMastercard" },
    }));

    expect(dispute.because("pay")).toEqual(["merchant is positive: 50.00"]);
  });

  it.each([
    ["planned", "an adjustment is planned"],
    ["pendingManual", "an adjustment is pendingManual"],
    ["serviceFailed", "an adjustment is serviceFailed"],
  ])("does not pass while an adjustment is %s", (state, words) => {
    const dispute = memoryBook();
    if (state === "planned") {
      dispute.run("billFinanceCharge", { amount: "1.00", notBefore: "2027-01-04" });
    } else dispute.run("refundFee", { amount: "1.00" });
    if (state === "serviceFailed") dispute.outside("RefundFee", "couldNotPost");
    dispute.run("denyDispute");

    expect(dispute.because("deny")).toEqual([words]);
    expect(dispute.refusal("resolve", { decision: "deny" })).toBe("gate-refused");
  });

  it("asks at resolve who has a claim on the holder", () => {
    const dispute = memoryBook({ executesAtOnce: true });
    dispute.run("issueProvisionalCredit");
    dispute.run("bookCustomerReceivable", { amount: "100.00" });
    expect(dispute.refusal("resolve", { decision: "deny" })).toBe("gate-refused");

    dispute.run("resolve", { decision: "deny", collections: "Collections, J. Doe" });

    expect(dispute.book.state).toBe("resolved");
  });
});
