/**
 * New-account delay: credits to an account wait until so many days after its first deposit. Of a
 * new account whose first deposit is not known, a person has to say.
 */
import { fitsNow, holdFacts } from "./hold-facts.ts";
import type { HoldKind } from "./hold.ts";
import { creditsHolder, holdsOf, mayBeHeld } from "./hold.ts";
import { begin, daysAfter, endByTime, timeIsUp } from "./watch.ts";

const NAME = "newAccountDelay";

export const newAccountDelay: HoldKind = {
  reason: NAME,
  needed: (deciding, movement) => {
    const { context, today } = deciding;
    const holds = holdsOf(context);
    const terms = holds.settings.newAccountDelay;
    if (terms === undefined || !mayBeHeld(movement) || !creditsHolder(movement)) return null;
    if (!fitsNow(deciding, movement, holds.newAccountDelay)) return null;
    const { firstDepositOn, newAccount } = holdFacts(deciding, movement, today).values;
    if (typeof firstDepositOn !== "string") {
      if (newAccount !== true) return null;
      const note = "a new account, and the day of its first deposit is not known";
      return begin(deciding, movement, { reason: NAME, name: NAME, note, asksPerson: true });
    }
    const deadlineOn = daysAfter(context, firstDepositOn, terms);
    if (deadlineOn <= today) return null;
    const note = `a new account: its first deposit was on ${firstDepositOn}`;
    return begin(deciding, movement, { reason: NAME, name: NAME, note, deadlineOn });
  },
  isOver: timeIsUp,
  ended: endByTime,
};
