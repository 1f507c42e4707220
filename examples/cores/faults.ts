/**
 * What can go wrong between a caller and a core, by name. Whether it hits a call follows from the
 * seed, the reference and the how-manieth call of that reference it is, never from the order in
 * which calls happen to arrive: a run can be repeated. Faults below HTTP hit by connection or by
 * time, because there is no call yet.
 */
import { createHash } from "node:crypto";

export const FAULTS = {
  none: "nothing goes wrong",
  refusedConnect: "nobody listens for a while, again and again",
  resetBeforeSend: "the connection is reset before the request is read",
  resetAfterCommit: "posted, and the connection is reset before the answer",
  timeoutBeforeCommit: "no answer, nothing posted",
  timeoutAfterCommit: "no answer, posted",
  timeoutThenCommit: "no answer, posted only after the caller gave up",
  slowDrip: "posted, and the answer comes byte by byte",
  error500BeforeCommit: "500, nothing posted",
  error500AfterCommit: "500, posted",
  inFlight409: "409, the same call is being processed: posted a moment later",
  tooEarly425: "425, the same call is being processed: posted a moment later",
  throttled429: "429 with Retry-After, nothing posted",
  duplicateAnswer: "posted, and answered as if it had been posted before",
  wrongAmountInDuplicate: "posted, the answer is lost, and duplicate answers name another amount",
  malformedBody: "posted, and the answer is cut short",
  redirect: "307 to elsewhere, nothing posted",
  expiredToken401: "401, the sign-in has expired, nothing posted",
  certificateChange: "the server shows another certificate for a while, again and again",
  definiteRefusal: "refused for a reason of the core's own, nothing posted",
} as const;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

export interface FaultPlan {
  readonly fault: FaultName;
  /** One call in so many; 1 is every call. */
  readonly oneIn: number;
  readonly seed: number;
}

export const NO_FAULT: FaultPlan = { fault: "none", oneIn: 1, seed: 1 };

/** Counts calls by name and says which the plan hits. */
export function faultDice(plan: FaultPlan): (name: string) => boolean {
  const calls = new Map<string, number>();
  return (name) => {
    const ordinal = (calls.get(name) ?? 0) + 1;
    calls.set(name, ordinal);
    if (plan.fault === "none") return false;
    const draw = createHash("sha256").update(`${plan.seed} ${name} ${ordinal}`).digest();
    return draw.readUInt32BE() % plan.oneIn === 0;
  };
}
