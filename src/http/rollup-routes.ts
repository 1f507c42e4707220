/** GET /v1/claims/{id}/rollup: the Case Rollup, computed from rows when it is asked for. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { caseRollup } from "../resolution/case-rollup.ts";
import type { CaseRollup } from "../resolution/case-rollup.ts";
import type { NearestClock as Nearest } from "../resolution/regulatory-clocks/nearest.ts";
import { nearestClocks } from "../resolution/regulatory-clocks/nearest.ts";
import type { RollupStep } from "../resolution/rollup-steps.ts";

import { presentAssignment } from "./assignment-shape.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { theClaim } from "./find.ts";
import { callerOf } from "./identify.ts";
import { personOf } from "./person.ts";
import { Assignment, ClientQuery, DisputeState, Gate, Id, Money, NearestClock } from "./shapes.ts";

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
    disputes: z.array(
      z.object({
        id: z.string(),
        state: DisputeState,
        amount: Money,
        clock: NearestClock.nullable().describe("Its nearest running clock"),
      }),
    ),
    clock: NearestClock.nullable().describe("The nearest running clock of the claim"),
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
        const wanted = rollup.disputes.map((one) => ({ client: claim.clientId, dispute: one.id }));
        return present(rollup, await nearestClocks(engine.database, engine, wanted));
      },
    );
  };
}

type Clocks = ReadonlyMap<string, Nearest>;

function present(rollup: CaseRollup, clocks: Clocks): z.infer<typeof Rollup> {
  const { client } = rollup.claim;
  const sorted = [...clocks.values()].sort((a, b) => (a.dueOn < b.dueOn ? -1 : 1));
  return {
    claim: { ...rollup.claim },
    clock: sorted[0] ?? null,
    disputes: rollup.disputes.map((one) => ({
      ...one,
      clock: clocks.get(`${client} ${one.id}`) ?? null,
    })),
    stages: rollup.stages.map((stage) => ({
      ...stage,
      steps: stage.steps.map((step) => presentStep(step, clocks)),
    })),
  };
}

function presentStep({ gates, assignments, ...step }: RollupStep, clocks: Clocks) {
  return {
    ...step,
    assignments: assignments.map((one) => presentAssignment(one, clocks)),
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
