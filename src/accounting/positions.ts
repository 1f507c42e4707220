/**
 * A dispute's balances and derived positions (domain §2), computed from entries and proposals in
 * one pass, never stored as flags. Minor units; balance = credits - debits.
 */
import { maximum, minimum } from "../kernel/money.ts";

import { PROPOSAL_STATES } from "./adjustment-machine.ts";
import type { Adjustment, DisputeBook, Entry } from "./dispute-book.ts";
import { isStandIn } from "./dispute-book.ts";

export interface Positions {
  readonly disputed: bigint;
  readonly denied: bigint;
  readonly holderCredit: bigint;
  readonly merchantCredit: bigint;
  readonly uncredited: bigint;
  readonly surplus: bigint;
  readonly recovered: bigint;
  readonly writtenOff: bigint;
  readonly remaining: bigint;
  readonly checksCleared: bigint;
  readonly receivables: bigint;
  /** What credits of this dispute brought and nothing has taken back yet, by rule. */
  readonly extrasCarried: Readonly<Record<ExtraRule, bigint>>;
  booked(collection: string): bigint;
  /** Booked suspense less the write-offs that wait for their principal: it is cleared once. */
  readonly bookedSuspense: bigint;
  /** Booked plus what is planned or awaits approval. */
  committed(collection: string): bigint;
}

export const EXTRA_RULES = ["RefundFee", "InterestCredit", "FinanceChargeRefund"] as const;
export type ExtraRule = (typeof EXTRA_RULES)[number];

/** The rule that takes an extra back once all is denied. */
export const EXTRA_REVERSALS: Readonly<Record<ExtraRule, string>> = {
  RefundFee: "ReverseRefundedFees",
  InterestCredit: "ReverseInterestCredit",
  FinanceChargeRefund: "ReverseFinanceChargeRefund",
};

/** An operation whose fee refund is its own decision is never taken back by a denial. */
const NOT_CARRIED = new Set(["refundFee", "adjustManually", "importHistory"]);

interface Sums {
  readonly booked: Map<string, bigint>;
  readonly planned: Map<string, bigint>;
  /** Of entries and proposals, by rule; reversed and cancelled ones taken off. */
  readonly rules: Map<string, bigint>;
  readonly carried: Map<string, bigint>;
  disputed: bigint;
  writtenOffLater: bigint;
}

export function positionsOf(book: DisputeBook): Positions {
  const sums: Sums = {
    booked: new Map(),
    planned: new Map(),
    rules: new Map(),
    carried: new Map(),
    disputed: book.amountMinor,
    writtenOffLater: 0n,
  };
  const reversed = reversedAdjustments(book);
  for (const adjustment of book.adjustments) {
    // What it is to replace is still counted itself.
    if (!isStandIn(book, adjustment)) sumAdjustment(sums, adjustment, reversed);
  }
  return derive(book, sums);
}

/** Adjustments with a reversal that is not cancelled. */
export function reversedAdjustments(book: DisputeBook): ReadonlySet<string> {
  const reversed = new Set<string>();
  for (const { reversesAdjustmentId, state } of book.adjustments) {
    if (reversesAdjustmentId !== null && state !== "cancelled") reversed.add(reversesAdjustmentId);
  }
  return reversed;
}

function sumAdjustment(sums: Sums, adjustment: Adjustment, reversed: ReadonlySet<string>): void {
  const inForce = adjustment.state !== "cancelled" && !reversed.has(adjustment.id);
  if (inForce) sums.disputed += adjustment.raisesDisputedMinor;
  for (const entry of adjustment.entries) {
    add(sums.booked, entry.debit.collection, -entry.amountMinor);
    add(sums.booked, entry.credit.collection, entry.amountMinor);
    add(sums.rules, entry.rule, signed(entry));
  }
  const isReversal = adjustment.reversesAdjustmentId !== null;
  if (PROPOSAL_STATES.has(adjustment.state)) {
    for (const proposal of adjustment.proposals) {
      add(sums.planned, proposal.debitCollection, -proposal.amountMinor);
      add(sums.planned, proposal.creditCollection, proposal.amountMinor);
      const amount = proposal.amountMinor;
      if (proposal.rule === "LossAdjustment") sums.writtenOffLater += amount;
      add(sums.rules, proposal.rule, proposal.reverses === null ? amount : -amount);
    }
  }
  if (!inForce || isReversal || NOT_CARRIED.has(adjustment.operation)) return;
  for (const line of linesOf(adjustment)) add(sums.carried, line.rule, line.amountMinor);
}

