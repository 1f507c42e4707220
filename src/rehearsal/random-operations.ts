/**
 * Plays random operations on one dispute and holds the books to what must never happen, whatever
 * the order (issue of every ledger: the case nobody thought of). A seed repeats a sequence exactly.
 */
import { CLOSED_STATES } from "../accounting/adjustment-machine.ts";
import type { AdjustmentEvent, AdjustmentState } from "../accounting/adjustment-machine.ts";
import { cancelAdjustment } from "../accounting/cancel-adjustment.ts";
import { clientSettings } from "../accounting/client-settings.ts";
import type { DecideContext } from "../accounting/decide-context.ts";
import type { Adjustment } from "../accounting/dispute-book.ts";
import { newBook } from "../accounting/dispute-book.ts";
import { positionsOf } from "../accounting/positions.ts";
import { runDue } from "../accounting/run-due.ts";
import type { BusinessCalendar } from "../kernel/calendar.ts";
import type { Ids } from "../kernel/ids.ts";
import { formatAmount } from "../kernel/money.ts";
import type { RuleBook } from "../rulebook/load.ts";
import type { Operation } from "../rulebook/operations.ts";

import { anotherAccount, approveOrDecline } from "./account-change.ts";
import { gateFaults, stepFaults } from "./book-invariants.ts";
import type { Stage } from "../resolution/search/stage.ts";
import { decidingOf, move, passDays, tryOperation } from "../resolution/search/stage.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { seededRandom } from "./seeded-random.ts";
import { reachesResolution } from "../resolution/search/find-way.ts";

export interface Rehearsal {
  readonly rulebook: RuleBook;
  readonly calendar: BusinessCalendar;
  readonly ids: Ids;
}

export interface Played {
  readonly seed: number;
  /** What was done, a line a step. */
  readonly steps: readonly string[];
  /** What must never happen and did. */
  readonly faults: readonly string[];
}

/** Operations that a person may use beyond every limit. */
const BY_HAND = new Set(["adjustManually", "importHistory", "reverseAdjustment"]);

const START = "2026-11-16";
const LONGEST = 12;

/** One random sequence from its seed: operations, outcomes, days that pass. */
export function playRandom(
  rehearsal: Rehearsal,
  seed: number,
  look: (end: Stage) => void = () => undefined,
): Played {
  const random = seededRandom(seed);
  const stage = stageFor(rehearsal, random);
  const steps: string[] = [];
  const faults: string[] = [];
  const length = 1 + random.below(LONGEST);
  while (steps.length < length && faults.length === 0) {
    const before = positionsOf(stage.book);
    const step = randomStep(stage, random);
    steps.push(step.words);
    const after = positionsOf(stage.book);
    faults.push(...step.faults);
    faults.push(...stepFaults(stage.book, before, after, step.operation));
    faults.push(...gateFaults(stage.book, stage.context.rulebook));
  }
  look(stage);
  const byHand = stage.book.operations.some((one) => BY_HAND.has(one.operation));
  if (faults.length === 0 && !reachesResolution(stage, byHand)) {
    faults.push(`no operation leads to a passing gate from ${stage.book.state}`);
  }
  return { seed, steps, faults };
}

const TIER = [{ above: "0.00", levels: 1 }];

function stageFor({ rulebook, calendar, ids }: Rehearsal, random: SeededRandom): Stage {
  const settings = clientSettings({
    secondOperations: random.once(3),
    combine: !random.once(3),
    approvals: random.once(4) ? { denyDispute: TIER, issueProvisionalCredit: TIER } : {},
    ...(random.once(4) ? { batchProfiles: { nightly: {} } } : {}),
  });
  const book = newBook({
    id: "dispute",
    clientId: "rehearsal",
    claimId: "claim",
    currency: "USD",
    amountMinor: 100n * BigInt(1 + random.below(3)) * 100n,
    holderAccount: "holder",
    facts: {
      network: random.pick(["visa", "mastercard", "star"]),
      regulation: random.pick(["E", "Z", "none"]),
      fraud: random.once(2),
      cardBlocked: random.once(2),
    },
  });
  const context: DecideContext = {
    rulebook,
    settings,
    calendar,
    ids,
    executesAtOnce: random.once(2),
    referenceUsed: () => false,
  };
  return { book, context, today: START, ordinal: 0 };
}

interface RandomStep {
  readonly words: string;
  /** The operation that ran, where one did. */
  readonly operation: string | null;
  readonly faults: readonly string[];
}

