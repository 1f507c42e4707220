/** How many calls are taken ahead, and what becomes of those that wait. */
import { describe, expect, test } from "vitest";

import { openRunway } from "./runway.ts";

const LIMITS = { concurrency: 64, ratePerSecond: null };

function flown(latencyMilliseconds: number) {
  const runway = openRunway<number>();
  runway.add([0], 0);
  runway.departures(LIMITS.concurrency);
  runway.landed(latencyMilliseconds);
  return runway;
}

describe("room", () => {
  test("before the first answer nothing is taken ahead", () => {
    expect(openRunway<number>().room(LIMITS)).toBe(64);
  });

  test("of a fast service: as much as leaves in a moment, eight times concurrency at most", () => {
    expect(flown(1).room(LIMITS)).toBe(64 + 4 * 512);
    expect(flown(25).room(LIMITS)).toBe(64 + 4 * 204);
  });

  test("of a slow service: next to nothing", () => {
    expect(flown(5_000).room(LIMITS)).toBe(64 + 4 * 1);
  });

  test("a rate is kept by taking one by one", () => {
    expect(flown(1).room({ ...LIMITS, ratePerSecond: 100 })).toBe(64);
  });
});

describe("departures", () => {
  test("never more under way than the service takes at once; the first taken leaves first", () => {
    const runway = flown(1);
    runway.add([1, 2, 3, 4, 5], 0);

    expect(runway.departures(3)).toEqual([1, 2, 3]);
    expect(runway.departures(3)).toEqual([]);
    runway.landed(1);
    expect(runway.departures(3)).toEqual([4]);
  });

  test("what waits is taken back once, and none of it leaves", () => {
    const runway = flown(1);
    runway.add([1, 2, 3], 0);
    runway.departures(1);

    expect(runway.cleared()).toEqual([2, 3]);
    runway.landed(1);
    expect(runway.departures(3)).toEqual([]);
    expect(runway.cleared()).toEqual([]);
  });
});

test("it is well filled while more waits than leaves in a moment", () => {
  const runway = flown(1);
  runway.add(
    Array.from({ length: 64 + 513 }, (_, index) => index),
    0,
  );
  runway.departures(64);

  expect(runway.isWellFilled(LIMITS)).toBe(true);
  runway.landed(1);
  runway.departures(64);
  expect(runway.isWellFilled(LIMITS)).toBe(false);
});

test("what is being taken counts as waiting, until it has come or has not", () => {
  const runway = flown(1);
  runway.expects(513);
  expect(runway.isWellFilled(LIMITS)).toBe(true);

  runway.add([1, 2], 513);

  expect(runway.isWellFilled(LIMITS)).toBe(false);
});
