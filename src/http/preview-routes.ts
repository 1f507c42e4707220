/** Before Apply: what an operation would leave behind, and the rules that may be fired by hand. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { wireMoney } from "../kernel/money.ts";
import type { RuleBook } from "../rulebook/load.ts";
import type { OperationPreview as OperationPreviewed } from "../resolution/preview-operation.ts";
import { manualRules, previewOperation } from "../resolution/preview-operation.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { theDispute } from "./find.ts";
import { bookOf } from "./gate-routes.ts";
import { callerOf } from "./identify.ts";
import { ClientQuery, DisputeState, Gate, Id, Money } from "./shapes.ts";
import type { ZodApp } from "./zod-app.ts";

const ManualRule = z
  .object({
    rule: z.string(),
    label: z.string(),
    debit: z.string(),
    credit: z.string(),
    processing: z.enum(["execute", "track"]),
    words: z.string().describe("Both sides and the reason in a sentence"),
    clears: Money.nullable().describe("What stands on both sides and the rule would lower"),
  })
  .meta({ id: "ManualRule" });

const Side = z.object({ collection: z.string(), account: z.string() });

const Preview = z
  .object({
    entries: z.array(
      z.object({
        rule: z.string(),
        label: z.string(),
        debit: Side,
        credit: Side,
        amount: Money,
        processing: z.enum(["execute", "track"]),
      }),
    ),
    balances: z.array(
      z.object({ collection: z.string(), account: z.string(), before: Money, after: Money }),
    ),
    stateAfter: DisputeState,
    gate: z.array(Gate),
  })
  .meta({ id: "OperationPreview" });

export function previewRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    listRulesRoute(app, parts);
    previewRoute(app, parts);
  };
}

function listRulesRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/disputes/:id/manual-rules",
    documented(
      {
        id: "listManualRules",
        tag: "disputes",
        summary: "The rules that may be fired by hand, with their sides in words",
        permission: "case:read",
        failures: ["not-found"],
      },
      {
        params: Id,
        querystring: ClientQuery,
        response: { 200: z.object({ items: z.array(ManualRule) }) },
      },
    ),
    async (request) => {
      const row = await theDispute(database, request, request.params.id, request.query.client);
      const { book, context } = await bookOf(parts, row);
      const money = (minor: bigint) => wireMoney(minor, row.currency);
      return {
        items: manualRules(book, context.rulebook).map(({ clearsMinor, ...rule }) => ({
          ...rule,
          clears: clearsMinor === null ? null : money(clearsMinor),
        })),
      };
    },
  );
}

function previewRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.post(
    "/v1/disputes/:id/preview",
    documented(
      {
        id: "previewOperation",
        tag: "disputes",
        summary: "The balances an operation would leave; nothing is written",
        description: "Decided as if everybody had agreed and everything had been executed.",
        permission: "operation:run",
        failures: [
          "not-found",
          "operation-not-allowed",
          "amount-exceeds-limit",
          "amount-required",
          "amount-invalid",
          "input-invalid",
          "unknown-operation",
          "unknown-rule",
        ],
      },
      {
        params: Id,
        querystring: ClientQuery,
        body: z.strictObject({
          operation: z.string().min(1).max(100),
          input: z.record(z.string(), z.unknown()).default({}),
        }),
        response: { 200: Preview },
      },
    ),
    async (request) => {
      const row = await theDispute(database, request, request.params.id, request.query.client);
      const { book, context, today } = await bookOf(parts, row);
      const { operation, input } = request.body;
      const { actor } = callerOf(request);
      const preview = previewOperation(book, context, { operation, input, today, actor });
      const masked = (await parts.vault.masked(database, [row])).get(row.accountId);
      return presentPreview(preview, row.currency, context.rulebook, (account) =>
        account === row.accountId ? (masked ?? "the holder's account") : account,
      );
    },
  );
}

function presentPreview(
  preview: OperationPreviewed,
  currency: string,
  rulebook: RuleBook,
  shown: (account: string) => string,
): z.infer<typeof Preview> {
  const money = (minor: bigint) => wireMoney(minor, currency);
  return {
    entries: preview.entries.map(({ rule, debit, credit, amountMinor, processing }) => ({
      rule,
      label: rulebook.rules.get(rule)?.label ?? rule,
      debit: { ...debit, account: shown(debit.account) },
      credit: { ...credit, account: shown(credit.account) },
      amount: money(amountMinor),
      processing,
    })),
    balances: preview.balances.map(({ collection, account, beforeMinor, afterMinor }) => ({
      collection,
      account: shown(account),
      before: money(beforeMinor),
      after: money(afterMinor),
    })),
    stateAfter: preview.stateAfter,
    gate: preview.gates.map((gate) => ({
      ...gate,
      outOfBalance: { ...gate.outOfBalance },
      because: [...gate.because],
    })),
  };
}
