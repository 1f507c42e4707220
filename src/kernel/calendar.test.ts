import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";

import { businessCalendar } from "./calendar.ts";
import type { BusinessCalendar } from "./calendar.ts";
import { easterSunday } from "./holidays.ts";

const NEW_YORK = "America/New_York";
const federal = businessCalendar({ holidays: "federal-reserve", zone: NEW_YORK });
const closedFriday = businessCalendar({
  holidays: "federal-reserve",
  zone: NEW_YORK,
  closedDays: ["2026-07-03"],
});
const target = businessCalendar({ holidays: "target", zone: "Europe/Berlin" });

describe("Regulation E's clocks on the Federal Reserve calendar", () => {
  it.each([
    ["2026-06-29", "2026-07-13", "2026-07-27", "2026-08-13", "2026-09-27", "2026-07-14"],
    ["2026-10-10", "2026-10-26", "2026-11-09", "2026-11-24", "2027-01-08", "2026-10-26"],
    ["2026-11-16", "2026-12-01", "2026-12-15", "2026-12-31", "2027-02-14", "2026-12-01"],
    ["2026-12-18", "2027-01-05", "2027-01-20", "2027-02-01", "2027-03-18", "2027-01-05"],
  ])("counts from a notice received on %s", (received, ten, twenty, days45, days90, tenClosed) => {
    expect(federal.addBusinessDays(received, 10)).toBe(ten);
    expect(federal.addBusinessDays(received, 20)).toBe(twenty);
    expect(federal.addDays(received, 45)).toBe(days45);
    expect(federal.addDays(received, 90)).toBe(days90);
    expect(closedFriday.addBusinessDays(received, 10)).toBe(tenClosed);
  });

  it.each([
    ["2026-06-26", "2026-07-03", "2026-07-06"],
    ["2026-11-20", "2026-11-30", "2026-11-30"],
    ["2026-12-21", "2026-12-29", "2026-12-29"],
    ["2027-07-01", "2027-07-09", "2027-07-09"],
  ])("debits five business days after a notice sent on %s", (sent, debit, debitClosed) => {
    expect(federal.addBusinessDays(sent, 5)).toBe(debit);
    expect(closedFriday.addBusinessDays(sent, 5)).toBe(debitClosed);
  });

  it("stays open on the Friday before a Saturday holiday and closes after a Sunday one", () => {
    expect(federal.isBusinessDay("2026-07-03")).toBe(true);
    expect(federal.isBusinessDay("2027-12-24")).toBe(true);
    expect(federal.isBusinessDay("2027-12-31")).toBe(true);
    expect(federal.isBusinessDay("2027-07-05")).toBe(false);
    expect(federal.isBusinessDay("2023-01-02")).toBe(false);
  });
});

/** As published: the weekdays on which each is closed. */
const PUBLISHED: readonly (readonly [BusinessCalendar, number, string])[] = [
  [federal, 2024, "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25"],
  [federal, 2025, "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25"],
  [federal, 2026, "01-01 01-19 02-16 05-25 06-19 09-07 10-12 11-11 11-26 12-25"],
  [federal, 2027, "01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25"],
  [federal, 2028, "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-23 12-25"],
  [federal, 2021, "01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25"],
  [target, 2024, "01-01 03-29 04-01 05-01 12-25 12-26"],
  [target, 2025, "01-01 04-18 04-21 05-01 12-25 12-26"],
  [target, 2026, "01-01 04-03 04-06 05-01 12-25"],
  [target, 2027, "01-01 03-26 03-29"],
];

