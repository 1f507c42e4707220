/**
 * How many calls a process may start with one service now: its concurrency, its rate, and after an
 * outage one, then two, then four, so that no storm breaks loose when the circuit closes.
 */

export interface GateLimits {
  readonly concurrency: number;
  readonly ratePerSecond: number | null;
}

export interface Gate {
  readonly inFlight: number;
  /** Calls that may start now. */
  free(now: number, limits: GateLimits): number;
  started(calls: number): void;
  ended(): void;
  /** An answer came: the limit after an outage doubles. */
  answered(): void;
  /** The circuit is open: it starts with one when it closes. */
  broken(): void;
}

export function openGate(): Gate {
  let inFlight = 0;
  let afterOutage = Infinity;
  let allowance = 0;
  let countedAt: number | null = null;
  return {
    get inFlight() {
      return inFlight;
    },
    free: (now, { concurrency, ratePerSecond }) => {
      const slots = Math.max(0, Math.min(concurrency, afterOutage) - inFlight);
      if (ratePerSecond === null) {
        allowance = Infinity;
        return slots;
      }
      const most = Math.max(1, ratePerSecond / 10);
      const earned = countedAt === null ? most : ((now - countedAt) / 1000) * ratePerSecond;
      allowance = Math.min(most, (Number.isFinite(allowance) ? allowance : 0) + earned);
      countedAt = now;
      return Math.min(slots, Math.floor(allowance));
    },
    started: (calls) => {
      inFlight += calls;
      allowance -= calls;
    },
    ended: () => {
      inFlight -= 1;
    },
    answered: () => {
      if (afterOutage === Infinity) return;
      afterOutage = afterOutage >= 512 ? Infinity : afterOutage * 2;
    },
    broken: () => {
      afterOutage = 1;
    },
  };
}
