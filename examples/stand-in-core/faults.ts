/**
 * Fault switches: which call goes wrong, and how. Decided by seed, key and the how-manieth call of
 * that key it is, never by the order in which calls happen to arrive: a run can be repeated.
 */
import { createHash } from "node:crypto";

export const FAULTS = [
  "dropAnswerAfterPosting",
  "dropBeforePosting",
  "errorAfterPosting",
  "errorBeforePosting",
  "silenceAfterPosting",
  "silenceBeforePosting",
  "malformedAnswer",
  "slow",
  "refuse",
  "refuseOverridable",
  "inFlight",
  "tooEarly",
  "throttle",
  "signInExpired",
  "redirect",
  "wrongAmountInDuplicate",
] as const;

export type FaultName = (typeof FAULTS)[number];

export interface FaultRule {
  readonly fault: FaultName;
  /** One call in so many; 1 is every call. */
  readonly oneIn: number;
  /** Of a slow answer. */
  readonly milliseconds?: number;
  /** Postings where left out. */
  readonly on?: "postings" | "lookUps";
}

export interface FaultPlan {
  readonly seed: number;
  readonly rules: readonly FaultRule[];
}

export interface Faults {
  plan: FaultPlan;
  /** The rule that this call meets, if any. */
  next(on: "postings" | "lookUps", key: string): FaultRule | undefined;
}

export function faultsFrom(plan: FaultPlan = { seed: 1, rules: [] }): Faults {
  const calls = new Map<string, number>();
  const faults: Faults = {
    plan,
    next: (on, key) => {
      const name = `${on} ${key}`;
      const ordinal = (calls.get(name) ?? 0) + 1;
      calls.set(name, ordinal);
      return faults.plan.rules.find(
        (rule) =>
          (rule.on ?? "postings") === on &&
          draw(`${faults.plan.seed} ${rule.fault} ${name} ${ordinal}`) % rule.oneIn === 0,
      );
    },
  };
  return faults;
}

/** The problem with a plan that came over the wire, or null. */
export function problemOf(plan: unknown): string | null {
  const { seed, rules } = (plan ?? {}) as Partial<FaultPlan>;
  if (!Number.isSafeInteger(seed)) return "seed is a whole number";
  if (!Array.isArray(rules)) return "rules is a list";
  for (const rule of rules as Partial<FaultRule>[]) {
    if (!FAULTS.some((name) => name === rule.fault)) return `fault is one of ${FAULTS.join(", ")}`;
    if (!Number.isSafeInteger(rule.oneIn) || (rule.oneIn ?? 0) < 1) return "oneIn is 1 or more";
    if (rule.on !== undefined && rule.on !== "postings" && rule.on !== "lookUps") {
      return "on is postings or lookUps";
    }
  }
  return null;
}

function draw(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE();
}
