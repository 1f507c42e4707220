/** Which code of the core goes with each side of an entry: the account's own, for that side. */
import { describe, expect, it } from "vitest";

import { memoryBook } from "../../test/support/memory-book.ts";
import type { Adjustment, Entry } from "./dispute-book.ts";

describe("the tran codes of an entry", () => {
  const codes = ({ entries: [entry] }: { entries: readonly Entry[] }) => [
    entry?.debitTranCode,
    entry?.creditTranCode,
  ];
  const executed = () =>
    memoryBook({ executesAtOnce: true, holderAccount: "0193a0b2-0000-7000-8000-000000000001" });

  it("are those of its accounts and sides, the holder's where a credit opens a balance", () => {
    const dispute = executed();

    dispute.run("issueProvisionalCredit");

    expect(codes(dispute.latest("ProvisionalCredit"))).toEqual(["6101", "5200"]);
  });

  it("has the holder's for the debit that takes a credit back", () => {
    const dispute = executed();
    dispute.run("issueProvisionalCredit");

    dispute.run("denyDispute", { debitOn: "now" });

    expect(codes(dispute.latest("DenyDispute"))).toEqual(["5100", "6201"]);
  });

  it("has the holder's debit code for the reversal of a credit, not its credit code", () => {
    const dispute = executed();
    dispute.run("issueProvisionalCredit");
    const { id } = dispute.latest("ProvisionalCredit");

    dispute.run("reverseAdjustment", { adjustment: id });

    const reversal = dispute.book.adjustments.at(-1) as Adjustment;
    expect(reversal.reversesAdjustmentId).toBe(id);
    expect(codes(reversal)).toEqual(["5100", "6201"]);
  });
});
