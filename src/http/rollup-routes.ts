/** GET /v1/claims/{id}/rollup: the Case Rollup, computed from rows when it is asked for. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { caseRollup } from "../resolution/case-rollup.ts";
import type { CaseRollup } from "../resolution/case-rollup.ts";
import type { RollupStep } from "../resolution/rollup-steps.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { theClaim } from "./find.ts";
import { callerOf } from "./identify.ts";
import { personOf } from "./person.ts";
import { Assignment, ClientQuery, DisputeState, Gate, Id, Money } from "./shapes.ts";

const Icon = z.enum(["done", "pending", "ready", "overdue", "next", "ahead"]);

const Rollup = z
  .object({
    claim: z.object({
      id: z.string(),
      client: z.string(),
      claimType: z.string(),
      noticeReceivedOn: z.string().nullable(),
      openedAt: z.string(),
      version: z.int(),
    }),
    disputes: z.array(z.object({ id: z.string(), state: DisputeState, amount: Money })),
    stages: z.array(
      z.object({
        name: z.enum(["Collect", "Analyze", "Execute", "Resolve"]),
        icon: Icon,
        steps: z.array(
          z.object({
            name: z.string(),
            icon: Icon,
            note: z.string(),
            assignments: z.array(Assignment),
            gates: z
              .array(z.object({ dispute: z.string(), state: DisputeState, gate: z.array(Gate) }))
              .optional(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: "CaseRollup" });

export function rollupRoutes({ engine }: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      "/v1/claims/:id/rollup",
      documented(
        {
          id: "getRollup",
          tag: "claims",
          summary: "The Case Rollup: stages, steps, assignments, gates",
          permission: "case:read",
          failures: ["not-found"],
        },
        { params: Id, querystring: ClientQuery, response: { 200: Rollup } },
      ),
      async (request) => {
        const { id } = request.params;
        const claim = await theClaim(engine.database, request, id, request.query.client);
        const rollup = await caseRollup(engine, {
          clientIds: [claim.clientId],
          claim: claim.number,
          person: personOf(callerOf(request)),
        });
        return present(rollup);
      },
    );
  };
}

function present(rollup: CaseRollup): z.infer<typeof Rollup> {
  return {
    claim: { ...rollup.claim },
    disputes: rollup.disputes.map((one) => ({ ...one })),
    stages: rollup.stages.map((stage) => ({ ...stage, steps: stage.steps.map(presentStep) })),
  };
}

function presentStep({ gates, assignments, ...step }: RollupStep) {
  return {
    ...step,
    assignments: assignments.map((one) => ({
      ...one,
      actions: one.actions.map((action) => ({ ...action })),
    })),
    ...(gates === undefined
      ? {}
      : {
          gates: gates.map((one) => ({
            ...one,
            gate: one.gate.map((result) => ({
              ...result,
              outOfBalance: { ...result.outOfBalance },
              because: [...result.because],
            })),
          })),
        }),
  };
}
