/**
 * From where a dispute stands, is there a way to a passing gate, and which? Best first: what lies
 * nearer to balance is tried first, with the amounts that limits, defaults and balances suggest.
 * Each way found was gone on a copy of the book.
 */
import { CLOSED_STATES } from "../../accounting/adjustment-machine.ts";
import type { AdjustmentEvent, AdjustmentState } from "../../accounting/adjustment-machine.ts";
import { cancelAdjustment } from "../../accounting/cancel-adjustment.ts";
import type { DisputeBook, ResolutionDecision } from "../../accounting/dispute-book.ts";
import { DECISIONS } from "../../accounting/gate-detail.ts";
import { evaluateGate } from "../../accounting/gate.ts";
import { amountValues, positionsOf, reversedAdjustments } from "../../accounting/positions.ts";
import type { Positions } from "../../accounting/positions.ts";
import { formatAmount } from "../../kernel/money.ts";
import type { Operation } from "../../rulebook/operations.ts";

import type { Stage } from "./stage.ts";
import { approveAsked, copyStage, decidingOf, move, passDays, tryOperation } from "./stage.ts";

/** First what the institution does itself, then with more from outside as well. */
const PHASES = [
  { withRecords: false, mostStages: 150 },
  { withRecords: true, mostStages: 250 },
] as const;

/** An operation with what it is given. */
export type Step = readonly [operation: string, input: Readonly<Record<string, unknown>>];

export interface Search {
  /** What a person did by hand beyond all limits may take a person's hand to cure. */
  readonly byHand: boolean;
  /** Also what only the outside world can say: networks, merchants, cores. */
  readonly withRecords: boolean;
  readonly mostStages: number;
  /** The decisions whose gate would do. */
  readonly decisions: readonly ResolutionDecision[];
}

/** True where some sequence of operations, outcomes and days leads to a gate that passes. */
export function reachesResolution(start: Stage, byHand: boolean): boolean {
  if (start.book.state === "resolved") return true;
  return PHASES.some(
    (phase) => findWay(start, { ...phase, byHand, decisions: DECISIONS }) !== null,
  );
}

export interface Way {
  readonly steps: readonly Step[];
  /** Whose gate passes after it. */
  readonly decision: ResolutionDecision;
}

/**
 * The operations that lead to a passing gate, once all they start is approved, executed and over;
 * none where waiting alone does. Null where the search found no way.
 */
export function findWay(start: Stage, search: Search): Way | null {
  const { decisions } = search;
  const seen = new Set<string>();
  const waiting: Waiting[] = [];
  const consider = (stage: Stage, steps: readonly Step[]): Way | null => {
    const key = keyOf(stage);
    if (seen.has(key)) return null;
    seen.add(key);
    const { distance, decision } = nearest(stage, decisions);
    if (distance === 0) return { steps, decision };
    waiting.push({ stage, steps, distance, ordinal: seen.size });
    return null;
  };
  const already = consider(settled(copyStage(start)), []);
  if (already !== null) return already;
  for (let tried = 0; tried < search.mostStages && waiting.length > 0; tried += 1) {
    waiting.sort((a, b) => b.distance - a.distance);
    // Now and then the one that waits longest: a way out may first lead away.
    const next = tried % 4 === 3 ? oldestOf(waiting) : waiting.pop();
    if (next === undefined) return null;
    for (const step of movesFrom(next.stage, search)) {
      const stage = copyStage(next.stage);
      if (tryOperation(stage, ...step) !== null) continue;
      const way = consider(settled(stage), [...next.steps, step]);
      if (way !== null) return way;
    }
  }
  return null;
}

/** Every single step that leads there by itself: one of each operation, in the book's order. */
export function singleSteps(start: Stage, search: Search): Way[] {
  const ways = new Map<string, Way>();
  const from = settled(copyStage(start));
  for (const step of movesFrom(from, search)) {
    const [operation] = step;
    if (ways.has(operation)) continue;
    const stage = copyStage(from);
    if (tryOperation(stage, ...step) !== null) continue;
    const { distance, decision } = nearest(settled(stage), search.decisions);
    if (distance === 0) ways.set(operation, { steps: [step], decision });
  }
  return [...ways.values()];
}

