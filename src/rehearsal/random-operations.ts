/**
 * Plays random operations on one dispute and holds the books to what must never happen, whatever
 * the order (issue of every ledger: the case nobody thought of). A seed repeats a sequence exactly.
 */
import type { AdjustmentEvent } from "../accounting/adjustment-machine.ts";
import { nextState, NEVER_SENT_STATES } from "../accounting/adjustment-machine.ts";
import { cancelAdjustment } from "../accounting/cancel-adjustment.ts";
import { clientSettings } from "../accounting/client-settings.ts";
import type { DecideContext, Deciding } from "../accounting/decide-context.ts";
import { decide } from "../accounting/decide.ts";
import type { Adjustment, DisputeBook } from "../accounting/dispute-book.ts";
import { newBook, record } from "../accounting/dispute-book.ts";
import { positionsOf } from "../accounting/positions.ts";
import { runDue } from "../accounting/run-due.ts";
import type { BusinessCalendar } from "../kernel/calendar.ts";
import { Failure } from "../kernel/failure.ts";
import type { Ids } from "../kernel/ids.ts";
import { formatAmount } from "../kernel/money.ts";
import type { RuleBook } from "../rulebook/load.ts";
import type { Operation } from "../rulebook/operations.ts";

import { gateFaults, stepFaults } from "./book-invariants.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { seededRandom } from "./seeded-random.ts";
import { reachesResolution } from "./search-resolution.ts";

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

export interface Stage {
  readonly book: DisputeBook;
  readonly context: DecideContext;
  today: string;
  ordinal: number;
}

const START = "2026-11-16";
const LONGEST = 12;

/** One random sequence from its seed: operations, outcomes, days that pass. */
export function playRandom(rehearsal: Rehearsal, seed: number): Played {
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
    faults.push(...stepFaults(stage.book, before, after, step.operation));
    faults.push(...gateFaults(stage.book, stage.context.rulebook));
  }
  if (faults.length === 0 && !reachesResolution(stage)) {
    faults.push(`no operation leads to a passing gate from ${stage.book.state}`);
  }
  return { seed, steps, faults };
}

function stageFor({ rulebook, calendar, ids }: Rehearsal, random: SeededRandom): Stage {
  const settings = clientSettings({
    secondOperations: random.once(3),
    combine: !random.once(3),
    approvals: {},
  });
  const used = new Set<string>();
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
    referenceUsed: (kind, reference) => used.has(`${kind} ${reference}`),
  };
  return { book, context, today: START, ordinal: 0 };
}

interface RandomStep {
  readonly words: string;
  /** The operation that ran, where one did. */
  readonly operation: string | null;
}

function randomStep(stage: Stage, random: SeededRandom): RandomStep {
  const open = stage.book.adjustments.filter((one) => NEVER_SENT_STATES.has(one.state));
  if (random.once(6)) return passDays(stage, 1 + random.below(9));
  const pending = open.filter((one) => one.state !== "planned");
  if (pending.length > 0 && random.once(3)) return outcomeOf(stage, random.pick(pending), random);
  return randomOperation(stage, random);
}

export function passDays(stage: Stage, days: number): RandomStep {
  stage.today = stage.context.calendar.addDays(stage.today, days);
  runDue(stage.book, { today: stage.today }, stage.context);
  return { words: `${days} days pass`, operation: null };
}

function outcomeOf(stage: Stage, adjustment: Adjustment, random: SeededRandom): RandomStep {
  const fate = random.pick(["executed", "executed", "failed", "cancelled"] as const);
  if (fate === "cancelled") {
    if (positionsAllowCancel(stage, adjustment)) {
      cancelAdjustment(decidingOf(stage, adjustment), adjustment.id, "by a person");
    }
  } else move(stage, adjustment, fate === "executed" ? "attested" : "couldNotPost");
  runDue(stage.book, { today: stage.today }, stage.context);
  return { words: `${adjustment.principalRule ?? "flag"} ${fate}`, operation: null };
}

/** Cancelling a take-back gives the holder's money back: only what may still be owed. */
function positionsAllowCancel(stage: Stage, adjustment: Adjustment): boolean {
  return adjustment.denialId === null && stage.book.state !== "resolved";
}

export function decidingOf(stage: Stage, adjustment: Adjustment): Deciding {
  const { book, context, today } = stage;
  const { operationId, operation } = adjustment;
  return { book, context, operationId, operation, today, eventDate: today };
}

export function move(stage: Stage, adjustment: Adjustment, event: AdjustmentEvent): void {
  const from = adjustment.state;
  record(stage.book, {
    type: "adjustmentMoved",
    adjustmentId: adjustment.id,
    from,
    to: nextState(from, event),
    event,
    operationId: adjustment.operationId,
    reason: null,
  });
}

function randomOperation(stage: Stage, random: SeededRandom): RandomStep {
  const operation = random.pick([...stage.context.rulebook.operations.values()]);
  const input = randomInput(stage, operation, random);
  const words = `${operation.id} ${JSON.stringify(input)}`;
  const code = tryOperation(stage, operation.id, input);
  if (code !== null) return { words: `${words}: ${code}`, operation: null };
  return { words, operation: operation.id };
}

/** Runs an operation; answers the code it was refused with, or null. */
export function tryOperation(
  stage: Stage,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): string | null {
  const { book, context, today } = stage;
  const operationId = `operation-${(stage.ordinal += 1)}`;
  try {
    decide(book, { operationId, operation, input, today, eventDate: today, actor: "x" }, context);
    return null;
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
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
