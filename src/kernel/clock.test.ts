/** The machine's clock: never behind, whatever it remembers. */
import { expect, test } from "vitest";

import { dateOf, systemClock } from "./clock.ts";

test("the machine's clock moves on with every millisecond", async () => {
  const before = systemClock.now();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const after = systemClock.now();

  expect(after.epochMilliseconds - before.epochMilliseconds).toBeGreaterThanOrEqual(4);
});

test("it says what the machine says", () => {
  const said = Array.from({ length: 1000 }, () => {
    const earliest = performance.timeOrigin + performance.now();
    return dateOf(systemClock.now()).getTime() - earliest;
  });

  expect(Math.max(...said.map(Math.abs))).toBeLessThan(100);
});
