/** /v1/disputes: one dispute, its books, and what may be done with it now. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { allowedOperations } from "../accounting/allowed-operations.ts";
import type { EntryRow } from "../accounting/dispute-views.ts";
import { collectionsOfDispute, entriesOfDispute } from "../accounting/dispute-views.ts";
import { DECISIONS } from "../accounting/gate-detail.ts";
import { evaluateGate } from "../accounting/gate.ts";
import { loadBooks } from "../accounting/load-books.ts";
import { positionsOf } from "../accounting/positions.ts";
import type { DisputeRow } from "../cases/case-views.ts";
import { assert } from "../kernel/assert.ts";
import { creditStepId, debitStepId } from "../kernel/ids.ts";
import { formatAmount, wireMoney } from "../kernel/money.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { theDispute } from "./find.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import {
  AdjustmentState,
  ClientQuery,
  DisputeState,
  Facts,
  Gate,
  Id,
  Money,
  Route,
} from "./shapes.ts";
import { tag } from "./version.ts";
import type { ZodApp } from "./zod-app.ts";

const AllowedOperation = z
  .object({
    operation: z.string(),
    label: z.string(),
    group: z.string(),
    inputs: z.array(
      z.object({
        name: z.string(),
        type: z.enum(["amount", "date", "text", "choice", "boolean", "list"]),
        required: z.boolean(),
        values: z.array(z.string()).optional(),
        default: z.string().optional(),
        limit: z.string().optional(),
      }),
    ),
  })
  .meta({ id: "AllowedOperation" });

const Dispute = z
  .object({
    id: z.string(),
    claim: z.string(),
    client: z.string(),
    state: DisputeState,
    amount: Money.describe("As first disputed"),
    disputed: Money.describe("With what was raised"),
    currency: z.string(),
    account: z.object({ id: z.string(), masked: z.string().nullable() }),
    facts: Facts,
    version: z.int(),
    openedAt: z.string(),
    allowedOperations: z.array(AllowedOperation),
  })
  .meta({ id: "Dispute" });

const Side = z.object({
  collection: z.string(),
  account: z.string(),
  tranCode: z.string().nullable(),
});

const Entry = z
  .object({
    id: z.string(),
    steps: z.object({ debit: z.string(), credit: z.string() }),
    rule: z.string(),
    label: z.string(),
    operation: z.string(),
    debit: Side,
    credit: Side,
    amount: Money,
    processing: z.enum(["execute", "track"]),
    kind: z.enum(["original", "contra", "reversal"]),
    undoes: z.string().nullable(),
    eventDate: z.string(),
    plannedPostingDate: z.string(),
    postingDate: z.string().nullable().describe("When the system of record posted it"),
    bookedOn: z.string(),
    adjustment: z.object({ id: z.string(), state: AdjustmentState, route: Route.nullable() }),
    rulebook: z.string(),
    chosenBy: z.array(z.string()).describe("The table rows that chose the accounts"),
    actor: z.string(),
    recordedAt: z.string(),
  })
  .meta({ id: "Entry" });

const Collection = z
  .object({
    collection: z.string(),
    account: z.string().nullable().describe("Null for what is planned"),
    booked: Money,
    executed: Money,
    committed: Money,
  })
  .meta({ id: "CollectionBalance" });

const Positions = z
  .object({
    disputed: Money,
    holderCredit: Money,
    denied: Money,
    merchantCredit: Money,
    uncredited: Money,
    surplus: Money,
    recovered: Money,
    writtenOff: Money,
    remaining: Money,
    extrasCarried: z.record(z.string(), Money),
    gate: z.array(Gate),
  })
  .meta({ id: "Positions" });

export function disputeRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    getDisputeRoute(app, parts);
    listEntriesRoute(app, parts);
    listCollectionsRoute(app, parts);
    getPositionsRoute(app, parts);
  };
}

const read = { tag: "disputes", permission: "case:read", failures: ["not-found"] } as const;

/** The dispute's book and the rule book that decides on it. */
async function bookOf({ engine }: HttpDependencies, { clientId, id }: DisputeRow) {
  const books = await loadBooks(engine.database, [{ clientId, disputeId: id }]);
  const client = (await engine.clients(engine.database, [clientId])).get(clientId);
  const loaded = books.get(id);
  assert(loaded !== undefined && client !== undefined, `dispute ${id} has a book`);
  return { book: loaded.book, rulebook: client.rulebook };
}

function getDisputeRoute(app: ZodApp, parts: HttpDependencies): void {
  const { vault } = parts;
  const { database } = parts.engine;
  app.get(
    "/v1/disputes/:id",
    documented(
      { ...read, id: "getDispute", summary: "A dispute and the operations its state allows" },
      { params: Id, querystring: ClientQuery, response: { 200: Dispute } },
    ),
    async (request, reply) => {
      const row = await theDispute(database, request, request.params.id, request.query.client);
      const { book, rulebook } = await bookOf(parts, row);
      const masked = await vault.masked(database, [row]);
      tag(reply, row.version);
      return {
        id: row.number,
        claim: row.claim,
        client: row.clientId,
        state: DisputeState.parse(row.state),
        amount: wireMoney(row.amountMinor, row.currency),
        disputed: wireMoney(positionsOf(book).disputed, row.currency),
        currency: row.currency,
        account: { id: row.accountId, masked: masked.get(row.accountId) ?? null },
        facts: row.facts,
        version: row.version,
        openedAt: row.createdAt,
        allowedOperations: allowedOperations(book, rulebook).map((one) => ({
          ...one,
          inputs: one.inputs.map(({ values, ...input }) =>
            values === undefined ? input : { ...input, values: [...values] },
          ),
        })),
      };
    },
  );
}

function listEntriesRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine } = parts;
  const { database } = parts.engine;
  app.get(
    "/v1/disputes/:id/entries",
    documented(
      { ...read, id: "listEntries", summary: "Entries in order of booking" },
      {
        params: Id,
        querystring: PageQuery.extend(ClientQuery.shape),
        response: { 200: pageOf(Entry) },
      },
    ),
    async (request) => {
      const dispute = await theDispute(database, request, request.params.id, request.query.client);
      const { clientId, id } = dispute;
      const { rulebook } = (await engine.clients(database, [clientId])).get(clientId) ?? {};
      const { rows, next } = await readPage(parts.cursors, "entries", request.query, {
        filters: { clientId, id },
        read: (after, limit) =>
          entriesOfDispute(database, clientId, id, {
            after: after === null ? null : String(after[0]),
            limit,
          }),
        keyOf: (row) => [row.id],
      });
      const labelOf = (rule: string): string => rulebook?.rules.get(rule)?.label ?? rule;
      return { items: rows.map((row) => presentEntry(row, labelOf(row.rule))), next };
    },
  );
}

function listCollectionsRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/disputes/:id/collections",
    documented(
      { ...read, id: "listCollections", summary: "Balances by collection and account" },
      {
        params: Id,
        querystring: ClientQuery,
        response: { 200: z.object({ items: z.array(Collection) }) },
      },
    ),
    async (request) => {
      const row = await theDispute(database, request, request.params.id, request.query.client);
      const rows = await collectionsOfDispute(database, row.clientId, row.id);
      return {
        items: rows.map((one) => ({
          collection: one.collection,
          account: one.account,
          booked: wireMoney(one.bookedMinor, one.currency),
          executed: wireMoney(one.executedMinor, one.currency),
          committed: wireMoney(one.committedMinor, one.currency),
        })),
      };
    },
  );
}

function getPositionsRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/disputes/:id/positions",
    documented(
      { ...read, id: "getPositions", summary: "Derived positions and the live resolution gate" },
      { params: Id, querystring: ClientQuery, response: { 200: Positions } },
    ),
    async (request) => {
      const row = await theDispute(database, request, request.params.id, request.query.client);
      const { book, rulebook } = await bookOf(parts, row);
      const positions = positionsOf(book);
      const money = (minor: bigint) => ({
        amount: formatAmount(minor, row.currency),
        currency: row.currency,
      });
      return {
        disputed: money(positions.disputed),
        holderCredit: money(positions.holderCredit),
        denied: money(positions.denied),
        merchantCredit: money(positions.merchantCredit),
        uncredited: money(positions.uncredited),
        surplus: money(positions.surplus),
        recovered: money(positions.recovered),
        writtenOff: money(positions.writtenOff),
        remaining: money(positions.remaining),
        extrasCarried: Object.fromEntries(
          Object.entries(positions.extrasCarried).map(([rule, minor]) => [rule, money(minor)]),
        ),
        gate: DECISIONS.map((decision) => {
          const result = evaluateGate(book, rulebook, decision);
          return {
            ...result,
            outOfBalance: { ...result.outOfBalance },
            because: [...result.because],
          };
        }),
      };
    },
  );
}

export const EntryShape = Entry;

export function presentEntry(row: EntryRow, label: string): z.infer<typeof Entry> {
  return {
    id: row.id,
    steps: { debit: debitStepId(row.id), credit: creditStepId(row.id) },
    rule: row.rule,
    label,
    operation: row.operation,
    debit: {
      collection: row.debitCollection,
      account: row.debitAccount,
      tranCode: row.debitTranCode,
    },
    credit: {
      collection: row.creditCollection,
      account: row.creditAccount,
      tranCode: row.creditTranCode,
    },
    amount: wireMoney(row.amountMinor, row.currency),
    processing: row.processing === "track" ? "track" : "execute",
    kind: z.enum(["original", "contra", "reversal"]).parse(row.kind),
    undoes: row.undoes,
    eventDate: row.eventDate,
    plannedPostingDate: row.plannedPostingDate,
    postingDate: row.postingDate,
    bookedOn: row.bookedOn,
    adjustment: {
      id: row.adjustmentId,
      state: AdjustmentState.parse(row.adjustmentState),
      route: Route.nullable().parse(row.route),
    },
    rulebook: row.rulebook,
    chosenBy: [...row.chosenBy],
    actor: row.actor,
    recordedAt: row.recordedAt,
  };
}
