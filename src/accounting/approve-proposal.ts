/** An approved proposal goes on: to its hold, or booked and routed. */
import { nextState } from "./adjustment-machine.ts";
import { bookStandIn } from "./change-account.ts";
import type { Deciding } from "./decide-context.ts";
import type { Adjustment } from "./dispute-book.ts";
import { isStandIn, record } from "./dispute-book.ts";
import { isPlannedDenial } from "./denial-state.ts";
import { dayNamed } from "./holds/deny-debit-date.ts";
import { performNow } from "./perform-now.ts";
import { releaseAdjustment } from "./run-due.ts";

export function approveProposal(deciding: Deciding, adjustment: Adjustment, reason: string): void {
  if (adjustment.state !== "awaitingApproval") nextState(adjustment.state, "held");
  if (isStandIn(deciding.book, adjustment)) {
    bookStandIn(deciding, adjustment, reason);
    return;
  }
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
