/**
 * Determine Fraud Card Status: a second operation waits until the balance of the blocked card has
 * moved to the new one. Asked for some days; a good status lets it go on, and no answer never does.
 */
import { isSecondOperation } from "../book-entries.ts";
import type { HoldKind } from "./hold.ts";
import { holdsOf, mayBeHeld } from "./hold.ts";
import { fitsNow } from "./hold-facts.ts";
import { begin, endByTime, timeIsUp } from "./watch.ts";

const NAME = "fraudCardStatus";

export const fraudCardStatus: HoldKind = {
  reason: NAME,
  needed: (deciding, movement) => {
    if (!mayBeHeld(movement) || !isSecondOperation(movement.proposals)) return null;
    if (!fitsNow(deciding, movement, holdsOf(deciding.context).fraudCardStatus)) return null;
    const note = "the fraud card's status is not known yet";
    return begin(deciding, movement, { reason: NAME, name: NAME, note });
  },
  isOver: timeIsUp,
  ended: endByTime,
};
