/**
 * What every hold is: a reason to wait, a condition that releases it, a deadline where it has
 * one.
 */
import type { Deciding } from "../decide-context.ts";
import type { Adjustment, DisputeBook, Hold, HoldReason, Proposal } from "../dispute-book.ts";

/** What is about to be booked. */
export interface HeldMovement {
  readonly proposals: readonly Proposal[];
  /** The principal that it follows, if any. */
  readonly principal: string | null;
  /** Only what came before can be waited for; a new one comes after all. */
  readonly ordinal: number;
}

export interface HoldKind {
  readonly reason: HoldReason;
  /** The hold that this movement needs now, or null. */
  needed(deciding: Deciding, movement: HeldMovement): Hold | null;
  /** Whether a hold of this kind is over on a day. */
  isOver(book: DisputeBook, hold: Hold, today: string): boolean;
}

export function isOpen({ state }: Adjustment): boolean {
  return state !== "executed" && state !== "tracked" && state !== "cancelled";
}

/** Until the day comes and nothing is open that it waits for. */
export function dayHasComeAndOthersAreClosed(
  book: DisputeBook,
  hold: Hold,
  today: string,
): boolean {
  if (hold.releaseOn !== null && hold.releaseOn > today) return false;
  return book.adjustments.every((one) => !hold.waitsFor.includes(one.id) || !isOpen(one));
}
