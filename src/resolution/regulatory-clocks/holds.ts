/** Whether a test of a clock holds: true, false, or unknown where a fact is missing. Pure. */
import { Temporal } from "temporal-polyfill";

import type { ClockTest, PlainTest } from "../../rulebook/clocks.ts";

import type { GivenFacts } from "./clock-case.ts";

/** Null is unknown. */
export type Verdict = boolean | null;

export interface Held {
  readonly verdict: Verdict;
  /** The facts that nobody gave, or that contradict each other. */
  readonly unknown: readonly string[];
}

/** All of the tests; none at all holds. */
export function allHold(tests: readonly ClockTest[] | undefined, facts: GivenFacts): Held {
  const held = (tests ?? []).map((test) => holds(test, facts));
  if (held.some((one) => one.verdict === false)) return { verdict: false, unknown: [] };
  return together(held, held.every((one) => one.verdict === true) ? true : null);
}

function holds(test: ClockTest, facts: GivenFacts): Held {
  if ("agree" in test) return agreed(test.agree, facts);
  if ("anyOf" in test) {
    const held = test.anyOf.map((one) => holds(one, facts));
    if (held.some((one) => one.verdict === true)) return { verdict: true, unknown: [] };
    return together(held, held.every((one) => one.verdict === false) ? false : null);
  }
  return plain(test, facts);
}

/** What is said in several ways and differs is as good as unknown. */
function agreed(tests: readonly PlainTest[], facts: GivenFacts): Held {
  const held = tests.map((test) => plain(test, facts));
  const verdicts = new Set(held.map((one) => one.verdict).filter((one) => one !== null));
  const [only] = verdicts;
  if (verdicts.size === 1 && only !== undefined) return { verdict: only, unknown: [] };
  const names = verdicts.size > 1 ? tests.flatMap(namesOf) : held.flatMap((one) => one.unknown);
  return { verdict: null, unknown: [...new Set(names)] };
}

function plain(test: PlainTest, facts: GivenFacts): Held {
  const missing = namesOf(test).filter((name) => (facts[name] ?? null) === null);
  if (missing.length > 0) return { verdict: null, unknown: missing };
  const value = facts[test.fact];
  if ("is" in test) return { verdict: String(value) === String(test.is), unknown: [] };
  const from = String(facts[test.after]);
  const last = Temporal.PlainDate.from(from).add({ days: test.withinDays }).toString();
  return { verdict: String(value) >= from && String(value) <= last, unknown: [] };
}

function namesOf(test: PlainTest): readonly string[] {
  return "is" in test ? [test.fact] : [test.fact, test.after];
}

function together(held: readonly Held[], verdict: Verdict): Held {
  const unknown = verdict === null ? held.flatMap((one) => one.unknown) : [];
  return { verdict, unknown: [...new Set(unknown)] };
}
