/** Generate Accounting File(s), resend, Regenerate Accounting Batch: the commands on batches. */
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { generateAll, previewGeneration } from "../batch/generate-all.ts";
import type { GenerationFault } from "../batch/generate-all.ts";
import { STATEMENTS, previewRegeneration } from "../batch/regenerate.ts";
import type { Regenerated, RegenerationPreview, Statement } from "../batch/regenerate.ts";
import { resend } from "../batch/resend.ts";
import { testDestination } from "../batch/test-destination.ts";
import {
  declineStatement,
  findStatement,
  secondStatement,
  stateFate,
} from "../batch/state-fate.ts";
import type { StatementRow } from "../batch/state-fate.ts";
import { Failure } from "../kernel/failure.ts";
import { wireMoney } from "../kernel/money.ts";

import {
  BatchFile,
  BatchStatement,
  DestinationTest,
  Generation,
  GeneratedFile,
  GenerationPreviewShape,
  presentFile,
  presentGenerated,
  presentPreview,
  presentStatement,
  presentWritten,
  side,
} from "./batch-shapes.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { mustBeId, theBatch } from "./find.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { personOf } from "./person.ts";
import { Id, Money } from "./shapes.ts";
import { mustBePresent, tag } from "./version.ts";
import type { ZodApp } from "./zod-app.ts";

const Fault = z.object({
  client: z.string(),
  profile: z.string(),
  code: z.string(),
  detail: z.string(),
});

const GenerationAnswer = z
  .object({
    generated: z.array(Generation),
    previews: z.array(GenerationPreviewShape).describe("With dryRun: what would leave"),
    faults: z.array(Fault).describe("Profiles that could not be generated; the others were"),
  })
  .meta({ id: "GenerationAnswer" });

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

const ProfilePath = z.object({ client: z.string(), name: z.string() });
const DryRun = z.strictObject({ dryRun: z.stringbool().default(false) });
const StatementBody = z.strictObject({
  statement: z.enum(STATEMENTS).optional().describe("What became of the old file; needed"),
  reason: z.string().trim().min(1).max(2000).optional().describe("How you know; needed"),
});
const Reason = z.string().trim().min(1).max(2000);

export function batchCommandRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    generateBatchesRoute(app, parts);
    testDestinationRoute(app, parts);
    resendBatchRoute(app, parts);
    regenerateBatchRoute(app, parts);
    secondStatementRoute(app, parts);
    declineStatementRoute(app, parts);
  };
}

function generateBatchesRoute(app: ZodApp, parts: HttpDependencies): void {
  const { batch } = parts;
  const { database } = parts.engine;
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
}

function testDestinationRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/clients/:client/batch-profiles/:name/connection-test",
    documented(
      {
        id: "testBatchDestination",
        tag: "batches",
        summary: "Test the way to a profile's destination; no file of money is sent",
        permission: "service:test",
        failures: ["not-found", "configuration-invalid"],
      },
      { params: ProfilePath, response: { 200: DestinationTest } },
    ),
    async (request) => {
      const { client, name } = request.params;
      await scopeOf(parts.engine.database, request, client);
      const test = { clientId: client, profile: name };
      const { outcome, steps } = await testDestination(parts.batch, test);
      return { outcome, steps: steps.map((one) => ({ ...one })) };
    },
  );
}

function resendBatchRoute(app: ZodApp, parts: HttpDependencies): void {
  const { batch } = parts;
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
      const file = await theBatch(parts.engine.database, request, request.params.id);
      mustBePresent(request, file.version);
      const { actor } = callerOf(request);
      const { reason } = request.body;
      const after = await resend(batch, {
        clientId: file.clientId,
        fileId: file.id,
        reason,
        actor,
      });
      tag(reply, after.version);
      return presentFile(after);
    },
  );
}

function regenerateBatchRoute(app: ZodApp, parts: HttpDependencies): void {
  const { batch } = parts;
  app.post(
    "/v1/batches/:id/regenerations",
    documented(
      {
        id: "regenerateBatch",
        tag: "batches",
        summary: "Regenerate Accounting Batch: void the old file, write what is not posted anew",
        description:
          "With dryRun: the difference it would make, and nothing is made. Where the profile " +
          "asks for two people: 202 and a statement that another person has to second.",
        permission: "batch:regenerate",
        command: "once",
        versioned: true,
        failures: ["not-found", "transition-refused", "nothing-to-regenerate"],
      },
      {
        params: Id,
        querystring: DryRun,
        body: StatementBody,
        response: { 200: Difference, 201: Regeneration, 202: BatchStatement },
      },
    ),
    async (request, reply) => {
      const file = await theBatch(parts.engine.database, request, request.params.id);
      mustBePresent(request, file.version);
      const target = { clientId: file.clientId, fileId: file.id };
      if (request.query.dryRun) {
        const preview = await previewRegeneration(batch, target);
        return reply.code(200).send(presentDifference(preview, file.currency));
      }
      const { done, waiting } = await stateFate(batch, {
        ...target,
        ...stated(request.body),
        actor: callerOf(request).actor,
      });
      if (done === null) return reply.code(202).send(presentStatement(waiting, file.currency));
      return reply.code(201).send(presentRegenerated(done));
    },
  );
}

