/** /v1/batch-profiles and /v1/batches: accounting files, generated, shown, sent and made again. */
import { Readable } from "node:stream";

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { nextOccurrence } from "../batch/cut-offs.ts";
import { generateAll, previewGeneration } from "../batch/generate-all.ts";
import type { GenerationFault, GenerationPreview } from "../batch/generate-all.ts";
import { batchProfiles } from "../batch/profile.ts";
import { STATEMENTS, previewRegeneration, regenerate } from "../batch/regenerate.ts";
import { resend } from "../batch/resend.ts";
import { readBytes } from "../batch/stored-bytes.ts";
import type { FileRow } from "../batch/views.ts";
import {
  chainOfFile,
  findFile,
  linesOfFile,
  listFiles,
  transmissionSteps,
} from "../batch/views.ts";
import type { ClientRuntime } from "../accounting/engine.ts";
import { Failure } from "../kernel/failure.ts";
import { wireMoney } from "../kernel/money.ts";

import {
  BatchFile,
  BatchProfile,
  Generation,
  GeneratedFile,
  Pending,
  presentFile,
  presentGenerated,
  presentWritten,
  side,
} from "./batch-shapes.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { mustBeId } from "./find.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import { AdjustmentState, Id, Money } from "./shapes.ts";
import { mustBePresent, tag } from "./version.ts";

const Fault = z.object({
  client: z.string(),
  profile: z.string(),
  code: z.string(),
  detail: z.string(),
});

const Preview = z.object({
  client: z.string(),
  profile: z.string(),
  businessDate: z.string(),
  postingDate: z.string(),
  nextSequence: z.int(),
  leaves: z.array(Pending),
  stays: z.array(Pending),
});

const GenerationAnswer = z
  .object({
    generated: z.array(Generation),
    previews: z.array(Preview).describe("With dryRun: what would leave"),
    faults: z.array(Fault).describe("Profiles that could not be generated; the others were"),
  })
  .meta({ id: "GenerationAnswer" });

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
}).meta({ id: "BatchDetails" });

const Difference = z
  .object({
    sums: z.array(z.object({ fate: z.string(), count: z.int(), amount: Money })),
    lines: z.array(
      z.object({ line: z.int(), adjustment: z.string(), fate: z.string(), amount: Money }),
    ),
    nextPostingDate: z.string(),
    postsLater: z.boolean(),
    needsSecondPerson: z.boolean(),
  })
  .meta({ id: "RegenerationDifference" });

const Regeneration = z
  .object({
    voided: BatchFile,
    files: z.array(GeneratedFile),
    cameBack: z.int(),
    refused: z.int(),
  })
  .meta({ id: "Regeneration" });

const DryRun = z.strictObject({ dryRun: z.stringbool().default(false) });
const Reason = z.string().trim().min(1).max(2000);

