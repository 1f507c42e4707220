/** /v1/…/evidence: what a person shows for a posting made by hand; kept as it came, and read. */
import { Readable } from "node:stream";

import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { MOST_EVIDENCE_BYTES } from "../accounting/client-settings.ts";
import { Failure } from "../kernel/failure.ts";
import type { EvidenceDesk } from "../manual/evidence.ts";
import { keepEvidence, readEvidence } from "../manual/evidence.ts";
import type { EvidenceRow } from "../manual/views.ts";
import { evidenceOfAssignment, findEvidence } from "../manual/views.ts";
import type { AssignmentRow } from "../work/views.ts";
import { findAssignment } from "../work/views.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { mustBeId } from "./find.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { idempotencyKeyOf } from "./idempotent.ts";
import { Id } from "./shapes.ts";
import type { ZodApp } from "./zod-app.ts";

const Evidence = z
  .object({
    id: z.string(),
    assignment: z.string(),
    adjustment: z.string(),
    name: z.string(),
    mediaType: z.string().describe("As its bytes say"),
    sizeBytes: z.int(),
    sha256: z.string().describe("Of its bytes, in hexadecimal digits"),
    actor: z.string(),
    recordedAt: z.string(),
    attestations: z.array(z.string()).describe("The statements that rest on it"),
  })
  .meta({ id: "Evidence" });

const ANY_BYTES = "application/octet-stream";

export function evidenceRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    if (app.hasContentTypeParser(ANY_BYTES)) app.removeContentTypeParser(ANY_BYTES);
    app.addContentTypeParser(ANY_BYTES, { parseAs: "buffer" }, (_request, body, done) => {
      done(null, body);
    });
    keepRoute(app, parts);
    listRoute(app, parts);
    readRoute(app, parts);
  };
}

function deskOf({ engine, batch }: HttpDependencies): EvidenceDesk {
  return { engine, keys: batch.keys };
}

/** The assignment, among the caller's clients. Throws `not-found`. */
async function theWork(
  { engine: { database } }: HttpDependencies,
  request: FastifyRequest,
  id: string,
): Promise<AssignmentRow> {
  mustBeId("assignment", id);
  const work = await findAssignment(database, await scopeOf(database, request), id);
  if (work === undefined) throw new Failure("not-found", `assignment ${id} does not exist`);
  return work;
}

function keepRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/assignments/:id/evidence",
    {
      ...documented(
        {
          id: "keepEvidence",
          tag: "assignments",
          summary: "Attach what shows a posting made by hand",
          description:
            `Body: the bytes, as ${ANY_BYTES}. What kind they are, they say themselves. The ` +
            "same bytes again are the same piece: 200.",
          permission: "assignment:work",
          command: "gathered",
          failures: [
            "not-found",
            "input-invalid",
            "assignment-closed",
            "assignment-taken",
            "media-type-unsupported",
          ],
        },
        {
          params: Id,
          querystring: z.strictObject({ name: z.string().min(1).max(255).default("evidence") }),
          response: { 200: Evidence, 201: Evidence },
        },
      ),
      bodyLimit: MOST_EVIDENCE_BYTES,
    },
    async (request, reply) => {
      idempotencyKeyOf(request);
      const { id } = request.params;
      const bytes = request.body;
      if (!Buffer.isBuffer(bytes)) {
        throw new Failure("media-type-unsupported", `send ${ANY_BYTES}`);
      }
      const work = await theWork(parts, request, id);
      const { evidence, isNew } = await keepEvidence(deskOf(parts), {
        clientId: work.clientId,
        assignmentId: id,
        name: request.query.name,
        bytes,
        actor: callerOf(request).actor,
      });
      return reply
        .code(isNew ? 201 : 200)
        .header("location", `/v1/evidence/${evidence.id}`)
        .send(presentEvidence(evidence));
    },
  );
}

function listRoute(app: ZodApp, parts: HttpDependencies): void {
  app.get(
    "/v1/assignments/:id/evidence",
    documented(
      {
        id: "listEvidence",
        tag: "assignments",
        summary: "What was shown for a posting made by hand",
        permission: "case:read",
        failures: ["not-found"],
      },
      { params: Id, response: { 200: z.object({ items: z.array(Evidence) }) } },
    ),
    async (request) => {
      const { id } = request.params;
      const { clientId } = await theWork(parts, request, id);
      const rows = await evidenceOfAssignment(parts.engine.database, { clientId, id });
      return { items: rows.map(presentEvidence) };
    },
  );
}

function readRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/evidence/:id",
    documented(
      {
        id: "readEvidence",
        tag: "assignments",
        summary: "The bytes of a piece of evidence; that they were read is on record",
        permission: "evidence:read",
        failures: ["not-found"],
      },
      { params: Id, response: { 200: z.any().describe("The bytes as they came") } },
    ),
    async (request, reply) => {
      const { id } = request.params;
      mustBeId("evidence", id);
      const found = await findEvidence(database, await scopeOf(database, request), id);
      if (found === undefined) throw new Failure("not-found", `evidence ${id} does not exist`);
      const bytes = await readEvidence(deskOf(parts), found, callerOf(request).actor);
      // Never shown inside our own pages: saved, whatever it is.
      return reply
        .header("content-type", found.mediaType)
        .header("content-disposition", `attachment; filename*=UTF-8''${encoded(found.name)}`)
        .header("cache-control", "no-store")
        .send(Readable.from([bytes]));
    },
  );
}

function encoded(name: string): string {
  return encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function presentEvidence(row: EvidenceRow): z.infer<typeof Evidence> {
  const { id, assignmentId, adjustmentId, name, mediaType, sizeBytes, actor, recordedAt } = row;
  return {
    id,
    assignment: assignmentId,
    adjustment: adjustmentId,
    name,
    mediaType,
    sizeBytes,
    sha256: Buffer.from(row.sha256).toString("hex"),
    actor,
    recordedAt,
    attestations: [...row.attestations],
  };
}
