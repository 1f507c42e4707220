import { expect, test } from "vitest";

import { waitAfter } from "./outcome-machine.ts";

test("waits follow the spacing, the last one repeats, with a random share and divided", () => {
  const spaced = { retrySpacingSeconds: [5, 30], retryJitter: 0.1 };

  const waits = [1, 2, 3].map((tries) =>
    waitAfter(tries, spaced, { random: 1, waitsDividedBy: 1 }),
  );

  expect(waits).toEqual([5.5, 33, 33]);
  expect(waitAfter(1, spaced, { random: 0, waitsDividedBy: 1000 })).toBe(0.005);
});