const Because = z.strictObject({ reason: Reason });

function secondStatementRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/batch-statements/:id/seconding",
    documented(
      {
        id: "secondBatchStatement",
        tag: "batches",
        summary: "Say the same of a file as somebody else did: it is regenerated",
        permission: "batch:regenerate",
        command: "once",
        failures: [
          "not-found",
          "transition-refused",
          "nothing-to-regenerate",
          "self-approval",
          "stale-version",
        ],
      },
      { params: Id, body: Because, response: { 201: Regeneration, 202: BatchStatement } },
    ),
    async (request, reply) => {
      const stated = await theStatement(parts, request, request.params.id);
      const { clientId, id, fileId } = stated;
      const word = { clientId, id, ...wordOf(request) };
      const done = await secondStatement(parts.batch, word);
      if (done !== null) return reply.code(201).send(presentRegenerated(done));
      const { currency } = await theBatch(parts.engine.database, request, fileId);
      return reply.code(202).send(presentStatement(stated, currency));
    },
  );
}

function declineStatementRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/batch-statements/:id/declining",
    documented(
      {
        id: "declineBatchStatement",
        tag: "batches",
        summary: "Withdraw or decline a statement about a file: nothing is done",
        permission: "batch:regenerate",
        command: "once",
        failures: ["not-found", "transition-refused"],
      },
      { params: Id, body: Because, response: { 200: BatchStatement } },
    ),
    async (request) => {
      const { clientId, id, fileId } = await theStatement(parts, request, request.params.id);
      const { currency } = await theBatch(parts.engine.database, request, fileId);
      const after = await declineStatement(parts.batch, { clientId, id, ...wordOf(request) });
      return presentStatement(after, currency);
    },
  );
}

function wordOf(request: FastifyRequest<{ Body: z.infer<typeof Because> }>) {
  const { name: actor, rights } = personOf(callerOf(request));
  return { reason: request.body.reason, actor, rights };
}

async function theStatement(
  { engine: { database } }: HttpDependencies,
  request: FastifyRequest,
  id: string,
): Promise<StatementRow> {
  mustBeId("statement", id);
  const found = await findStatement(database, await scopeOf(database, request), id);
  if (found === undefined) throw new Failure("not-found", `statement ${id} does not exist`, { id });
  return found;
}

function presentRegenerated(done: Regenerated): z.infer<typeof Regeneration> {
  return {
    voided: presentFile(done.voided),
    files: done.files.map(presentWritten),
    cameBack: done.cameBack,
    refused: done.refused,
  };
}

function presentFault({ clientId, profile, failure }: GenerationFault): z.infer<typeof Fault> {
  return { client: clientId, profile, code: failure.code, detail: failure.message };
}

function presentDifference(
  preview: RegenerationPreview,
  currency: string,
): z.infer<typeof Difference> {
  return {
    sums: preview.sums.map((sum) => ({
      fate: sum.fate,
      ...side(sum.count, BigInt(sum.amountMinor), currency),
    })),
    lines: preview.lines.map((line) => ({
      line: Number(line.lineNumber),
      adjustment: line.adjustmentId,
      fate: line.fate,
      amount: wireMoney(line.amountMinor, currency),
    })),
    nextPostingDate: preview.nextPostingDate,
    postsLater: preview.postsLater,
    needsSecondPerson: preview.need !== null,
  };
}

/** What somebody states about the old file; a preview needs no statement yet. */
function stated(body: z.infer<typeof StatementBody>): { statement: Statement; reason: string } {
  const { statement, reason } = body;
  if (statement !== undefined && reason !== undefined) return { statement, reason };
  const faults = (["statement", "reason"] as const)
    .filter((name) => body[name] === undefined)
    .map((name) => ({ pointer: `/${name}`, detail: "is needed" }));
  throw new Failure(
    "input-invalid",
    "say what became of the old file, and how you know",
    {},
    faults,
  );
}
