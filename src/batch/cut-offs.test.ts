import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";

import { businessCalendar } from "../kernel/calendar.ts";
import type { Occurrence } from "./cut-offs.ts";
import { nextOccurrence, occurrencesBetween, postingDateOf } from "./cut-offs.ts";
import type { BatchProfile } from "./profile.ts";

const NEW_YORK = businessCalendar({ holidays: "federal-reserve", zone: "America/New_York" });

function profile(
  cutOffs: Partial<BatchProfile["cutOffs"][number]>[],
  businessDaysAfter = 0,
): Pick<BatchProfile, "cutOffs" | "postingDate"> {
  return {
    cutOffs: cutOffs.map((one) => ({ name: "endOfDay", time: "18:00", days: "business", ...one })),
    postingDate: { businessDaysAfter },
  };
}

function between(cutting: ReturnType<typeof profile>, after: string, until: string): Occurrence[] {
  return occurrencesBetween(
    cutting,
    NEW_YORK,
    Temporal.Instant.from(after),
    Temporal.Instant.from(until),
  );
}

test("business days have a window, weekends and holidays none", () => {
  // Thanksgiving is Thursday the 26th.
  const windows = between(profile([{}]), "2026-11-24T12:00:00Z", "2026-12-01T12:00:00Z");

  expect(windows.map((one) => one.businessDate)).toEqual([
    "2026-11-24",
    "2026-11-25",
    "2026-11-27",
    "2026-11-30",
  ]);
  expect(windows[0]).toEqual({
    businessDate: "2026-11-24",
    cutOff: "endOfDay",
    cutAt: "2026-11-24T23:00:00Z",
    postingDate: "2026-11-24",
  });
});

test("several cut-offs of a day come in order of time, each in its own zone", () => {
  const windows = between(
    profile([{ name: "evening" }, { name: "london", time: "17:30", zone: "Europe/London" }]),
    "2026-11-24T00:00:00Z",
    "2026-11-24T23:59:00Z",
  );

  expect(windows.map((one) => [one.cutOff, one.cutAt])).toEqual([
    ["london", "2026-11-24T17:30:00Z"],
    ["evening", "2026-11-24T23:00:00Z"],
  ]);
});

test.each([
  // Clocks go forward at 02:00 on 8 March 2026: 02:30 does not exist.
  ["skipped", "2026-03-08", "2026-03-08T07:30:00Z"],
  // Clocks go back at 02:00 on 1 November 2026: 01:30 exists twice, the first counts.
  ["repeated", "2026-11-01", "2026-11-01T05:30:00Z"],
])("on a clock-change day a %s time is one window", (kind, date, cutAt) => {
  const time = kind === "skipped" ? "02:30" : "01:30";
  const day = Temporal.PlainDate.from(date);

  const windows = between(
    profile([{ time, days: "every" }]),
    `${day.subtract({ days: 1 }).toString()}T12:00:00Z`,
    `${day.toString()}T20:00:00Z`,
  );

  expect(windows.map((one) => one.cutAt)).toEqual([cutAt]);
});

test("what becomes pending at the cut-off leaves with it, an instant later with the next", () => {
  const next = (at: string): string | undefined =>
    nextOccurrence(profile([{}]), NEW_YORK, Temporal.Instant.from(at))?.cutAt;

  expect(next("2026-11-25T23:00:00Z")).toBe("2026-11-25T23:00:00Z");
  // Thursday is a holiday.
  expect(next("2026-11-25T23:00:00.000000001Z")).toBe("2026-11-27T23:00:00Z");
});

test("a profile without a cut-off has no next window", () => {
  const next = nextOccurrence(profile([]), NEW_YORK, Temporal.Instant.from("2026-11-25T23:00:00Z"));

  expect(next).toBeNull();
});

test.each([
  ["2026-11-25", 0, "2026-11-25"],
  ["2026-11-25", 1, "2026-11-27"],
  ["2026-11-28", 0, "2026-11-30"],
  ["2026-11-28", 1, "2026-12-01"],
])("cut for %s, posted %i business days after: %s", (businessDate, after, expected) => {
  const date = postingDateOf(profile([], after), NEW_YORK, businessDate);

  expect(date).toBe(expected);
});

test("windows of touching spans are found once", () => {
  const cutting = profile([{ time: "12:00" }, { name: "late", time: "23:30" }]);
  const middle = "2026-11-25T17:00:00Z";

  const whole = between(cutting, "2026-11-23T00:00:00Z", "2026-12-02T00:00:00Z");
  const parts = [
    ...between(cutting, "2026-11-23T00:00:00Z", middle),
    ...between(cutting, middle, "2026-12-02T00:00:00Z"),
  ];

  expect(parts).toEqual(whole);
});
