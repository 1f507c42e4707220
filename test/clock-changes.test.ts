/**
 * Days and times around clock changes, in zones with odd offsets and odd hours of change, against a
 * computation that shares nothing with ours: every minute, as Intl reads it.
 */
import { Temporal } from "temporal-polyfill";

import { describe, expect, test } from "vitest";

import { nextOccurrence, occurrencesBetween } from "../src/batch/cut-offs.ts";
import { assignmentTermsFrom, endOfDay } from "../src/work/assignment-terms.ts";
import { businessCalendar } from "../src/kernel/calendar.ts";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** Zone, and a date near each change that is looked at. */
const CHANGES: readonly (readonly [zone: string, ...dates: string[]])[] = [
  ["America/New_York", "2026-11-01", "2027-03-14"],
  ["Europe/London", "2026-10-25", "2027-03-28"],
  // Half an hour.
  ["Australia/Lord_Howe", "2026-10-04", "2027-04-04"],
  ["Asia/Kathmandu", "2026-11-16"],
  ["Pacific/Chatham", "2026-09-27", "2027-04-04"],
  // At midnight: a day without its first hour, or with two of them.
  ["America/Havana", "2026-11-01", "2027-03-14"],
  ["Asia/Beirut", "2026-10-25", "2027-03-28"],
  ["Africa/Cairo", "2026-10-29", "2027-04-30"],
  ["America/Santiago", "2026-09-06", "2027-04-04"],
  // Over midnight: the last hour of a day is skipped, or comes twice.
  ["America/Nuuk", "2026-10-25", "2027-03-28"],
  // At a minute past midnight: the day before comes back.
  ["America/St_Johns", "2010-11-07", "2010-03-14"],
];

const cases = CHANGES.flatMap(([zone, ...dates]) => dates.map((date) => ({ zone, date })));

interface Reading {
  readonly date: string;
  readonly time: string;
}

function reader(zone: string): (at: number) => Reading {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  });
  return (at) => {
    const [date = "", time = ""] = format.format(at).split(" ");
    return { date, time };
  };
}

/** Every minute of the days around a date, as the zone reads it. */
function minutesAround(zone: string, date: string): { at: number; read: Reading }[] {
  const read = reader(zone);
  const middle = millisecondsOf(`${date}T12:00Z`);
  const minutes = [];
  for (let at = middle - 3 * DAY; at < middle + 3 * DAY; at += MINUTE) {
    minutes.push({ at, read: read(at) });
  }
  return minutes;
}

const near = (date: string, days: number): string =>
  Temporal.PlainDate.from(date).add({ days }).toString();

describe.each(cases)("$zone around $date", ({ zone, date }) => {
  const calendar = businessCalendar({ holidays: "federal-reserve", zone });
  const minutes = minutesAround(zone, date);
  const firstAfter = (day: string): number =>
    minutes.find(({ read }) => read.date > day)?.at ?? Number.NaN;

  test("every minute has its date, in whatever order it is asked for", () => {
    const wrong = [...minutes, ...minutes.toReversed()].filter(
      ({ at, read }) =>
        calendar.dateOf(Temporal.Instant.fromEpochMilliseconds(at + 1)) !== read.date,
    );

    expect(wrong).toEqual([]);
  });

  test("a day ends with the first instant of the next", () => {
    for (const days of [-2, -1, 0, 1]) {
      const day = near(date, days);
      expect([day, endOfDay(day, calendar).epochMilliseconds]).toEqual([day, firstAfter(day)]);
    }
  });

  test("goals count hours as they pass, deadlines count days as they are read", () => {
    const termsOf = assignmentTermsFrom({
      calendarOf: () => calendar,
      slaOf: () => ({
        goal: { from: "opening", minutes: 26 * 60 },
        deadline: { from: "opening", calendarDays: 1 },
        urgency: { base: 10, atGoal: 1, atDeadline: 1, afterDeadline: 1, afterDeadlineHours: 24 },
        repeatBusinessDays: null,
        actions: { goal: [], deadline: [], passedDeadline: [] },
      }),
    });
    for (const { at, read } of minutes.slice(DAY / MINUTE, 4 * (DAY / MINUTE)).filter(every(97))) {
      const { goalAt, deadlineAt } = termsOf({
        clientId: "a",
        type: "Execute Accounting Assignment",
        claimType: "Card",
        openedAt: Temporal.Instant.fromEpochMilliseconds(at).toString(),
        plannedPostingDate: read.date,
      });

      expect(millisecondsOf(goalAt)).toBe(at + 26 * 60 * MINUTE);
      expect(millisecondsOf(deadlineAt)).toBe(firstAfter(near(read.date, 1)));
    }
  });

  test("each day has each cut-off once, at its time where there is one", () => {
    for (const time of ["00:00", "00:30", "01:30", "01:45", "02:15", "02:45", "23:30"]) {
      const cutOff = { name: "cut", time, days: "every" as const };
      const profile = { cutOffs: [cutOff], postingDate: { businessDaysAfter: 0 } };
      const from = Temporal.Instant.fromEpochMilliseconds(minutes[0]?.at ?? 0);
      const to = Temporal.Instant.fromEpochMilliseconds(minutes.at(-1)?.at ?? 0);
      const found = occurrencesBetween(profile, calendar, from, to);

      for (const days of [-1, 0, 1]) {
        const day = near(date, days);
        const [one, ...more] = found.filter(({ businessDate }) => businessDate === day);
        const read = minutes.find(({ read }) => read.date === day && read.time === time);
        expect(more).toEqual([]);
        const cutAt = millisecondsOf(one?.cutAt);
        // What the clocks skip comes after the change, within the hour.
        if (read === undefined) {
          const skipped = `${day} ${time}`;
          const after = minutes.find(({ read }) => `${read.date} ${read.time}` > skipped)?.at ?? 0;
          expect(cutAt - after).toBeGreaterThanOrEqual(0);
          expect(cutAt - after).toBeLessThan(60 * MINUTE);
        } else expect([day, time, cutAt]).toEqual([day, time, read.at]);
        // Whatever is pending just before it leaves with it, not a day later.
        const before = Temporal.Instant.fromEpochMilliseconds(cutAt - MINUTE);
        expect(nextOccurrence(profile, calendar, before)).toMatchObject({ businessDate: day });
      }
    }
  });
});

function millisecondsOf(instant: string | null | undefined): number {
  return Temporal.Instant.from(instant ?? "").epochMilliseconds;
}

function every(count: number): (_: unknown, index: number) => boolean {
  return (_, index) => index % count === 0;
}
