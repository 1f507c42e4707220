/**
 * The resolution gate in full (domain §7): of each decision every test, what it looks at, and
 * whether it passes now, account by account, with the adjustments in the way. Pure, and of one
 * mind with `evaluateGate`.
 */
import { CUSTOMER_CLAIM, evaluateGate } from "./gate.ts";
import type { RuleBook } from "../rulebook/load.ts";

import type { AdjustmentState } from "./adjustment-machine.ts";
import { GATE_BLOCKING_STATES } from "./adjustment-machine.ts";
import type { DisputeBook, ResolutionDecision } from "./dispute-book.ts";
import { accountBalances } from "./gate.ts";
import type { Positions } from "./positions.ts";
import { amountValues, positionsOf } from "./positions.ts";

export interface GateCheck {
  /** Null where a position is tested. */
  readonly collection: string | null;
  /** Null where all of a collection is tested as one. */
  readonly account: string | null;
  /** What does not pass, in words; of a test that passes, what it asks for. */
  readonly words: string;
  /** `handedOver`: passes once a collections department is named. */
  readonly mustBe: "zero" | "notPositive" | "positive" | "handedOver";
  readonly valueMinor: bigint;
  readonly passes: boolean;
}

export interface UnderWay {
  readonly adjustmentId: string;
  readonly operation: string;
  /** Null where no money moves. */
  readonly rule: string | null;
  readonly amountMinor: bigint;
  readonly state: AdjustmentState;
}

export interface DecisionGate {
  readonly decision: ResolutionDecision;
  readonly allowed: boolean;
  readonly checks: readonly GateCheck[];
}

export const DECISIONS: readonly ResolutionDecision[] = ["pay", "deny", "partialDeny", "writeOff"];

/** The adjustments that no decision passes while they are open. */
export function adjustmentsUnderWay(book: DisputeBook): UnderWay[] {
  return book.adjustments
    .filter((one) => GATE_BLOCKING_STATES.has(one.state))
    .map((one) => ({
      adjustmentId: one.id,
      operation: one.operation,
      rule: one.principalRule,
      amountMinor: one.amountMinor,
      state: one.state,
    }));
}

export function decisionGate(
  book: DisputeBook,
  rulebook: RuleBook,
  decision: ResolutionDecision,
): DecisionGate {
  const gate = rulebook.gates.get(decision);
  const positions = positionsOf(book);
  const values = amountValues(positions);
  const checks = [
    ...(gate?.zero ?? []).flatMap((one) => zeroChecks(book, positions, one)),
    ...(gate?.notPositive ?? []).flatMap((one) => notPositiveChecks(book, one)),
    ...(gate?.conditions ?? []).map(({ position, is, words }): GateCheck => {
      const valueMinor = position.evaluate(values);
      const mustBe = is === 0 ? "zero" : "positive";
      const passes = is === 0 ? valueMinor === 0n : valueMinor > 0n;
      return { collection: null, account: null, words, mustBe, valueMinor, passes };
    }),
    ...claimChecks(book),
  ];
  const { allowed } = evaluateGate(book, rulebook, decision);
  return { decision, allowed, checks };
}

/** Collections that are tested less their parts that are tested by themselves. */
function zeroChecks(book: DisputeBook, positions: Positions, collection: string): GateCheck[] {
  const whole = (valueMinor: bigint, words: string): GateCheck[] => [
    { collection, account: null, words, mustBe: "zero", valueMinor, passes: valueMinor === 0n },
  ];
  if (collection === "accountHolder") {
    const { checksCleared, receivables } = positions;
    const credit = positions.booked("accountHolder") + checksCleared - receivables;
    return whole(credit, "the holder keeps a credit");
  }
  if (collection === "loss") return whole(-positions.writtenOff, "a loss is booked");
  const words = `${collection} has to be cleared`;
  const accounts = [...accountBalances(book, collection)].filter(([, value]) => value !== 0n);
  if (accounts.length === 0) return whole(0n, words);
  return accounts.map(([account, valueMinor]) => ({
    collection,
    account,
    words,
    mustBe: "zero",
    valueMinor,
    passes: false,
  }));
}

function notPositiveChecks(book: DisputeBook, collection: string): GateCheck[] {
  const accounts = [...accountBalances(book, collection)].filter(([, value]) => value !== 0n);
  const none: [string | null, bigint][] = [[null, 0n]];
  return (accounts.length === 0 ? none : accounts).map(([account, valueMinor]) => ({
    collection,
    account,
    words: `${collection} holds more than came from it`,
    mustBe: "notPositive",
    valueMinor,
    passes: valueMinor <= 0n,
  }));
}

/** A claim on the holder passes when it is handed over by name: said, never refused here. */
function claimChecks(book: DisputeBook): GateCheck[] {
  return [...accountBalances(book, CUSTOMER_CLAIM)]
    .filter(([, value]) => value !== 0n)
    .map(([account, valueMinor]) => ({
      collection: CUSTOMER_CLAIM,
      account,
      words: "name the collections department that takes the claim over",
      mustBe: "handedOver",
      valueMinor,
      passes: true,
    }));
}
