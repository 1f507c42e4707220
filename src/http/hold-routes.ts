/** What holds an adjustment, what was asked and answered, and an answer from a system. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { findAdjustment } from "../accounting/dispute-views.ts";
import { reviewHold, supplyInput } from "../accounting/review-holds.ts";
import { holdEventsOf } from "../accounting/views-holds.ts";
import { Failure } from "../kernel/failure.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { mustBeId } from "./find.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { AdjustmentState, Id } from "./shapes.ts";
import type { ZodApp } from "./zod-app.ts";

const Hold = z
  .object({
    hold: z.record(z.string(), z.unknown()).nullable().describe("What holds it now"),
    events: z.array(
      z.object({
        kind: z.enum(["asked", "answered", "ended"]),
        hold: z.string(),
        outcome: z.string().nullable(),
        account: z.string().nullable().describe("The account found, masked"),
        status: z.string().nullable(),
        reason: z.string().nullable(),
        actor: z.string().describe("The look-up service, the machine or a person"),
        at: z.string(),
      }),
    ),
  })
  .meta({ id: "Hold" });

const HoldAnswer = z
  .object({
    adjustment: z.string(),
    state: AdjustmentState,
    outcome: z
      .enum(["good", "bad", "unknown", "failed"])
      .nullable()
      .describe("Only `good` lets it go on"),
  })
  .meta({ id: "HoldAnswer" });

export function holdRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    getHoldRoute(app, parts);
    answerHoldRoute(app, parts);
  };
}

function getHoldRoute(app: ZodApp, { engine, vault }: HttpDependencies): void {
  const { database } = engine;
  app.get(
    "/v1/adjustments/:id/hold",
    documented(
      {
        id: "getHold",
        tag: "adjustments",
        summary: "What holds it, and what was asked, answered and decided",
        permission: "case:read",
        failures: ["not-found"],
      },
      { params: Id, response: { 200: Hold } },
    ),
    async (request) => {
      const { id } = request.params;
      mustBeId("adjustment", id);
      const row = await findAdjustment(database, await scopeOf(database, request), id);
      if (row === undefined) throw new Failure("not-found", `adjustment ${id} does not exist`);
      const { clientId } = row;
      const events = await holdEventsOf(database, clientId, id);
      const refs = events.flatMap(({ account }) =>
        account === null ? [] : [{ clientId, accountId: account }],
      );
      const masked = await vault.masked(database, refs);
      return {
        hold: row.hold,
        events: events.map((one) => ({
          ...one,
          account: one.account === null ? null : (masked.get(one.account) ?? "••••"),
        })),
      };
    },
  );
}

function answerHoldRoute(app: ZodApp, { engine, vault }: HttpDependencies): void {
  const { database } = engine;
  app.post(
    "/v1/adjustments/:id/hold-answers",
    documented(
      {
        id: "answerHold",
        tag: "adjustments",
        summary: "Say what a hold waits for: the card number in use, or the card's status",
        description:
          "For a system of the institution that knows; people use the action of the review " +
          "assignment. A number goes into the vault and is never shown whole.",
        permission: "operation:run",
        command: "once",
        failures: [
          "not-found",
          "input-invalid",
          "approval-required",
          "transition-refused",
          "card-number-in-text",
        ],
      },
      { params: Id, body: supplyInput, response: { 200: HoldAnswer } },
    ),
    async (request) => {
      const { id } = request.params;
      mustBeId("adjustment", id);
      const row = await findAdjustment(database, await scopeOf(database, request), id);
      if (row === undefined) throw new Failure("not-found", `adjustment ${id} does not exist`);
      const caller = callerOf(request);
      if (caller.kind === "user" && request.body.number !== undefined) {
        const detail = "a person supplies a number with the action of the review assignment";
        throw new Failure("approval-required", detail, { adjustment: id });
      }
      const { adjustmentId, state, outcome } = await reviewHold(
        { engine, vault },
        {
          clientId: row.clientId,
          adjustmentId: id,
          seen: null,
          actor: caller.actor,
          word: { action: "supply", ...request.body },
        },
      );
      return { adjustment: adjustmentId, state, outcome };
    },
  );
}
