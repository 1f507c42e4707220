/** /v1/clients: the institutions that the caller may see, with what their pages need to know. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { usableClients } from "../accounting/client-runtime.ts";
import type { ClientRuntime } from "../accounting/engine.ts";
import { assignmentType } from "../work/assignment-types.ts";
import type { QueueCount } from "../work/views.ts";
import { queueCounts } from "../work/views.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { scopeOf } from "./identify.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";

const Client = z
  .object({
    id: z.string(),
    name: z.string(),
    zone: z.string(),
    calendar: z.string(),
    problem: z.string().nullable().describe("Why nothing goes on here: settings that do not load"),
    routes: z.object({
      service: z.boolean().describe("A real-time service is configured"),
      batch: z.boolean().describe("A batch profile is configured"),
    }),
    counts: z.object({
      openAssignments: z.int().describe("Counted up to 10,000 a queue"),
      pendingBatch: z.int(),
    }),
  })
  .meta({ id: "Client" });

const PENDING_BATCH = assignmentType("Pending Batch Accounting").queue;

export function clientRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  const { engine } = parts;
  return async (app) => {
    app.get(
      "/v1/clients",
      documented(
        {
          id: "listClients",
          tag: "clients",
          summary: "Clients by id",
          permission: "case:read",
          failures: ["cursor-invalid"],
        },
        { querystring: PageQuery, response: { 200: pageOf(Client) } },
      ),
      async (request) => {
        const ids = await scopeOf(engine.database, request);
        const { rows, next } = await readPage(parts.cursors, "clients", request.query, {
          filters: null,
          read: async (after, limit) =>
            ids.filter((id) => after === null || id > String(after[0])).slice(0, limit),
          keyOf: (id) => [id],
        });
        const { usable, unusable } = await usableClients(engine, engine.database, rows);
        const clients = new Map(usable.map((one) => [one.id, one]));
        const problems = new Map(unusable.map((one) => [one.id, one.failure.message]));
        const now = engine.clock.now().toString();
        const counts = await queueCounts(engine.database, { clientIds: rows }, now);
        const items = rows.map((id) => {
          const client = clients.get(id);
          return client === undefined
            ? presentBroken(id, problems.get(id) ?? "", counts)
            : present(client, counts);
        });
        return { items, next };
      },
    );
  };
}

function present(client: ClientRuntime, counts: readonly QueueCount[]): z.infer<typeof Client> {
  const { settings } = client;
  return {
    id: client.id,
    name: client.name,
    zone: settings.calendar.zone,
    calendar: settings.calendar.holidays,
    routes: {
      service: Object.keys(settings.services).length > 0,
      batch: Object.keys(settings.batchProfiles).length > 0,
    },
    problem: null,
    counts: countsOf(client.id, counts),
  };
}

/** A client whose settings do not load is shown, with the reason: the others go on. */
function presentBroken(
  id: string,
  problem: string,
  counts: readonly QueueCount[],
): z.infer<typeof Client> {
  return {
    id,
    name: id,
    zone: "UTC",
    calendar: "unknown",
    routes: { service: false, batch: false },
    problem,
    counts: countsOf(id, counts),
  };
}

function countsOf(clientId: string, counts: readonly QueueCount[]) {
  const own = counts.filter((one) => one.clientId === clientId);
  const pending = own.filter((one) => one.queue.split(".")[0] === PENDING_BATCH);
  return { openAssignments: openOf(own), pendingBatch: openOf(pending) };
}

function openOf(counts: readonly QueueCount[]): number {
  return counts.reduce((sum, one) => sum + one.open, 0);
}
