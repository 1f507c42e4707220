/**
 * The days of the clocks against the reference's test vectors, and a year of receipts over three
 * calendars and two zones against a count that steps through the days and knows no calendar.
 */
import { Temporal } from "temporal-polyfill";

import { describe, expect, test } from "vitest";

import { clockOf, FED } from "../../../test/support/clock-cases.ts";
import type { CalendarSettings } from "../../kernel/calendar.ts";
import { businessCalendar } from "../../kernel/calendar.ts";

const CLOSED_FRIDAY = businessCalendar({ ...FED, closedDays: ["2026-07-03"] });

describe("the test vectors of the reference, b.1", () => {
  const vectors = [
    ["2026-06-29", "2026-07-13", "2026-07-27", "2026-08-13", "2026-09-27", "2026-07-14"],
    ["2026-10-10", "2026-10-26", "2026-11-09", "2026-11-24", "2027-01-08", "2026-10-26"],
    ["2026-11-16", "2026-12-01", "2026-12-15", "2026-12-31", "2027-02-14", "2026-12-01"],
    ["2026-12-18", "2027-01-05", "2027-01-20", "2027-02-01", "2027-03-18", "2027-01-05"],
  ] as const;

  test.each(vectors)(
    "a notice of %s: 10 business days %s, 20 %s, 45 days %s, 90 %s; closed on a Friday %s",
    (noticeReceivedOn, ten, twenty, fortyFive, ninety, closedFriday) => {
      const due = (id: string, facts: Record<string, unknown>, calendar = businessCalendar(FED)) =>
        clockOf(id, { facts: { noticeReceivedOn, ...facts }, calendar }).dueOn;

      expect(due("regEProvisionalCredit", {})).toBe(ten);
      expect(due("regEProvisionalCredit", { newAccount: true })).toBe(twenty);
      expect(due("regEInvestigation", {})).toBe(fortyFive);
      expect(due("regEInvestigation", { pointOfSale: true })).toBe(ninety);
      expect(due("regEProvisionalCredit", {}, CLOSED_FRIDAY)).toBe(closedFriday);
    },
  );

  test.each([
    ["2026-06-26", "2026-07-03", "2026-07-06"],
    ["2026-11-20", "2026-11-30", "2026-11-30"],
    ["2026-12-21", "2026-12-29", "2026-12-29"],
    ["2027-07-01", "2027-07-09", "2027-07-09"],
  ])(
    "a reversal notice of %s: earliest debit %s, closed on that Friday %s",
    (sent, open, closed) => {
      expect(businessCalendar(FED).addBusinessDays(sent, 5)).toBe(open);
      expect(CLOSED_FRIDAY.addBusinessDays(sent, 5)).toBe(closed);
    },
  );
});

/** The Fed's and TARGET's closing days written out, as nobody computes them here. */
const FED_DAYS = `2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-04 2026-09-07
  2026-10-12
  2026-11-11 2026-11-26 2026-12-25 2027-01-01 2027-01-18 2027-02-15 2027-05-31 2027-07-05`;
const TARGET_DAYS = `2026-01-01 2026-04-03 2026-04-06 2026-05-01 2026-12-25 2026-12-26 2027-01-01
  2027-03-26 2027-03-29 2027-05-01`;

interface Institution {
  readonly name: string;
  readonly settings: CalendarSettings;
  readonly closed: ReadonlySet<string>;
  readonly weekend: readonly number[];
  readonly open: readonly string[];
}

const words = (text: string): string[] => text.split(/\s+/);

const INSTITUTIONS: readonly Institution[] = ["America/New_York", "Pacific/Auckland"].flatMap(
  (zone) => [
    {
      name: `Federal Reserve in ${zone}`,
      settings: { holidays: "federal-reserve", zone },
      closed: new Set(words(FED_DAYS)),
      weekend: [6, 0],
      open: [],
    },
    {
      name: `TARGET in ${zone}`,
      settings: { holidays: "target", zone },
      closed: new Set(words(TARGET_DAYS)),
      weekend: [6, 0],
      open: [],
    },
    {
      name: `six days a week with days of its own in ${zone}`,
      settings: {
        holidays: "federal-reserve",
        zone,
        closedWeekdays: ["sunday"],
        closedDays: ["2026-07-03", "2026-12-24"],
        openDays: ["2026-11-11"],
      },
      closed: new Set([...words(FED_DAYS), "2026-07-03", "2026-12-24"]),
      weekend: [0],
      open: ["2026-11-11"],
    },
  ],
);

/** Days since 1970 by plain arithmetic, so that no library counts for both sides. */
function numberOf(date: string): number {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leaps + dayOfYear - 719_468;
}

function dateOf(number: number): string {
  const shifted = number + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - (365 * yearOfEra + leaps);
  const part = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * part + 2) / 5) + 1;
  const month = part < 10 ? part + 3 : part - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

function isOpen(number: number, { weekend, closed, open }: Institution): boolean {
  const date = dateOf(number);
  // 1970-01-01 was a Thursday.
  const weekday = (((number + 4) % 7) + 7) % 7;
  return open.includes(date) || (!weekend.includes(weekday) && !closed.has(date));
}

function stepBusiness(from: string, count: number, bank: Institution): string {
  let number = numberOf(from);
  for (let left = count; left > 0;) {
    number += 1;
    if (isOpen(number, bank)) left -= 1;
  }
  return dateOf(number);
}

