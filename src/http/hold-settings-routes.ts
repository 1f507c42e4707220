/** /v1/clients/{client}/holds: the holds of a client and the services they ask, as written. */
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import type { ClientRow } from "../cases/views.ts";
import { clientsById } from "../cases/views.ts";
import { Failure } from "../kernel/failure.ts";
import { configureHolds, holdsProblem, writtenHolds } from "../service/configure-holds.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { ServicePath } from "./service-routes.ts";
import { Changed } from "./service-settings-routes.ts";
import { tag, versionOf } from "./version.ts";

const ClientPath = ServicePath.pick({ client: true });
const Written = z.record(z.string(), z.unknown());
const HoldsBody = z.strictObject({
  holds: Written.default({}).describe("docs/reference/holds.md says what there is"),
  lookUps: Written.default({}).describe("Services that holds ask, by name"),
});

const HoldSettings = z
  .object({
    client: z.string(),
    settings: HoldsBody.describe("As written; secrets are references"),
    lookUps: z.array(z.string()),
    problem: z.string().nullable().describe("Why they do not load"),
    version: z.int().describe("The client's: a change names it in If-Match"),
  })
  .meta({ id: "HoldSettings" });

export function holdSettingsRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  const { engine } = parts;
  return async (app) => {
    app.get(
      "/v1/clients/:client/holds",
      documented(
        {
          id: "getHoldSettings",
          tag: "clients",
          summary: "The holds of a client, as written",
          permission: "case:read",
          failures: ["not-found"],
        },
        { params: ClientPath, response: { 200: HoldSettings } },
      ),
      async (request, reply) => {
        const client = await theClient(parts, request, request.params.client);
        tag(reply, client.version);
        const settings = writtenHolds(client.settings);
        return {
          client: client.id,
          settings: { holds: { ...settings.holds }, lookUps: { ...settings.lookUps } },
          lookUps: Object.keys(settings.lookUps),
          problem: holdsProblem(client),
          version: client.version,
        };
      },
    );
    app.put(
      "/v1/clients/:client/holds",
      documented(
        {
          id: "putHoldSettings",
          tag: "clients",
          summary: "Change the holds of a client",
          description:
            "Checked before it is saved. With dryRun: what would change, and nothing is saved. " +
            "What is held now keeps its dates.",
          permission: "service:configure",
          versioned: true,
          failures: ["not-found", "configuration-invalid"],
        },
        {
          params: ClientPath,
          querystring: z.strictObject({ dryRun: z.stringbool().default(false) }),
          body: HoldsBody,
          response: { 200: Changed },
        },
      ),
      async (request, reply) => {
        const { client: clientId } = request.params;
        const version = versionOf(request);
        await scopeOf(engine.database, request, clientId);
        const done = await configureHolds(engine, {
          clientId,
          version,
          written: request.body,
          dryRun: request.query.dryRun,
          actor: callerOf(request).actor,
          requestId: request.id,
        });
        tag(reply, done.version);
        const changes = done.changes.map((one) => ({ ...one }));
        return { isNew: false, changes, open: done.held, undecided: 0 };
      },
    );
  };
}

/** A client that the caller may see. Throws `not-found`. */
export async function theClient(
  { engine }: HttpDependencies,
  request: FastifyRequest,
  id: string,
): Promise<ClientRow> {
  const [known] = await scopeOf(engine.database, request, id);
  const [client] = known === undefined ? [] : await clientsById(engine.database, [known]);
  if (client === undefined) throw new Failure("not-found", `client ${id} does not exist`);
  return client;
}
