/**
 * The circuit breaker of a service: after so many calls in a row that did not get through it
 * opens, nothing is sent but a probe now and then, and one answer closes it. Pure; the row in the
 * database is shared by all processes.
 */

export interface Circuit {
  readonly state: "closed" | "open" | "halfOpen";
  /** Calls in a row that did not get through. */
  readonly failures: number;
  /** Times it opened since an answer last came: the waits between probes grow. */
  readonly openings: number;
  /** Milliseconds since the epoch; null while closed. */
  readonly probeAt: number | null;
}

export interface CircuitLimits {
  readonly opensAfter: number;
  readonly probeAfterSeconds: number;
  readonly longestSeconds: number;
}

export const CLOSED: Circuit = { state: "closed", failures: 0, openings: 0, probeAt: null };

/** `answered`: the service is there, whatever it said. `failed`: the call did not get through. */
export type CallFate = "answered" | "failed";

export function afterCalls(
  before: Circuit,
  fates: readonly CallFate[],
  limits: CircuitLimits,
  now: number,
  waitsDividedBy = 1,
): Circuit {
  return fates.reduce((circuit, fate) => {
    if (fate === "answered") return isFresh(circuit) ? circuit : CLOSED;
    const failures = circuit.failures + 1;
    if (circuit.state === "open") return circuit;
    if (circuit.state === "closed" && failures < limits.opensAfter) return { ...circuit, failures };
    const openings = circuit.openings + 1;
    const seconds = Math.min(limits.probeAfterSeconds * 2 ** (openings - 1), limits.longestSeconds);
    const probeAt = now + (seconds * 1000) / waitsDividedBy;
    return { state: "open", failures, openings, probeAt };
  }, before);
}

/** Whoever takes the probe: the next one may try only when this one's time is up. */
export function withProbe(before: Circuit, now: number, callSeconds: number): Circuit {
  return { ...before, state: "halfOpen", probeAt: now + callSeconds * 1000 };
}

export function mayProbe(circuit: Circuit, now: number): boolean {
  return circuit.state !== "closed" && circuit.probeAt !== null && circuit.probeAt <= now;
}

function isFresh(circuit: Circuit): boolean {
  return circuit.state === "closed" && circuit.failures === 0;
}
