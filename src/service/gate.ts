/**
 * How many calls a process may start with one service now: its concurrency, and after an outage
 * one, then two, then four, so that no storm breaks loose when the circuit closes. The rate is kept
 * for all processes together (`pace.ts`).
 */

export interface Gate {
  readonly inFlight: number;
  /** Calls that may start now. */
  free(concurrency: number): number;
  started(calls: number): void;
  ended(calls?: number): void;
  /** An answer came: the limit after an outage doubles. */
  answered(): void;
  /** The circuit is open: it starts with one when it closes. */
  broken(): void;
}

export function openGate(): Gate {
  let inFlight = 0;
  let afterOutage = Infinity;
  return {
    get inFlight() {
      return inFlight;
    },
    free: (concurrency) => Math.max(0, Math.min(concurrency, afterOutage) - inFlight),
    started: (calls) => {
      inFlight += calls;
    },
    ended: (calls = 1) => {
      inFlight -= calls;
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
