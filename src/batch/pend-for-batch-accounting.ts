/**
 * PendForBatchAccounting: an adjustment on the batch route waits for its profile's next window, and
 * says from the start when it will leave and on which day it will post.
 */
import { Temporal } from "temporal-polyfill";

import type { ClientRuntime } from "../accounting/engine.ts";
import type { BusinessCalendar } from "../kernel/calendar.ts";

import type { Occurrence } from "./cut-offs.ts";
import { nextOccurrence, occurrencesBetween } from "./cut-offs.ts";
import type { BatchProfile } from "./profile.ts";
import { batchProfile } from "./profile.ts";

export interface PendingAdjustment {
  /** Name of the batch profile. */
  readonly destination: string;
  readonly plannedPostingDate: string;
  /** A debit named in a notice leaves with the window that posts on its date, never earlier. */
  readonly isDenialDebit: boolean;
}

export interface Departure {
  /** ISO instant of the cut-off. */
  readonly leavesAt: string;
  readonly businessDate: string;
  readonly cutOff: string;
  readonly postingDate: string;
}

/** Null where the profile has no cut-off: it leaves when a person generates. Throws `not-found`. */
export function predictDeparture(
  runtime: Pick<ClientRuntime, "settings" | "calendar">,
  adjustment: PendingAdjustment,
  at: Temporal.Instant,
): Departure | null {
  const profile = batchProfile(runtime.settings, adjustment.destination);
  const window = windowFor(profile, runtime, adjustment, at);
  if (window === null) return null;
  const { cutAt, businessDate, cutOff, postingDate } = window;
  return { leavesAt: cutAt, businessDate, cutOff, postingDate };
}

/** For `createEngine`: what an assignment about to be opened says of its departure. */
export function departureOf(
  facts: {
    readonly openedAt: string;
    readonly plannedPostingDate: string;
    readonly destination?: string | null;
    readonly isDenialDebit?: boolean;
  },
  runtime: Pick<ClientRuntime, "settings" | "calendar">,
): string | null {
  const { destination, plannedPostingDate, openedAt, isDenialDebit = false } = facts;
  if (destination === null || destination === undefined) return null;
  if (runtime.settings.batchProfiles[destination] === undefined) return null;
  const adjustment = { destination, plannedPostingDate, isDenialDebit };
  const at = Temporal.Instant.from(openedAt);
  return predictDeparture(runtime, adjustment, at)?.leavesAt ?? null;
}

/** Days before its posting date that a window is looked for. */
const MOST_DAYS_AHEAD = 14;

/**
 * For `createEngine`: the date of the last window that posts on a date; what is to post then has to
 * be pending by that time. The date itself where no window posts on it.
 */
export function releaseDayOf(
  destination: string,
  postingOn: string,
  { settings, calendar }: Pick<ClientRuntime, "settings" | "calendar">,
): string {
  if (settings.batchProfiles[destination] === undefined) return postingOn;
  const profile = batchProfile(settings, destination);
  const end = Temporal.PlainDate.from(postingOn).add({ days: 1 }).toZonedDateTime(calendar.zone);
  const until = end.toInstant();
  const from = until.subtract({ hours: 24 * MOST_DAYS_AHEAD });
  const last = occurrencesBetween(profile, calendar, from, until).findLast(
    (one) => one.postingDate === postingOn,
  );
  return last === undefined ? postingOn : calendar.dateOf(Temporal.Instant.from(last.cutAt));
}

const MOST_WINDOWS = 400;

/** The window found last, per profile: it answers every instant up to its cut-off. */
const found = new WeakMap<
  BatchProfile,
  { calendar: BusinessCalendar; askedAt: Temporal.Instant; next: Occurrence }
>();

function nextWindow(
  profile: BatchProfile,
  calendar: BusinessCalendar,
  at: Temporal.Instant,
): Occurrence | null {
  const known = found.get(profile);
  if (
    known?.calendar === calendar &&
    Temporal.Instant.compare(known.askedAt, at) <= 0 &&
    Temporal.Instant.compare(at, known.next.cutAt) <= 0
  ) {
    return known.next;
  }
  const next = nextOccurrence(profile, calendar, at);
  if (next !== null) found.set(profile, { calendar, askedAt: at, next });
  return next;
}

function windowFor(
  profile: BatchProfile,
  { calendar }: Pick<ClientRuntime, "calendar">,
  adjustment: PendingAdjustment,
  at: Temporal.Instant,
): Occurrence | null {
  let from = at;
  for (let count = 0; count < MOST_WINDOWS; count += 1) {
    const next = nextWindow(profile, calendar, from);
    if (next === null || !adjustment.isDenialDebit) return next;
    if (next.postingDate >= adjustment.plannedPostingDate) return next;
    from = Temporal.Instant.from(next.cutAt).add({ nanoseconds: 1 });
  }
  return null;
}
