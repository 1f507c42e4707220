/**
 * The route table, *Execute Accounting Preconditions*: AUTO, BATCH or MANUAL, and to where.
 *
 * Decided per adjustment. What is configured for the client arrives as facts, so the table is the
 * same text for everyone and names the service or profile by fact or outright.
 */
import { z } from "zod";
import { compileTable, tableFields } from "./decision-table.ts";
import type { DecisionTable, Explanation } from "./decision-table.ts";
import { compileExpression } from "./expression.ts";
import { suppliedFact } from "./facts.ts";
import type { FactDeclaration, Facts, FactTypes } from "./facts.ts";
import type { Positioned } from "./shape.ts";
import type { Path, Problem } from "./source.ts";

export const ROUTES = ["AUTO", "BATCH", "MANUAL"] as const;

export type Route = (typeof ROUTES)[number];

export const ROUTES_FILE = "routes.yaml";

const outcomeShape = z.strictObject({
  route: z.enum(ROUTES),
  destination: z
    .string()
    .min(1)
    .optional()
    .describe("The service or batch profile: its name, or `= fact`. None for MANUAL"),
});

export const routeTableShape = z.strictObject({
  name: z.string().min(1),
  ...tableFields(outcomeShape),
});

/** What Redress adds to a dispute's facts for the route table. Always supplied. */
export const ROUTE_FACTS: readonly FactDeclaration[] = [
  suppliedFact("serviceConfigured", "boolean", "a real-time service is configured and applies"),
  suppliedFact("service", "string", "that service's name, or an empty text"),
  suppliedFact("batchConfigured", "boolean", "a batch profile is configured"),
  suppliedFact("batchProfile", "string", "that profile's name, or an empty text"),
  suppliedFact("operation", "string", "the operation that fired the adjustment"),
  suppliedFact("rule", "string", "the principal rule; empty for an adjustment without money"),
  suppliedFact("debitCollection", "string", "of the principal rule"),
  suppliedFact("creditCollection", "string", "of the principal rule"),
  suppliedFact("adjustmentAmount", "amount", "the amount of the whole adjustment"),
];

export interface RouteChoice {
  readonly route: Route;
  /** Name of the service or batch profile; null when manual. */
  readonly destination: string | null;
  readonly row: string;
}

export interface RouteQuestion {
  /** The dispute's facts with `ROUTE_FACTS` added (`withFacts`). */
  readonly facts: Facts;
}

export interface RouteTable {
  readonly table: DecisionTable<RouteOutcome>;
  choose(question: RouteQuestion): RouteChoice;
  explain(question: RouteQuestion): Explanation;
}

export interface RouteOutcome {
  readonly route: Route;
  readonly destination: ((facts: Facts) => string) | null;
}

export function compileRouteTable(
  written: z.infer<typeof routeTableShape>,
  from: Positioned,
  types: FactTypes,
  problems: Problem[],
): RouteTable | null {
  const table = compileTable(written, {
    name: written.name,
    types,
    from,
    path: [],
    problems,
    outcome: (outcome, path) => compileOutcome(outcome, path, { from, types, problems }),
  });
  if (table === null) return null;
  return {
    table,
    choose: ({ facts }) => {
      const { row, outcome } = table.evaluate(facts);
      return { route: outcome.route, destination: outcome.destination?.(facts) ?? null, row };
    },
    explain: ({ facts }) => table.explain(facts),
  };
}

interface OutcomeContext {
  readonly from: Positioned;
  readonly types: FactTypes;
  readonly problems: Problem[];
}

function compileOutcome(
  { route, destination }: z.infer<typeof outcomeShape>,
  path: Path,
  { from, types, problems }: OutcomeContext,
): RouteOutcome | null {
  const complain = (reason: string): null => {
    problems.push({ ...from.at([...path, "destination"]), reason });
    return null;
  };
  if (route === "MANUAL") {
    if (destination !== undefined) return complain("MANUAL has no destination");
    return { route, destination: null };
  }
  if (destination === undefined) return complain(`${route} needs a destination`);
  if (!destination.startsWith("=")) return { route, destination: () => destination };
  const { expression, reasons } = compileExpression(destination.slice(1).trim(), types, "string");
  if (expression === null) return complain(reasons.join("; "));
  return { route, destination: (facts) => String(expression.evaluate(facts)) };
}
