/**
 * The arithmetic of cut-offs: which windows there are between two instants, which one a movement
 * leaves with, and the day it posts. Pure; local times are resolved in their zone, so a day on
 * which clocks change has each window exactly once.
 */
import { Temporal } from "temporal-polyfill";

import type { BusinessCalendar } from "../kernel/calendar.ts";

import type { BatchProfile, CutOff } from "./profile.ts";

export interface Occurrence {
  /** The date of the cut-off in its own zone. */
  readonly businessDate: string;
  readonly cutOff: string;
  /** ISO instant. */
  readonly cutAt: string;
  readonly postingDate: string;
}

type Cutting = Pick<BatchProfile, "cutOffs" | "postingDate">;

/** Longest run of days without a window that is looked through. */
const MOST_DAYS_AHEAD = 40;

/** All windows cut after `after` up to and with `until`, in order of time. */
export function occurrencesBetween(
  profile: Cutting,
  calendar: BusinessCalendar,
  after: Temporal.Instant,
  until: Temporal.Instant,
): Occurrence[] {
  const found: Occurrence[] = [];
  for (const cutOff of profile.cutOffs) {
    const zone = cutOff.zone ?? calendar.zone;
    const last = until.toZonedDateTimeISO(zone).toPlainDate();
    // A time of the day before that the clocks skip may come after midnight.
    let day = after.toZonedDateTimeISO(zone).toPlainDate().subtract({ days: 1 });
    for (; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
      const date = day.toString();
      if (!isCutOn(cutOff, calendar, date)) continue;
      const cutAt = instantOf(cutOff, zone, date);
      if (Temporal.Instant.compare(cutAt, after) <= 0) continue;
      if (Temporal.Instant.compare(cutAt, until) > 0) continue;
      found.push(occurrence(profile, calendar, cutOff, date, cutAt));
    }
  }
  return found.sort(byTime);
}

/**
 * The window that takes what is pending at this instant, or null when the profile has no cut-off
 * in the next weeks. What becomes pending at the very instant of a cut-off still leaves with it.
 */
export function nextOccurrence(
  profile: Cutting,
  calendar: BusinessCalendar,
  at: Temporal.Instant,
): Occurrence | null {
  const justBefore = at.subtract({ nanoseconds: 1 });
  for (let days = 1; days <= MOST_DAYS_AHEAD; days *= 3) {
    const until = at.add({ hours: 24 * days });
    const [first] = occurrencesBetween(profile, calendar, justBefore, until);
    if (first !== undefined) return first;
  }
  return null;
}

/** The day on which what is cut for a business date posts. */
export function postingDateOf(
  profile: Cutting,
  calendar: BusinessCalendar,
  businessDate: string,
): string {
  const from = calendar.businessDayOnOrAfter(businessDate);
  return calendar.addBusinessDays(from, profile.postingDate.businessDaysAfter);
}

function occurrence(
  profile: Cutting,
  calendar: BusinessCalendar,
  cutOff: CutOff,
  businessDate: string,
  cutAt: Temporal.Instant,
): Occurrence {
  return {
    businessDate,
    cutOff: cutOff.name,
    cutAt: cutAt.toString(),
    postingDate: postingDateOf(profile, calendar, businessDate),
  };
}

/** Whether a day has this cut-off. */
export function isCutOn(cutOff: CutOff, calendar: BusinessCalendar, date: string): boolean {
  return cutOff.days === "every" || calendar.isBusinessDay(date);
}

/** A time that the clocks skip is taken one hour later, one that they repeat the first time. */
function instantOf(cutOff: CutOff, zone: string, date: string): Temporal.Instant {
  return Temporal.PlainDateTime.from(`${date}T${cutOff.time}`)
    .toZonedDateTime(zone, { disambiguation: "compatible" })
    .toInstant();
}

function byTime(one: Occurrence, other: Occurrence): number {
  const order = Temporal.Instant.compare(one.cutAt, other.cutAt);
  return order === 0 ? (one.cutOff < other.cutOff ? -1 : 1) : order;
}
