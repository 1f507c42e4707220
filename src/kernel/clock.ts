/**
 * The clock is a parameter: nothing but `systemClock` reads the machine's time.
 *
 * Instants are exact; a date is always a date of some client's zone (`calendar.ts`).
 */
import { Temporal } from "temporal-polyfill";

export interface Clock {
  now(): Temporal.Instant;
}

/** The machine's time in whole milliseconds. */
export const systemClock: Clock = everyMillisecond();

export interface ManualClock extends Clock {
  set(instant: Temporal.Instant): void;
  advance(duration: Temporal.DurationLike): void;
}

/** A clock that moves only when told, for tests, scenarios and simulated days. */
export function manualClock(start: Temporal.Instant): ManualClock {
  let instant = start;
  return {
    now: () => instant,
    set: (to) => {
      instant = to;
    },
    advance: (duration) => {
      instant = instant.add(duration);
    },
  };
}

/** Within a millisecond it is the same instant, and making one costs more than asking. */
function everyMillisecond(): Clock {
  let latest = Temporal.Instant.fromEpochMilliseconds(0);
  let milliseconds = 0;
  return {
    now: () => {
      // oxlint-disable-next-line no-restricted-globals, no-restricted-properties -- as said above
      const now = Date.now();
      if (now !== milliseconds) {
        latest = Temporal.Instant.fromEpochMilliseconds(now);
        milliseconds = now;
      }
      return latest;
    },
  };
}

/** For libraries that know no other instant. */
export function dateOf(instant: Temporal.Instant): Date {
  // oxlint-disable-next-line no-restricted-globals -- it reads no time of its own
  return new Date(instant.epochMilliseconds);
}
