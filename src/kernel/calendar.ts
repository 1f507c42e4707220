/**
 * The business calendar of a client: its zone, weekly closing days, holidays, own closed days.
 *
 * A business day is the institution's own (12 CFR 1005.2(d)), so nothing here knows "the"
 * holidays: they are data. Dates are `YYYY-MM-DD`; the day something starts is never counted.
 * A year is computed once, with Temporal; after that every question is a look-up.
 */
import { Temporal } from "temporal-polyfill";

import { Failure } from "./failure.ts";
import { HOLIDAY_CALENDARS, holidayIn, weekdayNumber } from "./holidays.ts";
import type { HolidayCalendar, Weekday } from "./holidays.ts";

export interface CalendarSettings {
  /** Id of a holiday calendar: `federal-reserve`, `target`. */
  readonly holidays: string;
  /** IANA time zone. */
  readonly zone: string;
  /** Weekly closing days; those of the holiday calendar when left out. */
  readonly closedWeekdays?: readonly Weekday[];
  /** Days the institution is closed besides, `YYYY-MM-DD`. */
  readonly closedDays?: readonly string[];
  /** Days it is open although the calendar says closed. */
  readonly openDays?: readonly string[];
}

export interface BusinessCalendar {
  readonly id: string;
  /** Of the holiday data. */
  readonly version: string;
  readonly zone: string;
  isBusinessDay(date: string): boolean;
  /**
   * The nth business day after the date, which itself is not counted; before it for a negative
   * count. 0 is the date itself, open or not.
   */
  addBusinessDays(date: string, count: number): string;
  /** The first business day after the date. */
  nextBusinessDay(date: string): string;
  /** The date if it is a business day, else the first one after it. */
  businessDayOnOrAfter(date: string): string;
  /** Business days after `from` up to and with `to`; negative when `to` is earlier. */
  businessDaysBetween(from: string, to: string): number;
  /** Calendar days later (earlier when negative), open or not. */
  addDays(date: string, days: number): string;
  /** Calendar days after `from` up to and with `to`; negative when `to` is earlier. */
  calendarDaysBetween(from: string, to: string): number;
  /** The date of an instant in the calendar's zone. */
  dateOf(instant: Temporal.Instant): string;
}

/**
 * The calendar that the settings describe, out of the holiday calendars known: the shipped ones
 * unless others are given. Throws `configuration-invalid` for an unknown calendar or zone and for
 * a day that is no date.
 */
export function businessCalendar(
  settings: CalendarSettings,
  calendars: ReadonlyMap<string, HolidayCalendar> = HOLIDAY_CALENDARS,
): BusinessCalendar {
  const holidays = calendars.get(settings.holidays);
  if (holidays === undefined) {
    const known = [...calendars.keys()].join(", ");
    throw invalid("holidays", `${settings.holidays} is not one of ${known}`);
  }
  const rules = checkedRules(settings, holidays);
  const years = new Map<number, Year>();
  const yearOf = (year: number): Year => {
    const known = years.get(year);
    if (known !== undefined) return known;
    if (years.size >= MOST_YEARS_KEPT) years.clear();
    const computed = computeYear(year, rules);
    years.set(year, computed);
    return computed;
  };
  const calendar = { yearOf, dateOf: dateReader(rules.zone) };
  return {
    id: holidays.id,
    version: holidays.version,
    zone: rules.zone,
    isBusinessDay: (date) => locate(calendar, date).isOpen,
    addBusinessDays: (date, count) => addBusinessDays(calendar, date, count),
    nextBusinessDay: (date) => addBusinessDays(calendar, date, 1),
    businessDayOnOrAfter: (date) =>
      locate(calendar, date).isOpen ? date : addBusinessDays(calendar, date, 1),
    businessDaysBetween: (from, to) => businessDaysBetween(calendar, from, to),
    addDays: (date, days) => addDays(calendar, date, days),
    calendarDaysBetween: (from, to) =>
      Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days,
    dateOf: calendar.dateOf,
  };
}

const MOST_YEARS_KEPT = 400;
const FIRST_YEAR = 1900;
const LAST_YEAR = 2199;

interface Rules {
  readonly zone: string;
  readonly holidays: HolidayCalendar;
  readonly closedWeekdays: ReadonlySet<number>;
  readonly closedDays: ReadonlySet<string>;
  readonly openDays: ReadonlySet<string>;
}

/** Whether a name is that of an IANA time zone. */
export function isZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

function checkedRules(settings: CalendarSettings, holidays: HolidayCalendar): Rules {
  if (!isZone(settings.zone)) {
    throw invalid("zone", `${settings.zone} is not an IANA time zone`);
  }
  const { closedDays = [], openDays = [] } = settings;
  for (const date of [...closedDays, ...openDays]) {
    if (DATE.test(date) && isReal(date)) continue;
    throw invalid("closedDays", `${date} is not a date YYYY-MM-DD`);
  }
  const closedWeekdays = new Set(
    (settings.closedWeekdays ?? holidays.closedWeekdays).map((weekday) => weekdayNumber(weekday)),
  );
  if (closedWeekdays.has(0)) throw invalid("closedWeekdays", "a weekday is written like saturday");
  if (closedWeekdays.size === 7) throw invalid("closedWeekdays", "no day of the week is left open");
  return {
    zone: settings.zone,
    holidays,
    closedWeekdays,
    closedDays: new Set(closedDays),
    openDays: new Set(openDays),
  };
}

interface Year {
  /** Every date of the year, in order. */
  readonly dates: readonly string[];
  /** Business days of the year up to and with each date. */
  readonly openUntil: Uint16Array;
  /** Where in `dates` each business day stands. */
  readonly openDays: Uint16Array;
  /** Where in `dates` each month begins, by month number. */
  readonly monthStarts: readonly number[];
}

