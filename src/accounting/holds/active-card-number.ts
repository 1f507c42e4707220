/**
 * Determine Active Card Number: before a movement on the holder's account, the number that is in
 * use now is looked up; what is booked goes to that one. A card that was reissued is not posted to.
 */
import type { HeldMovement, HoldKind } from "./hold.ts";
import { holdsOf, mayBeHeld } from "./hold.ts";
import { fitsNow } from "./hold-facts.ts";
import { begin, endByTime, timeIsUp } from "./watch.ts";

const NAME = "activeCardNumber";

export const activeCardNumber: HoldKind = {
  reason: NAME,
  needed: (deciding, movement) => {
    if (!mayBeHeld(movement) || !touchesHolder(movement)) return null;
    if (!fitsNow(deciding, movement, holdsOf(deciding.context).activeCardNumber)) return null;
    const note = "the active card number is not known yet";
    return begin(deciding, movement, { reason: NAME, name: NAME, note });
  },
  isOver: timeIsUp,
  ended: endByTime,
};

function touchesHolder({ proposals }: HeldMovement): boolean {
  return proposals.some((one) =>
    [one.debitCollection, one.creditCollection].some((side) => side.startsWith("accountHolder")),
  );
}
