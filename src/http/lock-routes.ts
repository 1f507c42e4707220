/** /v1/claims/{id}/lock: who has a claim open for work. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { isAllowed } from "../access/caller.ts";
import { isAhead, LOCK_SECONDS } from "../work/claim-lock.ts";
import { lockClaim, unlockClaim } from "../work/lock-claim.ts";
import type { ClaimLockRow } from "../work/lock-store.ts";
import { lockHistory, lockOfClaim } from "../work/lock-store.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { theClaim } from "./find.ts";
import { callerOf } from "./identify.ts";
import { ClientQuery, Id } from "./shapes.ts";
import type { ZodApp } from "./zod-app.ts";

const ClaimLock = z
  .object({
    holder: z.string().nullable().describe("Who has it open; null: nobody"),
    isMine: z.boolean(),
    takenAt: z.string().nullable(),
    renewedAt: z.string().nullable().describe("The last heartbeat"),
    until: z.string().nullable().describe("It is over then, unless renewed"),
    history: z
      .array(
        z.object({
          at: z.string(),
          kind: z.enum(["taken", "released", "broken", "lapsed"]),
          actor: z.string(),
          holder: z.string(),
          reason: z.string().nullable(),
        }),
      )
      .describe("What happened to it, latest first; at most 20"),
  })
  .meta({ id: "ClaimLock" });

const MOST_EVENTS = 20;

const about = { tag: "claims", failures: ["not-found", "claim-locked"] } as const;

export function lockRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    getLockRoute(app, parts);
    lockRoute(app, parts);
    unlockRoute(app, parts);
  };
}

function getLockRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/claims/:id/lock",
    documented(
      { ...about, id: "getClaimLock", summary: "Who has it open", permission: "case:read" },
      { params: Id, querystring: ClientQuery, response: { 200: ClaimLock } },
    ),
    async (request) => {
      const claim = await theClaim(database, request, request.params.id, request.query.client);
      const key = { clientId: claim.clientId, claimId: claim.id };
      return present(parts, await lockOfClaim(database, key), callerOf(request).actor, {
        history: await lockHistory(database, key, MOST_EVENTS),
      });
    },
  );
}

function lockRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine } = parts;
  app.post(
    "/v1/claims/:id/lock",
    documented(
      {
        ...about,
        id: "lockClaim",
        summary: "Open it for work, or go on having it open",
        description:
          `The lock is over ${LOCK_SECONDS} seconds after the last call: the heartbeat is the ` +
          "same call. Get Next Work passes over what others have open.",
        permission: "assignment:work",
      },
      { params: Id, querystring: ClientQuery, response: { 200: ClaimLock } },
    ),
    async (request) => {
      const claim = await theClaim(
        engine.database,
        request,
        request.params.id,
        request.query.client,
      );
      const { actor } = callerOf(request);
      const lock = await lockClaim(engine, { clientId: claim.clientId, claimId: claim.id }, actor);
      return present(parts, lock, actor, { history: [] });
    },
  );
}

function unlockRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine } = parts;
  app.delete(
    "/v1/claims/:id/lock",
    documented(
      {
        ...about,
        id: "unlockClaim",
        summary: "Give it back, or break what somebody else has open",
        description: "Breaking needs the right to give work to others, and a reason; it is kept.",
        permission: "assignment:work",
        failures: [...about.failures, "input-invalid"],
      },
      {
        params: Id,
        querystring: ClientQuery.extend({
          reason: z.string().trim().min(1).max(500).optional(),
        }),
        response: { 204: z.null().describe("Nobody has it open") },
      },
    ),
    async (request, reply) => {
      const { client, reason = null } = request.query;
      const claim = await theClaim(engine.database, request, request.params.id, client);
      const caller = callerOf(request);
      const key = { clientId: claim.clientId, claimId: claim.id };
      const isSupervisor = isAllowed(caller, "assignment:assign");
      await unlockClaim(engine, key, caller.actor, { isAllowed: isSupervisor, reason });
      return reply.code(204).send(null);
    },
  );
}

function present(
  { engine }: HttpDependencies,
  lock: ClaimLockRow | undefined,
  actor: string,
  { history }: Pick<z.infer<typeof ClaimLock>, "history">,
): z.infer<typeof ClaimLock> {
  if (lock === undefined || !isAhead(lock.leasedUntil, engine.clock.now().toString())) {
    return {
      holder: null,
      isMine: false,
      takenAt: null,
      renewedAt: null,
      until: null,
      history,
    };
  }
  const { holder, takenAt, renewedAt, leasedUntil } = lock;
  const isMine = holder === actor;
  return { holder, isMine, takenAt, renewedAt, until: leasedUntil, history };
}