describe("holidays", () => {
  it.each(PUBLISHED)("of %o in %i are the published ones", (calendar, year, published) => {
    const closed = everyDay(year)
      .filter((date) => date.dayOfWeek <= 5 && !calendar.isBusinessDay(date.toString()))
      .map((date) => date.toString().slice(5));

    expect(closed.join(" ")).toBe(published);
  });

  it.each([
    [1961, "04-02"],
    [1999, "04-04"],
    [2000, "04-23"],
    [2008, "03-23"],
    [2011, "04-24"],
    [2019, "04-21"],
    [2026, "04-05"],
    [2038, "04-25"],
    [2049, "04-18"],
    [2076, "04-19"],
    [2285, "03-22"],
  ])("put Easter of %i on %s", (year, monthAndDay) => {
    expect(easterSunday(year).toString()).toBe(`${year}-${monthAndDay}`);
  });
});

/** The same questions answered day by day, from the published lists alone. */
function stepped(closedDates: ReadonlySet<string>, weekend: readonly number[]) {
  const isOpen = (date: Temporal.PlainDate): boolean =>
    !weekend.includes(date.dayOfWeek) && !closedDates.has(date.toString());
  return {
    isOpen,
    add(from: Temporal.PlainDate, count: number): string {
      const step = count < 0 ? -1 : 1;
      let date = from;
      for (let left = Math.abs(count); left > 0;) {
        date = date.add({ days: step });
        if (isOpen(date)) left -= 1;
      }
      return date.toString();
    },
  };
}

describe("a whole year, every day, against counting day by day", () => {
  const fromPublished = (of: BusinessCalendar): string[] =>
    PUBLISHED.filter(([calendar]) => calendar === of).flatMap(([, year, days]) =>
      days.split(" ").map((day) => `${year}-${day}`),
    );

  it.each([
    ["federal-reserve", NEW_YORK, [6, 7], fromPublished(federal), [] as string[]],
    ["federal-reserve", "Pacific/Honolulu", [6, 7], fromPublished(federal), ["2026-07-03"]],
    ["target", "Europe/Berlin", [6, 7], fromPublished(target), []],
    ["target", "Asia/Kathmandu", [6], fromPublished(target), ["2026-02-02", "2026-03-03"]],
  ])("%s in %s", (holidays, zone, weekend, published, closedDays) => {
    const calendar = businessCalendar({
      holidays,
      zone,
      closedDays,
      closedWeekdays: weekend.map((day) => (day === 6 ? "saturday" : "sunday")),
    });
    const oracle = stepped(new Set([...published, ...closedDays]), weekend);

    for (const date of everyDay(2026).slice(40, 340)) {
      expect(calendar.isBusinessDay(date.toString()), date.toString()).toBe(oracle.isOpen(date));
      for (const count of [-11, -1, 1, 2, 5, 10, 20]) {
        const expected = oracle.add(date, count);
        expect(
          calendar.addBusinessDays(date.toString(), count),
          `${date.toString()} ${count}`,
        ).toBe(expected);
      }
    }
  });

  it.each([
    NEW_YORK,
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "America/St_Johns",
  ])("dates of instants in %s are the zone's own", (zone) => {
    const calendar = businessCalendar({ holidays: "target", zone });
    const start = Temporal.Instant.from("2011-12-20T00:07:00Z");

    for (let step = 0; step < 3000; step += 1) {
      const instant = start.add({ minutes: step * 61 });
      const expected = instant.toZonedDateTimeISO(zone).toPlainDate().toString();
      expect(calendar.dateOf(instant)).toBe(expected);
      expect(calendar.dateOf(instant.add({ seconds: 1 }))).toBe(
        instant.add({ seconds: 1 }).toZonedDateTimeISO(zone).toPlainDate().toString(),
      );
    }
  });
});

