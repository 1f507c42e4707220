/**
 * Releases what is due: planned adjustments whose date has come, whose credit has posted, whose
 * principal has moved. The amount is checked again at release; if it no longer fits, nothing is
 * sent and the adjustment stays planned for review.
 */
import { movable } from "./book-entries.ts";
import { cancelAdjustment } from "./cancel-adjustment.ts";
import type { DecideContext, Deciding } from "./decide-context.ts";
import { settleDenial } from "./denial-state.ts";
import type { Adjustment, DisputeBook, Hold } from "./dispute-book.ts";
import { adjustmentOf, record } from "./dispute-book.ts";

import { bookProposal } from "./open-adjustments.ts";
import { missedItsDay, waitForNewLetter } from "./holds/deny-debit-date.ts";
import type { HoldReason } from "./holds/hold-states.ts";
import { movementOf } from "./holds/hold.ts";
import { endHold, isHoldOver, preExecuteAccounting } from "./pre-execute-accounting.ts";
import type { Positions } from "./positions.ts";
import { positionsOf } from "./positions.ts";

export interface DueSummary {
  readonly released: readonly string[];
  /** Adjustments that no longer fit and wait for review. */
  readonly stopped: readonly string[];
}

/** Releases everything that is due on `today`, in order; what it frees may free more. */
export function runDue(
  book: DisputeBook,
  when: { readonly today: string },
  context: DecideContext,
): DueSummary {
  const released: string[] = [];
  const stopped: string[] = [];
  const seen = new Set<string>();
  for (;;) {
    const on = { book, context, today: when.today };
    const due = book.adjustments.find(
      (one) => one.state === "planned" && !seen.has(one.id) && isHoldOver(on, one),
    );
    if (due === undefined) return { released, stopped };
    const deciding: Deciding = {
      book,
      context,
      operationId: due.operationId,
      operation: due.operation,
      today: when.today,
      eventDate: when.today,
    };
    seen.add(due.id);
    const missed = missedItsDay(book, due, when.today);
    if (missed !== null) {
      waitForNewLetter(book, due, `the day that the notice named, ${missed}, went by`);
      stopped.push(due.id);
      continue;
    }
    const before = due.holdDecisions.length;
    if (endHold(deciding, due) === "release") {
      const decided = adjustmentOf(book, due.id).holdDecisions[before];
      releaseAdjustment(deciding, due, decided?.reason ?? whyOver(due));
    }
    const { state, hold } = adjustmentOf(book, due.id);
    if (state === "planned" && hold?.reason === "custom") stopped.push(due.id);
    if (state !== "planned" && state !== "cancelled") released.push(due.id);
  }
}

/** Why it goes on, by what it waited for. */
const OVER: Partial<Record<HoldReason, string>> = {
  denyDebitDate: "the day that the notice named has come",
  creditNotPosted: "the credit that it takes back is posted or cancelled",
  principalNotPosted: "its principal is posted",
  notBefore: "its day has come",
};

function whyOver({ hold }: Adjustment): string {
  return (hold === null ? undefined : OVER[hold.reason]) ?? "due";
}

/** Books a planned adjustment, unless it has to wait for something else or no longer fits. */
export function releaseAdjustment(deciding: Deciding, adjustment: Adjustment, why: string): void {
  const { book } = deciding;
  const next = preExecuteAccounting(deciding, movementOf(adjustment));
  if (next !== null) {
    record(book, { type: "holdSet", adjustmentId: adjustment.id, hold: next });
    return;
  }
  const left = movable(deciding, adjustment.proposals, adjustment.followsAdjustmentId);
  if (left.length === 0 && adjustment.proposals.length > 0) {
    cancelAdjustment(deciding, adjustment.id, "nothing is left to move");
    return;
  }
  const isLess = left.some(
    (one, index) => one.amountMinor !== adjustment.proposals[index]?.amountMinor,
  );
  const misfit = isLess ? "less is left to move than was planned" : misfitOf(book, adjustment);
  if (misfit !== null) {
    const stopped = { reason: "custom", releaseOn: null, waitsFor: [], asksPerson: true } as const;
    const hold: Hold = { ...stopped, note: misfit };
    record(book, { type: "holdSet", adjustmentId: adjustment.id, hold });
    return;
  }
  bookProposal(deciding, adjustment, why);
  settleDenial(deciding);
}

/** The amount is in `committed` already: it fits while nothing else used up what it counted on. */
function misfitOf(book: DisputeBook, adjustment: Adjustment): string | null {
  const positions = positionsOf(book);
  const debits = adjustment.proposals.some((one) => one.debitCollection === "accountHolder");
  if (debits && positions.committed("accountHolder") < 0n) {
    return "less is left on the account than the debit takes";
  }
  if (debits && positions.uncredited > 0n && TAKES_SURPLUS.has(adjustment.operation)) {
    return "the debit would leave the holder short";
  }
  for (const { rule, amountMinor } of adjustment.proposals) {
    const standing = STANDING[rule]?.(positions);
    if (standing !== undefined && standing < amountMinor) return `${rule} finds less than planned`;
  }
  const credits = adjustment.proposals.some(
    (one) => one.creditCollection === "accountHolder" && one.reverses === null,
  );
  const limited = adjustment.operation !== "adjustManually";
  if (credits && limited && positions.surplus > surplusWithout(book, adjustment)) {
    return "more would be credited than is owed";
  }
  return null;
}

/** A raise is owed by itself, also beside a duplicate that has not been taken back yet. */
function surplusWithout(book: DisputeBook, adjustment: Adjustment): bigint {
  const adjustments = book.adjustments.filter((one) => one !== adjustment);
  return positionsOf({ ...book, adjustments }).surplus;
}

/** Operations that take at most the surplus: a holder short afterwards means it is gone. */
const TAKES_SURPLUS = new Set([
  "denyDispute",
  "withdrawDispute",
  "takeBackDuplicateCredit",
  "reverseFinalCredit",
  "correctMerchantChargeCredited",
]);

/** What a follower clears, as it stands in the books when it is released. */
const STANDING: Readonly<Record<string, (positions: Positions) => bigint>> = {
  LossAdjustment: (positions) => -positions.booked("suspense"),
  AtmOverShortRestored: (positions) => -positions.booked("atmOverShort"),
  CustomerOffsetDebit: (positions) => -positions.booked("customerOffset"),
};
