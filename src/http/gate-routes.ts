/** /v1/disputes/{id}/gate: what each decision would meet in the books now, and how to cure it. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import type { DecideContext } from "../accounting/decide-context.ts";
import type { DisputeBook } from "../accounting/dispute-book.ts";
import { decisionAsked } from "../accounting/dispute-work.ts";
import type { DecisionGate, UnderWay } from "../accounting/gate-detail.ts";
import { adjustmentsUnderWay, decisionGate, DECISIONS } from "../accounting/gate-detail.ts";
import { loadBooks } from "../accounting/load-books.ts";
import { dueContext } from "../accounting/release-due.ts";
import { assert } from "../kernel/assert.ts";
import { wireMoney } from "../kernel/money.ts";
import type { RuleBook } from "../rulebook/load.ts";
import type { GateExplanation } from "../resolution/explain-gate.ts";
import { explainGate } from "../resolution/explain-gate.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { theDispute } from "./find.ts";
import { AdjustmentState, ClientQuery, DisputeState, Id, Money } from "./shapes.ts";

const Decision = z.enum(["pay", "deny", "partialDeny", "writeOff"]);

const Check = z.object({
  collection: z.string().nullable().describe("Null where a position is tested"),
  account: z.string().nullable().describe("Null where the collection is tested as one"),
  words: z.string(),
  mustBe: z
    .enum(["zero", "notPositive", "positive", "handedOver"])
    .describe("handedOver passes once a collections department is named"),
  value: Money,
  passes: z.boolean(),
});

const DecisionChecks = z
  .object({ decision: Decision, allowed: z.boolean(), checks: z.array(Check) })
  .meta({ id: "DecisionGate" });

const InTheWay = z.object({
  adjustment: z.string(),
  operation: z.string(),
  rule: z.string().nullable(),
  label: z.string(),
  amount: Money,
  state: AdjustmentState,
});

const Gates = z
  .object({
    dispute: z.string(),
    state: DisputeState,
    asked: Decision.describe("In force, or what the dispute's state suggests"),
    inForce: z.boolean().describe("Whether a decision is in force"),
    underWay: z.array(InTheWay).describe("No decision passes while one of these is open"),
    decisions: z.array(DecisionChecks),
  })
  .meta({ id: "ResolutionGate" });

const Explanation = z
  .object({
    dispute: z.string(),
    decision: Decision,
    allowed: z.boolean(),
    underWay: z.array(InTheWay),
    differences: z.array(
      Check.extend({
        entries: z
          .array(
            z.object({
              id: z.string(),
              rule: z.string(),
              label: z.string(),
              effect: Money.describe("What it adds to the balance: credits less debits"),
              bookedOn: z.string(),
              operation: z.string(),
              adjustment: z.string(),
            }),
          )
          .describe("The fewest that sum to the difference; none where it is none of entries"),
      }),
    ),
    proposals: z
      .array(
        z.object({
          decision: Decision.describe("The decision whose gate passes after it"),
          steps: z.array(
            z.object({
              operation: z.string(),
              label: z.string(),
              input: z.record(z.string(), z.unknown()),
            }),
          ),
        }),
      )
      .describe("Each was tried on a copy of the book; no step: what is under way has to end"),
  })
  .meta({ id: "GateExplanation" });

export function gateRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  const { database } = parts.engine;
  const about = { tag: "disputes", permission: "case:read", failures: ["not-found"] } as const;
  return async (app) => {
    app.get(
      "/v1/disputes/:id/gate",
      documented(
        { ...about, id: "getGate", summary: "What each decision would meet in the books now" },
        { params: Id, querystring: ClientQuery, response: { 200: Gates } },
      ),
      async (request) => {
        const row = await theDispute(database, request, request.params.id, request.query.client);
        const { book, context } = await bookOf(parts, row);
        const { rulebook } = context;
        return {
          dispute: row.number,
          state: book.state,
          asked: decisionAsked(book),
          inForce: book.resolutions.some((one) => !one.undone),
          underWay: adjustmentsUnderWay(book).map((one) => inTheWay(one, book, rulebook)),
          decisions: DECISIONS.map((one) => checked(decisionGate(book, rulebook, one), book)),
        };
      },
    );
    app.get(
      "/v1/disputes/:id/gate/explanation",
      documented(
        {
          ...about,
          id: "explainGate",
          summary: "Why the gate refuses: balances, the entries that make them, and cures",
        },
        {
          params: Id,
          querystring: ClientQuery.extend({
            decision: Decision.optional().describe("The one in force or suggested if left out"),
          }),
          response: { 200: Explanation },
        },
      ),
      async (request) => {
        const row = await theDispute(database, request, request.params.id, request.query.client);
        const { book, context, today } = await bookOf(parts, row);
        const decision = request.query.decision ?? decisionAsked(book);
        const explained = explainGate(book, context, { decision, today });
        return presentExplanation(explained, row.number, book, context);
      },
    );
  };
}

/** The dispute's book, what decides on it, and the client's day. */
export async function bookOf(
  { engine }: HttpDependencies,
  { clientId, id }: { readonly clientId: string; readonly id: string },
): Promise<{ book: DisputeBook; context: DecideContext; today: string }> {
  const books = await loadBooks(engine.database, [{ clientId, disputeId: id }]);
  const client = (await engine.clients(engine.database, [clientId])).get(clientId);
  const loaded = books.get(id);
  assert(loaded !== undefined && client !== undefined, `dispute ${id} has a book`);
  const today = client.calendar.dateOf(engine.clock.now());
  return { book: loaded.book, context: dueContext(engine, client), today };
}

function checked({ checks, ...gate }: DecisionGate, { currency }: DisputeBook) {
  return { ...gate, checks: checks.map((check) => presentCheck(check, currency)) };
}

function presentCheck(
  { valueMinor, ...check }: DecisionGate["checks"][number],
  currency: string,
): z.infer<typeof Check> {
  return { ...check, value: wireMoney(valueMinor, currency) };
}

function inTheWay(one: UnderWay, { currency }: DisputeBook, rulebook: RuleBook) {
  const { adjustmentId, operation, rule, amountMinor, state } = one;
  return {
    adjustment: adjustmentId,
    operation,
    rule,
    label: rulebook.rules.get(rule ?? "")?.label ?? labelOf(rulebook, operation),
    amount: wireMoney(amountMinor, currency),
    state,
  };
}

function labelOf(rulebook: RuleBook, operation: string): string {
  return rulebook.operations.get(operation)?.label ?? operation;
}

function presentExplanation(
  { gate, underWay, differences, proposals }: GateExplanation,
  dispute: string,
  book: DisputeBook,
  { rulebook }: DecideContext,
): z.infer<typeof Explanation> {
  const { currency } = book;
  return {
    dispute,
    decision: gate.decision,
    allowed: gate.allowed,
    underWay: underWay.map((one) => inTheWay(one, book, rulebook)),
    differences: differences.map(({ check, entries }) => ({
      ...presentCheck(check, currency),
      entries: entries.map(({ entry, effectMinor, adjustmentId, operationId }) => ({
        id: entry.id,
        rule: entry.rule,
        label: rulebook.rules.get(entry.rule)?.label ?? entry.rule,
        effect: wireMoney(effectMinor, currency),
        bookedOn: entry.bookedOn,
        operation: book.operations.find((one) => one.id === operationId)?.operation ?? "",
        adjustment: adjustmentId,
      })),
    })),
    proposals: proposals.map(({ decision, steps }) => ({
      decision,
      steps: steps.map(({ operation, input }) => ({
        operation,
        label: labelOf(rulebook, operation),
        input: { ...input },
      })),
    })),
  };
}
