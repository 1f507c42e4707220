/** /v1/batch-profiles and /v1/batches: accounting files, generated, shown, sent and made again. */
import { Readable } from "node:stream";

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { nextOccurrence } from "../batch/cut-offs.ts";
import { previewGeneration } from "../batch/generate-all.ts";
import type { GenerationFault, GenerationPreview } from "../batch/generate-all.ts";
import { batchProfiles } from "../batch/profile.ts";
import { refuseUnreleased } from "../batch/release-need.ts";
import { statementsOf } from "../batch/state-fate.ts";
import { runningGenerations } from "../batch/writing/progress.ts";
import { readBytes } from "../batch/writing/stored-bytes.ts";
import {
  chainOfFile,
  envelopesOf,
  linesOfFile,
  listFiles,
  transmissionSteps,
} from "../batch/views.ts";
import { usableClients } from "../accounting/client-runtime.ts";
import type { ClientRuntime } from "../accounting/engine.ts";
import { wireMoney } from "../kernel/money.ts";

import {
  BatchFile,
  BatchProfile,
  BatchStatement,
  presentFile,
  presentStatement,
  sums,
} from "./batch-shapes.ts";
import { mostBytesOf } from "../formats/read/limits.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { theBatch } from "./find.ts";
import { scopeOf } from "./identify.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import { AdjustmentState, Id, Money } from "./shapes.ts";
import { tag } from "./version.ts";
import type { ZodApp } from "./zod-app.ts";

const Line = z
  .object({
    line: z.int(),
    adjustment: z.string(),
    dispute: z.string(),
    claim: z.string(),
    amount: Money,
    state: AdjustmentState.describe("Of the adjustment now"),
    live: z.boolean(),
    outcome: z.string().nullable(),
    reference: z.string().nullable(),
  })
  .meta({ id: "BatchLine" });

const BatchDetails = BatchFile.extend({
  transmissions: z.array(
    z.object({
      transmission: z.int(),
      attempt: z.int(),
      step: z.string(),
      detail: z.record(z.string(), z.unknown()),
      actor: z.string(),
      recordedAt: z.string(),
    }),
  ),
  chain: z
    .array(z.object({ id: z.string(), sequence: z.int(), state: z.string() }))
    .describe("The files it supersedes and is superseded by, itself included"),
  statements: z.array(BatchStatement).describe("What people said became of it"),
  envelopes: z
    .array(
      z.object({
        sha256: z.string().describe("Of the sealed bytes"),
        sizeBytes: z.int(),
        recipients: z.array(z.string()),
        signer: z.string().nullable(),
        createdAt: z.string(),
      }),
    )
    .describe("Its OpenPGP forms, as they left"),
}).meta({ id: "BatchDetails" });

export function batchRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    listBatchProfilesRoute(app, parts);
    listBatchesRoute(app, parts);
    listGenerationsRoute(app, parts);
    getBatchRoute(app, parts);
    listBatchLinesRoute(app, parts);
    getBatchContentRoute(app, parts);
  };
}

const read = { tag: "batches", permission: "batch:read" } as const;

function listBatchProfilesRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine, batch } = parts;
  const { database } = parts.engine;
  app.get(
    "/v1/batch-profiles",
    documented(
      { ...read, id: "listBatchProfiles", summary: "Batch profiles with what waits for them" },
      {
        querystring: z.strictObject({ client: z.string().optional() }),
        response: { 200: z.object({ items: z.array(BatchProfile), next: z.null() }) },
      },
    ),
    async (request) => {
      const clients = await scopeOf(database, request, request.query.client);
      const { usable } = await usableClients(engine, database, clients);
      const items = [];
      for (const runtime of usable) {
        if (Object.keys(runtime.settings.batchProfiles).length === 0) continue;
        const scope = { clients: [runtime.id], profile: null };
        const { previews, faults } = await previewGeneration(batch, scope);
        items.push(...presentProfiles(parts, runtime, previews, faults));
      }
      return { items, next: null };
    },
  );
}

const RunningGeneration = z
  .object({
    client: z.string(),
    profile: z.string(),
    actor: z.string(),
    rendered: z.int().describe("Adjustments rendered so far"),
    total: z.int().nullable().describe("Of so many; null where it is not known before"),
    startedAt: z.string(),
    toldAt: z.string(),
  })
  .meta({ id: "RunningGeneration" });

function listGenerationsRoute(app: ZodApp, parts: HttpDependencies): void {
  app.get(
    "/v1/batch-generations",
    documented(
      {
        ...read,
        id: "listRunningGenerations",
        summary: "Generations of files under way, and how far each is",
        description: "Told about once a second; what was not heard of for two minutes is left out.",
      },
      {
        querystring: z.strictObject({ client: z.string().optional() }),
        response: { 200: z.object({ items: z.array(RunningGeneration), next: z.null() }) },
      },
    ),
    async (request) => {
      const { engine } = parts;
      const clients = await scopeOf(engine.database, request, request.query.client);
      const running = await runningGenerations(parts.batch, clients);
      const items = running.map(({ clientId: client, rendered, total, ...one }) => ({
        client,
        ...one,
        rendered: Number(rendered),
        total: total === null ? null : Number(total),
      }));
      return { items, next: null };
    },
  );
}

function listBatchesRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/batches",
    documented(
      {
        ...read,
        id: "listBatches",
        summary: "Files, newest first",
        failures: ["cursor-invalid"],
      },
      {
        querystring: PageQuery.extend({
          client: z.string().optional(),
          profile: z.string().max(60).optional(),
        }),
        response: { 200: pageOf(BatchFile) },
      },
    ),
    async (request) => {
      const { client, profile } = request.query;
      const clients = await scopeOf(database, request, client);
      const { rows, next } = await readPage(parts.cursors, "batches", request.query, {
        filters: { client, profile },
        read: (after, limit) =>
          listFiles(database, {
            clients,
            profile: profile ?? null,
            after: after === null ? null : { createdAt: String(after[0]), id: String(after[1]) },
            limit,
          }),
        keyOf: (file) => [file.createdAt, file.id],
      });
      return { items: rows.map(presentFile), next };
    },
  );
}

function getBatchRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/batches/:id",
    documented(
      {
        ...read,
        id: "getBatch",
        summary: "A file: totals, transmissions, chain",
        failures: ["not-found"],
      },
      { params: Id, response: { 200: BatchDetails } },
    ),
    async (request, reply) => {
      const file = await theBatch(parts.engine.database, request, request.params.id);
      tag(reply, file.version);
      const steps = await transmissionSteps(database, file.clientId, file.id);
      const chain = await chainOfFile(database, file.clientId, file.id);
      const statements = await statementsOf(database, file);
      const envelopes = await envelopesOf(database, file);
      return {
        ...presentFile(file),
        transmissions: steps.map((step) => ({ ...step, detail: { ...step.detail } })),
        chain: chain.map(({ id, sequence, state }) => ({
          id,
          sequence: Number(sequence),
          state,
        })),
        statements: statements.map((one) => presentStatement(one, file.currency)),
        envelopes: envelopes.map((one) => ({
          ...one,
          sha256: one.sha256.toString("hex"),
          sizeBytes: Number(one.sizeBytes),
          recipients: [...one.recipients],
        })),
      };
    },
  );
}

function listBatchLinesRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/batches/:id/lines",
    documented(
      {
        ...read,
        id: "listBatchLines",
        summary: "A file's lines in order",
        failures: ["not-found", "cursor-invalid"],
      },
      { params: Id, querystring: PageQuery, response: { 200: pageOf(Line) } },
    ),
    async (request) => {
      const file = await theBatch(parts.engine.database, request, request.params.id);
      const { rows, next } = await readPage(parts.cursors, "batch-lines", request.query, {
        filters: file.id,
        read: (after, limit) =>
          linesOfFile(database, file, { afterLine: BigInt(after?.[0] ?? 0), limit }),
        keyOf: (line) => [line.lineNumber.toString()],
      });
      const items = rows.map((row) => ({
        line: Number(row.lineNumber),
        adjustment: row.adjustmentId,
        dispute: row.dispute,
        claim: row.claim,
        amount: wireMoney(row.amountMinor, file.currency),
        state: AdjustmentState.parse(row.state),
        live: row.live,
        outcome: row.outcome,
        reference: row.reference,
      }));
      return { items, next };
    },
  );
}

function getBatchContentRoute(app: ZodApp, parts: HttpDependencies): void {
  const { batch } = parts;
  const { database } = parts.engine;
  app.get(
    "/v1/batches/:id/content",
    documented(
      {
        ...read,
        id: "getBatchContent",
        summary: "The bytes of a file, exactly as they leave",
        permission: "batch:content",
        failures: ["not-found", "approval-required"],
      },
      { params: Id, response: { 200: z.unknown().describe("The file's own bytes") } },
    ),
    async (request, reply) => {
      const file = await theBatch(parts.engine.database, request, request.params.id);
      refuseUnreleased(file);
      const { wrappedKey, wrappingKey } = file;
      const sealed =
        wrappedKey === null || wrappingKey === null ? null : { wrappedKey, wrappingKey };
      const place = { clientId: file.clientId, fileId: file.id };
      return reply
        .type("text/plain; charset=utf-8")
        .header("content-disposition", `attachment; filename="${file.fileName}"`)
        .header("digest", `sha-256=${file.sha256.toString("base64")}`)
        .send(Readable.from(readBytes(database, place, batch.keys, sealed)));
    },
  );
}

function presentProfiles(
  { engine }: HttpDependencies,
  runtime: ClientRuntime,
  previews: readonly GenerationPreview[],
  faults: readonly GenerationFault[],
): z.infer<typeof BatchProfile>[] {
  const now = engine.clock.now();
  return [...batchProfiles(runtime.settings).values()].map((profile) => {
    const preview = previews.find((one) => one.profile === profile.name);
    const fault = faults.find((one) => one.profile === profile.name);
    const next = nextOccurrence(profile, runtime.calendar, now);
    return {
      client: runtime.id,
      name: profile.name,
      marker: profile.marker,
      delivery: profile.delivery.kind,
      basis: profile.basis,
      cutOffs: profile.cutOffs.map(({ name, time }) => ({ name, time })),
      nextCutOffAt: next?.cutAt.toString() ?? null,
      nextPostingDate: preview?.postingDate ?? "",
      nextSequence: Number(preview?.nextSequence ?? 0n),
      pending: sums(preview?.leaves ?? []),
      waiting: sums(preview?.stays ?? []),
      problem: fault?.failure.message ?? null,
      returnFormat: profile.returnFile?.format ?? null,
      returnMostBytes:
        profile.returnFile === undefined ? null : mostBytesOf(profile.returnFile.format),
    };
  });
}
