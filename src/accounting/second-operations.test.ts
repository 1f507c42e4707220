/** What a second operation moves, and when (domain §2, §3). */
import { describe, expect, it } from "vitest";

import { memoryBook } from "../../test/support/memory-book.ts";

describe("a second operation", () => {
  const facts = { fraud: true, cardBlocked: true };
  const second = (more: object = {}) =>
    memoryBook({ facts: { ...facts, ...more }, settings: { secondOperations: true } });

  it("waits for its principal and follows it", () => {
    const dispute = second();
    dispute.run("issueProvisionalCredit");
    expect(dispute.planned()).toEqual(["ProvisionalCredit2ndOperation 10000"]);

    dispute.outside("ProvisionalCredit", "attested");

    const { entries } = dispute.latest("ProvisionalCredit2ndOperation");
    expect(entries.map(({ debit, credit }) => [debit.account, credit.account])).toEqual([
      ["suspenseDebitSecond", "suspenseDebit"],
    ]);
  });

  it("is cancelled with its principal", () => {
    const dispute = second();
    dispute.run("issueProvisionalCredit");

    dispute.cancel("ProvisionalCredit");

    expect(dispute.latest("ProvisionalCredit2ndOperation").state).toBe("cancelled");
    expect(dispute.balances()).toEqual({});
  });

  it("is dropped where nothing stands any more to be moved", () => {
    const dispute = second();
    dispute.run("issueProvisionalCredit");
    dispute.run("recordChargeback", { amount: "100.00" });

    dispute.outside("ProvisionalCredit", "attested");

    expect(dispute.latest("ProvisionalCredit2ndOperation").state).toBe("cancelled");
    expect(dispute.because("pay")).toEqual([]);
  });

  it("stops for review where less stands than was planned", () => {
    const dispute = second();
    dispute.run("issueProvisionalCredit");
    dispute.run("recordChargeback", { amount: "70.00" });

    dispute.outside("ProvisionalCredit", "attested");

    const { state, hold } = dispute.latest("ProvisionalCredit2ndOperation");
    expect([state, hold?.reason]).toEqual(["planned", "custom"]);
  });

  it("leaves no account apart after a representment without one", () => {
    const dispute = memoryBook({
      facts,
      settings: { secondOperations: true },
      executesAtOnce: true,
    });
    dispute.run("issueProvisionalCredit");
    dispute.run("recordChargeback", { amount: "60.00" });
    dispute.run("recordRepresentment", { amount: "60.00" });

    dispute.run("denyDispute", { debitOn: "now" });

    expect(dispute.because("deny")).toEqual([]);
    expect(dispute.latest("DenyDispute2ndOperation").amountMinor).toBe(10_000n);
  });

  it("moves what came back to where money of a client with second operations stands", () => {
    const dispute = memoryBook({
      facts: { network: "mastercard" },
      settings: { secondOperations: true },
      executesAtOnce: true,
    });
    dispute.run("payDispute");
    expect(dispute.latest("Paid").entries[0]?.debit.account).toBe("suspenseDebitSecond");

    dispute.run("recordChargeback", { amount: "100.00" });

    const [moved] = dispute.latest("MCChargeback2ndOperation").entries;
    expect([moved?.debit.account, moved?.credit.account]).toEqual([
      "suspenseDebit",
      "suspenseDebitSecond",
    ]);
    expect(dispute.because("pay")).toEqual([]);
  });
});
