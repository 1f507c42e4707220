/**
 * The institution's own holds: data of its settings. A condition over the facts of movement,
 * account, dispute and day says what is held, another one what releases it, days what happens
 * otherwise. A fact that is not known releases nothing.
 */
import { isSecondOperation } from "../book-entries.ts";
import type { Deciding } from "../decide-context.ts";
import type { Adjustment, Hold } from "../dispute-book.ts";
import { adjustmentOf, record } from "../dispute-book.ts";
import type { CustomHold } from "./conditions.ts";
import type { HeldBook, HeldMovement, HoldKind } from "./hold.ts";
import { creditsHolder, holdsOf, isDecided, mayBeHeld, movementOf } from "./hold.ts";
import { fitsNow, holdFacts } from "./hold-facts.ts";
import { begin, daysUsedUp, decided, endByTime, timeIsUp } from "./watch.ts";

export const clientHold: HoldKind = {
  reason: "clientHold",
  needed: (deciding, movement) => {
    if (!mayBeHeld(movement)) return null;
    for (const own of holdsOf(deciding.context).custom) {
      const name = nameOf(own);
      if (isDecided(movement, name) || !isHeld(own, movement)) continue;
      if (!fitsNow(deciding, movement, own.applies)) continue;
      if (fitsSince(deciding, own, movement, deciding.today)) continue;
      const note = noteOf(own, unknownOf(deciding, own, movement, deciding.today), false);
      const hold = begin(deciding, movement, { reason: "clientHold", name, note });
      const isDue = hold !== null && hold.releaseOn !== null && hold.releaseOn <= deciding.today;
      return hold === null || isDue ? hold : untilTomorrow(deciding, hold, own);
    }
    return null;
  },
  isOver: (on, adjustment, hold) => hasCome(on, adjustment, hold) || timeIsUp(on, adjustment, hold),
  ended: (deciding, adjustment, hold) => {
    const name = hold.watch?.name ?? "";
    if (hasCome(deciding, adjustment, hold)) {
      const reason = "what it waited for has come";
      return decided(deciding, adjustment, name, { outcome: "passed", reason });
    }
    const own = ownHold(deciding, hold);
    const isUp = own === undefined || isTimeUsedUp(deciding, hold);
    if (isUp && endByTime(deciding, adjustment, hold) === "release") return "release";
    if (own !== undefined) stayUntilTomorrow(deciding, own, adjustment.id);
    return "stays";
  },
};

/** Whether what it waits for is known to have come. */
export function hasCome(on: HeldBook, adjustment: Adjustment, hold: Hold): boolean {
  const own = ownHold(on, hold);
  if (own === undefined) return false;
  return fitsSince(on, own, movementOf(adjustment), sinceOf(hold, on.today));
}

/** Its release condition fits, by facts that are known. */
function fitsSince(
  on: HeldBook,
  { isOver }: CustomHold,
  movement: HeldMovement,
  since: string,
): boolean {
  if (isOver === null) return false;
  const facts = holdFacts(on, movement, since);
  return isOver.unknown(facts).length === 0 && isOver.fits(facts);
}

/** What its release condition asks for and nobody knows yet. */
function unknownOf(
  on: HeldBook,
  { isOver }: CustomHold,
  movement: HeldMovement,
  since: string,
): readonly string[] {
  return isOver?.unknown(holdFacts(on, movement, since)) ?? [];
}

function noteOf({ written }: CustomHold, unknown: readonly string[], asksPerson: boolean): string {
  const note = asksPerson ? daysUsedUp(written) : written.label;
  return unknown.length === 0 ? note : `${note} (not known: ${unknown.join(", ")})`;
}

/** Its own days or the law's, whichever first; its condition may be read before. */
function isTimeUsedUp({ today }: Deciding, { asksPerson, watch }: Hold): boolean {
  const days = asksPerson === true ? null : (watch?.deadlineOn ?? null);
  return [days, watch?.endsForLawOn ?? null].some((day) => day !== null && day <= today);
}

/** A condition may fit on any new day: it is read again then, if not before. */
function untilTomorrow({ context, today }: HeldBook, hold: Hold, { isOver }: CustomHold): Hold {
  if (isOver === null) return hold;
  return { ...hold, releaseOn: context.calendar.addDays(today, 1) };
}

/** As it stands by now, a person may have been asked; what is not known is told anew. */
function stayUntilTomorrow(on: Deciding, own: CustomHold, adjustmentId: string): void {
  const adjustment = adjustmentOf(on.book, adjustmentId);
  const { hold } = adjustment;
  if (hold === null || own.isOver === null) return;
  const unknown = unknownOf(on, own, movementOf(adjustment), sinceOf(hold, on.today));
  const note = noteOf(own, unknown, hold.asksPerson === true);
  const next = untilTomorrow(on, { ...hold, note }, own);
  record(on.book, { type: "holdSet", adjustmentId, hold: next });
}

function sinceOf({ watch }: Hold, today: string): string {
  return watch?.since ?? today;
}

function nameOf({ written }: CustomHold): string {
  return `clientHold ${written.name}`;
}

/** Of a hold on an adjustment what the settings say now; undefined where they have it no more. */
function ownHold({ context }: Pick<HeldBook, "context">, { watch }: Hold): CustomHold | undefined {
  return holdsOf(context).custom.find((one) => nameOf(one) === watch?.name);
}

function isHeld({ written }: CustomHold, movement: HeldMovement): boolean {
  switch (written.movements) {
    case "all":
      return true;
    case "holderCredits":
      return creditsHolder(movement);
    case "holderDebits":
      return movement.proposals.some((one) => one.debitCollection === "accountHolder");
    case "secondOperations":
      return isSecondOperation(movement.proposals);
  }
}
