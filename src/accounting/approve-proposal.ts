/** An approved proposal goes on: to its hold, or booked and routed. */
import { nextState, PROPOSAL_STATES } from "./adjustment-machine.ts";
import { cancelUnsentCredits, dropAdjustment, unsentCredits } from "./cancel-adjustment.ts";
import { bookStandIn } from "./change-account.ts";
import type { Deciding } from "./decide-context.ts";
import type { Adjustment } from "./dispute-book.ts";
import { isStandIn, record } from "./dispute-book.ts";
import { isPlannedDenial, settleDenial } from "./denial-state.ts";
import { dayNamed } from "./holds/deny-debit-date.ts";
import type { Line } from "./open-adjustments.ts";
import { openAdjustments } from "./open-adjustments.ts";
import { performNow } from "./perform-now.ts";
import { positionsOf } from "./positions.ts";
import { releaseAdjustment } from "./run-due.ts";

export function approveProposal(deciding: Deciding, adjustment: Adjustment, reason: string): void {
  if (adjustment.state !== "awaitingApproval") nextState(adjustment.state, "held");
  if (isStandIn(deciding.book, adjustment)) {
    bookStandIn(deciding, adjustment, reason);
    return;
  }
  if (takeUnsentInstead(deciding, adjustment)) return;
  if (adjustment.hold === null) {
    const isOfNotice = isPlannedDenial(adjustment) && dayNamed(deciding.book, adjustment) !== null;
    if (isOfNotice) performNow(deciding, adjustment, reason);
    else releaseAdjustment(deciding, adjustment, reason);
    if (adjustment.state !== "awaitingApproval") return;
  }
  record(deciding.book, {
    type: "adjustmentMoved",
    adjustmentId: adjustment.id,
    from: "awaitingApproval",
    to: nextState("awaitingApproval", "held"),
    event: "held",
    operationId: deciding.operationId,
    reason,
  });
}

/** Takings that cancel what was never sent; what an offset opened is left to its letter. */
const CANCELLING = new Set(["DenyDispute", "WithdrawDispute", "DuplicateCredit"]);
const SECOND = "DenyDispute2ndOperation";

/**
 * A taking that was agreed to: the credits inside it that were still never sent are cancelled now,
 * as they would have been at once had nobody been asked (domain §3), and only the rest is debited.
 * False where there is none.
 */
function takeUnsentInstead(deciding: Deciding, adjustment: Adjustment): boolean {
  const { book } = deciding;
  const { id, hold, denialId, proposals } = adjustment;
  if (adjustment.state !== "awaitingApproval" || dayNamed(book, adjustment) !== null) return false;
  if (!proposals.some((one) => CANCELLING.has(one.rule))) return false;
  const followers = book.adjustments.filter(
    (one) => one.followsAdjustmentId === id && PROPOSAL_STATES.has(one.state),
  );
  const lines = [...linesOf(adjustment, false), ...followers.flatMap((one) => linesOf(one, true))];
  const first = lines.filter((line) => line.rule !== SECOND);
  const { disputed, denied } = positionsOf(book);
  const allDenied = denied === disputed;
  const { credits } = unsentCredits(deciding, first, allDenied);
  if (credits.length === 0) return false;
  dropAdjustment(deciding, id, "what it takes was never sent: that is cancelled instead");
  const left = cancelUnsentCredits(deciding, first, allDenied);
  const principal = left.find((line) => line.rule === "DenyDispute");
  const hasSecond = principal !== undefined && first.length < lines.length;
  const second = hasSecond ? [{ ...principal, rule: SECOND, follows: true }] : [];
  openAdjustments(deciding, [...left, ...second], {
    denialId,
    ...(hold?.reason === "denyDebitDate" ? { hold } : {}),
  });
  settleDenial(deciding);
  return true;
}

function linesOf({ proposals }: Adjustment, follows: boolean): Line[] {
  return proposals.map(({ rule, amountMinor }) => ({ rule, amountMinor, follows }));
}