interface Waiting {
  readonly stage: Stage;
  readonly steps: readonly Step[];
  readonly distance: number;
  readonly ordinal: number;
}

function oldestOf(waiting: Waiting[]): Waiting | undefined {
  const oldest = waiting.reduce((best, one, index) => {
    const than = waiting[best];
    return than === undefined || one.ordinal < than.ordinal ? index : best;
  }, 0);
  return waiting.splice(oldest, 1)[0];
}

const ONWARD: Partial<Record<AdjustmentState, AdjustmentEvent>> = {
  pendingManual: "attested",
  pendingService: "reroutedToManual",
  pendingBatch: "reroutedToManual",
  serviceFailed: "attested",
  inFile: "handedOver",
  batchFailed: "attested",
};

/** Everything open is approved and executed, days pass; what stopped for review is cancelled. */
function settled(stage: Stage): Stage {
  for (let round = 0; round < 20; round += 1) {
    const open = stage.book.adjustments.find((one) => !CLOSED_STATES.has(one.state));
    if (open === undefined) break;
    const going = stage.book.adjustments.find((one) => ONWARD[one.state] !== undefined);
    const event = going === undefined ? undefined : ONWARD[going.state];
    const asked = stage.book.adjustments.find((one) => one.state === "awaitingApproval");
    if (going !== undefined && event !== undefined) move(stage, going, event);
    else if (asked !== undefined) approveAsked(stage, asked);
    else if (open.hold?.reason === "custom") {
      cancelAdjustment(decidingOf(stage, open), open.id, "reviewed");
    } else {
      if (open.hold?.reason === "denyDebitDate" && open.hold.releaseOn === null) {
        tryOperation(stage, "recordNoticeSent", {});
      }
      passDays(stage, 40);
    }
  }
  return stage;
}

/** Operations worth trying, with the amounts that limits and balances suggest. */
function movesFrom(stage: Stage, { byHand, withRecords }: Search): Step[] {
  const { book, context } = stage;
  const positions = positionsOf(book);
  const values = amountValues(positions);
  const moves: Step[] = [];
  for (const operation of context.rulebook.operations.values()) {
    if (context.rulebook.states.get(book.state)?.has(operation.group) !== true) continue;
    if (NOT_TRIED.has(operation.id) || (operation.group === "record" && !withRecords)) continue;
    const base = baseInput(operation);
    if (!operation.inputs.has("amount") || operation.inputs.get("amount")?.default) {
      moves.push([operation.id, base]);
    }
    if (!operation.inputs.has("amount")) continue;
    const limit = operation.limit?.evaluate(values);
    const wanted = suggested(positions).filter((one) => limit === undefined || one < limit);
    if (limit !== undefined && limit > 0n) wanted.push(limit);
    for (const one of new Set(wanted)) {
      moves.push([operation.id, { ...base, amount: formatAmount(one, book.currency) }]);
    }
  }
  for (const lifts of ["all", "none"]) moves.push(["reopen", { lifts }]);
  const reversed = reversedAdjustments(book);
  for (const { id, entries, reversesAdjustmentId } of book.adjustments) {
    if (entries.length === 0 || reversesAdjustmentId !== null || reversed.has(id)) continue;
    moves.push(["reverseAdjustment", { adjustment: id }]);
  }
  return byHand ? [...moves, ...movesByHand(stage, positions)] : moves;
}

function baseInput({ inputs }: Operation): Record<string, unknown> {
  const base: Record<string, unknown> = {};
  if (inputs.has("debitOn")) base["debitOn"] = "now";
  if (inputs.has("reason")) base["reason"] = "because";
  if (inputs.has("kind")) base["kind"] = "ach";
  return base;
}

/** They need more than an amount, or would make every search succeed. */
const NOT_TRIED = new Set([
  "adjustManually",
  "importHistory",
  "resolve",
  "setAmountInDispute",
  "clearAmountInDispute",
  "raiseProvisionalCredit",
  "submitChargeback",
  "recordNetworkFee",
  "recordNetworkFeeRefund",
  "recordCoreFee",
  "refundFee",
  "billFinanceCharge",
  "reopen",
  "reverseAdjustment",
]);

