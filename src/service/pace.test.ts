/** The rate of a service: never more in any second, and not much less either. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Pace } from "./pace.ts";
import { callsAllowed, paceAfter, paceAt } from "./pace.ts";

/** Takes all it may at each moment; answers the moments of the calls. */
function callsAt(moments: readonly number[], ratePerSecond: number): number[] {
  let pace: Pace | null = null;
  const calls: number[] = [];
  for (const now of moments) {
    const counted: Pace = paceAt(pace, now, ratePerSecond);
    const allowed = callsAllowed(counted);
    for (let call = 0; call < allowed; call += 1) calls.push(now);
    pace = paceAfter(counted, allowed);
  }
  return calls;
}

function mostInASecond(calls: readonly number[]): number {
  return Math.max(
    0,
    ...calls.map((from) => calls.filter((at) => at >= from && at < from + 1000).length),
  );
}

describe("the pace of a service", () => {
  test("no second has more calls than the rate, whenever they are asked for", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 60 }),
        (rate, waits) => {
          let now = 0;
          const moments = waits.map((wait) => (now += wait));

          expect(mostInASecond(callsAt(moments, rate))).toBeLessThanOrEqual(rate);
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([1, 5, 50, 500])("at %i a second a minute brings nine in ten of its calls", (rate) => {
    const moments = Array.from({ length: 6001 }, (_, index) => index * 10);

    const calls = callsAt(moments, rate).length;

    expect(calls).toBeGreaterThanOrEqual(rate * 60 * 0.89);
    expect(calls).toBeLessThanOrEqual(rate * 60 + 1);
  });

  test("a clock that goes back earns nothing", () => {
    expect(callsAt([1000, 0, 500, 999], 5)).toEqual([1000]);
  });
});
