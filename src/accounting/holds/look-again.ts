/**
 * What a book's change may have ended: a hold of the institution's own whose condition fits by now
 * is marked as due, and the worker releases it at its next turn.
 */
import { record } from "../dispute-book.ts";
import { hasCome } from "./client-hold.ts";
import type { HeldBook } from "./hold.ts";

export function lookAgain(on: HeldBook): void {
  const { book, today } = on;
  for (const adjustment of book.adjustments) {
    const { id: adjustmentId, state, hold } = adjustment;
    if (state !== "planned" || hold?.reason !== "clientHold") continue;
    if (hold.releaseOn !== null && hold.releaseOn <= today) continue;
    if (!hasCome(on, adjustment, hold)) continue;
    record(book, { type: "holdSet", adjustmentId, hold: { ...hold, releaseOn: today } });
  }
}
