/** Instants and days as people read them: time left in words, the exact instant on demand. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export type Lateness = "none" | "later" | "soon" | "overdue";

export interface TimeLeft {
  readonly words: string;
  readonly lateness: Lateness;
}

/** How far off an instant is: `4 h left`, `2 d overdue`. Soon: less than four hours. */
export function timeLeft(instant: string | null, now: number): TimeLeft {
  if (instant === null) return { words: "no date", lateness: "none" };
  const left = Date.parse(instant) - now;
  if (left < 0) return { words: `${span(-left)} overdue`, lateness: "overdue" };
  return { words: `${span(left)} left`, lateness: left < 4 * HOUR ? "soon" : "later" };
}

/** `3 min ago`. */
export function ago(instant: string, now: number): string {
  const passed = now - Date.parse(instant);
  return passed < MINUTE ? "just now" : `${span(passed)} ago`;
}

/** `in 3 h 20 min`, for a clock that runs down. */
export function countdown(instant: string, now: number): string {
  const left = Date.parse(instant) - now;
  if (left <= 0) return "due now";
  if (left >= DAY) return `in ${span(left)}`;
  const total = Math.ceil(left / MINUTE);
  const hours = Math.floor(total / 60);
  const minutes = total % 60;
  return hours === 0 ? `in ${minutes} min` : `in ${hours} h ${minutes} min`;
}

/** `3 min`, `4 h`, `2 d`. */
export function span(milliseconds: number): string {
  if (milliseconds < HOUR) return `${Math.max(1, Math.round(milliseconds / MINUTE))} min`;
  if (milliseconds < 2 * DAY) return `${Math.round(milliseconds / HOUR)} h`;
  return `${Math.round(milliseconds / DAY)} d`;
}

const INSTANT = new Intl.DateTimeFormat("en-CA", {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
});

/** `2026-11-16 15:04 EST`, in the zone of whoever looks. */
export function showInstant(instant: string): string {
  const parts = new Map(INSTANT.formatToParts(Date.parse(instant)).map((p) => [p.type, p.value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  const day = `${part("year")}-${part("month")}-${part("day")}`;
  return `${day} ${part("hour")}:${part("minute")} ${part("timeZoneName")}`;
}

/** The date that it is in a zone. */
export function dayIn(now: number, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(now);
}

const INSTANT_IN_TEXT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** Words of the server with the instants in them as whoever looks reads them. */
export function withInstants(text: string): string {
  return text.replaceAll(INSTANT_IN_TEXT, showInstant);
}

/** Today's date in the zone of whoever looks, for a date field's first value. */
export function today(now: number): string {
  return showInstant(new Date(now).toISOString()).slice(0, 10);
}
