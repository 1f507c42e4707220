/** /v1/claims: cases, found by number or by account, opened with their disputes. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { openClaims } from "../accounting/open-claims.ts";
import type { ClaimListRow, ClaimRow, DisputeRow } from "../cases/case-views.ts";
import { disputesOfClaim, listClaims } from "../cases/case-views.ts";
import { untilDecided } from "../accounting/execute-accounting.ts";
import { mustSee } from "../access/caller.ts";
import { assert } from "../kernel/assert.ts";
import { CLAIM_NUMBER, DISPUTE_NUMBER } from "../kernel/ids.ts";
import { wireMoney } from "../kernel/money.ts";
import type { NearestClock as Nearest } from "../resolution/regulatory-clocks/nearest.ts";
import { nearestClocks } from "../resolution/regulatory-clocks/nearest.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { theClaim } from "./find.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { idempotencyKeyOf } from "./idempotent.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import { ClientQuery, DisputeState, Facts, Id, Money, NearestClock } from "./shapes.ts";
import type { ZodApp } from "./zod-app.ts";

const ClaimSummary = z
  .object({
    id: z.string(),
    client: z.string(),
    claimType: z.string(),
    noticeReceivedOn: z.string().nullable(),
    disputes: z.int(),
    openAssignments: z.int(),
    openedAt: z.string(),
  })
  .meta({ id: "ClaimSummary" });

const DisputeSummary = z
  .object({
    id: z.string(),
    state: DisputeState,
    amount: Money.describe("As first disputed"),
    account: z.string().nullable().describe("Masked"),
    facts: Facts,
    clock: NearestClock.nullable().describe("Its nearest running regulatory clock"),
    version: z.int(),
  })
  .meta({ id: "DisputeSummary" });

const Claim = z
  .object({
    id: z.string(),
    client: z.string(),
    claimType: z.string(),
    noticeReceivedOn: z.string().nullable(),
    openedAt: z.string(),
    facts: Facts,
    version: z.int(),
    clock: NearestClock.nullable().describe("The nearest running clock of its disputes"),
    disputes: z.array(DisputeSummary),
  })
  .meta({ id: "Claim" });

const NewDispute = z.strictObject({
  dispute: z
    .string()
    .regex(DISPUTE_NUMBER)
    .optional()
    .describe("Its number; a fresh one when left out"),
  amount: z.string(),
  currency: z.string(),
  account: z.string().describe("The holder's account or card number; goes into the vault"),
  accountKind: z.enum(["account", "card"]).optional(),
  facts: Facts.default({}),
});

const NewClaim = z.strictObject({
  client: z.string(),
  claim: z
    .string()
    .regex(CLAIM_NUMBER)
    .optional()
    .describe("Its number; a fresh one when left out"),
  claimType: z.string().min(1).max(60),
  noticeReceivedOn: z.iso.date().nullable().default(null),
  facts: Facts.default({}),
  disputes: z.array(NewDispute).min(1).max(500),
});

const OpenedClaim = z.object({ claim: z.string(), disputes: z.array(z.string()) });

const ClaimQuery = PageQuery.extend({
  client: z.string().optional(),
  q: z
    .string()
    .max(64)
    .optional()
    .describe("How a claim's or dispute's number begins, or a whole account number"),
});

const CASE_NUMBER_BEGINS = /^[0-9]{1,14}[CD]?$/;
/** Shorter ones would be guessed rather than known. */
const SHORTEST_ACCOUNT = 6;

export function claimRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    listClaimsRoute(app, parts);
    getClaimRoute(app, parts);
    openClaimRoute(app, parts);
  };
}

const read = { tag: "claims", permission: "case:read" } as const;

/** By account where the text is one that is known, else by how a number begins. */
async function search(
  { engine, vault }: HttpDependencies,
  clients: readonly string[],
  q: string | undefined,
): Promise<{ numberPrefix: string | null; claimIds: string[] | null }> {
  const text = q?.trim().toUpperCase() ?? "";
  const accounts =
    text.length >= SHORTEST_ACCOUNT ? await vault.search(engine.database, clients, text) : [];
  const claimIds = accounts.length > 0 ? accounts.map((one) => one.claimId) : null;
  const isNumber = claimIds === null && CASE_NUMBER_BEGINS.test(text);
  return {
    numberPrefix: isNumber ? text : null,
    claimIds: claimIds ?? (text !== "" && !isNumber ? [] : null),
  };
}

function listClaimsRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/claims",
    documented(
      {
        ...read,
        id: "listClaims",
        summary: "Claims, newest first",
        failures: ["cursor-invalid"],
      },
      { querystring: ClaimQuery, response: { 200: pageOf(ClaimSummary) } },
    ),
    async (request) => {
      const { client, q } = request.query;
      const clientIds = await scopeOf(database, request, client);
      const found = await search(parts, clientIds, q);
      const { rows, next } = await readPage(parts.cursors, "claims", request.query, {
        filters: { client: client ?? null, q: q ?? null },
        read: (after, limit) =>
          listClaims(database, { clientIds, ...found, after: idOf(after), limit }),
        keyOf: (row) => [row.id],
      });
      return { items: rows.map(presentListed), next };
    },
  );
}

function getClaimRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine, vault } = parts;
  const { database } = engine;
  app.get(
    "/v1/claims/:id",
    documented(
      { ...read, id: "getClaim", summary: "A claim with its disputes", failures: ["not-found"] },
      { params: Id, querystring: ClientQuery, response: { 200: Claim } },
    ),
    async (request) => {
      const claim = await theClaim(database, request, request.params.id, request.query.client);
      const disputes = await disputesOfClaim(database, claim.clientId, claim.id);
      const masked = await vault.masked(database, disputes);
      const named = disputes.map((one) => ({ client: one.clientId, dispute: one.number }));
      return present(claim, disputes, masked, await nearestClocks(database, engine, named));
    },
  );
}

function openClaimRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine, vault } = parts;
  app.post(
    "/v1/claims",
    documented(
      {
        id: "openClaim",
        tag: "claims",
        summary: "Open a claim with its disputes",
        permission: "operation:run",
        command: "once",
        failures: ["input-invalid", "amount-invalid", "unknown-currency", "already-exists"],
      },
      { body: NewClaim, response: { 201: OpenedClaim } },
    ),
    async (request, reply) => {
      const caller = callerOf(request);
      const { client, ...body } = request.body;
      mustSee(caller, client);
      const key = `api/${caller.actor}/${idempotencyKeyOf(request)}`;
      const [result] = await untilDecided(engine, (tx) =>
        openClaims(tx, engine, vault, [{ ...body, clientId: client, key }]),
      );
      assert(result !== undefined, "one claim has one result");
      if (result.failure !== null) throw result.failure;
      return reply
        .code(201)
        .header("location", `/v1/claims/${result.claim ?? ""}`)
        .send({ claim: result.claim ?? "", disputes: [...result.disputes] });
    },
  );
}

function idOf(after: readonly unknown[] | null): string | null {
  return after === null ? null : String(after[0]);
}

function presentListed(row: ClaimListRow): z.infer<typeof ClaimSummary> {
  return {
    id: row.number,
    client: row.clientId,
    claimType: row.claimType,
    noticeReceivedOn: row.noticeReceivedOn,
    disputes: row.disputes,
    openAssignments: row.openAssignments,
    openedAt: row.createdAt,
  };
}

function present(
  claim: ClaimRow,
  disputes: readonly DisputeRow[],
  masked: ReadonlyMap<string, string>,
  clocks: ReadonlyMap<string, Nearest>,
): z.infer<typeof Claim> {
  const [nearest] = [...clocks.values()].sort((a, b) => (a.dueOn < b.dueOn ? -1 : 1));
  return {
    id: claim.number,
    client: claim.clientId,
    claimType: claim.claimType,
    noticeReceivedOn: claim.noticeReceivedOn,
    openedAt: claim.createdAt,
    facts: claim.facts,
    version: claim.version,
    clock: nearest ?? null,
    disputes: disputes.map((one) => ({
      id: one.number,
      state: DisputeState.parse(one.state),
      amount: wireMoney(one.amountMinor, one.currency),
      account: masked.get(one.accountId) ?? null,
      facts: one.facts,
      clock: clocks.get(`${one.clientId} ${one.number}`) ?? null,
      version: one.version,
    })),
  };
}