export function batchRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  const { engine, batch } = parts;
  const { database } = engine;
  const read = { tag: "batches", permission: "batch:read" } as const;

  const find = async (id: string, clients: readonly string[]): Promise<FileRow> => {
    mustBeId("batch", id);
    const file = await findFile(database, clients, id);
    if (file === undefined) throw new Failure("not-found", `batch ${id} does not exist`, { id });
    return file;
  };

  return async (app) => {
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
        const runtimes = await engine.clients(database, clients);
        const items = [];
        for (const runtime of runtimes.values()) {
          if (Object.keys(runtime.settings.batchProfiles).length === 0) continue;
          const scope = { clients: [runtime.id], profile: null };
          const { previews, faults } = await previewGeneration(batch, scope);
          items.push(...presentProfiles(parts, runtime, previews, faults));
        }
        return { items, next: null };
      },
    );

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

    app.post(
      "/v1/batches",
      documented(
        {
          id: "generateBatches",
          tag: "batches",
          summary: "Generate Accounting File(s): write all pending accounting to file now",
          description: "With a transmission configured, the files leave at once.",
          permission: "batch:generate",
          command: "once",
          failures: ["not-found", "configuration-invalid"],
        },
        {
          body: z
            .strictObject({
              client: z.string().optional().describe("Every client of the caller if left out"),
              profile: z.string().optional().describe("Every profile if left out"),
              dryRun: z.boolean().default(false),
            })
            .nullish(),
          response: { 200: GenerationAnswer, 201: GenerationAnswer },
        },
      ),
      async (request, reply) => {
        const { client, profile, dryRun } = request.body ?? {};
        const scope = {
          clients: await scopeOf(database, request, client),
          profile: profile ?? null,
        };
        if (dryRun === true) {
          const { previews, faults } = await previewGeneration(batch, scope);
          return reply.code(200).send({
            generated: [],
            previews: previews.map(presentPreview),
            faults: faults.map(presentFault),
          });
        }
        const { generated, faults } = await generateAll(batch, scope, callerOf(request).actor);
        return reply.code(201).send({
          generated: generated.map(presentGenerated),
          previews: [],
          faults: faults.map(presentFault),
        });
      },
    );

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
        const file = await find(request.params.id, await scopeOf(database, request));
        void tag(request, reply, file.version);
        const steps = await transmissionSteps(database, file.clientId, file.id);
        const chain = await chainOfFile(database, file.clientId, file.id);
        return {
          ...presentFile(file),
          transmissions: steps.map((step) => ({ ...step, detail: { ...step.detail } })),
          chain: chain.map(({ id, sequence, state }) => ({
            id,
            sequence: Number(sequence),
            state,
          })),
        };
      },
    );

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
        const file = await find(request.params.id, await scopeOf(database, request));
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

    app.get(
      "/v1/batches/:id/content",
      documented(
        {
          ...read,
          id: "getBatchContent",
          summary: "The bytes of a file, exactly as they leave",
          permission: "batch:content",
          failures: ["not-found"],
        },
        { params: Id, response: { 200: z.unknown().describe("The file's own bytes") } },
      ),
      async (request, reply) => {
        const file = await find(request.params.id, await scopeOf(database, request));
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

    app.post(
      "/v1/batches/:id/transmissions",
      documented(
        {
          id: "resendBatch",
          tag: "batches",
          summary: "Resend: the same bytes, id and sequence once more",
          permission: "batch:regenerate",
          command: "once",
          versioned: true,
          failures: ["not-found", "transition-refused"],
        },
        { params: Id, body: z.strictObject({ reason: Reason }), response: { 200: BatchFile } },
      ),
      async (request, reply) => {
        const file = await find(request.params.id, await scopeOf(database, request));
        mustBePresent(request, file.version);
        const { actor } = callerOf(request);
        const { reason } = request.body;
        const after = await resend(batch, {
          clientId: file.clientId,
          fileId: file.id,
          reason,
          actor,
        });
        void tag(request, reply, after.version);
        return presentFile(after);
      },
    );

    app.post(
      "/v1/batches/:id/regenerations",
      documented(
        {
          id: "regenerateBatch",
          tag: "batches",
          summary: "Regenerate Accounting Batch: void the old file, write what is not posted anew",
          description: "With dryRun: the difference it would make, and nothing is made.",
          permission: "batch:regenerate",
          command: "once",
          versioned: true,
          failures: [
            "not-found",
            "transition-refused",
            "nothing-to-regenerate",
            "approval-required",
            "self-approval",
          ],
        },
        {
          params: Id,
          querystring: DryRun,
          body: z.strictObject({
            statement: z.enum(STATEMENTS).describe("What became of the old file"),
            reason: Reason,
          }),
          response: { 200: Difference, 201: Regeneration },
        },
      ),
      async (request, reply) => {
        const file = await find(request.params.id, await scopeOf(database, request));
        mustBePresent(request, file.version);
        const target = { clientId: file.clientId, fileId: file.id };
        if (request.query.dryRun) {
          const preview = await previewRegeneration(batch, target);
          return reply.code(200).send({
            sums: preview.sums.map((sum) => ({
              fate: sum.fate,
              ...side(sum.count, BigInt(sum.amountMinor), file.currency),
            })),
            lines: preview.lines.map((line) => ({
              line: Number(line.lineNumber),
              adjustment: line.adjustmentId,
              fate: line.fate,
              amount: wireMoney(line.amountMinor, file.currency),
            })),
            nextPostingDate: preview.nextPostingDate,
            postsLater: preview.postsLater,
            needsSecondPerson: preview.needsSecondPerson,
          });
        }
        const { voided, files, cameBack, refused } = await regenerate(batch, {
          ...target,
          ...request.body,
          actor: callerOf(request).actor,
          secondPerson: null,
        });
        return reply.code(201).send({
          voided: presentFile(voided),
          files: files.map(presentWritten),
          cameBack,
          refused,
        });
      },
    );
  };
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
    };
  });
}

function presentPreview(one: GenerationPreview): z.infer<typeof Preview> {
  return {
    client: one.clientId,
    profile: one.profile,
    businessDate: one.businessDate,
    postingDate: one.postingDate,
    nextSequence: Number(one.nextSequence),
    leaves: sums(one.leaves),
    stays: sums(one.stays),
  };
}

function sums(rows: GenerationPreview["leaves"]): z.infer<typeof Pending>[] {
  return rows.map((sum) => side(sum.count, BigInt(sum.amountMinor), sum.currency));
}

function presentFault({ clientId, profile, failure }: GenerationFault): z.infer<typeof Fault> {
  return { client: clientId, profile, code: failure.code, detail: failure.message };
}
