/** /v1/users, /v1/api-keys and /v1/accounts: who may come in, and who may see a whole number. */
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import type { AskedBy } from "../access/caller.ts";
import { ACCESS_NAME, createUser } from "../access/create-user.ts";
import { createApiKey, revokeApiKey } from "../access/create-api-key.ts";
import { SHORTEST_PASSWORD } from "../access/password.ts";
import { revealAccount } from "../access/reveal-account.ts";
import { ROLES } from "../access/roles.ts";
import { apiKeys, users } from "../access/views.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { callerOf } from "./identify.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import type { ZodApp } from "./zod-app.ts";

const Scope = z.array(z.string()).nullable().describe("Clients; null for every client");

const User = z
  .object({
    id: z.string(),
    name: z.string(),
    displayName: z.string(),
    roles: z.array(z.enum(ROLES)),
    clients: Scope,
    isActive: z.boolean(),
  })
  .meta({ id: "User" });

const NewUser = z.strictObject({
  name: z.string().regex(ACCESS_NAME),
  displayName: z.string().min(1).max(100),
  password: z.string().min(SHORTEST_PASSWORD).max(256),
  roles: z.array(z.enum(ROLES)).min(1),
  clients: Scope.default(null),
});

const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().describe("How the key begins"),
    roles: z.array(z.enum(ROLES)),
    clients: Scope,
    createdBy: z.string(),
    createdAt: z.string(),
    expiresAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
  })
  .meta({ id: "ApiKey" });

const NewApiKey = z.strictObject({
  name: z.string().regex(ACCESS_NAME),
  roles: z.array(z.enum(ROLES)).min(1),
  clients: Scope.default(null),
  expiresAt: z.iso.datetime().nullable().default(null),
});

const GivenApiKey = z.object({
  id: z.string(),
  name: z.string(),
  key: z.string().describe("Shown this once"),
  prefix: z.string(),
});

export function accessRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    listUsersRoute(app, parts);
    createUserRoute(app, parts);
    listApiKeysRoute(app, parts);
    createApiKeyRoute(app, parts);
    revokeApiKeyRoute(app, parts);
    revealAccountRoute(app, parts);
  };
}

const manage = { tag: "access", permission: "access:manage" } as const;

function accessOf({ engine, vault }: HttpDependencies) {
  const { database, clock, ids } = engine;
  return { database, clock, ids, vault };
}

function listUsersRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/users",
    documented(
      { ...manage, id: "listUsers", summary: "Users by name", failures: ["cursor-invalid"] },
      { querystring: PageQuery, response: { 200: pageOf(User) } },
    ),
    async (request) => {
      const { rows, next } = await readPage(parts.cursors, "users", request.query, {
        filters: null,
        read: (after, limit) =>
          users(database, callerOf(request).clients, String(after?.[0] ?? ""), limit),
        keyOf: (row) => [row.name],
      });
      return {
        items: rows.map((row) => ({
          ...row,
          roles: [...row.roles],
          clients: copyOf(row.clients),
        })),
        next,
      };
    },
  );
}

function createUserRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/users",
    documented(
      {
        ...manage,
        id: "createUser",
        summary: "Add a user",
        failures: ["input-invalid", "already-exists"],
        command: "once",
      },
      { body: NewUser, response: { 201: User } },
    ),
    async (request, reply) => {
      const by = askedBy(request);
      const user = await createUser(accessOf(parts), request.body, by);
      return reply
        .code(201)
        .send({ ...user, roles: [...user.roles], clients: copyOf(user.clients) });
    },
  );
}

function listApiKeysRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/api-keys",
    documented(
      { ...manage, id: "listApiKeys", summary: "API keys by name", failures: ["cursor-invalid"] },
      { querystring: PageQuery, response: { 200: pageOf(ApiKey) } },
    ),
    async (request) => {
      const { rows, next } = await readPage(parts.cursors, "api-keys", request.query, {
        filters: null,
        read: (after, limit) =>
          apiKeys(database, callerOf(request).clients, String(after?.[0] ?? ""), limit),
        keyOf: (row) => [row.name],
      });
      return {
        items: rows.map((row) => ({
          ...row,
          roles: [...row.roles],
          clients: copyOf(row.clients),
        })),
        next,
      };
    },
  );
}

function createApiKeyRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/api-keys",
    documented(
      {
        ...manage,
        id: "createApiKey",
        summary: "Give out an API key",
        description: "The key is in this answer and nowhere else; a repetition cannot show it.",
        failures: ["input-invalid", "already-exists"],
        // Not "once": an answer that is kept would keep the key.
        command: "gathered",
      },
      { body: NewApiKey, response: { 201: GivenApiKey } },
    ),
    async (request, reply) => {
      const by = askedBy(request);
      const given = await createApiKey(accessOf(parts), request.body, by);
      return reply.code(201).send({ ...given, name: request.body.name });
    },
  );
}

function revokeApiKeyRoute(app: ZodApp, parts: HttpDependencies): void {
  app.delete(
    "/v1/api-keys/:id",
    documented(
      { ...manage, id: "revokeApiKey", summary: "Revoke an API key", failures: ["not-found"] },
      { params: z.object({ id: z.uuid() }), response: { 204: z.null().describe("Revoked") } },
    ),
    async (request, reply) => {
      const by = askedBy(request);
      await revokeApiKey(accessOf(parts), request.params.id, by);
      return reply.code(204).send(null);
    },
  );
}

function revealAccountRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/accounts/:id/reveal",
    documented(
      {
        id: "revealAccount",
        tag: "access",
        summary: "See a whole account number",
        description: "The reason is recorded with your name before the number is answered.",
        permission: "account:reveal",
        failures: ["not-found", "input-invalid"],
      },
      {
        params: z.object({ id: z.uuid() }),
        body: z.strictObject({ client: z.string(), reason: z.string().min(3).max(500) }),
        response: { 200: z.object({ number: z.string() }) },
      },
    ),
    async (request) => ({
      number: await revealAccount(accessOf(parts), callerOf(request), {
        clientId: request.body.client,
        accountId: request.params.id,
        reason: request.body.reason,
        requestId: request.id,
      }),
    }),
  );
}

function askedBy(request: FastifyRequest): AskedBy {
  const { actor, clients } = callerOf(request);
  return { actor, requestId: request.id, clients };
}

function copyOf(clients: readonly string[] | null): string[] | null {
  return clients === null ? null : [...clients];
}
