import { expect, test } from "vitest";

import type { OurMoney } from "./judge-money.ts";
import { wrongMoney } from "./judge-money.ts";
import { openOutsideBook } from "./outside.ts";

const EXECUTED: OurMoney = {
  clientId: "harbor",
  adjustmentId: "a",
  dispute: "2611160001D",
  rule: "ProvisionalCredit",
  state: "executed",
  amountMinor: 10_000n,
  executedMinor: 10_000n,
  basis: "posted",
  postedOn: "2026-11-16",
};

function outsideWith(...amounts: bigint[]) {
  const outside = openOutsideBook();
  for (const [index, amountMinor] of amounts.entries()) {
    outside.post({
      clientId: "harbor",
      adjustmentId: "a",
      key: `key ${index}`,
      via: "core",
      amountMinor,
      postedOn: "2026-11-16",
      at: index,
    });
  }
  return outside;
}

test("what posted once and is executed once is right", () => {
  expect(wrongMoney(outsideWith(10_000n), EXECUTED, true)).toBeNull();
});

test("a second posting of the same adjustment is seen at once", () => {
  const wrong = wrongMoney(outsideWith(10_000n, 10_000n), EXECUTED, false);

  expect(wrong?.detail).toContain("moved more than once");
});

test("money that only we know of is wrong, but for a file on its way", () => {
  expect(wrongMoney(outsideWith(), EXECUTED, false)?.detail).toContain("0 outside");
  const assumed = { ...EXECUTED, basis: "assumed" };
  expect(wrongMoney(outsideWith(), assumed, false)).toBeNull();
  expect(wrongMoney(outsideWith(), assumed, true)?.detail).toContain("0 outside");
});

test("money that only the world knows of is wrong, but while its outcome is not known", () => {
  const cancelled = { ...EXECUTED, executedMinor: 0n, basis: null, postedOn: null };

  expect(wrongMoney(outsideWith(10_000n), { ...cancelled, state: "unknown" }, false)).toBeNull();
  expect(
    wrongMoney(outsideWith(10_000n), { ...cancelled, state: "cancelled" }, false),
  ).not.toBeNull();
});

test("what came back counts on both sides", () => {
  const back = { ...EXECUTED, executedMinor: 0n, state: "batchFailed" };

  expect(wrongMoney(outsideWith(10_000n, -10_000n), back, true)).toBeNull();
  expect(wrongMoney(outsideWith(10_000n, -10_000n), EXECUTED, true)).not.toBeNull();
});

test("another day than the one on which it posted is wrong", () => {
  const wrong = wrongMoney(outsideWith(10_000n), { ...EXECUTED, postedOn: "2026-11-17" }, false);

  expect(wrong?.detail).toBe("posted on 2026-11-16 and we say 2026-11-17");
});
