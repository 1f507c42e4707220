/** /v1/clients/{client}/holds: the holds of a client and the services they ask, as written. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { configureHolds, holdsProblem, writtenHolds } from "../service/configure-holds.ts";

import { changePart, Changed, ClientPath, DryRun, theClient, Written } from "./client-settings.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { tag } from "./version.ts";

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
          querystring: DryRun,
          body: HoldsBody,
          response: { 200: Changed },
        },
      ),
      async (request, reply) => {
        const { params, query, body: written } = request;
        const change = { ...params, ...query, written };
        const done = await changePart(parts, request, reply, change, configureHolds);
        return { ...done.answer, open: done.held };
      },
    );
  };
}
