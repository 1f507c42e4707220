/**
 * What every hold is: a reason to wait, a condition that releases it, a deadline where it has
 * one.
 */
import type { DecideContext, Deciding } from "../decide-context.ts";
import type {
  Adjustment,
  DisputeBook,
  Hold,
  HoldDecision,
  Processing,
  Proposal,
} from "../dispute-book.ts";
import type { ClientHolds } from "./conditions.ts";
import type { HoldReason } from "./hold-states.ts";
import { clientHolds } from "./conditions.ts";

/** What is about to be booked. */
export interface HeldMovement {
  readonly operation: string;
  readonly proposals: readonly Proposal[];
  readonly processing: Processing;
  /** The principal that it follows, if any. */
  readonly principal: string | null;
  /** Only what came before can be waited for; a new one comes after all. */
  readonly ordinal: number;
  /** The holds that ended for it: they are not asked again. */
  readonly decided: readonly HoldDecision[];
}

/** A book on a day with the client's settings: what it takes to read a condition. */
export interface HeldBook {
  readonly book: DisputeBook;
  readonly context: Pick<DecideContext, "rulebook" | "settings" | "calendar">;
  readonly today: string;
}

/** A day on a book: what it takes to say whether a hold is over. */
export interface BookOnDay extends HeldBook {
  readonly context: DecideContext;
}

export interface HoldKind {
  readonly reason: HoldReason;
  /** The hold that this movement needs now, or null. */
  needed(deciding: Deciding, movement: HeldMovement): Hold | null;
  /** Whether something has to be done about an adjustment that it holds. */
  isOver(on: BookOnDay, adjustment: Adjustment, hold: Hold): boolean;
  /**
   * What follows when it is over; left out: it is released. `stays` where a person has to look.
   */
  ended?(deciding: Deciding, adjustment: Adjustment, hold: Hold): "release" | "stays";
}

export function isOpen({ state }: Adjustment): boolean {
  return state !== "executed" && state !== "tracked" && state !== "cancelled";
}

/** Until the day comes and nothing is open that it waits for. */
export function dayHasComeAndOthersAreClosed(
  { book, today }: BookOnDay,
  _: Adjustment,
  hold: Hold,
): boolean {
  if (hold.releaseOn !== null && hold.releaseOn > today) return false;
  return othersAreClosed(book, hold);
}

export function othersAreClosed(book: DisputeBook, hold: Hold): boolean {
  return book.adjustments.every((one) => !hold.waitsFor.includes(one.id) || !isOpen(one));
}

/** The client's holds, compiled. */
export function holdsOf({
  settings,
  rulebook,
}: Pick<DecideContext, "settings" | "rulebook">): ClientHolds {
  return clientHolds(settings.holds, rulebook);
}

/** A movement that the client's own holds may hold: ours to execute, and no reversal. */
export function mayBeHeld(movement: HeldMovement): boolean {
  return (
    movement.processing === "execute" && movement.proposals.every((one) => one.reverses === null)
  );
}

export function isDecided(movement: HeldMovement, name: string): boolean {
  return movement.decided.some((one) => one.hold === name);
}

/** Principal of the holder's is credited. */
export function creditsHolder({ proposals }: Pick<HeldMovement, "proposals">): boolean {
  return proposals.some((one) => one.creditCollection === "accountHolder");
}

/** What an adjustment is about to move, as holds see it. */
export function movementOf(adjustment: Adjustment): HeldMovement {
  const { operation, proposals, processing, ordinal, followsAdjustmentId } = adjustment;
  const { holdDecisions: decided } = adjustment;
  return { operation, proposals, processing, ordinal, principal: followsAdjustmentId, decided };
}