describe("a holiday calendar of one's own", () => {
  it("may move holidays off Saturdays, into the year before as well", () => {
    const offices = {
      id: "offices",
      version: "1",
      title: "Government offices",
      source: "5 U.S.C. 6103(b)",
      closedWeekdays: ["saturday", "sunday"],
      holidays: [
        { name: "New Year's Day", month: 1, day: 1, saturday: "friday" },
        { name: "Year's end", month: 12, day: 31, saturday: "monday" },
        { name: "For a while", month: 3, day: 3, from: 2024, until: 2025 },
      ],
    };
    const calendar = businessCalendar(
      { holidays: "offices", zone: NEW_YORK },
      new Map([["offices", offices]]),
    );
    const closed = (date: string): boolean => !calendar.isBusinessDay(date);

    expect(closed("2021-12-31")).toBe(true);
    expect(closed("2020-12-31")).toBe(true);
    expect(closed("2023-01-02")).toBe(true);
    expect(closed("2023-01-03")).toBe(false);
    expect(["2023-03-03", "2025-03-03", "2026-03-03"].map(closed)).toEqual([false, true, false]);
    expect(calendar.version).toBe("1");
  });
});

describe("counting", () => {
  const days = fc.integer({ min: 0, max: 60_000 });
  const dateAt = (day: number): string =>
    Temporal.PlainDate.from("1970-01-01").add({ days: day }).toString();

  it("between two dates is what adding goes back and forth", () => {
    fc.assert(
      fc.property(days, fc.integer({ min: -900, max: 900 }), (day, count) => {
        const date = dateAt(day);
        const there = federal.addBusinessDays(date, count);

        expect(federal.businessDaysBetween(date, there)).toBe(count);
        if (count !== 0) expect(federal.isBusinessDay(there)).toBe(true);
      }),
    );
  });

  it("takes a closed day on to the next open one and leaves an open one", () => {
    expect(federal.businessDayOnOrAfter("2026-11-26")).toBe("2026-11-27");
    expect(federal.businessDayOnOrAfter("2026-11-27")).toBe("2026-11-27");
    expect(federal.nextBusinessDay("2026-11-27")).toBe("2026-11-30");
    expect(federal.addBusinessDays("2026-11-28", 0)).toBe("2026-11-28");
    expect(federal.businessDaysBetween("2026-11-27", "2026-11-29")).toBe(0);
    expect(federal.businessDaysBetween("2026-11-29", "2026-11-28")).toBe(0);
  });

  it("opens a day that the institution keeps open", () => {
    const open = businessCalendar({
      holidays: "federal-reserve",
      zone: NEW_YORK,
      openDays: ["2026-10-12"],
    });

    expect(open.nextBusinessDay("2026-10-09")).toBe("2026-10-12");
  });

  it("crosses years in both directions", () => {
    let stepped = "2026-06-15";
    for (let step = 0; step < 2510; step += 1) stepped = federal.nextBusinessDay(stepped);

    expect(stepped.slice(0, 4)).toBe("2036");
    expect(federal.addBusinessDays("2026-06-15", 2510)).toBe(stepped);
    expect(federal.addBusinessDays(stepped, -2510)).toBe("2026-06-15");
  });
});

describe("bad input", () => {
  it.each(["2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "26-01-01", "1899-12-31", "x"])(
    "refuses the date %s",
    (date) => {
      expect(() => federal.isBusinessDay(date)).toThrowError(
        expect.objectContaining({ code: "date-invalid" }),
      );
    },
  );

  it.each([
    [{ holidays: "lunar", zone: NEW_YORK }, "lunar is not one of federal-reserve, target"],
    [{ holidays: "target", zone: "Mars/Olympus" }, "Mars/Olympus is not an IANA time zone"],
    [
      { holidays: "target", zone: NEW_YORK, closedDays: ["2026-02-30"] },
      "2026-02-30 is not a date",
    ],
  ])("refuses the settings %o", (settings, reason) => {
    expect(() => businessCalendar(settings)).toThrowError(
      expect.objectContaining({
        code: "configuration-invalid",
        message: expect.stringContaining(reason),
      }),
    );
  });
});

function everyDay(year: number): Temporal.PlainDate[] {
  const first = Temporal.PlainDate.from({ year, month: 1, day: 1 });
  return Array.from({ length: first.daysInYear }, (_, index) => first.add({ days: index }));
}
