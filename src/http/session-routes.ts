/** /v1/session: signing in and out, and who is signed in. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import type { Caller } from "../access/caller.ts";
import { clientsOf } from "../access/caller.ts";
import { PERMISSIONS, ROLES, rolesAllow } from "../access/roles.ts";
import type { Permission } from "../access/roles.ts";
import { SESSION_HOURS, signIn, signOut } from "../access/sign-in.ts";
import { csrfToken } from "../access/tokens.ts";
import type { Database } from "../database/database.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { SESSION_COOKIE, callerOf } from "./identify.ts";

const Session = z
  .object({
    user: z.object({
      id: z.string(),
      name: z.string(),
      actor: z.string().describe("How records name this caller"),
      kind: z.enum(["user", "apiKey"]),
      roles: z.array(z.enum(ROLES)),
      permissions: z.array(z.string()).describe("What the roles allow"),
      clients: z.array(z.string()),
    }),
    csrf: z
      .string()
      .nullable()
      .describe("Goes with every change as X-CSRF-Token; null with an API key"),
  })
  .meta({ id: "Session" });

const Credentials = z.strictObject({
  user: z.string().min(1).max(63),
  password: z.string().min(1).max(256),
});

export function sessionRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  const { database, clock, ids } = parts.engine;
  const access = { database, clock, ids };
  const cookie = {
    path: "/",
    httpOnly: true,
    sameSite: "lax",
    secure: parts.secureCookies,
  } as const;

  return async (app) => {
    app.post(
      "/v1/session",
      documented(
        {
          id: "signIn",
          tag: "session",
          summary: "Sign in",
          permission: null,
          failures: ["unauthenticated", "input-invalid"],
        },
        { body: Credentials, response: { 201: Session } },
      ),
      async (request, reply) => {
        const { user, password } = request.body;
        const token = await signIn(access, { name: user, password, requestId: request.id });
        const caller = await app.authenticator.bySession(token);
        void reply.setCookie(SESSION_COOKIE, token, { ...cookie, maxAge: SESSION_HOURS * 3600 });
        return reply.code(201).send(await present(database, caller as Caller, csrfToken(token)));
      },
    );

    app.get(
      "/v1/session",
      documented(
        { id: "getSession", tag: "session", summary: "Who is signed in", permission: "signedIn" },
        { response: { 200: Session } },
      ),
      async (request) => {
        const caller = callerOf(request);
        const token = request.cookies[SESSION_COOKIE];
        const csrf = caller.kind === "user" && token !== undefined ? csrfToken(token) : null;
        return present(database, caller, csrf);
      },
    );

    app.delete(
      "/v1/session",
      documented(
        { id: "signOut", tag: "session", summary: "Sign out", permission: "signedIn" },
        { response: { 204: z.null().describe("Signed out") } },
      ),
      async (request, reply) => {
        const token = request.cookies[SESSION_COOKIE] ?? "";
        await signOut(access, { token, actor: callerOf(request).actor, requestId: request.id });
        return reply.clearCookie(SESSION_COOKIE, cookie).code(204).send(null);
      },
    );
  };
}

async function present(
  database: Database,
  caller: Caller,
  csrf: string | null,
): Promise<z.infer<typeof Session>> {
  const permissions = (Object.keys(PERMISSIONS) as Permission[]).filter((permission) =>
    rolesAllow(caller.roles, permission),
  );
  return {
    user: {
      id: caller.id,
      name: caller.displayName,
      actor: caller.actor,
      kind: caller.kind,
      roles: [...caller.roles],
      permissions,
      clients: [...(await clientsOf(database, caller))],
    },
    csrf,
  };
}
