/**
 * Perform Debit Now: a debit on notice that is made before, or after, the day that its notice
 * names, by the word of people. The day in the letter stays what it is; the honoring window is
 * recorded from the notice when the debit is booked.
 */
import type { Deciding } from "./decide-context.ts";
import type { Adjustment } from "./dispute-book.ts";
import { record } from "./dispute-book.ts";
import { PERFORMED } from "./holds/deny-debit-date.ts";
import { decided } from "./holds/watch.ts";
import { releaseAdjustment } from "./run-due.ts";

export function performNow(deciding: Deciding, adjustment: Adjustment, reason: string): void {
  const { book, context, today } = deciding;
  decided(deciding, adjustment, PERFORMED, { outcome: "postable", reason });
  const plannedPostingDate = context.calendar.businessDayOnOrAfter(today);
  record(book, { type: "plannedDateSet", adjustmentId: adjustment.id, plannedPostingDate });
  releaseAdjustment(deciding, adjustment, reason);
}
