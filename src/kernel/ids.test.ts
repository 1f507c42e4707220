/** Ids taken at once are what ids taken one by one are: whole, distinct, in order. */
import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";

import { manualClock } from "./clock.ts";
import { UUID, uuids } from "./ids.ts";

const clock = manualClock(Temporal.Instant.from("2026-11-16T15:00:00Z"));

test.each([1, 3, 5, 600, 5000])("%i taken at once are whole, distinct and in order", (count) => {
  const taken = uuids(clock).take(count);

  expect(taken).toHaveLength(count);
  expect(taken.filter((id) => !UUID.test(id))).toEqual([]);
  expect(taken.toSorted()).toEqual(taken);
  expect(new Set(taken).size).toBe(count);
});

test("a source that gives fewer bytes than were asked for is refused, not patched up", () => {
  const ids = uuids(clock, () => new Uint8Array(8));

  expect(ids.next()).toMatch(UUID);
  expect(() => ids.take(2)).toThrow("as many bytes as were asked for");
});
