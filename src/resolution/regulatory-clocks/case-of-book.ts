/** A dispute's book, with what the system of record posted, as its clocks read it. Pure. */
import { isCancelled } from "../../accounting/credit-state.ts";
import type { Adjustment, DisputeBook, Entry } from "../../accounting/dispute-book.ts";
import { minimum } from "../../kernel/money.ts";
import { positionsOf, reversedAdjustments } from "../../accounting/positions.ts";

import type { ClockCase, OwedChange, PostedCredit } from "./clock-case.ts";

/** One row of the record of executions. */
export interface Posting {
  readonly adjustmentId: string;
  /** One entry of a partly executed adjustment; null for all of them. */
  readonly entryId: string | null;
  /** -1 when it came back or never arrived. */
  readonly sign: number;
  readonly postingDate: string;
}

/** Where a credit of principal stands once the holder has it. */
const HOLDER = new Set(["accountHolder", "checksPayable", "coreSuspense"]);
const PROVISIONAL = new Set(["issueProvisionalCredit", "raiseProvisionalCredit"]);

export function caseOfBook(
  book: DisputeBook,
  openedOn: string,
  postings: readonly Posting[],
): ClockCase {
  return {
    facts: book.facts,
    openedOn,
    state: book.state,
    operations: book.operations,
    notInForce: notInForce(book),
    credits: creditsOf(book, postings),
    amountMinor: book.amountMinor,
    owedChanges: owedChangesOf(book),
    currency: book.currency,
  };
}

/** Not agreed on by others yet, or all of it cancelled and nothing denied that stands. */
function notInForce(book: DisputeBook): Set<string> {
  const denies = new Set(book.denials.filter((one) => !one.lifted).map((one) => one.operationId));
  const isOpen = (operationId: string): boolean =>
    isCancelled(book, operationId) && !denies.has(operationId);
  return new Set(
    book.adjustments
      .filter(({ state, operationId }) => state === "awaitingApproval" || isOpen(operationId))
      .map((one) => one.operationId),
  );
}

function creditsOf(book: DisputeBook, postings: readonly Posting[]): PostedCredit[] {
  const reversed = reversedAdjustments(book);
  const of = new Map<string, Posting[]>();
  for (const posting of postings) {
    of.set(posting.adjustmentId, [...(of.get(posting.adjustmentId) ?? []), posting]);
  }
  return book.adjustments.flatMap((adjustment) => {
    const { id, operationId, operation, state } = adjustment;
    if (reversed.has(id) || state === "cancelled") return [];
    return adjustment.entries.filter(creditsHolder).flatMap((entry) => {
      const on = postedOn(adjustment, entry, of.get(id) ?? []);
      if (on === null) return [];
      const isProvisional = PROVISIONAL.has(operation);
      return [{ operationId, on, amountMinor: entry.amountMinor, isProvisional }];
    });
  });
}

function creditsHolder(entry: Entry): boolean {
  return entry.kind === "original" && HOLDER.has(entry.credit.collection);
}

/** The last posting, of what did not come back; what others moved, on the day it happened. */
function postedOn(
  { state }: Adjustment,
  { id, eventDate }: Entry,
  postings: readonly Posting[],
): string | null {
  if (state === "tracked") return eventDate;
  const own = postings.filter((one) => one.entryId === null || one.entryId === id);
  if (own.reduce((sum, one) => sum + one.sign, 0) <= 0) return null;
  const dates = own.filter((one) => one.sign > 0).map((one) => one.postingDate);
  return dates.sort().at(-1) ?? null;
}

function owedChangesOf(book: DisputeBook): OwedChange[] {
  const positions = positionsOf(book);
  const dates = new Map(book.operations.map((one) => [one.id, one.on]));
  const on = (operationId: string): string => dates.get(operationId) ?? "9999-12-31";
  const raises = book.adjustments
    .filter((one) => one.raisesDisputedMinor > 0n && one.state !== "cancelled")
    .map((one) => ({ on: on(one.operationId), amountMinor: one.raisesDisputedMinor }));
  // A denial of all is a decision; what is denied in part need not be credited.
  const denials = positions.denied >= positions.disputed ? [] : book.denials;
  const denied = denials
    .filter((one) => !one.lifted)
    .map((one) => ({ on: on(one.operationId), amountMinor: -one.amountMinor }));
  return [...raises, ...denied, ...merchantCredits(book, positions.merchantCredit)];
}

/** What the merchant refunded and did not get back, on the days it did. */
function merchantCredits(book: DisputeBook, creditMinor: bigint): OwedChange[] {
  let left = creditMinor;
  return book.adjustments
    .filter((one) => one.state !== "cancelled")
    .flatMap((one) => one.entries)
    .filter((entry) => entry.rule === "MerchantCredit" && entry.kind === "original")
    .flatMap((entry) => {
      const used = minimum(left, entry.amountMinor);
      left -= used;
      return used > 0n ? [{ on: entry.eventDate, amountMinor: -used }] : [];
    });
}
