/**
 * When a business event happened: the instant given, or now, and its date in the client's zone.
 * What no calendar knows and no database holds is refused by name, so that one such operation
 * never fails the set it came with.
 */
import { Temporal } from "temporal-polyfill";

import type { BusinessCalendar } from "../kernel/calendar.ts";
import { Failure } from "../kernel/failure.ts";

export interface EventInstant {
  readonly at: string;
  readonly date: string;
}

/** By zone and text: the business events of one import often share their instant. */
export type EventInstants = Map<string, EventInstant>;

/** The years that the calendars know. */
const KNOWN_YEARS = /^(19|20|21)[0-9]{2}-/;

/** Remembers what it answers in `instants`. A `date-invalid` failure names `/at`. */
export function eventInstant(
  { now, instants }: { readonly now: Temporal.Instant; readonly instants: EventInstants },
  calendar: Pick<BusinessCalendar, "zone" | "dateOf">,
  given: string | undefined,
): EventInstant | Failure {
  const key = `${calendar.zone} ${given ?? ""}`;
  const known = instants.get(key);
  if (known !== undefined) return known;
  const at = given === undefined ? now : instantOf(given);
  if (at === null) return refused("is no instant with at most nine decimals");
  const date = calendar.dateOf(at);
  if (!KNOWN_YEARS.test(date)) return refused("is not between 1900 and 2199");
  const instant = { at: at.toString(), date };
  instants.set(key, instant);
  return instant;
}

function instantOf(text: string): Temporal.Instant | null {
  try {
    return Temporal.Instant.from(text);
  } catch {
    return null;
  }
}

function refused(detail: string): Failure {
  return new Failure("date-invalid", `at ${detail}`, {}, [{ pointer: "/at", detail }]);
}