function stepBack(from: string, count: number, bank: Institution): string {
  let number = numberOf(from);
  for (let left = count; left > 0;) {
    number -= 1;
    if (isOpen(number, bank)) left -= 1;
  }
  return dateOf(number);
}

/** Hours that each zone is from UTC over 2026, by its own rules written out. */
function offsetHours(zone: string, utc: string): number {
  if (zone === "America/New_York") {
    return utc >= "2026-03-08T07:00" && utc < "2026-11-01T06:00" ? -4 : -5;
  }
  const standard = utc >= "2026-04-04T14:00" && utc < "2026-09-26T14:00";
  return standard ? 12 : 13;
}

/** The date on the wall at an instant `minutes` after 2026-01-01T00:00Z. */
function wallDate(zone: string, minutes: number): string {
  const base = numberOf("2026-01-01") * 1440;
  const text = (total: number): string => {
    const inDay = total % 1440;
    const hour = String(Math.floor(inDay / 60)).padStart(2, "0");
    return `${dateOf(Math.floor(total / 1440))}T${hour}:${String(inDay % 60).padStart(2, "0")}`;
  };
  const total = base + minutes;
  return text(total + offsetHours(zone, text(total)) * 60).slice(0, 10);
}

const DAYS_OF_YEAR = Array.from({ length: 365 }, (_, index) => index);

describe("a year of days, three calendars, two zones, against stepping through the days", () => {
  test.each(INSTITUTIONS)("$name: every length from every day", (bank) => {
    const calendar = businessCalendar(bank.settings);
    for (const index of DAYS_OF_YEAR) {
      const on = dateOf(numberOf("2026-01-01") + index);
      const read = (id: string, facts: Record<string, unknown> = {}) =>
        clockOf(id, { calendar, facts: { noticeReceivedOn: on, ...facts }, today: on });
      const ten = read("regEProvisionalCredit");
      const calendarDays = (days: number): string => dateOf(numberOf(on) + days);

      expect(ten.dueOn, on).toBe(stepBusiness(on, 10, bank));
      expect(ten.warnOn, on).toBe(stepBack(ten.dueOn as string, 3, bank));
      expect(read("regEProvisionalCredit", { newAccount: true }).dueOn, on).toBe(
        stepBusiness(on, 20, bank),
      );
      expect(read("regEInvestigation").dueOn, on).toBe(calendarDays(45));
      expect(read("regEInvestigation", { outOfState: true }).dueOn, on).toBe(calendarDays(90));
      expect(read("regZAcknowledge", { regulation: "Z" }).dueOn, on).toBe(calendarDays(30));
      expect(read("regZResolve", { regulation: "Z" }).dueOn, on).toBe(calendarDays(90));
      expect(read("regECorrect", { errorDeterminedOn: on }).dueOn, on).toBe(
        stepBusiness(on, 1, bank),
      );
      expect(read("regEReportResults", { errorDeterminedOn: on }).dueOn, on).toBe(
        stepBusiness(on, 3, bank),
      );
      expect(read("nachaReturn", { claimType: "ACH", settledOn: on }).dueOn, on).toBe(
        stepBusiness(calendarDays(60), 1, bank),
      );
    }
  });

  test.each(INSTITUTIONS)("$name: the day of receipt, around each midnight of the year", (bank) => {
    const { zone } = bank.settings;
    const calendar = businessCalendar(bank.settings);
    const start = Temporal.Instant.from("2026-01-01T00:00:00Z");
    let days = 0;
    for (let minutes = 0; minutes < 365 * 1440; minutes += 15) {
      const expected = wallDate(zone, minutes);
      const before = minutes === 0 ? null : wallDate(zone, minutes - 1);
      if (before === expected) continue;
      days += 1;
      const at = start.add({ minutes });
      const instants = [at.subtract({ seconds: 1 }), at, at.add({ seconds: 1 })];
      const received = instants.map((instant) => calendar.dateOf(instant));

      expect(received.slice(1)).toEqual([expected, expected]);
      if (before !== null) expect(received[0]).toBe(before);
      for (const noticeReceivedOn of received) {
        const { dueOn } = clockOf("regEProvisionalCredit", {
          calendar,
          facts: { noticeReceivedOn },
          today: noticeReceivedOn,
        });
        expect(dueOn).toBe(stepBusiness(noticeReceivedOn, 10, bank));
      }
    }
    expect(days).toBeGreaterThanOrEqual(365);
  });

  test.each([
    ["America/New_York", "2026-03-08"],
    ["America/New_York", "2026-11-01"],
    ["Pacific/Auckland", "2026-04-05"],
    ["Pacific/Auckland", "2026-09-27"],
  ])("%s: on %s the clocks change; all its hours are one day of receipt", (zone, day) => {
    const bank = INSTITUTIONS.find((one) => one.settings.zone === zone) as Institution;
    const calendar = businessCalendar(bank.settings);
    const from = Temporal.PlainDate.from(day).toZonedDateTime(zone).toInstant();
    const hours = day === "2026-03-08" || day === "2026-09-27" ? 23 : 25;
    const inside = Array.from({ length: hours * 60 }, (_, minutes) => from.add({ minutes }));

    expect(new Set(inside.map((instant) => calendar.dateOf(instant)))).toEqual(new Set([day]));
    expect(calendar.dateOf(from.add({ hours }))).not.toBe(day);
    expect(calendar.dateOf(from.subtract({ nanoseconds: 1 }))).not.toBe(day);
  });
});
