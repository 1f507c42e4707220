/**
 * Who asks, before anything else: a session cookie of the portal or an API key. A page of another
 * origin cannot use the cookie to change anything: it lacks the CSRF token. Refusals for want of a
 * right are recorded.
 */
import "@fastify/cookie";
import type { FastifyInstance, FastifyRequest } from "fastify";

import { recordAudit } from "../access/audit.ts";
import { authenticator } from "../access/authenticate.ts";
import type { Caller } from "../access/caller.ts";
import { clientsOf, mustBeAllowed } from "../access/caller.ts";
import type { Permission } from "../access/roles.ts";
import { csrfToken, sameText } from "../access/tokens.ts";
import type { Database } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import type { Ids } from "../kernel/ids.ts";

export const SESSION_COOKIE = "redress_session";
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

declare module "fastify" {
  interface FastifyContextConfig {
    /** The right a caller needs; null for routes that answer without sign-in. */
    permission?: Permission | "signedIn" | null;
    /** Commands whose answer is kept by Idempotency-Key. */
    idempotent?: boolean;
  }
  interface FastifyRequest {
    caller: Caller | null;
  }
}

export interface IdentifyParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Routes without a `permission` in their configuration are refused: no route is open by
 * oversight.
 */
export function identifyCallers(app: FastifyInstance, parts: IdentifyParts): void {
  const { bySession, byApiKey } = authenticator(parts);
  app.decorateRequest("caller", null);

  app.addHook("onRequest", async (request) => {
    const { permission } = request.routeOptions.config;
    if (permission === null || request.is404) return;
    assert(permission !== undefined, `${request.routeOptions.url ?? "route"} names its right`);
    const caller = await whoAsks(request);
    if (caller === undefined) throw new Failure("unauthenticated", "sign in, or send an API key");
    request.caller = caller;
    if (permission !== "signedIn") await mustHaveRight(parts, request, caller, permission);
  });

  async function whoAsks(request: FastifyRequest): Promise<Caller | undefined> {
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (bearer !== undefined) return byApiKey(bearer);
    const token = request.cookies[SESSION_COOKIE];
    if (token === undefined) return undefined;
    const caller = await bySession(token);
    if (caller !== undefined && !SAFE_METHODS.has(request.method)) mustBeOurPage(request, token);
    return caller;
  }
}

/** The caller of a route that needs one. */
export function callerOf(request: FastifyRequest): Caller {
  assert(request.caller !== null, "the route asks for a caller");
  return request.caller;
}

/** The caller's clients, or the one asked for. Throws `not-found` for one outside the scope. */
export async function scopeOf(
  database: Database,
  request: FastifyRequest,
  client?: string,
): Promise<readonly string[]> {
  const clients = await clientsOf(database, callerOf(request));
  if (client === undefined) return clients;
  if (clients.includes(client)) return [client];
  throw new Failure("not-found", `client ${client} does not exist`, { client });
}

async function mustHaveRight(
  parts: IdentifyParts,
  request: FastifyRequest,
  caller: Caller,
  permission: Permission,
): Promise<void> {
  try {
    mustBeAllowed(caller, permission);
  } catch (error) {
    if (error instanceof Failure) {
      await recordAudit(parts.database, parts, [
        {
          actor: caller.actor,
          action: `${request.method} ${request.routeOptions.url ?? ""}`,
          subject: request.url.split("?", 1)[0] ?? "",
          requestId: request.id,
          failure: error,
        },
      ]);
    }
    throw error;
  }
}

function mustBeOurPage(request: FastifyRequest, token: string): void {
  const given = request.headers["x-csrf-token"];
  if (typeof given === "string" && sameText(given, csrfToken(token))) return;
  throw new Failure("csrf-invalid", "the X-CSRF-Token header is missing or wrong");
}
