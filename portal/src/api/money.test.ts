import { describe, expect, test } from "vitest";

import { addAmounts, isZero, showAmount } from "./money.ts";

describe("showing an amount", () => {
  test.each([
    ["0.00", "0.00"],
    ["100.00", "100.00"],
    ["1234567.89", "1,234,567.89"],
    ["-1234.5", "−1,234.5"],
    ["1000", "1,000"],
    ["999", "999"],
    ["123456789012345678.99", "123,456,789,012,345,678.99"],
    ["not an amount", "not an amount"],
  ])("%s is shown as %s", (amount, shown) => {
    expect(showAmount(amount)).toBe(shown);
  });
});

describe("adding amounts", () => {
  test.each([
    [["0.10", "0.20"], "0.30"],
    [["100.00", "-100.00"], "0.00"],
    [["-0.05", "0.02"], "-0.03"],
    [["90071992547409.93", "0.01"], "90071992547409.94"],
    [["5", "7"], "12"],
    [["1.5", "0.25"], "1.75"],
    [[], "0"],
  ])("%j make %s", (amounts, total) => {
    expect(addAmounts(amounts)).toBe(total);
  });
});

test.each([
  ["0.00", true],
  ["-0.00", true],
  ["0", true],
  ["0.01", false],
  ["-10.00", false],
])("%s is nothing: %s", (amount, nothing) => {
  expect(isZero(amount)).toBe(nothing);
});