function randomStep(stage: Stage, random: SeededRandom): RandomStep {
  if (random.once(6)) {
    const days = 1 + random.below(9);
    passDays(stage, days);
    return { words: `${days} days pass`, operation: null, faults: [] };
  }
  const open = stage.book.adjustments.filter((one) => !CLOSED_STATES.has(one.state));
  if (open.length > 0 && random.once(3)) return outcomeOf(stage, random.pick(open), random);
  return randomOperation(stage, random);
}

type Fate = AdjustmentEvent | "approved" | "anotherAccount";

/** What may become of an adjustment in each open state, as far as a rehearsal goes. */
const FATES: Partial<Record<AdjustmentState, readonly Fate[]>> = {
  planned: ["cancelled"],
  awaitingApproval: ["approved", "approved", "declined", "cancelled"],
  pendingManual: ["attested", "attested", "attested", "couldNotPost", "cancelled"],
  pendingService: ["retriesUsedUp", "reroutedToManual", "cancelled"],
  serviceFailed: ["anotherAccount", "anotherAccount", "attested", "cancelled", "reroutedToManual"],
  pendingBatch: ["takenIntoFile", "reroutedToManual", "cancelled"],
  inFile: ["handedOver", "lineRefused", "fileVoided"],
  batchFailed: ["nextFileAsked", "attested", "cancelled"],
};

function outcomeOf(stage: Stage, adjustment: Adjustment, random: SeededRandom): RandomStep {
  const fate = random.pick<Fate>(FATES[adjustment.state] ?? ["attested"]);
  const words = `${adjustment.principalRule ?? "flag"} (${adjustment.state}) ${fate}`;
  if (fate === "anotherAccount") {
    return { ...anotherAccount(stage, adjustment, random), operation: null };
  }
  if (fate === "approved") return { ...approveOrDecline(stage, adjustment), operation: null };
  const deciding = decidingOf(stage, adjustment);
  if (fate === "cancelled" || fate === "declined") {
    cancelAdjustment(deciding, adjustment.id, "by a person", fate);
    runDue(stage.book, { today: stage.today }, stage.context);
  } else move(stage, adjustment, fate);
  return { words, operation: null, faults: [] };
}

function randomOperation(stage: Stage, random: SeededRandom): RandomStep {
  const operation = random.pick([...stage.context.rulebook.operations.values()]);
  const input = randomInput(stage, operation, random);
  const words = `${operation.id} ${JSON.stringify(input)}`;
  const code = tryOperation(stage, operation.id, input);
  if (code !== null) return { words: `${words}: ${code}`, operation: null, faults: [] };
  return { words, operation: operation.id, faults: [] };
}

function randomInput(
  stage: Stage,
  operation: Operation,
  random: SeededRandom,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const declared of operation.inputs.values()) {
    if (!declared.required && random.once(3) && declared.name !== "amount") continue;
    const value = randomValue(stage, declared.name, declared.type, declared.values, random);
    if (value !== undefined) input[declared.name] = value;
  }
  return input;
}

function randomValue(
  stage: Stage,
  name: string,
  type: string,
  values: readonly string[] | null,
  random: SeededRandom,
): unknown {
  if (name === "rule") return random.pick([...stage.context.rulebook.rules.keys()]);
  if (name === "adjustment") {
    const { adjustments } = stage.book;
    return adjustments.length === 0 ? "none" : random.pick(adjustments).id;
  }
  if (name === "reason") return random.pick(["merchantIssuedCredit", "because"]);
  switch (type) {
    case "amount":
      return random.once(3) ? undefined : randomAmount(stage, random);
    case "choice":
      return random.pick(values ?? []);
    case "boolean":
      return random.once(2);
    default:
      return undefined;
  }
}

/** Amounts that meet each other: parts of the dispute and what stands in some collection. */
function randomAmount({ book }: Stage, random: SeededRandom): string {
  const part = (book.amountMinor * BigInt(1 + random.below(6))) / 4n;
  const positions = positionsOf(book);
  const standing = [
    positions.uncredited,
    positions.surplus,
    positions.booked("suspense"),
    -positions.booked("suspense"),
    -positions.booked("merchant"),
  ].filter((amount) => amount > 0n);
  const amount = standing.length > 0 && random.once(2) ? random.pick(standing) : part;
  return formatAmount(amount, book.currency);
}
