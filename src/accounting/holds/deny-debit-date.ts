/**
 * Deny Debit Date: a debit on notice posts on the day that the notice names (12 CFR 1005.11(d)(2)),
 * not before and not after. Until a notice is recorded there is no day, so nothing releases it; a
 * day that was missed needs a new letter.
 */
import type { Deciding } from "../decide-context.ts";
import { isPlannedDenial } from "../denial-state.ts";
import type { Adjustment, Denial, DisputeBook, Hold } from "../dispute-book.ts";
import { record } from "../dispute-book.ts";
import { routeOf } from "../route-adjustment.ts";
import type { HoldKind } from "./hold.ts";
import { othersAreClosed } from "./hold.ts";

/** Asked for by the denial itself, never found out at booking. */
export const UNTIL_NOTICE: Hold = {
  reason: "denyDebitDate",
  releaseOn: null,
  waitsFor: [],
  note: "waits for the notice",
};

export const denyDebitDate: HoldKind = {
  reason: "denyDebitDate",
  needed: () => null,
  isOver: (on, adjustment, hold) => {
    if (hold.releaseOn === null || !othersAreClosed(on.book, hold)) return false;
    const { operation } = adjustment;
    const day = dayNamed(on.book, adjustment) ?? hold.releaseOn;
    return releaseDayOf({ ...on, operation }, adjustment, day) <= on.today;
  },
};

/** The denial that named the day of a debit, in force; null for takings without one. */
export function denialBehind(book: DisputeBook, adjustment: Adjustment): Denial | null {
  const { denialId, operationId } = adjustment;
  return (
    book.denials.find(
      (one) =>
        !one.lifted &&
        (one.id === denialId || (denialId === null && one.operationId === operationId)),
    ) ?? null
  );
}

/** The day on which the debit has to post: the one fact, used by letters too. */
export function dayNamed(book: DisputeBook, adjustment: Adjustment): string | null {
  return denialBehind(book, adjustment)?.debitDate ?? null;
}

/** The day on which it is released so that it posts on the day named. */
export function releaseDayOf(
  deciding: Pick<Deciding, "book" | "context" | "operation">,
  adjustment: Adjustment,
  day: string,
): string {
  // A batch file is only kept from leaving early where it carries a denial's debit.
  if (adjustment.denialId === null) return day;
  const { route, destination } = routeOf(deciding, adjustment);
  if (route !== "BATCH" || destination === null) return day;
  return deciding.context.releaseDay?.(destination, day) ?? day;
}

/** A person had it performed: the day named does not bind it any more. */
export const PERFORMED = "denyDebitDate";

/** Whether the day that the notice names went by without the debit. */
export function missedItsDay(
  book: DisputeBook,
  adjustment: Adjustment,
  today: string,
): string | null {
  // What follows the debit, or waits for it, names no day of its own.
  if (!isPlannedDenial(adjustment)) return null;
  const day = dayNamed(book, adjustment);
  const isPerformed = adjustment.holdDecisions.some((one) => one.hold === PERFORMED);
  return day !== null && day < today && !isPerformed ? day : null;
}

/** Nothing releases it before another letter names another day. */
export function waitForNewLetter(book: DisputeBook, { id }: Adjustment, why: string): void {
  const hold: Hold = { ...UNTIL_NOTICE, note: `${why}: send a new letter that names a new day` };
  record(book, { type: "holdSet", adjustmentId: id, hold });
}
