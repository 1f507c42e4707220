/**
 * PendForBatchAccounting: an adjustment on the batch route waits for its profile's next window, and
 * says from the start when it will leave and on which day it will post.
 */
import { Temporal } from "temporal-polyfill";

import type { ClientRuntime } from "../accounting/engine.ts";

import type { Occurrence } from "./cut-offs.ts";
import { nextOccurrence } from "./cut-offs.ts";
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
  const found = windowFor(profile, runtime, adjustment, at);
  if (found === null) return null;
  const { cutAt, businessDate, cutOff, postingDate } = found;
  return { leavesAt: cutAt, businessDate, cutOff, postingDate };
}

const MOST_WINDOWS = 400;

function windowFor(
  profile: BatchProfile,
  { calendar }: Pick<ClientRuntime, "calendar">,
  adjustment: PendingAdjustment,
  at: Temporal.Instant,
): Occurrence | null {
  let from = at;
  for (let count = 0; count < MOST_WINDOWS; count += 1) {
    const next = nextOccurrence(profile, calendar, from);
    if (next === null || !adjustment.isDenialDebit) return next;
    if (next.postingDate >= adjustment.plannedPostingDate) return next;
    from = Temporal.Instant.from(next.cutAt).add({ nanoseconds: 1 });
  }
  return null;
}
