/** /v1/clients/{client}/clocks: a client's settings of regulatory clocks, as written. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import {
  configureClocks,
  writtenClocks,
} from "../resolution/regulatory-clocks/configure-clocks.ts";

import { changePart, Changed, ClientPath, DryRun, theClient, Written } from "./client-settings.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { tag } from "./version.ts";

const ClocksBody = Written.describe("docs/reference/clocks.md says what there is");

const ClockSettings = z
  .object({
    client: z.string(),
    settings: ClocksBody,
    version: z.int().describe("The client's: a change names it in If-Match"),
  })
  .meta({ id: "ClockSettings" });

export function clockSettingsRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      "/v1/clients/:client/clocks",
      documented(
        {
          id: "getClockSettings",
          tag: "clients",
          summary: "The settings of regulatory clocks of a client, as written",
          permission: "case:read",
          failures: ["not-found"],
        },
        { params: ClientPath, response: { 200: ClockSettings } },
      ),
      async (request, reply) => {
        const client = await theClient(parts, request, request.params.client);
        tag(reply, client.version);
        const settings = { ...writtenClocks(client.settings) };
        return { client: client.id, settings, version: client.version };
      },
    );
    app.put(
      "/v1/clients/:client/clocks",
      documented(
        {
          id: "putClockSettings",
          tag: "clients",
          summary: "Change the settings of regulatory clocks of a client",
          description:
            "Checked before it is saved; with dryRun nothing is. Who switches a credit by the " +
            "machine on approves none of the credits that it issues.",
          permission: "service:configure",
          versioned: true,
          failures: ["not-found", "configuration-invalid"],
        },
        {
          params: ClientPath,
          querystring: DryRun,
          body: ClocksBody,
          response: { 200: Changed },
        },
      ),
      async (request, reply) => {
        const { params, query, body: written } = request;
        const change = { ...params, ...query, written };
        return (await changePart(parts, request, reply, change, configureClocks)).answer;
      },
    );
  };
}
