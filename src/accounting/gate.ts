/**
 * The resolution gate (domain §7): no decision passes while an adjustment is under way, nor while
 * a collection is not where it has to be, account by account.
 */
import { formatAmount } from "../kernel/money.ts";
import type { RuleBook } from "../rulebook/load.ts";

import { GATE_BLOCKING_STATES } from "./adjustment-machine.ts";
import type { DisputeBook, ResolutionDecision } from "./dispute-book.ts";
import { amountValues, positionsOf } from "./positions.ts";
import type { Positions } from "./positions.ts";

/** A claim on the holder: it passes every gate once it is handed over by name. */
export const CUSTOMER_CLAIM = "customerReceivable";

export interface GateResult {
  readonly decision: ResolutionDecision;
  readonly allowed: boolean;
  /** Collections that have to be elsewhere, at their tested value; decimal strings. */
  readonly outOfBalance: Readonly<Record<string, string>>;
  readonly because: readonly string[];
}

/** How a reason begins that time or work cures by itself. */
export const UNDER_WAY = "an adjustment is";

export function evaluateGate(
  book: DisputeBook,
  rulebook: RuleBook,
  decision: ResolutionDecision,
): GateResult {
  const gate = rulebook.gates.get(decision);
  const because: string[] = [];
  for (const state of blockingStates(book)) because.push(`${UNDER_WAY} ${state}`);
  const positions = positionsOf(book);
  const outOfBalance: Record<string, string> = {};
  const money = (minor: bigint): string => formatAmount(minor, book.currency);
  for (const collection of gate?.zero ?? []) {
    const value = testedValue(book, positions, collection);
    if (value === 0n) continue;
    outOfBalance[collection] = money(value);
    because.push(`${collection} is ${money(value)}`);
  }
  for (const collection of gate?.notPositive ?? []) {
    const value = positiveValue(book, positions, collection);
    if (value <= 0n) continue;
    outOfBalance[collection] = money(value);
    because.push(`${collection} is positive: ${money(value)}`);
  }
  const values = amountValues(positions);
  for (const { position, is, words } of gate?.conditions ?? []) {
    const value = position.evaluate(values);
    if (is === 0 ? value === 0n : value > 0n) continue;
    because.push(is === 0 ? `${words}: ${money(value)}` : words);
  }
  return { decision, allowed: because.length === 0, outOfBalance, because };
}

/**
 * A resolved dispute to which something happened: does the decision in force still pass? Null
 * while none is in force. What fails is the caller's to show: an Accounting Exception.
 */
export function gateAgain(book: DisputeBook, rulebook: RuleBook): GateResult | null {
  const inForce = book.resolutions.findLast((one) => !one.undone);
  return inForce === undefined ? null : evaluateGate(book, rulebook, inForce.decision);
}

function blockingStates(book: DisputeBook): string[] {
  const states = book.adjustments.map((one) => one.state);
  return [...new Set(states.filter((state) => GATE_BLOCKING_STATES.has(state)))];
}

/** Sum of the collection, or, where accounts cancel each other out, what stands on one side. */
function testedValue(book: DisputeBook, positions: Positions, collection: string): bigint {
  if (collection === "accountHolder") {
    // The holder's credit without the parts that are tested by themselves.
    return positions.booked("accountHolder") + positions.checksCleared - positions.receivables;
  }
  if (collection === "loss") return -positions.writtenOff;
  const total = positions.booked(collection);
  if (total !== 0n) return total;
  return [...accountBalances(book, collection).values()].find((one) => one > 0n) ?? 0n;
}

/** The collection's sum where positive, else what is positive on one of its accounts. */
function positiveValue(book: DisputeBook, positions: Positions, collection: string): bigint {
  const total = positions.booked(collection);
  if (total > 0n) return total;
  return [...accountBalances(book, collection).values()].find((one) => one > 0n) ?? 0n;
}

/** What stands on each account of a collection, in minor units. */
export function accountBalances(book: DisputeBook, collection: string): Map<string, bigint> {
  const balances = new Map<string, bigint>();
  for (const { entries } of book.adjustments) {
    for (const { debit, credit, amountMinor } of entries) {
      if (debit.collection === collection) {
        balances.set(debit.account, (balances.get(debit.account) ?? 0n) - amountMinor);
      }
      if (credit.collection === collection) {
        balances.set(credit.account, (balances.get(credit.account) ?? 0n) + amountMinor);
      }
    }
  }
  return balances;
}
