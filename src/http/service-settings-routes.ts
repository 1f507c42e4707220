/** /v1/clients/{client}/services: settings as they were written, their change, their test. */
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import type { ClientRow } from "../cases/views.ts";
import { Failure } from "../kernel/failure.ts";
import { UUID } from "../kernel/ids.ts";
import {
  configureService,
  isOfConnection,
  noSuchService,
  removeService,
} from "../service/configure-service.ts";
import type { Service } from "../service/service-configuration.ts";
import { serviceOf } from "../service/service-configuration.ts";
import { testConnection } from "../service/test-connection.ts";
import { tryRequest } from "../service/try-request.ts";

import {
  Changed,
  changeOf,
  ClientPath,
  DryRun,
  presentChanges,
  theClient,
  Written,
} from "./client-settings.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { callerOf } from "./identify.ts";
import { ServicePath } from "./service-routes.ts";
import { tag } from "./version.ts";
import type { ZodApp } from "./zod-app.ts";

const ServiceSettings = z
  .object({
    client: z.string(),
    name: z.string(),
    settings: Written.describe("As written; secrets are references"),
    problem: z.string().nullable().describe("Why they do not load"),
    version: z.int().describe("The client's: a change names it in If-Match"),
  })
  .meta({ id: "ServiceSettings" });

const ConnectionTest = z
  .object({
    outcome: z.enum(["ok", "warning", "failed"]),
    steps: z.array(
      z.object({
        name: z.enum(["address", "connection", "tls", "signIn", "call"]),
        outcome: z.enum(["ok", "failed", "skipped", "warning"]),
        detail: z.string(),
        advice: z.string().nullable().describe("What to do"),
        milliseconds: z.int(),
      }),
    ),
  })
  .meta({ id: "ConnectionTest" });

const TrialBody = z.strictObject({
  call: z.enum(["post", "lookUp", "validate"]).default("post"),
  adjustment: z.string().optional().describe("An existing one; made-up facts if left out"),
  facts: z
    .record(z.string(), z.union([z.string().max(500), z.number(), z.boolean(), z.null()]))
    .default({})
    .describe("Over the made-up ones: `amount`, `holder.number`, `facts.network`"),
  send: z.boolean().default(false).describe("With `validate` alone; a posting is never sent"),
});

const Trial = z
  .object({
    call: z.string(),
    method: z.string(),
    url: z.string(),
    headers: z
      .array(z.object({ name: z.string(), value: z.string() }))
      .describe("Secrets by their reference"),
    body: z.unknown().describe("JSON, or the XML as text; numbers masked"),
    sent: z
      .object({
        outcome: z.string(),
        status: z.int().nullable(),
        code: z.string().nullable(),
        reason: z.string(),
        answer: z.string().nullable().describe("Masked"),
        milliseconds: z.int(),
      })
      .nullable(),
  })
  .meta({ id: "ServiceTrial" });

const read = { tag: "services", permission: "case:read" } as const;
const configure = { tag: "services", permission: "service:configure", versioned: true } as const;
const test = { tag: "services", permission: "service:test" } as const;

export function serviceSettingsRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    readSettingsRoutes(app, parts);
    putServiceRoute(app, parts);
    deleteServiceRoute(app, parts);
    testConnectionRoute(app, parts);
    trialRoute(app, parts);
  };
}

function readSettingsRoutes(app: ZodApp, parts: HttpDependencies): void {
  app.get(
    "/v1/clients/:client/services",
    documented(
      {
        ...read,
        id: "listServiceSettings",
        summary: "The services in a client's settings, as written",
        description: "The ETag is the client's: any change of its settings needs it.",
        failures: ["not-found"],
      },
      {
        params: ClientPath,
        response: { 200: z.object({ items: z.array(ServiceSettings) }) },
      },
    ),
    async (request, reply) => {
      const client = await theClient(parts, request, request.params.client);
      tag(reply, client.version);
      return { items: Object.keys(servicesIn(client)).map((name) => present(client, name)) };
    },
  );
  app.get(
    "/v1/clients/:client/services/:name",
    documented(
      {
        ...read,
        id: "getServiceSettings",
        summary: "A service's settings, as written",
        failures: ["not-found"],
      },
      { params: ServicePath, response: { 200: ServiceSettings } },
    ),
    async (request, reply) => {
      const client = await theClient(parts, request, request.params.client);
      tag(reply, client.version);
      if (!Object.hasOwn(servicesIn(client), request.params.name)) {
        throw noSuchService(client.id, request.params.name);
      }
      return present(client, request.params.name);
    },
  );
}