/** Collections that few operations reach: there one side is enough. */
const OUT_OF_REACH = new Set(["customerOffset", "atmOverShort", "coreSuspense", "checksPayable"]);

/** Any rule that lowers what stands on both of its sides, by that much. */
function movesByHand({ context, book }: Stage, positions: Positions): Step[] {
  return [...context.rulebook.rules.values()].flatMap((rule) => {
    const [debit, credit] = [positions.booked(rule.debit), -positions.booked(rule.credit)];
    const oneSided = OUT_OF_REACH.has(rule.debit)
      ? debit
      : OUT_OF_REACH.has(rule.credit)
        ? credit
        : 0n;
    const amount = oneSided > 0n ? oneSided : debit < credit ? debit : credit;
    if (amount <= 0n) return [];
    const input = { rule: rule.id, amount: formatAmount(amount, book.currency) };
    return [["adjustManually", { ...input, trackingOnly: true }] as Step];
  });
}

function suggested(positions: Positions): bigint[] {
  const { booked } = positions;
  const candidates = [
    positions.uncredited,
    positions.surplus,
    positions.disputed - positions.denied,
    ...["suspense", "merchant", "otherInstitution", "accountHolder"].map(booked),
  ];
  const positive = candidates.map((one) => (one < 0n ? -one : one)).filter((one) => one > 0n);
  return [...new Set(positive)];
}

/** Distance 0 where a gate passes; else how far the nearest is, in major units and reasons. */
function nearest(
  { book, context }: Stage,
  decisions: readonly ResolutionDecision[],
): { distance: number; decision: ResolutionDecision } {
  const distances = decisions.map((decision) => {
    const gate = evaluateGate(book, context.rulebook, decision);
    if (gate.allowed) return { decision, distance: book.state === "denialPlanned" ? 1 : 0 };
    const distance = gate.because.reduce((sum, words) => sum + 10 + weightOf(words), 1);
    return { decision, distance };
  });
  const best = distances.reduce((least, one) => (one.distance < least.distance ? one : least));
  return best.distance === 0 ? best : { ...best, distance: best.distance + misplaced(book) };
}

/** What stands on accounts of suspense beyond the collection's sum: they cancel each other out. */
function misplaced(book: DisputeBook): number {
  const accounts = new Map<string, bigint>();
  for (const { debit, credit, amountMinor } of book.adjustments.flatMap((one) => one.entries)) {
    for (const [side, sign] of [[debit, -1n] as const, [credit, 1n] as const]) {
      if (side.collection !== "suspense") continue;
      accounts.set(side.account, (accounts.get(side.account) ?? 0n) + sign * amountMinor);
    }
  }
  const balances = [...accounts.values()].map(Number);
  const sum = balances.reduce((total, one) => total + one, 0);
  return (balances.reduce((total, one) => total + Math.abs(one), 0) - Math.abs(sum)) / 100;
}

/** The amount that a reason names; a reason without one weighs like a whole dispute. */
function weightOf(words: string): number {
  const amount = /-?[0-9]+[.][0-9]+$/.exec(words);
  return amount === null ? 100 : Math.abs(Number(amount[0]));
}

/** What may happen next depends on this alone, as far as a search cares. */
function keyOf({ book }: Stage): string {
  const { committed, ...rest } = positionsOf(book);
  const balances = new Map<string, bigint>();
  for (const { debit, credit, amountMinor } of book.adjustments.flatMap((one) => one.entries)) {
    for (const [side, sign] of [[debit, -1n] as const, [credit, 1n] as const]) {
      const key = `${side.collection} ${side.account}`;
      balances.set(key, (balances.get(key) ?? 0n) + sign * amountMinor);
    }
  }
  const standing = [...balances]
    .filter(([, value]) => value !== 0n)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    book.state,
    rest.denied,
    rest.disputed,
    rest.merchantCredit,
    rest.holderCredit,
    committed("accountHolder"),
    standing.join(),
  ].join(" ");
}
