/** Amount tiers: which one fires, how many people it takes, and with which right each. */
import { describe, expect, test } from "vitest";

import { domainNeed, stricter, tierFired } from "./tiers.ts";

const RIGHT = "assignment:approve";
const TIERS = [
  { above: "50.00", levels: 1 },
  { above: "500.00", levels: 2, rights: [RIGHT, "assignment:approveHigh"] as const },
  { above: "5000.00", levels: 2 },
].map((tier) => ({ ...tier, rights: tier.rights === undefined ? undefined : [...tier.rights] }));

const fired = (amountMinor: bigint | null, currency: string | null = "USD") =>
  tierFired(TIERS, { setting: "payDispute", amountMinor, currency, right: RIGHT });

describe("a tier", () => {
  test.each([
    [0n, null],
    [5000n, null],
    [5001n, "approvals.payDispute.0"],
    [50_000n, "approvals.payDispute.0"],
    [50_001n, "approvals.payDispute.1"],
    [500_001n, "approvals.payDispute.2"],
  ])("of %s minor units is %s", (amount, rule) => {
    expect(fired(amount)?.rule ?? null).toBe(rule);
  });

  test("says its rights, or repeats that of the subject", () => {
    expect(fired(50_001n)?.rights).toEqual([RIGHT, "assignment:approveHigh"]);
    expect(fired(500_001n)?.rights).toEqual([RIGHT, RIGHT]);
    expect(fired(50_001n)?.words).toBe("payDispute above 500.00 USD: 2 other people");
  });

  test("is in the currency's own units", () => {
    const tiers = [{ above: "5000", levels: 1 }];
    const question = { setting: "payDispute", currency: "JPY", right: RIGHT } as const;

    expect(tierFired(tiers, { ...question, amountMinor: 5000n })).toBeNull();
    expect(tierFired(tiers, { ...question, amountMinor: 5001n })).not.toBeNull();
  });

  test("without an amount is the strictest: nothing says that it is small", () => {
    expect(fired(null, null)?.rights).toHaveLength(2);
  });

  test("of no setting is none, and the domain's own word still counts", () => {
    const question = { setting: "x", amountMinor: 1n, currency: "USD", right: RIGHT } as const;
    const own = domainNeed("a second person", RIGHT);

    expect(tierFired(undefined, question)).toBeNull();
    expect(stricter(null, own)).toBe(own);
    expect(stricter(fired(50_001n), own)?.rule).toBe("approvals.payDispute.1");
    expect(stricter(null, null)).toBeNull();
  });
});
