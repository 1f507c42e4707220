/** A take-back waits for the credit it takes back (domain §3). */
import { CLOSED_STATES, PROPOSAL_STATES } from "../adjustment-machine.ts";
import type { Adjustment, DisputeBook } from "../dispute-book.ts";
import type { HoldKind } from "./hold.ts";
import { dayHasComeAndOthersAreClosed } from "./hold.ts";

export const creditNotPosted: HoldKind = {
  reason: "creditNotPosted",
  needed: ({ book, context }, { proposals, ordinal }) => {
    const takesBack = proposals.some((one) => one.debitCollection === "accountHolder");
    if (!takesBack || context.executesAtOnce) return null;
    const waitsFor = book.adjustments
      .filter((one) => placeOf(book, one) < ordinal && isOpenHolderCredit(one))
      .map((one) => one.id);
    if (waitsFor.length === 0) return null;
    const note = "the credit it takes back is not posted yet";
    return { reason: "creditNotPosted", releaseOn: null, waitsFor, note };
  },
  isOver: dayHasComeAndOthersAreClosed,
};

/** One that took another's place, to another account, stands in its place in the order, too. */
function placeOf(book: DisputeBook, adjustment: Adjustment): number {
  const replaced = book.adjustments.find((one) => one.id === adjustment.replacesAdjustmentId);
  return replaced === undefined ? adjustment.ordinal : placeOf(book, replaced);
}

/** A credit of principal to the holder whose money has not moved yet. */
export function isOpenHolderCredit(adjustment: Adjustment): boolean {
  if (CLOSED_STATES.has(adjustment.state)) return false;
  if (PROPOSAL_STATES.has(adjustment.state)) {
    return adjustment.proposals.some((one) => one.creditCollection === "accountHolder");
  }
  return adjustment.entries.some(
    (entry) => entry.kind !== "contra" && entry.credit.collection === "accountHolder",
  );
}
