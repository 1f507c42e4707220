/**
 * A person's word that a file, or lines of it, was processed or refused at its destination: the way
 * out where no answer comes as a file. An attestation like any other, with the client's tiers.
 */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { attestFile } from "../batch/attest-file.ts";

import { BatchFile, presentFile } from "./batch-shapes.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { theBatch } from "./find.ts";
import { callerOf } from "./identify.ts";
import { Id } from "./shapes.ts";
import { mustBePresent, tag } from "./version.ts";

const MOST_LINES = 1000;

const Body = z.strictObject({
  answer: z.enum(["accepted", "refused"]).default("accepted"),
  reference: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .describe("The destination's own reference or reason code"),
  adjustments: z
    .array(z.uuid())
    .min(1)
    .max(MOST_LINES)
    .optional()
    .describe("The lines it speaks of; all that are open where left out"),
});

const Acknowledged = z
  .object({
    batch: BatchFile,
    settled: z.int().describe("Lines whose answer was recorded now"),
    moved: z.int().describe("Adjustments that moved by it"),
    waits: z.string().nullable().describe("The rule by which another person has to agree"),
  })
  .meta({ id: "BatchAcknowledged" });

export function batchAcknowledgementRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  const { batch } = parts;
  return async (app) => {
    app.post(
      "/v1/batches/:id/acknowledgements",
      documented(
        {
          id: "acknowledgeBatch",
          tag: "batches",
          summary: "Say that the destination processed a file or lines of it, or refused lines",
          description:
            "Telling the same twice changes nothing. Above the client's tier of attestations: " +
            "202, and nothing is done until another person agrees.",
          permission: "batch:answer",
          command: "once",
          versioned: true,
          failures: ["not-found", "transition-refused", "input-invalid", "approval-required"],
        },
        { params: Id, body: Body, response: { 200: Acknowledged, 202: Acknowledged } },
      ),
      async (request, reply) => {
        const file = await theBatch(parts.engine.database, request, request.params.id);
        mustBePresent(request, file.version);
        const { answer, reference, adjustments = null } = request.body;
        const attested = await attestFile(batch, {
          clientId: file.clientId,
          fileId: file.id,
          adjustmentIds: adjustments,
          answer,
          reference,
          actor: callerOf(request).actor,
        });
        tag(reply, attested.file.version);
        const shown = presentFile(attested.file);
        if (attested.waits) {
          const waits = attested.rule;
          return reply.code(202).send({ batch: shown, settled: 0, moved: 0, waits });
        }
        const { settled, moved } = attested;
        return reply.code(200).send({ batch: shown, settled, moved, waits: null });
      },
    );
  };
}
