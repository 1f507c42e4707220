/**
 * Holidays as data: a few kinds of rule, each giving at most one day a year.
 *
 * Calendars are versioned files under `calendars/`; a client adds closed days of its own.
 */
import { Temporal } from "temporal-polyfill";

import federalReserve from "./calendars/federal-reserve.json" with { type: "json" };
import target from "./calendars/target.json" with { type: "json" };

export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;

export type Weekday = (typeof WEEKDAYS)[number];

/** A day of a month, the nth weekday of a month (-1: the last), or so many days after Easter. */
export interface HolidayRule {
  readonly name: string;
  readonly month?: number;
  readonly day?: number;
  readonly weekday?: string;
  readonly nth?: number;
  readonly easter?: number;
  /** Where a holiday on a Sunday is kept. Absent: it is not moved. */
  readonly sunday?: string;
  /** Where a holiday on a Saturday is kept. Absent: it is not moved. */
  readonly saturday?: string;
  readonly from?: number;
  readonly until?: number;
}

export interface HolidayCalendar {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly source: string;
  readonly closedWeekdays: readonly string[];
  readonly holidays: readonly HolidayRule[];
}

export const HOLIDAY_CALENDARS: ReadonlyMap<string, HolidayCalendar> = new Map(
  [federalReserve as HolidayCalendar, target as HolidayCalendar].map((one) => [one.id, one]),
);

/** The day a rule closes in this year; null where it does not apply. */
export function holidayIn(year: number, rule: HolidayRule): Temporal.PlainDate | null {
  if (year < (rule.from ?? year) || year > (rule.until ?? year)) return null;
  if (rule.easter !== undefined) return easterSunday(year).add({ days: rule.easter });
  const { month = 1 } = rule;
  if (rule.weekday !== undefined) return nthWeekday(year, month, rule.weekday, rule.nth ?? 1);
  return moved(Temporal.PlainDate.from({ year, month, day: rule.day ?? 1 }), rule);
}

function moved(date: Temporal.PlainDate, rule: HolidayRule): Temporal.PlainDate {
  if (date.dayOfWeek === 7 && rule.sunday === "monday") return date.add({ days: 1 });
  if (date.dayOfWeek === 6 && rule.saturday === "friday") return date.subtract({ days: 1 });
  if (date.dayOfWeek === 6 && rule.saturday === "monday") return date.add({ days: 2 });
  return date;
}

function nthWeekday(year: number, month: number, weekday: string, nth: number): Temporal.PlainDate {
  const wanted = weekdayNumber(weekday);
  const first = Temporal.PlainDate.from({ year, month, day: 1 });
  if (nth > 0) {
    return first.add({ days: ((wanted - first.dayOfWeek + 7) % 7) + 7 * (nth - 1) });
  }
  const last = first.with({ day: first.daysInMonth });
  return last.subtract({ days: ((last.dayOfWeek - wanted + 7) % 7) + 7 * (-nth - 1) });
}

/** ISO number of a weekday, Monday 1 to Sunday 7; 0 for anything else. */
export function weekdayNumber(weekday: string): number {
  return WEEKDAYS.indexOf(weekday as Weekday) + 1;
}

/** Gregorian Easter Sunday, by the anonymous algorithm (Meeus, Jones, Butcher). */
export function easterSunday(year: number): Temporal.PlainDate {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const ofCentury = year % 100;
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30;
  const weekday =
    (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - epact - (ofCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const days = epact + weekday - 7 * late + 114;
  return Temporal.PlainDate.from({ year, month: Math.floor(days / 31), day: (days % 31) + 1 });
}