function computeYear(year: number, rules: Rules): Year {
  const closed = new Set(rules.closedDays);
  // A neighbouring year's holiday may be moved into this one.
  for (const near of [year - 1, year, year + 1]) {
    for (const rule of rules.holidays.holidays) {
      const holiday = holidayIn(near, rule);
      if (holiday?.year === year) closed.add(holiday.toString());
    }
  }
  const dates: string[] = [];
  const openUntil: number[] = [];
  const openDays: number[] = [];
  const monthStarts: number[] = [0];
  const first = Temporal.PlainDate.from({ year, month: 1, day: 1 });
  for (let date = first; date.year === year; date = date.add({ days: 1 })) {
    const text = date.toString();
    if (date.day === 1) monthStarts.push(dates.length);
    const isOpen =
      rules.openDays.has(text) || !(rules.closedWeekdays.has(date.dayOfWeek) || closed.has(text));
    if (isOpen) openDays.push(dates.length);
    dates.push(text);
    openUntil.push(openDays.length);
  }
  return {
    dates,
    openUntil: Uint16Array.from(openUntil),
    openDays: Uint16Array.from(openDays),
    monthStarts,
  };
}

interface Years {
  readonly yearOf: (year: number) => Year;
}

interface Located {
  readonly year: number;
  readonly index: number;
  readonly isOpen: boolean;
  /** Business days of its year up to and with it. */
  readonly openUntil: number;
}

const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;

function locate(years: Years, date: string): Located {
  const match = DATE.exec(date);
  const year = Number(match?.[1]);
  if (match === null || year < FIRST_YEAR || year > LAST_YEAR) throw notADate(date);
  const { dates, openUntil, monthStarts } = years.yearOf(year);
  const index = (monthStarts[Number(match[2])] ?? -400) + Number(match[3]) - 1;
  if (dates[index] !== date) throw notADate(date);
  const until = openUntil[index] ?? 0;
  return { year, index, openUntil: until, isOpen: until > (openUntil[index - 1] ?? 0) };
}

function addBusinessDays(years: Years, date: string, count: number): string {
  const from = locate(years, date);
  if (!Number.isSafeInteger(count)) throw notADate(`${date} and ${count} business days`);
  if (count === 0) return date;
  // The position among the year's business days, from 1; a closed date stands between two.
  let position = from.openUntil + count;
  if (count < 0 && !from.isOpen) position += 1;
  let { year } = from;
  for (;;) {
    if (year < FIRST_YEAR || year > LAST_YEAR) throw notADate(`${date} and ${count} business days`);
    const { openDays, dates } = years.yearOf(year);
    if (position < 1) {
      year -= 1;
      if (year >= FIRST_YEAR) position += years.yearOf(year).openDays.length;
    } else if (position > openDays.length) {
      position -= openDays.length;
      year += 1;
    } else {
      return dates[openDays[position - 1] ?? 0] as string;
    }
  }
}

function businessDaysBetween(years: Years, from: string, to: string): number {
  if (to < from) return 0 - countBackwards(years, from, to);
  const [start, end] = [locate(years, from), locate(years, to)];
  let days = end.openUntil - start.openUntil;
  for (let { year } = start; year < end.year; year += 1) days += years.yearOf(year).openDays.length;
  return days;
}

/** Business days before `from` down to and with `to`: what takes addBusinessDays back to it. */
function countBackwards(years: Years, from: string, to: string): number {
  const forward = businessDaysBetween(years, to, from);
  return forward + (locate(years, to).isOpen ? 1 : 0) - (locate(years, from).isOpen ? 1 : 0);
}

function addDays(years: Years, date: string, days: number): string {
  const from = locate(years, date);
  const near = years.yearOf(from.year).dates[from.index + days];
  if (near !== undefined) return near;
  const far = Temporal.PlainDate.from(date).add({ days }).toString();
  locate(years, far);
  return far;
}

const QUARTER_HOUR_MILLISECONDS = 900_000;
const MOST_QUARTERS_KEPT = 4096;
const DATES_CHANGE_ON_QUARTERS_SINCE = Temporal.Instant.from("2012-01-01T00:00Z").epochMilliseconds;

/**
 * Reads dates in a zone. Every zone's offset is a multiple of a quarter of an hour, and since 2012
 * none goes back over midnight at another minute (St John's did, a minute past it): all instants of
 * one quarter share a date, and most questions are about few quarters.
 */
function dateReader(zone: string): (instant: Temporal.Instant) => string {
  const quarters = new Map<number, string>();
  const read = (instant: Temporal.Instant): string =>
    instant.toZonedDateTimeISO(zone).toPlainDate().toString();
  return (instant) => {
    const milliseconds = instant.epochMilliseconds;
    if (milliseconds < DATES_CHANGE_ON_QUARTERS_SINCE) return read(instant);
    const quarter = Math.floor(milliseconds / QUARTER_HOUR_MILLISECONDS);
    const known = quarters.get(quarter);
    if (known !== undefined) return known;
    if (quarters.size >= MOST_QUARTERS_KEPT) quarters.clear();
    const date = read(instant);
    quarters.set(quarter, date);
    return date;
  };
}

function isReal(date: string): boolean {
  try {
    return Temporal.PlainDate.from(date).toString() === date;
  } catch {
    return false;
  }
}

function notADate(text: string): Failure {
  return new Failure("date-invalid", `${text} is not a date between 1900 and 2199`, { date: text });
}

function invalid(field: string, detail: string): Failure {
  return new Failure("configuration-invalid", `calendar ${field}: ${detail}`, { field });
}
