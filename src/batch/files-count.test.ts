import { expect, test } from "vitest";

import { filesExpected } from "./files-count.ts";

const usd = (count: bigint) => ({ currency: "USD", count });
const eur = (count: bigint) => ({ currency: "EUR", count });

test("each currency is a file of its own, and nothing pending is none", () => {
  expect(filesExpected([usd(3n), eur(1n)], {}, {})).toEqual({ files: 2, isAtLeast: false });
  expect(filesExpected([], {}, {})).toEqual({ files: 0, isAtLeast: false });
});

test("the most adjustments a file may have split it, exactly", () => {
  const files = (count: bigint) => filesExpected([usd(count)], { maximumAdjustments: 10 }, {});

  expect([files(10n), files(11n)].map((one) => one.files)).toEqual([1, 2]);
  expect(files(11n).isAtLeast).toBe(false);
});

test("where lines or bytes are limited it is the least that there will be", () => {
  expect(filesExpected([usd(25_000n)], {}, { maximumLines: 10_000 })).toEqual({
    files: 3,
    isAtLeast: true,
  });
  expect(filesExpected([usd(1n)], { maximumBytes: 1024 }, {}).isAtLeast).toBe(true);
});
