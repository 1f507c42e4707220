/** Which way an adjustment goes, by the route table *Execute Accounting Preconditions*. Pure. */
import { withFacts } from "../rulebook/facts.ts";

import type { AdjustmentEvent } from "./adjustment-machine.ts";
import type { Deciding } from "./decide-context.ts";
import { factsOf } from "./decide-context.ts";
import type { Adjustment } from "./dispute-book.ts";

export interface Routed {
  readonly event: AdjustmentEvent;
  readonly route: "AUTO" | "BATCH" | "MANUAL" | null;
  readonly destination: string | null;
  /** The row of the table, or the hold that ended by hand. */
  readonly chosenBy: string | null;
}

const EVENT_OF_ROUTE = {
  AUTO: "routedToService",
  BATCH: "routedToBatch",
  MANUAL: "routedToManual",
} as const;

type Routable = Pick<
  Adjustment,
  "processing" | "principalRule" | "amountMinor" | "proposals" | "holdDecisions"
>;

export function routeOf(
  { book, context, operation }: Pick<Deciding, "book" | "context" | "operation">,
  adjustment: Routable,
): Routed {
  if (adjustment.processing === "track") {
    return { event: "tracked", route: null, destination: null, chosenBy: null };
  }
  const byHand = adjustment.holdDecisions.find((one) => one.byHand);
  if (byHand !== undefined) {
    const chosenBy = `hold: ${byHand.reason}`;
    return { event: "routedToManual", route: "MANUAL", destination: null, chosenBy };
  }
  const { settings, rulebook } = context;
  const service = settings.service ?? Object.keys(settings.services)[0] ?? "";
  const batchProfile = settings.batchProfile ?? Object.keys(settings.batchProfiles)[0] ?? "";
  const first = adjustment.proposals[0];
  const choice = rulebook.route({
    facts: withFacts(factsOf(book, context), {
      serviceConfigured: service !== "",
      service,
      batchConfigured: batchProfile !== "",
      batchProfile,
      operation,
      rule: adjustment.principalRule ?? "",
      debitCollection: first?.debitCollection ?? "",
      creditCollection: first?.creditCollection ?? "",
      adjustmentAmount: adjustment.amountMinor,
    }),
  });
  const { route, destination, row } = choice;
  return { event: EVENT_OF_ROUTE[route], route, destination, chosenBy: row };
}
