/**
 * The institution's own holds: data of its settings. A condition over the dispute's facts says what
 * is held, another one what releases it, days what happens otherwise.
 */
import { isSecondOperation } from "../book-entries.ts";
import type { DecideContext } from "../decide-context.ts";
import type { CustomHold } from "./conditions.ts";
import type { HeldMovement, HoldKind } from "./hold.ts";
import { creditsHolder, factsHold, holdsOf, isDecided, mayBeHeld } from "./hold.ts";
import { begin, decided, endByTime, timeIsUp } from "./watch.ts";

export const clientHold: HoldKind = {
  reason: "clientHold",
  needed: (deciding, movement) => {
    if (!mayBeHeld(movement)) return null;
    for (const hold of holdsOf(deciding.context).custom) {
      const name = nameOf(hold);
      if (isDecided(movement, name) || !isHeld(hold, movement)) continue;
      if (!factsHold(deciding, hold.applies)) continue;
      if (hold.isOver !== null && factsHold(deciding, hold.isOver)) continue;
      const { label: note } = hold.written;
      return begin(deciding, movement, { reason: "clientHold", name, note });
    }
    return null;
  },
  isOver: (on, adjustment, hold) => {
    const condition = conditionOf(on.context, hold.watch?.name)?.isOver ?? null;
    if (condition !== null && factsHold(on, condition)) return true;
    return timeIsUp(on, adjustment, hold);
  },
  ended: (deciding, adjustment, hold) => {
    const name = hold.watch?.name ?? "";
    const condition = conditionOf(deciding.context, name)?.isOver ?? null;
    if (condition === null || !factsHold(deciding, condition)) {
      return endByTime(deciding, adjustment, hold);
    }
    const reason = "what it waited for has come";
    return decided(deciding, adjustment, name, { outcome: "passed", reason });
  },
};

function nameOf({ written }: CustomHold): string {
  return `clientHold ${written.name}`;
}

function conditionOf(context: DecideContext, name: string | undefined): CustomHold | undefined {
  return holdsOf(context).custom.find((one) => nameOf(one) === name);
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
