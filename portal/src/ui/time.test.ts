import { describe, expect, test } from "vitest";

import { ago, countdown, dayIn, showInstant, timeLeft, withInstants } from "./time.ts";

const NOW = Date.parse("2026-11-16T15:00:00Z");

describe("time left", () => {
  test.each([
    ["2026-11-16T15:20:00Z", "20 min left", "soon"],
    ["2026-11-16T18:59:00Z", "4 h left", "soon"],
    ["2026-11-16T19:00:00Z", "4 h left", "later"],
    ["2026-11-18T14:00:00Z", "47 h left", "later"],
    ["2026-11-20T15:00:00Z", "4 d left", "later"],
    ["2026-11-16T14:59:50Z", "1 min overdue", "overdue"],
    ["2026-11-13T15:00:00Z", "3 d overdue", "overdue"],
  ])("until %s is %s, %s", (instant, words, lateness) => {
    expect(timeLeft(instant, NOW)).toEqual({ words, lateness });
  });

  test("without a goal there is none", () => {
    expect(timeLeft(null, NOW)).toEqual({ words: "no date", lateness: "none" });
  });
});

test.each([
  ["2026-11-16T14:59:30Z", "just now"],
  ["2026-11-16T14:50:00Z", "10 min ago"],
  ["2026-11-14T15:00:00Z", "2 d ago"],
])("%s was %s", (instant, words) => {
  expect(ago(instant, NOW)).toBe(words);
});

test.each([
  ["2026-11-16T15:00:30Z", "in 1 min"],
  ["2026-11-16T18:20:00Z", "in 3 h 20 min"],
  ["2026-11-19T15:00:00Z", "in 3 d"],
  ["2026-11-16T15:00:00Z", "due now"],
])("a window at %s closes %s", (instant, words) => {
  expect(countdown(instant, NOW)).toBe(words);
});

test("instants within words are shown as those beside them", () => {
  const [one, other] = ["2026-11-16T15:03:01Z", "2026-11-16T15:04:05.123456Z"] as const;

  expect(withInstants(`it left at ${one}, came at ${other}; file-2026-11-16-1.txt`)).toBe(
    `it left at ${showInstant(one)}, came at ${showInstant(other)}; file-2026-11-16-1.txt`,
  );
});

test.each([
  ["America/New_York", "2026-11-16"],
  ["Pacific/Kiritimati", "2026-11-17"],
])("in %s it is %s", (zone, day) => {
  expect(dayIn(NOW, zone)).toBe(day);
});
