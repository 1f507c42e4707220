/**
 * When a credit would post if it were issued, by the route that is configured, and until when it
 * has to be issued to post in time: service the same business day, batch by the departure whose
 * posting-date rule gives the day, by hand after the client's lead. Pure.
 */
import { Temporal } from "temporal-polyfill";

import type { Route } from "../../accounting/dispute-book.ts";
import type { ClientRuntime } from "../../accounting/engine.ts";
import { occurrencesBetween } from "../../batch/cut-offs.ts";
import { predictDeparture } from "../../batch/pend-for-batch-accounting.ts";
import { batchProfile } from "../../batch/profile.ts";

export interface Way {
  readonly route: Route | null;
  readonly destination: string | null;
}

type Client = Pick<ClientRuntime, "settings" | "calendar">;

/** The day it posts if it is issued at this instant; null where nothing says. */
export function postingIfIssued(client: Client, way: Way, at: Temporal.Instant): string | null {
  const { calendar, settings } = client;
  const today = calendar.businessDayOnOrAfter(calendar.dateOf(at));
  if (way.route === "BATCH" && way.destination !== null) {
    const pending = {
      destination: way.destination,
      plannedPostingDate: today,
      isDenialDebit: false,
    };
    return predictDeparture(client, pending, at)?.postingDate ?? null;
  }
  if (way.route !== "MANUAL") return today;
  return calendar.addBusinessDays(today, settings.clocks.manualLeadBusinessDays);
}

/** How long before a departure a credit is issued, so that it is pending when the file is cut. */
const BEFORE_DEPARTURE: Temporal.DurationLike = { hours: 12 };
const DAYS_LOOKED_BACK = 45;

/** The last instant from which on it is issued, to post by the day; null where none would do. */
export function issuedFrom(client: Client, way: Way, dueOn: string): Temporal.Instant | null {
  const { calendar, settings } = client;
  const { marginBusinessDays, manualLeadBusinessDays } = settings.clocks;
  const last = calendar.isBusinessDay(dueOn) ? dueOn : calendar.addBusinessDays(dueOn, -1);
  const target = calendar.addBusinessDays(last, -marginBusinessDays);
  if (way.route === "MANUAL") {
    return startOfDay(calendar.addBusinessDays(target, -manualLeadBusinessDays), calendar.zone);
  }
  if (way.route !== "BATCH" || way.destination === null) return startOfDay(target, calendar.zone);
  const profile = batchProfile(settings, way.destination);
  const until = startOfDay(calendar.addDays(target, 1), calendar.zone);
  const windows = occurrencesBetween(
    profile,
    calendar,
    until.subtract({ hours: 24 * DAYS_LOOKED_BACK }),
    until,
  );
  const departure = windows.findLast((one) => one.postingDate <= target);
  if (departure === undefined) return null;
  return Temporal.Instant.from(departure.cutAt).subtract(BEFORE_DEPARTURE);
}

export function startOfDay(date: string, zone: string): Temporal.Instant {
  return Temporal.PlainDate.from(date).toZonedDateTime(zone).toInstant();
}
