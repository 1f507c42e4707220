/**
 * What a hold's conditions may read beside the facts that the rule book declares: the movement, the
 * account's age, the dispute's state, and days. Of a declared fact the value that was recorded last
 * counts.
 */
import type { Facts, FactValue } from "../../rulebook/facts.ts";
import { withFacts } from "../../rulebook/facts.ts";
import { recordedValue } from "../../rulebook/recordable-facts.ts";

import { factsOf } from "../decide-context.ts";
import type { Condition } from "./conditions.ts";
import type { HeldBook, HeldMovement } from "./hold.ts";

/** The facts as they are on a day for a movement that is held since `since`, or would be now. */
export function holdFacts(on: HeldBook, movement: HeldMovement, since: string): Facts {
  const { book, context, today } = on;
  const { calendar } = context;
  const [first] = movement.proposals;
  const known = withFacts(factsOf(book, context), recordedFacts(on));
  const { firstDepositOn } = known.values;
  return withFacts(known, {
    operation: movement.operation,
    rule: first?.rule ?? "",
    debitCollection: first?.debitCollection ?? "",
    creditCollection: first?.creditCollection ?? "",
    adjustmentAmount: movement.proposals.reduce((sum, one) => sum + one.amountMinor, 0n),
    disputeState: book.state,
    today,
    heldSince: since,
    daysHeld: BigInt(calendar.calendarDaysBetween(since, today)),
    businessDaysHeld: BigInt(calendar.businessDaysBetween(since, today)),
    daysSinceFirstDeposit:
      typeof firstDepositOn === "string"
        ? BigInt(calendar.calendarDaysBetween(firstDepositOn, today))
        : null,
  });
}

/** What recordRegulatoryFact told since the dispute was opened; the last word counts. */
function recordedFacts({ book, context }: HeldBook): Record<string, FactValue> {
  const values: Record<string, FactValue> = {};
  for (const { operation, input } of book.operations) {
    if (operation !== "recordRegulatoryFact") continue;
    const name = String(input["fact"]);
    const declared = context.rulebook.facts.get(name);
    if (declared === undefined) continue;
    values[name] = recordedValue(declared, String(input["value"]));
  }
  return values;
}

/** Whether a condition fits a movement that would be held from today on. */
export function fitsNow(on: HeldBook, movement: HeldMovement, { fits }: Condition): boolean {
  return fits(holdFacts(on, movement, on.today));
}
