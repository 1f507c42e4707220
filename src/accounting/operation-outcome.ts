/**
 * What an operation became, for whoever asked: the shape of the API's answer and of a preview.
 * Read off the changes that were recorded, never recomputed.
 */
import { formatAmount } from "../kernel/money.ts";

import { PROPOSAL_STATES } from "./adjustment-machine.ts";
import type { AdjustmentState } from "./adjustment-machine.ts";
import { assignmentTypeOf } from "./adjustment-machine.ts";
import type { Adjustment, Change, DisputeBook, Entry, Route } from "./dispute-book.ts";
import { adjustmentOf } from "./dispute-book.ts";

export interface OutcomeEntry {
  readonly id: string;
  readonly rule: string;
  readonly debit: { readonly collection: string; readonly account: string };
  readonly credit: { readonly collection: string; readonly account: string };
  readonly amount: string;
  readonly processing: "execute" | "track";
  readonly kind: Entry["kind"];
}

export interface OutcomeProposal {
  readonly rule: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: string;
}

export interface OutcomeAdjustment {
  readonly id: string;
  readonly state: AdjustmentState;
  readonly route: Route | null;
  /** The type of assignment it shows; null when closed. */
  readonly assignment: string | null;
  readonly amount: string;
}

export interface OperationOutcome {
  /** `no entry required` where nothing was booked and nothing planned. */
  readonly decision: string | null;
  readonly entries: readonly OutcomeEntry[];
  readonly planned: readonly OutcomeProposal[];
  readonly adjustments: readonly OutcomeAdjustment[];
  /** Booked, credits minus debits, decimal strings, without zeros. */
  readonly balances: Readonly<Record<string, string>>;
}

/** The outcome of the operation whose changes are given. */
export function outcomeOf(
  book: DisputeBook,
  changes: readonly Change[],
  decision: string | null,
): OperationOutcome {
  const entries = changes.flatMap((change) =>
    change.type === "entriesBooked" ? change.entries : [],
  );
  const touched = [...new Set(changes.flatMap(adjustmentIds))].map((id) => adjustmentOf(book, id));
  return shown(book, entries, touched, decision);
}

/** The outcome of an operation recorded earlier, as its adjustments stand now. */
export function recordedOutcome(
  book: DisputeBook,
  operationId: string,
  decision: string | null,
): OperationOutcome {
  const own = book.adjustments.filter((one) => one.operationId === operationId);
  const entries = own.flatMap((one) => one.entries.filter((entry) => entry.kind !== "contra"));
  return shown(book, entries, own, decision);
}

function shown(
  book: DisputeBook,
  entries: readonly Entry[],
  touched: readonly Adjustment[],
  decision: string | null,
): OperationOutcome {
  const amount = (minor: bigint): string => formatAmount(minor, book.currency);
  return {
    decision,
    entries: entries.map((entry) => ({
      id: entry.id,
      rule: entry.rule,
      debit: entry.debit,
      credit: entry.credit,
      amount: amount(entry.amountMinor),
      processing: entry.processing,
      kind: entry.kind,
    })),
    planned: touched
      .filter((one) => PROPOSAL_STATES.has(one.state))
      .flatMap((one) => one.proposals)
      .map((proposal) => ({
        rule: proposal.rule,
        debit: proposal.debitCollection,
        credit: proposal.creditCollection,
        amount: amount(proposal.amountMinor),
      })),
    adjustments: touched.map((one) => ({
      id: one.id,
      state: one.state,
      route: one.route,
      assignment: shownBy(one),
      amount: amount(one.amountMinor),
    })),
    balances: bookedBalances(book),
  };
}

/** Booked balance per collection over all accounts, credits minus debits, without zeros. */
export function bookedBalances(book: DisputeBook): Record<string, string> {
  const minor = new Map<string, bigint>();
  const add = (collection: string, amount: bigint): void => {
    minor.set(collection, (minor.get(collection) ?? 0n) + amount);
  };
  for (const adjustment of book.adjustments) {
    for (const entry of adjustment.entries) {
      add(entry.debit.collection, -entry.amountMinor);
      add(entry.credit.collection, entry.amountMinor);
    }
  }
  const balances: Record<string, string> = {};
  for (const collection of [...minor.keys()].sort()) {
    const amount = minor.get(collection) ?? 0n;
    if (amount !== 0n) balances[collection] = formatAmount(amount, book.currency);
  }
  return balances;
}

function adjustmentIds(change: Change): string[] {
  if (change.type === "adjustmentOpened") return [change.adjustment.id];
  return "adjustmentId" in change ? [change.adjustmentId] : [];
}

function shownBy(adjustment: Adjustment): string | null {
  return assignmentTypeOf(adjustment.state, {
    hold: adjustment.hold?.reason ?? null,
    asksPerson: adjustment.hold?.asksPerson ?? false,
    machineMayAct: true,
    failedRoute: null,
  });
}
