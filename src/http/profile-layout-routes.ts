/** /v1/clients/{client}/batch-profiles/{profile}/layout: the layout a profile writes by. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { batchProfile } from "../batch/profile.ts";
import { configureLayout } from "../batch/writing/configure-layout.ts";
import { keptOfName } from "../batch/writing/layout-views.ts";
import { shippedLayouts } from "../batch/writing/layouts.ts";

import { changeOf, DryRun, theClient, Written } from "./client-settings.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { tag } from "./version.ts";
import type { ZodApp } from "./zod-app.ts";

const LayoutPath = z.strictObject({ client: z.string(), profile: z.string().max(60) });

const ProfileLayout = z
  .object({
    client: z.string(),
    profile: z.string(),
    shipped: z.string().nullable().describe("The name of the shipped layout it goes by"),
    layout: Written.describe("As written"),
    values: z.record(z.string(), z.string()),
    kept: z
      .array(
        z.object({
          version: z.string(),
          sha256: z.string(),
          recordedAt: z.string(),
          layout: Written,
        }),
      )
      .describe("Versions of this name that were used or saved, newest first"),
    version: z.int().describe("The client's: a change names it in If-Match"),
  })
  .meta({ id: "ProfileLayout" });

const LayoutChanged = z
  .object({
    name: z.string(),
    layoutVersion: z.string(),
    sha256: z.string(),
    changes: z.array(
      z.object({
        pointer: z.string().describe("JSON Pointer into the profile"),
        before: z.string().nullable(),
        after: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "LayoutChange" });

const LayoutBody = z.strictObject({
  layout: z.union([z.string().min(1), Written]).describe("A shipped layout's name, or a layout"),
  values: z.record(z.string(), z.string().min(1).max(140)).optional(),
});

export function profileLayoutRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    readLayoutRoute(app, parts);
    putLayoutRoute(app, parts);
  };
}

function readLayoutRoute(app: ZodApp, parts: HttpDependencies): void {
  app.get(
    "/v1/clients/:client/batch-profiles/:profile/layout",
    documented(
      {
        id: "getProfileLayout",
        tag: "batches",
        summary: "The layout of a batch profile, and its versions",
        permission: "batch:read",
        failures: ["not-found", "configuration-invalid"],
      },
      { params: LayoutPath, response: { 200: ProfileLayout } },
    ),
    async (request, reply) => {
      const { client, profile: name } = request.params;
      const row = await theClient(parts, request, client);
      const profile = batchProfile(row.settings as Parameters<typeof batchProfile>[0], name);
      const shipped = typeof profile.layout === "string" ? profile.layout : null;
      const layout = Written.catch({}).parse(
        shipped === null ? profile.layout : shippedLayouts().get(shipped),
      );
      const kept = await keptOfName(parts.engine.database, client, String(layout["name"]));
      tag(reply, row.version);
      return {
        client,
        profile: name,
        shipped,
        layout,
        values: profile.values,
        kept: kept.map(({ version, sha256, recordedAt, definition }) => ({
          version,
          sha256: sha256.toString("hex"),
          recordedAt,
          layout: Written.parse(JSON.parse(definition)),
        })),
        version: row.version,
      };
    },
  );
}

function putLayoutRoute(app: ZodApp, parts: HttpDependencies): void {
  app.put(
    "/v1/clients/:client/batch-profiles/:profile/layout",
    documented(
      {
        id: "putProfileLayout",
        tag: "batches",
        summary: "Give a batch profile another layout",
        description:
          "Checked before it is saved; one name and version is one content for ever. Files " +
          "that were written keep theirs. With dryRun: what would change, and nothing is saved.",
        permission: "batch:configure",
        versioned: true,
        failures: ["not-found", "configuration-invalid"],
      },
      {
        params: LayoutPath,
        querystring: DryRun,
        body: LayoutBody,
        response: { 200: LayoutChanged },
      },
    ),
    async (request, reply) => {
      const { client, profile } = request.params;
      const change = await changeOf(parts, request, client);
      const {
        version: after,
        changes,
        ...done
      } = await configureLayout(parts.engine, {
        ...change,
        ...request.query,
        ...request.body,
        profile,
      });
      tag(reply, after);
      return {
        ...done,
        changes: [...changes],
      };
    },
  );
}
