/**
 * The explanation of a gate that refuses: which balance stands where it must not, the entries that
 * make it, and operations that would cure it, each tried on a copy of the book.
 */
import type { DecideContext } from "../accounting/decide-context.ts";
import type { DisputeBook, ResolutionDecision } from "../accounting/dispute-book.ts";
import { disbursable } from "../accounting/dispute-work.ts";
import type { Explaining } from "../accounting/explain-balance.ts";
import { explainBalance } from "../accounting/explain-balance.ts";
import type { DecisionGate, GateCheck, UnderWay } from "../accounting/gate-detail.ts";
import { adjustmentsUnderWay, decisionGate, DECISIONS } from "../accounting/gate-detail.ts";

import type { Step, Way } from "./search/find-way.ts";
import { findWay, singleSteps } from "./search/find-way.ts";
import type { Stage } from "./search/stage.ts";
import { copyStage } from "./search/stage.ts";

export interface Difference {
  readonly check: GateCheck;
  /** The smallest set of entries that sums to it; empty where it is none of entries. */
  readonly entries: readonly Explaining[];
}

export interface Proposal {
  /** The decision whose gate passes after it. */
  readonly decision: ResolutionDecision;
  /** In order; none where what is under way only has to end. */
  readonly steps: readonly { readonly operation: string; readonly input: Step[1] }[];
}

export interface GateExplanation {
  readonly gate: DecisionGate;
  readonly underWay: readonly UnderWay[];
  readonly differences: readonly Difference[];
  /** The decision's own cure first. */
  readonly proposals: readonly Proposal[];
}

/** Each search looks at so many copies of the book at most: a page waits for it. */
const MOST_STAGES = 40;
const MOST_PROPOSALS = 5;

export function explainGate(
  book: DisputeBook,
  context: DecideContext,
  asked: { readonly decision: ResolutionDecision; readonly today: string },
): GateExplanation {
  const gate = decisionGate(book, context.rulebook, asked.decision);
  const failing = gate.checks.filter((check) => !check.passes);
  return {
    gate,
    underWay: adjustmentsUnderWay(book),
    differences: failing.map((check) => ({ check, entries: entriesOf(book, check) })),
    proposals: gate.allowed ? [] : proposalsFor(book, context, asked),
  };
}

function entriesOf(book: DisputeBook, check: GateCheck): Explaining[] {
  const { collection, account, valueMinor } = check;
  if (collection === null) return [];
  return explainBalance(book, { collection, account, valueMinor });
}

/**
 * Single steps to the decision asked for; where there is none, the shortest ways to it and to any
 * other. By a person's hand only where no operation cures it.
 */
function proposalsFor(
  book: DisputeBook,
  context: DecideContext,
  { decision, today }: { readonly decision: ResolutionDecision; readonly today: string },
): Proposal[] {
  const stage: Stage = copyStage({ book, context, today, ordinal: 0 });
  const others = DECISIONS.filter((one) => one !== decision);
  const due = disbursable(book, context.rulebook);
  for (const byHand of [false, true]) {
    const search = { byHand, withRecords: false, mostStages: MOST_STAGES };
    const already = findWay(stage, { ...search, mostStages: 0, decisions: [decision] });
    if (already !== null) return [proposalOf(already)];
    const single = singleSteps(stage, { ...search, decisions: [decision] });
    // Whose money it is decides which of several movements is the right one.
    const first = single.filter(({ steps }) => steps[0]?.[0] === due?.operation);
    const ways = [...first, ...single.filter((one) => !first.includes(one))];
    if (ways.length === 0) {
      const either = [[decision], others];
      ways.push(...either.flatMap((decisions) => findWay(stage, { ...search, decisions }) ?? []));
    }
    if (ways.length > 0) return ways.slice(0, MOST_PROPOSALS).map(proposalOf);
  }
  return [];
}

function proposalOf({ decision, steps }: Way): Proposal {
  return { decision, steps: steps.map(([operation, input]) => ({ operation, input })) };
}
