/**
 * Who has a claim open for work, as facts: a lease that its holder renews, and that is over by
 * itself. Pure.
 */
import { Temporal } from "temporal-polyfill";

import { Failure } from "../kernel/failure.ts";

/** Without a heartbeat a claim is free again after so long. */
export const LOCK_SECONDS = 120;

export interface LockFacts {
  readonly lockedBy: string | null;
  readonly lockedUntil: string | null;
}

/** Who else has it open now; null when nobody has. Without `now`, whoever stands there has. */
export function otherHolder(
  { lockedBy, lockedUntil }: LockFacts,
  person: string,
  now?: string,
): string | null {
  if (lockedBy === null || lockedUntil === null || lockedBy === person) return null;
  return now === undefined || isAhead(lockedUntil, now) ? lockedBy : null;
}

export function isAhead(instant: string, now: string): boolean {
  return Temporal.Instant.compare(Temporal.Instant.from(instant), Temporal.Instant.from(now)) > 0;
}

/** Throws `claim-locked` when somebody else has it open. */
export function refuseLocked(facts: LockFacts, person: string, now?: string): void {
  const holder = otherHolder(facts, person, now);
  if (holder === null) return;
  throw new Failure("claim-locked", `${holder} has the claim open`, {
    holder,
    until: facts.lockedUntil,
  });
}