function putServiceRoute(app: ZodApp, parts: HttpDependencies): void {
  app.put(
    "/v1/clients/:client/services/:name",
    documented(
      {
        ...configure,
        id: "putServiceSettings",
        summary: "Add a service or change its settings",
        description:
          "Checked before it is saved; places count from the settings sent. Workers use it " +
          "within a second. With dryRun: what would change, and nothing is saved.",
        failures: ["not-found", "configuration-invalid", "service-in-use"],
      },
      {
        params: ServicePath,
        querystring: DryRun,
        body: Written,
        response: { 200: Changed, 201: Changed },
      },
    ),
    async (request, reply) => {
      const { query, params, body: settings } = request;
      const { dryRun } = query;
      const change = await changeOf(parts, request, params.client);
      const given = { ...change, name: params.name, settings, dryRun };
      const done = await configureService(parts.engine, given);
      tag(reply, done.version);
      return reply.code(done.isNew && !dryRun ? 201 : 200).send({
        isNew: done.isNew,
        changes: presentChanges(done.changes, isOfConnection),
        open: done.work.open,
        undecided: done.work.undecided,
      });
    },
  );
}

function deleteServiceRoute(app: ZodApp, parts: HttpDependencies): void {
  app.delete(
    "/v1/clients/:client/services/:name",
    documented(
      {
        ...configure,
        id: "deleteServiceSettings",
        summary: "Remove a service that nothing open points at",
        failures: ["not-found", "service-in-use"],
      },
      { params: ServicePath, response: { 204: z.null().describe("Removed") } },
    ),
    async (request, reply) => {
      const { client, name } = request.params;
      const change = await changeOf(parts, request, client);
      await removeService(parts.engine, { ...change, name });
      return reply.code(204).send(null);
    },
  );
}

function testConnectionRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/clients/:client/services/:name/connection-test",
    documented(
      {
        ...test,
        id: "testServiceConnection",
        summary: "Test the way to a service as far as it goes without posting",
        failures: ["not-found", "configuration-invalid"],
      },
      { params: ServicePath, response: { 200: ConnectionTest } },
    ),
    async (request) => {
      const { service } = await loaded(parts, request, request.params);
      const { outcome, steps } = await testConnection(parts.service, service);
      return { outcome, steps: steps.map((one) => ({ ...one })) };
    },
  );
}

function trialRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/clients/:client/services/:name/trial",
    documented(
      {
        ...test,
        id: "tryServiceRequest",
        summary: "Show the request a service would get; never posts",
        failures: ["not-found", "configuration-invalid", "input-invalid"],
      },
      { params: ServicePath, body: TrialBody, response: { 200: Trial } },
    ),
    async (request) => {
      const { call, adjustment, facts, send } = request.body;
      const { clientId, service } = await loaded(parts, request, request.params);
      if (adjustment !== undefined && !UUID.test(adjustment)) {
        throw new Failure("not-found", `adjustment ${adjustment} does not exist`);
      }
      const trial = await tryRequest(parts.service, service, {
        clientId,
        call,
        adjustmentId: adjustment ?? null,
        facts,
        send,
        actor: callerOf(request).actor,
        requestId: request.id,
      });
      return { ...trial, headers: trial.headers.map((one) => ({ ...one })) };
    },
  );
}

/** The service as it would be called. Throws `not-found`, `configuration-invalid`. */
async function loaded(
  parts: HttpDependencies,
  request: FastifyRequest,
  { client, name }: z.infer<typeof ServicePath>,
): Promise<{ clientId: string; service: Service }> {
  const row = await theClient(parts, request, client);
  const service = serviceOf({ services: servicesIn(row) }, name);
  if (service === undefined) throw noSuchService(client, name);
  return { clientId: row.id, service };
}

function servicesIn({ settings }: ClientRow): Record<string, unknown> {
  return (settings as { services?: Record<string, unknown> }).services ?? {};
}

function present(client: ClientRow, name: string): z.infer<typeof ServiceSettings> {
  const written = servicesIn(client)[name];
  let problem: string | null = null;
  try {
    serviceOf({ services: { [name]: written } }, name);
  } catch (error) {
    problem = error instanceof Failure ? error.message : "they do not load";
  }
  const settings = Written.catch({}).parse(written);
  return { client: client.id, name, settings, problem, version: client.version };
}
