/** Months of the calendar: whole weeks, whatever the month begins with. */
import { expect, test } from "vitest";

import { monthAfter, monthInWords, monthOf } from "./months.ts";

test("a month is whole weeks from Monday, with its own dates only", () => {
  const month = monthOf("2026-11", "2026-01-01");

  expect(month.first).toBe("2026-11-01");
  expect(month.last).toBe("2026-11-30");
  expect(month.weeks[0]).toEqual([null, null, null, null, null, null, "2026-11-01"]);
  expect(month.weeks.at(-1)).toEqual(["2026-11-30", null, null, null, null, null, null]);
  expect(month.weeks.flat().filter((date) => date !== null)).toHaveLength(30);
});

test("what is no month is the one of today, and years turn", () => {
  expect(monthOf("2026-13", "2028-02-29").last).toBe("2028-02-29");
  expect(monthAfter("2026-12", 1)).toBe("2027-01");
  expect(monthAfter("2026-01", -1)).toBe("2025-12");
  expect(monthInWords("2026-11")).toBe("November 2026");
});
