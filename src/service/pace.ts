/**
 * The rate of a service as a bucket of calls that fills with time. It is kept in a row that is
 * locked while calls are taken, so that all processes together stay within the rate. Pure.
 *
 * No second sees more calls than the rate: what the bucket may hold at once comes off its filling.
 */

export interface Pace {
  /** Calls that could start when it was counted. */
  readonly allowance: number;
  /** Milliseconds since the epoch. */
  readonly countedAt: number;
}

/** The bucket now; null is one that nobody has used yet. */
export function paceAt(before: Pace | null, now: number, ratePerSecond: number): Pace {
  const most = burstOf(ratePerSecond);
  if (before === null) return { allowance: most, countedAt: now };
  // A clock that went back earns nothing.
  const seconds = Math.max(0, now - before.countedAt) / 1000;
  const allowance = Math.min(most, before.allowance + seconds * fillingOf(ratePerSecond));
  return { allowance, countedAt: Math.max(now, before.countedAt) };
}

export function callsAllowed({ allowance }: Pace): number {
  return Math.floor(allowance + 1e-9);
}

export function paceAfter(pace: Pace, calls: number): Pace {
  return { ...pace, allowance: pace.allowance - calls };
}

/** A tenth of a second's calls; a slow service gets one at a time. */
function burstOf(ratePerSecond: number): number {
  return Math.max(1, Math.floor(ratePerSecond / 10));
}

function fillingOf(ratePerSecond: number): number {
  const burst = burstOf(ratePerSecond);
  return burst === 1 ? ratePerSecond : ratePerSecond - burst;
}
