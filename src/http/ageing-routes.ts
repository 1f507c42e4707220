/** /v1/ageing-items: what was resolved out of balance; and whose merchants' credits are. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { wireMoney } from "../kernel/money.ts";
import type { AgeingRow } from "../resolution/ageing-views.ts";
import { ageingItems, creditsOfDispute } from "../resolution/ageing-views.ts";
import { giveAgeingItem } from "../resolution/own-ageing.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { mustBeId, theDispute } from "./find.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import { ClientQuery, Id, Money } from "./shapes.ts";
import { tag, versionOf } from "./version.ts";
import type { ZodApp } from "./zod-app.ts";

const AgeingItem = z
  .object({
    id: z.string(),
    client: z.string(),
    claim: z.string(),
    dispute: z.string(),
    decision: z.enum(["pay", "deny", "partialDeny", "writeOff"]),
    difference: z.string().describe("What is out of balance, in the gate's words"),
    amount: Money.nullable().describe("Null where a condition is unmet and no money stands out"),
    reason: z.string(),
    owner: z.string(),
    dueOn: z.string(),
    askedBy: z.string(),
    approvedBy: z.string(),
    openedAt: z.string(),
    settledAt: z.string().nullable(),
    outcome: z.enum(["balanced", "reopened"]).nullable(),
    version: z.int(),
    owners: z
      .array(
        z.object({
          owner: z.string(),
          dueOn: z.string(),
          reason: z.string(),
          by: z.string(),
          at: z.string(),
        }),
      )
      .describe("Who was given it after the first owner"),
  })
  .meta({ id: "AgeingItem" });

const MerchantCredit = z
  .object({
    reference: z.string(),
    amount: Money.describe("All of the credit"),
    usedHere: Money,
    usedElsewhere: Money,
    left: Money,
  })
  .meta({ id: "MerchantCreditUse" });

export function ageingRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    listAgeingRoute(app, parts);
    ownAgeingRoute(app, parts);
    listCreditsRoute(app, parts);
  };
}

function listAgeingRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/ageing-items",
    documented(
      {
        id: "listAgeingItems",
        tag: "disputes",
        summary: "Disputes that were resolved out of balance, the nearest date first",
        permission: "case:read",
        failures: ["cursor-invalid"],
      },
      {
        querystring: PageQuery.extend({
          client: z.string().optional(),
          owner: z.string().max(80).optional(),
          settled: z.stringbool().default(false).describe("Those that ended instead"),
        }),
        response: { 200: pageOf(AgeingItem) },
      },
    ),
    async (request) => {
      const { client, owner, settled } = request.query;
      const clientIds = await scopeOf(database, request, client);
      const { rows, next } = await readPage(parts.cursors, "ageing", request.query, {
        filters: { client, owner, settled },
        read: (after, limit) =>
          ageingItems(database, {
            clientIds,
            owner,
            isOpen: !settled,
            after: after === null ? null : { dueOn: String(after[0]), id: String(after[1]) },
            limit,
          }),
        keyOf: (row) => [row.dueOn, row.id],
      });
      return {
        items: rows.map(present),
        next,
      };
    },
  );
}

function present({ clientId, amountMinor, currency, owners, ...row }: AgeingRow) {
  const amount = amountMinor === 0n ? null : wireMoney(amountMinor, currency);
  return { client: clientId, ...row, owners: [...owners], amount };
}

function ownAgeingRoute(app: ZodApp, { engine }: HttpDependencies): void {
  app.post(
    "/v1/ageing-items/:id/owner",
    documented(
      {
        id: "giveAgeingItem",
        tag: "disputes",
        summary: "Give an ageing item to another owner, with another date where one is named",
        permission: "assignment:assign",
        command: "once",
        versioned: true,
        failures: [
          "not-found",
          "input-invalid",
          "transition-refused",
          "date-invalid",
          "card-number-in-text",
        ],
      },
      {
        params: Id,
        body: z.strictObject({
          owner: z.string().trim().min(1).max(80),
          dueOn: z.iso.date().optional(),
          reason: z.string().trim().min(1).max(2000),
        }),
        response: { 200: AgeingItem },
      },
    ),
    async (request, reply) => {
      mustBeId("ageing item", request.params.id);
      const row = await giveAgeingItem(engine, {
        ...request.body,
        clientIds: await scopeOf(engine.database, request),
        id: request.params.id,
        version: versionOf(request),
        actor: callerOf(request).actor,
      });
      tag(reply, row.version);
      return reply.code(200).send(present(row));
    },
  );
}

function listCreditsRoute(app: ZodApp, { engine: { database } }: HttpDependencies): void {
  app.get(
    "/v1/disputes/:id/merchant-credits",
    documented(
      {
        id: "listMerchantCredits",
        tag: "disputes",
        summary: "The merchants' credits that a dispute uses, and what others use of them",
        permission: "case:read",
        failures: ["not-found"],
      },
      {
        params: Id,
        querystring: ClientQuery,
        response: { 200: z.object({ items: z.array(MerchantCredit) }) },
      },
    ),
    async (request) => {
      const row = await theDispute(database, request, request.params.id, request.query.client);
      const credits = await creditsOfDispute(database, row.clientId, row.id);
      return {
        items: credits.map(({ reference, currency, ...one }) => ({
          reference,
          amount: wireMoney(one.wholeMinor, currency),
          usedHere: wireMoney(one.usedHereMinor, currency),
          usedElsewhere: wireMoney(one.usedMinor - one.usedHereMinor, currency),
          left: wireMoney(one.wholeMinor - one.usedMinor, currency),
        })),
      };
    },
  );
}
