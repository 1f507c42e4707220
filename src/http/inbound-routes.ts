/** /v1/inbound-files: what destinations answer, taken in, listed, and settled line by line. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { receiveFile } from "../batch/inbound/receive-file.ts";
import {
  decisionsOf,
  lineCounts,
  linesOfInbound,
  listInboundFiles,
  repeatsOf,
} from "../batch/inbound/views.ts";
import type { InboundFileRow } from "../batch/inbound/views.ts";
import { workInbound } from "../batch/inbound/work-inbound.ts";
import { MOST_BYTES, sizeInWords } from "../formats/read/limits.ts";
import { Failure } from "../kernel/failure.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { theInboundFile } from "./find.ts";
import { idempotencyKeyOf } from "./idempotent.ts";
import { callerOf, scopeOf } from "./identify.ts";
import {
  INBOUND_STATES,
  InboundDetails,
  InboundFile,
  InboundLine,
  LINE_STATES,
  presentCounts,
  presentInbound,
  presentInboundLine,
  WAITS,
} from "./inbound-shapes.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import { Id } from "./shapes.ts";
import { tag } from "./version.ts";
import type { ZodApp } from "./zod-app.ts";

const CONTENT_TYPES = ["application/octet-stream", "text/csv", "text/plain", "application/xml"];

export function inboundRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    // Text is a parser of the server's own: here the bytes are kept as they come.
    for (const type of CONTENT_TYPES) {
      if (app.hasContentTypeParser(type)) app.removeContentTypeParser(type);
    }
    app.addContentTypeParser(CONTENT_TYPES, { parseAs: "buffer" }, (_request, body, done) => {
      done(null, body);
    });
    receiveRoute(app, parts);
    listRoute(app, parts);
    getRoute(app, parts);
    linesRoute(app, parts);
  };
}

function receiveRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/inbound-files",
    {
      ...documented(
        {
          id: "receiveInboundFile",
          tag: "inbound files",
          summary: "Take in a file that a destination sent back, and match it",
          description:
            `Body: the bytes, as ${CONTENT_TYPES.join(", ")}. The same bytes again change ` +
            "nothing: the answer is 200 and the file that they are. At most " +
            `${sizeInWords(MOST_BYTES)}; of a profile its returnMostBytes.`,
          permission: "batch:answer",
          command: "gathered",
          failures: [
            "not-found",
            "configuration-invalid",
            "media-type-unsupported",
            "body-too-large",
          ],
        },
        {
          querystring: z.strictObject({
            client: z.string(),
            profile: z.string(),
            name: z.string().min(1).max(255).default("upload"),
          }),
          response: { 200: InboundDetails, 201: InboundDetails },
        },
      ),
      bodyLimit: MOST_BYTES,
    },
    async (request, reply) => {
      idempotencyKeyOf(request);
      const { client, profile, name } = request.query;
      const [clientId = client] = await scopeOf(parts.engine.database, request, client);
      const packed = request.headers["content-encoding"] ?? "identity";
      if (packed !== "identity") {
        throw new Failure(
          "media-type-unsupported",
          `the body is packed (${packed}): send it as it is`,
        );
      }
      const bytes = request.body;
      if (!Buffer.isBuffer(bytes)) {
        throw new Failure("media-type-unsupported", `send ${CONTENT_TYPES.join(", ")}`);
      }
      const { actor } = callerOf(request);
      const { file, isRepeat } = await receiveFile(parts.batch, {
        clientId,
        profile,
        name,
        source: "upload",
        bytes,
        actor,
      });
      const after = await workInbound(parts.batch, clientId, file.id);
      tag(reply, after.version);
      return reply
        .code(isRepeat ? 200 : 201)
        .header("location", `/v1/inbound-files/${file.id}`)
        .send(await details(parts, after));
    },
  );
}

const read = { tag: "inbound files", permission: "batch:read" } as const;

function listRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/inbound-files",
    documented(
      {
        ...read,
        id: "listInboundFiles",
        summary: "Return files, newest first",
        failures: ["cursor-invalid"],
      },
      {
        querystring: PageQuery.extend({
          client: z.string().optional(),
          profile: z.string().max(60).optional(),
          state: z.enum(INBOUND_STATES).optional(),
          waits: z
            .enum([...WAITS, "any"])
            .optional()
            .describe("Only those that wait for this, or for anything"),
        }),
        response: { 200: pageOf(InboundFile) },
      },
    ),
    async (request) => {
      const { client, profile, state, waits } = request.query;
      const clients = await scopeOf(database, request, client);
      const { rows, next } = await readPage(parts.cursors, "inboundFiles", request.query, {
        filters: { client, profile, state, waits },
        read: (after, limit) =>
          listInboundFiles(database, {
            clients,
            profile: profile ?? null,
            state: state ?? null,
            waits: waits ?? null,
            after: after === null ? null : { receivedAt: String(after[0]), id: String(after[1]) },
            limit,
          }),
        keyOf: (file) => [file.receivedAt, file.id],
      });
      return { items: rows.map(presentInbound), next };
    },
  );
}

function getRoute(app: ZodApp, parts: HttpDependencies): void {
  app.get(
    "/v1/inbound-files/:id",
    documented(
      {
        ...read,
        id: "getInboundFile",
        summary: "A return file: totals, faults, what its lines did, decisions",
        failures: ["not-found"],
      },
      { params: Id, response: { 200: InboundDetails } },
    ),
    async (request, reply) => {
      const file = await theInboundFile(parts.engine.database, request, request.params.id);
      tag(reply, file.version);
      return details(parts, file);
    },
  );
}

function linesRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/inbound-files/:id/lines",
    documented(
      {
        ...read,
        id: "listInboundLines",
        summary: "The lines of a return file, all or those of one state",
        failures: ["not-found", "cursor-invalid"],
      },
      {
        params: Id,
        querystring: PageQuery.extend({ state: z.enum(LINE_STATES).optional() }),
        response: { 200: pageOf(InboundLine) },
      },
    ),
    async (request) => {
      const file = await theInboundFile(database, request, request.params.id);
      const { state } = request.query;
      const { rows, next } = await readPage(parts.cursors, "inboundLines", request.query, {
        filters: { file: file.id, state },
        read: (after, limit) =>
          linesOfInbound(database, file, {
            after: BigInt(after?.[0] ?? 0),
            limit,
            state: state ?? null,
          }),
        keyOf: (line) => [line.ordinal.toString()],
      });
      return { items: rows.map(presentInboundLine), next };
    },
  );
}

/** Everything about one return file but its lines. */
export async function details(
  { engine: { database } }: HttpDependencies,
  file: InboundFileRow,
): Promise<z.infer<typeof InboundDetails>> {
  const repeats = await repeatsOf(database, file);
  const decisions = await decisionsOf(database, file);
  return {
    ...presentInbound(file),
    totals: [...file.totals],
    faults: [...file.faults],
    counts: presentCounts(await lineCounts(database, file)),
    repeats: repeats.map(({ actor, recordedAt, ...one }) => ({
      ...one,
      by: actor,
      receivedAt: recordedAt,
    })),
    decisions: decisions.map((one) => ({
      line: one.ordinal === null ? null : Number(one.ordinal),
      decision: one.decision,
      batch: one.batchFileId,
      batchLine: one.batchLine === null ? null : Number(one.batchLine),
      reason: one.reason,
      by: one.actor,
      at: one.recordedAt,
    })),
  };
}
