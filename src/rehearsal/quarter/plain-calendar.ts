/**
 * The judge's own calendar: days counted as whole numbers, closed days written out one by one. It
 * shares nothing with the product's calendar, so that the two can disagree.
 */
export interface PlainCalendar {
  isOpen(date: string): boolean;
  /** The nth open day after a date that is itself not counted; the date itself for 0. */
  openDaysAfter(date: string, count: number): string;
  /** The nth open day before a date. */
  openDaysBefore(date: string, count: number): string;
  onOrAfter(date: string): string;
  /** Open days after the first date up to the second; negative where that is earlier. */
  openDaysBetween(from: string, to: string): number;
}

export interface ClosedDays {
  /** Days of the week that are closed, Sunday 0 to Saturday 6. */
  readonly weekdays: readonly number[];
  readonly dates: readonly string[];
}

export function plainCalendar({ weekdays, dates }: ClosedDays): PlainCalendar {
  const closed = new Set(dates);
  const isOpen = (date: string): boolean =>
    !closed.has(date) && !weekdays.includes(weekdayOf(dayNumber(date)));
  const step = (date: string, count: number, by: 1 | -1): string => {
    let day = date;
    for (let left = count; left > 0; left -= isOpen(day) ? 1 : 0) day = daysAfter(day, by);
    return day;
  };
  const openDaysAfter = (date: string, count: number): string => step(date, count, 1);
  const count = (from: string, to: string): number => {
    let days = 0;
    for (let day = openDaysAfter(from, 1); day <= to; day = openDaysAfter(day, 1)) days += 1;
    return days;
  };
  return {
    isOpen,
    openDaysAfter,
    openDaysBefore: (date, count) => step(date, count, -1),
    openDaysBetween: (from, to) => (from <= to ? count(from, to) : -count(to, from)),
    onOrAfter: (date) => (isOpen(date) ? date : openDaysAfter(date, 1)),
  };
}

export function daysAfter(date: string, days: number): string {
  return dateOfDay(dayNumber(date) + days);
}

/** Days since 1970-01-01, by the arithmetic of the Gregorian calendar alone. */
function dayNumber(date: string): number {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leaps + dayOfYear - 719_468;
}

function dateOfDay(number: number): string {
  const shifted = number + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const leaps = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524);
  const yearOfEra = Math.floor((dayOfEra - leaps + Math.floor(dayOfEra / 146_096)) / 365);
  const leapsBefore = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - (365 * yearOfEra + leapsBefore);
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${year}-${two(month)}-${two(day)}`;
}

/** Sunday 0 to Saturday 6; 1970-01-01 was a Thursday. */
function weekdayOf(number: number): number {
  return (((number + 4) % 7) + 7) % 7;
}
