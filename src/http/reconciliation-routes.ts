/** /v1/reconciliations: feeds of the system of record, compared; what nobody confirmed yet. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { Failure } from "../kernel/failure.ts";
import { wireMoney } from "../kernel/money.ts";
import type { ReconciliationLineRow, ReconciliationRow } from "../reconcile/views.ts";
import {
  findReconciliation,
  listReconciliations,
  reconciliationLines,
  unconfirmedAttestations,
} from "../reconcile/views.ts";
import { FEED_FORMATS, reconcileFile } from "../reconcile/reconcile-file.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { mustBeId } from "./find.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { idempotencyKeyOf } from "./idempotent.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import { Id, Money } from "./shapes.ts";
import type { ZodApp } from "./zod-app.ts";

const Outcome = z.enum(["matched", "different", "missingHere", "missingThere"]);

const Reconciliation = z
  .object({
    id: z.string(),
    client: z.string(),
    name: z.string(),
    format: z.string(),
    sha256: z.string().describe("Of its bytes, in hexadecimal digits"),
    from: z.string().describe("The first day its lines were booked on"),
    to: z.string(),
    lines: z.int(),
    matched: z.int(),
    different: z.int(),
    missingHere: z.int().describe("Posted there, unknown to us"),
    missingThere: z.int().describe("Attested here, not shown there on those days"),
    actor: z.string(),
    takenAt: z.string(),
  })
  .meta({ id: "Reconciliation" });

const Line = z
  .object({
    ordinal: z.int(),
    line: z.int().nullable().describe("In the feed; null where the feed lacks it"),
    outcome: Outcome,
    reference: z.string().nullable(),
    amount: Money.nullable(),
    side: z.enum(["debit", "credit"]).nullable(),
    bookedOn: z.string().nullable(),
    dispute: z.string().nullable(),
    adjustment: z.string().nullable(),
    difference: z.string().nullable(),
  })
  .meta({ id: "ReconciliationLine" });

const Unconfirmed = z
  .object({
    id: z.string(),
    client: z.string(),
    dispute: z.string(),
    adjustment: z.string(),
    reference: z.string(),
    postingDate: z.string(),
    ageDays: z.int().describe("Business days since the day that its attestation says"),
    amount: Money,
    actor: z.string(),
    recordedAt: z.string(),
  })
  .meta({ id: "UnconfirmedAttestation" });

const MOST_BYTES = 50_000_000;
const CONTENT_TYPES = ["application/octet-stream", "text/csv", "text/plain", "application/xml"];

export function reconciliationRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    for (const type of CONTENT_TYPES) {
      if (app.hasContentTypeParser(type)) app.removeContentTypeParser(type);
    }
    app.addContentTypeParser(CONTENT_TYPES, { parseAs: "buffer" }, (_request, body, done) => {
      done(null, body);
    });
    reconcileRoute(app, parts);
    readRoutes(app, parts);
    unconfirmedRoute(app, parts);
  };
}

const tagged = { tag: "reconciliation" } as const;

function reconcileRoute(app: ZodApp, { engine }: HttpDependencies): void {
  app.post(
    "/v1/reconciliations",
    {
      ...documented(
        {
          ...tagged,
          id: "reconcileFeed",
          summary: "Compare a feed of the system of record with our movements",
          description:
            `Body: the bytes, as ${CONTENT_TYPES.join(", ")}. The same bytes again change ` +
            "nothing: 200. A feed with faults is refused whole.",
          permission: "reconcile:run",
          command: "gathered",
          failures: ["input-invalid", "media-type-unsupported", "configuration-invalid"],
        },
        {
          querystring: z.strictObject({
            client: z.string(),
            format: z.enum(FEED_FORMATS),
            name: z.string().min(1).max(255).default("upload"),
          }),
          response: { 200: Reconciliation, 201: Reconciliation },
        },
      ),
      bodyLimit: MOST_BYTES,
    },
    async (request, reply) => {
      idempotencyKeyOf(request);
      const { client, format, name } = request.query;
      const [clientId = client] = await scopeOf(engine.database, request, client);
      const bytes = request.body;
      if (!Buffer.isBuffer(bytes)) {
        throw new Failure("media-type-unsupported", `send ${CONTENT_TYPES.join(", ")}`);
      }
      const { actor } = callerOf(request);
      const feed = { clientId, name, format, bytes, actor };
      const { reconciliation, isRepeat } = await reconcileFile(engine, feed);
      return reply
        .code(isRepeat ? 200 : 201)
        .header("location", `/v1/reconciliations/${reconciliation.id}`)
        .send(presentReconciliation(reconciliation));
    },
  );
}

function readRoutes(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  const read = { ...tagged, permission: "case:read" } as const;
  app.get(
    "/v1/reconciliations",
    documented(
      { ...read, id: "listReconciliations", summary: "Feeds compared, newest first" },
      {
        querystring: PageQuery.extend({ client: z.string().optional() }),
        response: { 200: pageOf(Reconciliation) },
      },
    ),
    async (request) => {
      const { client } = request.query;
      const clientIds = await scopeOf(database, request, client);
      const { rows, next } = await readPage(parts.cursors, "reconciliations", request.query, {
        filters: { client },
        read: (after, limit) =>
          listReconciliations(database, clientIds, {
            after: after === null ? null : { takenAt: String(after[0]), id: String(after[1]) },
            limit,
          }),
        keyOf: (row) => [row.takenAt, row.id],
      });
      return { items: rows.map(presentReconciliation), next };
    },
  );
  app.get(
    "/v1/reconciliations/:id/lines",
    documented(
      {
        ...read,
        id: "listReconciliationLines",
        summary: "What became of each line of a feed, and what it lacks",
        failures: ["not-found", "cursor-invalid"],
      },
      {
        params: Id,
        querystring: PageQuery.extend({ outcome: Outcome.optional() }),
        response: { 200: pageOf(Line) },
      },
    ),
    async (request) => {
      const { id } = request.params;
      mustBeId("reconciliation", id);
      const clientIds = await scopeOf(database, request);
      const found = await findReconciliation(database, clientIds, id);
      if (found === undefined) {
        throw new Failure("not-found", `reconciliation ${id} does not exist`);
      }
      const { outcome = null } = request.query;
      const { rows, next } = await readPage(parts.cursors, "reconciliationLines", request.query, {
        filters: { id, outcome },
        read: (after, limit) =>
          reconciliationLines(database, found, { outcome, after: Number(after?.[0] ?? 0), limit }),
        keyOf: (row) => [row.ordinal],
      });
      return { items: rows.map(presentLine), next };
    },
  );
}

function unconfirmedRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine } = parts;
  const { database } = engine;
  app.get(
    "/v1/unconfirmed-attestations",
    documented(
      {
        ...tagged,
        id: "listUnconfirmedAttestations",
        summary: "Postings attested by hand that no feed has shown, the oldest day first",
        permission: "case:read",
        failures: ["cursor-invalid"],
      },
      {
        querystring: PageQuery.extend({ client: z.string().optional() }),
        response: { 200: pageOf(Unconfirmed) },
      },
    ),
    async (request) => {
      const { client } = request.query;
      const clientIds = await scopeOf(database, request, client);
      const clients = await engine.clients(database, clientIds);
      const { rows, next } = await readPage(parts.cursors, "unconfirmed", request.query, {
        filters: { client },
        read: (after, limit) =>
          unconfirmedAttestations(database, {
            clientIds,
            after: after === null ? null : { postingDate: String(after[0]), id: String(after[1]) },
            limit,
          }),
        keyOf: (row) => [row.postingDate, row.id],
      });
      const now = engine.clock.now();
      return {
        items: rows.map((row) => {
          const calendar = clients.get(row.clientId)?.calendar;
          const age = calendar?.businessDaysBetween(row.postingDate, calendar.dateOf(now)) ?? 0;
          return {
            id: row.id,
            client: row.clientId,
            dispute: row.dispute,
            adjustment: row.adjustmentId,
            reference: row.reference,
            postingDate: row.postingDate,
            ageDays: age,
            amount: wireMoney(row.amountMinor, row.currency),
            actor: row.actor,
            recordedAt: row.recordedAt,
          };
        }),
        next,
      };
    },
  );
}

function presentReconciliation(row: ReconciliationRow): z.infer<typeof Reconciliation> {
  return {
    id: row.id,
    client: row.clientId,
    name: row.name,
    format: row.format,
    sha256: Buffer.from(row.sha256).toString("hex"),
    from: row.fromOn,
    to: row.toOn,
    lines: row.lineCount,
    matched: row.matchedCount,
    different: row.differentCount,
    missingHere: row.missingHereCount,
    missingThere: row.missingThereCount,
    actor: row.actor,
    takenAt: row.takenAt,
  };
}

function presentLine(row: ReconciliationLineRow): z.infer<typeof Line> {
  const { amountMinor, currency } = row;
  return {
    ordinal: row.ordinal,
    line: row.lineNumber,
    outcome: row.outcome,
    reference: row.reference,
    amount: amountMinor === null || currency === null ? null : wireMoney(amountMinor, currency),
    side: row.side,
    bookedOn: row.bookedOn,
    dispute: row.dispute,
    adjustment: row.adjustmentId,
    difference: row.difference,
  };
}
