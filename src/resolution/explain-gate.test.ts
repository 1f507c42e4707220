import { describe, expect, test } from "vitest";

import { memoryBook } from "../../test/support/memory-book.ts";
import type { MemoryBook } from "../../test/support/memory-book.ts";
import type { ResolutionDecision } from "../accounting/dispute-book.ts";
import { decisionGate, DECISIONS } from "../accounting/gate-detail.ts";
import { evaluateGate } from "../accounting/gate.ts";
import { explainBalance } from "../accounting/explain-balance.ts";

import { explainGate } from "./explain-gate.ts";

function withdrawnWithMerchantMoney(): MemoryBook {
  const dispute = memoryBook({ executesAtOnce: true });
  dispute.run("payDispute");
  dispute.run("recordChargeback", { amount: "60.00", reference: "CB-1" });
  dispute.run("recordChargeback", { amount: "40.00", reference: "CB-2" });
  dispute.run("withdrawDispute", { debitOn: "now" });
  return dispute;
}

function explained(dispute: MemoryBook, decision: ResolutionDecision) {
  const { book, context } = dispute;
  return explainGate(book, context, { decision, today: dispute.today() });
}

describe("the explanation", () => {
  test("names collection, account, amount and the fewest entries that make the difference", () => {
    const dispute = withdrawnWithMerchantMoney();

    const { differences } = explained(dispute, "deny");

    const shown = differences.map(({ check, entries }) => ({
      collection: check.collection,
      value: check.valueMinor,
      rules: entries.map((one) => one.entry.rule),
      sum: entries.reduce((sum, one) => sum + one.effectMinor, 0n),
    }));
    expect(shown).toEqual([
      { collection: "suspense", value: 10000n, rules: ["WithdrawDispute"], sum: 10000n },
      {
        collection: "merchant",
        value: -10000n,
        rules: ["Chargeback", "Chargeback"],
        sum: -10000n,
      },
    ]);
  });

  test("what was undone explains nothing", () => {
    const dispute = memoryBook({ executesAtOnce: true });
    dispute.run("issueProvisionalCredit");
    const { id } = dispute.latest("ProvisionalCredit");
    dispute.run("reverseAdjustment", { adjustment: id });
    dispute.run("payDispute", { amount: "70.00" });

    const entries = explainBalance(dispute.book, {
      collection: "suspense",
      account: null,
      valueMinor: -7000n,
    });

    expect(entries.map((one) => [one.entry.rule, one.effectMinor])).toEqual([["Paid", -7000n]]);
  });

  test("a sum that no set of entries makes has none", () => {
    const dispute = withdrawnWithMerchantMoney();

    const entries = explainBalance(dispute.book, {
      collection: "merchant",
      account: null,
      valueMinor: 1n,
    });

    expect(entries).toEqual([]);
  });
});

describe("what is proposed", () => {
  test.each([
    ["withdrawn with merchant money", withdrawnWithMerchantMoney, "deny", "disburseMerchantFunds"],
    [
      "paid and not recovered",
      () => {
        const dispute = memoryBook({ executesAtOnce: true });
        dispute.run("payDispute");
        return dispute;
      },
      "pay",
      "writeOff",
    ],
    [
      "a rule fired by hand that nothing asked for",
      () => {
        const dispute = memoryBook({ executesAtOnce: true });
        dispute.run("adjustManually", { rule: "CustomerOffsetOpen", amount: "10.00" });
        return dispute;
      },
      "deny",
      null,
    ],
  ] as const)("%s: applied to the book, the gate passes", (_, given, decision, operation) => {
    const dispute = given();

    const { gate, proposals } = explained(dispute, decision);

    expect(gate.allowed).toBe(false);
    const [first] = proposals;
    if (operation !== null) expect(first?.steps[0]?.operation).toBe(operation);
    for (const { operation, input } of first?.steps ?? []) dispute.run(operation, input);
    expect(dispute.because(first?.decision ?? decision)).toEqual([]);
  });

  test("the book explained is left as it was", () => {
    const dispute = withdrawnWithMerchantMoney();
    const before = JSON.stringify(dispute.balances());
    const adjustments = dispute.book.adjustments.length;

    explained(dispute, "deny");

    expect(JSON.stringify(dispute.balances())).toBe(before);
    expect(dispute.book.adjustments).toHaveLength(adjustments);
    expect(dispute.book.state).toBe("withdrawn");
  });
});

test("the gate in full is of one mind with the gate", () => {
  const books = [withdrawnWithMerchantMoney(), memoryBook(), memoryBook({ executesAtOnce: true })];
  books[1]?.run("issueProvisionalCredit");
  books[2]?.run("payDispute");
  books[2]?.run("recordChargeback", { amount: "100.00" });

  for (const { book, context } of books) {
    for (const decision of DECISIONS) {
      const full = decisionGate(book, context.rulebook, decision);
      const waits = book.adjustments.some((one) => one.state === "pendingManual");

      const passes = full.checks.every((check) => check.passes) && !waits;
      expect(passes).toBe(evaluateGate(book, context.rulebook, decision).allowed);
    }
  }
});