/** What the adjustment moves or is going to move, contra entries left out. */
export function linesOf(
  adjustment: Adjustment,
): readonly { readonly rule: string; readonly amountMinor: bigint }[] {
  if (PROPOSAL_STATES.has(adjustment.state)) return adjustment.proposals;
  return adjustment.entries.filter((entry) => entry.kind !== "contra");
}

function signed(entry: Entry): bigint {
  return entry.kind === "original" ? entry.amountMinor : -entry.amountMinor;
}

function derive(book: DisputeBook, sums: Sums): Positions {
  const rule = (name: string): bigint => sums.rules.get(name) ?? 0n;
  const booked = (collection: string): bigint => sums.booked.get(collection) ?? 0n;
  const committed = (collection: string): bigint =>
    booked(collection) + (sums.planned.get(collection) ?? 0n);
  const { disputed } = sums;
  const inForce = book.denials.filter((denial) => !denial.lifted);
  // A raise that was denied and then cancelled shrank the dispute: never more than all is denied.
  const denied = minimum(
    disputed,
    inForce.reduce((sum, denial) => sum + denial.amountMinor, 0n),
  );
  const checksCleared = rule("CheckCleared");
  const receivables = rule("CustomerReceivable");
  const holderCredit =
    committed("accountHolder") +
    committed("checksPayable") +
    committed("coreSuspense") +
    checksCleared -
    receivables;
  const owed = disputed - denied;
  const merchantCredit = minimum(rule("MerchantCredit"), owed) - rule("MerchantCreditRecovery");
  const recovered = merchantCredit - (booked("merchant") + booked("otherInstitution"));
  const writtenOff = -(booked("loss") + booked("recovery"));
  return {
    disputed,
    denied,
    holderCredit,
    merchantCredit,
    uncredited: maximum(0n, owed - merchantCredit - holderCredit),
    surplus: maximum(0n, holderCredit + merchantCredit - owed),
    recovered,
    writtenOff,
    remaining: disputed - recovered - writtenOff - denied,
    checksCleared,
    receivables,
    extrasCarried: carriedExtras(sums, rule),
    bookedSuspense: booked("suspense") + sums.writtenOffLater,
    booked,
    committed,
  };
}

function carriedExtras(
  sums: Sums,
  rule: (name: string) => bigint,
): Readonly<Record<ExtraRule, bigint>> {
  const carried = (extra: ExtraRule): bigint =>
    maximum(0n, (sums.carried.get(extra) ?? 0n) - rule(EXTRA_REVERSALS[extra]));
  return {
    RefundFee: carried("RefundFee"),
    InterestCredit: carried("InterestCredit"),
    FinanceChargeRefund: carried("FinanceChargeRefund"),
  };
}

function add(map: Map<string, bigint>, key: string, amount: bigint): void {
  map.set(key, (map.get(key) ?? 0n) + amount);
}

/** The positions by the names that amount expressions of the rule book use. */
export function amountValues(positions: Positions): Record<string, bigint> {
  const { booked, committed } = positions;
  /** A settling operation may use what stands in the books and is not spoken for. */
  const free = (collection: string): bigint =>
    booked(collection) >= 0n
      ? minimum(booked(collection), committed(collection))
      : maximum(booked(collection), committed(collection));
  return {
    disputed: positions.disputed,
    denied: positions.denied,
    uncredited: positions.uncredited,
    surplus: positions.surplus,
    holderCredit: positions.holderCredit,
    merchantCredit: positions.merchantCredit,
    committedAccountHolder: committed("accountHolder"),
    bookedSuspense: positions.bookedSuspense,
    merchant: free("merchant"),
    otherInstitution: free("otherInstitution"),
    loss: free("loss"),
    recovered: positions.recovered,
    writtenOff: positions.writtenOff,
    remaining: positions.remaining,
    coreSuspense: free("coreSuspense"),
    checksPayable: free("checksPayable"),
    checksCleared: positions.checksCleared,
    receivables: positions.receivables,
    customerReceivable: free("customerReceivable"),
    atmOverShort: free("atmOverShort"),
  };
}
