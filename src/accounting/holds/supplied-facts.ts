/** The facts that Redress itself supplies to the conditions of holds; see `hold-facts.ts`. */
import type { FactDeclaration } from "../../rulebook/facts.ts";
import { suppliedFact } from "../../rulebook/facts.ts";

import { DISPUTE_STATES } from "../../rulebook/operations.ts";

export const HOLD_FACTS: readonly FactDeclaration[] = [
  suppliedFact("operation", "string", "the operation that fired the movement"),
  suppliedFact("rule", "string", "the movement's first rule; empty where no money moves"),
  suppliedFact("debitCollection", "string", "of that rule"),
  suppliedFact("creditCollection", "string", "of that rule"),
  suppliedFact("adjustmentAmount", "amount", "the amount of the whole movement"),
  suppliedFact("disputeState", "string", "the dispute's state", DISPUTE_STATES),
  suppliedFact("today", "date", "the client's own day"),
  suppliedFact("heldSince", "date", "the day on which the hold began"),
  suppliedFact("daysHeld", "integer", "calendar days since then"),
  suppliedFact("businessDaysHeld", "integer", "business days of the client since then"),
  {
    ...suppliedFact("daysSinceFirstDeposit", "integer", "calendar days since firstDepositOn"),
    mayBeAbsent: true,
  },
];
