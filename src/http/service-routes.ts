/** /v1/services: the monitor of the real-time route, and what failed on it. */
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { noSuchService } from "../service/configure-service.ts";
import { listFailures } from "../service/failure-views.ts";
import type { KnownService } from "../service/monitor.ts";
import { figuresOf, knownServices, monitorOf } from "../service/monitor.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { scopeOf } from "./identify.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import {
  presentFailure,
  presentFigures,
  presentMonitor,
  ServiceFailure,
  ServiceMonitorShape,
  ServiceSummary,
} from "./service-shapes.ts";
import type { ZodApp } from "./zod-app.ts";

export const ServicePath = z.object({ client: z.string().max(64), name: z.string().max(64) });

const Minutes = z.coerce.number().int().min(1).max(1440).default(60);
const read = { tag: "services", permission: "case:read" } as const;

export function serviceRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    listServicesRoute(app, parts);
    monitorRoute(app, parts);
    listFailuresRoute(app, parts);
  };
}

/** A service of the caller's clients. Throws `not-found`. */
export async function theService(
  { engine }: HttpDependencies,
  request: FastifyRequest,
  { client, name }: z.infer<typeof ServicePath>,
): Promise<KnownService> {
  const clientIds = await scopeOf(engine.database, request, client);
  const known = await knownServices(engine, clientIds);
  const found = known.find((one) => one.service === name);
  if (found === undefined) throw noSuchService(client, name);
  return found;
}

function listServicesRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine } = parts;
  app.get(
    "/v1/services",
    documented(
      {
        ...read,
        id: "listServices",
        summary: "Accounting services with their figures, by client and name",
        failures: ["cursor-invalid"],
      },
      {
        querystring: PageQuery.extend({ client: z.string().optional(), minutes: Minutes }),
        response: { 200: pageOf(ServiceSummary) },
      },
    ),
    async (request) => {
      const { client, minutes } = request.query;
      const known = await knownServices(engine, await scopeOf(engine.database, request, client));
      const nameOf = (one: KnownService): string => `${one.clientId} ${one.service}`;
      const { rows, next } = await readPage(parts.cursors, "services", request.query, {
        filters: { client },
        read: async (after, limit) =>
          known.filter((one) => after === null || nameOf(one) > String(after[0])).slice(0, limit),
        keyOf: (one) => [nameOf(one)],
      });
      return { items: (await figuresOf(engine, rows, minutes)).map(presentFigures), next };
    },
  );
}

function monitorRoute(app: ZodApp, parts: HttpDependencies): void {
  app.get(
    "/v1/clients/:client/services/:name/monitor",
    documented(
      {
        ...read,
        id: "getServiceMonitor",
        summary: "One service: calls, latency, outcomes, circuit, what waits",
        failures: ["not-found"],
      },
      {
        params: ServicePath,
        querystring: z.strictObject({ minutes: Minutes }),
        response: { 200: ServiceMonitorShape },
      },
    ),
    async (request) => {
      const known = await theService(parts, request, request.params);
      return presentMonitor(await monitorOf(parts.engine, known, request.query.minutes));
    },
  );
}

function listFailuresRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/clients/:client/services/:name/failures",
    documented(
      {
        ...read,
        id: "listServiceFailures",
        summary: "What failed at a service and waits for a person, oldest first",
        failures: ["not-found", "cursor-invalid"],
      },
      { params: ServicePath, querystring: PageQuery, response: { 200: pageOf(ServiceFailure) } },
    ),
    async (request) => {
      const { clientId, service } = await theService(parts, request, request.params);
      const { rows, next } = await readPage(parts.cursors, "service-failures", request.query, {
        filters: { clientId, service },
        read: (after, limit) =>
          listFailures(database, {
            clientId,
            service,
            after: after === null ? null : { failedAt: String(after[0]), id: String(after[1]) },
            limit,
          }),
        keyOf: (row) => [row.failedAt, row.assignmentId],
      });
      return { items: rows.map(presentFailure), next };
    },
  );
}
