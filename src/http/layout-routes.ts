/** /v1/batch-layouts: the layouts that come with Redress, and previews of any that is written. */
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { demand } from "../access/roles.ts";
import { batchProfile } from "../batch/profile.ts";
import { declaredFacts } from "../batch/writing/layout-sources.ts";
import { shippedLayouts } from "../batch/writing/layouts.ts";
import { somePending } from "../batch/writing/movements.ts";
import { knownSources, previewLayout } from "../batch/writing/preview-layout.ts";
import type { LayoutPreview, LayoutTrial } from "../batch/writing/preview-layout.ts";
import { layoutSchema } from "../formats/layout-schema.ts";
import { Failure } from "../kernel/failure.ts";
import { exponentOf, parsePositiveAmount, wireMoney } from "../kernel/money.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { Money } from "./shapes.ts";
import type { ZodApp } from "./zod-app.ts";

const ShippedLayouts = z
  .object({
    items: z.array(
      z.object({
        name: z.string(),
        meaning: z.string().nullable(),
        layout: z.record(z.string(), z.unknown()),
      }),
    ),
    schema: z.record(z.string(), z.unknown()).describe("JSON Schema of a layout"),
  })
  .meta({ id: "BatchLayouts" });

const PreviewBody = z.strictObject({
  layout: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())])
    .describe("The name of a shipped layout, or a layout as it is written"),
  values: z.record(z.string(), z.string()).default({}).describe("As in the profile"),
  currency: z.string().length(3).default("USD"),
  client: z.string().optional().describe("Whose facts and zone; none if left out"),
  amounts: z
    .array(z.strictObject({ direction: z.enum(["debit", "credit"]), amount: z.string() }))
    .min(1)
    .max(50)
    .optional()
    .describe("Instead of the made-up ones"),
  accountNumber: z.string().min(1).max(40).optional().describe("Instead of a made-up one"),
  statementText: z.string().min(1).max(140).optional(),
  profile: z
    .string()
    .max(60)
    .optional()
    .describe(
      "With `client`: up to 20 adjustments that are pending for it instead of made-up ones, with " +
        "a made-up account number. Needs the right to read files",
    ),
});

const Place = z.object({
  name: z.string(),
  from: z.string().nullable(),
  start: z.int().nullable().describe("First character of a fixed-width field, from 1"),
  width: z.int().nullable(),
});
const Places = z.array(z.array(Place)).describe("Fields of each line");

const LayoutPreviewAnswer = z
  .object({
    valid: z.boolean(),
    format: z.string().nullable(),
    faults: z.array(z.object({ pointer: z.string(), detail: z.string() })),
    lines: z.array(z.object({ part: z.enum(["header", "detail", "trailer"]), text: z.string() })),
    refused: z
      .array(z.object({ row: z.int(), field: z.string(), reason: z.string() }))
      .describe("Made-up adjustments that do not fit: they would be refused, never cut"),
    fields: z.object({ header: Places, detail: Places, trailer: Places }),
    totals: z
      .object({
        details: z.int(),
        lines: z.int(),
        debits: z.object({ count: z.int(), amount: Money }),
        credits: z.object({ count: z.int(), amount: Money }),
        hashTotal: z.string(),
      })
      .nullable(),
    sizeBytes: z.int(),
    sha256: z.string().nullable(),
    base64: z.string().describe("The bytes as they would leave"),
    sources: z.object({
      header: z.record(z.string(), z.string()),
      detail: z.record(z.string(), z.string()),
      trailer: z.record(z.string(), z.string()),
    }),
  })
  .meta({ id: "LayoutPreview" });

export function layoutRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    listRoute(app);
    previewRoute(app, parts);
  };
}

function listRoute(app: ZodApp): void {
  app.get(
    "/v1/batch-layouts",
    documented(
      {
        id: "listBatchLayouts",
        tag: "batches",
        summary: "The layouts that come with Redress, and the schema of layouts",
        permission: "batch:read",
      },
      { response: { 200: ShippedLayouts } },
    ),
    async () => ({
      items: [...shippedLayouts()].map(([name, written]) => {
        const layout = written as Record<string, unknown>;
        return { name, layout, meaning: (layout["meaning"] as string | undefined) ?? null };
      }),
      schema: layoutSchema(),
    }),
  );
}

function previewRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/batch-layouts/preview",
    documented(
      {
        id: "previewBatchLayout",
        tag: "batches",
        summary: "What a layout makes of made-up adjustments, or what is wrong with it",
        description:
          "Nothing is stored. A layout with faults is answered with them, as it is typed.",
        permission: "batch:read",
        failures: ["not-found", "unknown-currency", "amount-invalid"],
      },
      { body: PreviewBody, response: { 200: LayoutPreviewAnswer } },
    ),
    async (request) => {
      const { client, amounts, profile, ...trial } = request.body;
      exponentOf(trial.currency);
      const about = await aboutClient(
        parts,
        client && (await scopeOf(parts.engine.database, request, client))[0],
      );
      const preview = previewLayout({
        ...trial,
        ...about,
        ...(await pendingOf(parts, request, { client, profile, currency: trial.currency })),
        amounts: amounts?.map(({ direction, amount }, index) => ({
          direction,
          amountMinor: parsePositiveAmount(amount, trial.currency, `amounts.${index}.amount`),
        })),
      });
      return presentPreview(preview, trial.currency, about.facts);
    },
  );
}

const MOST_PENDING = 20;

/** Real rows show what a file would hold, so whoever may read files may see them. */
async function pendingOf(
  { engine }: HttpDependencies,
  request: FastifyRequest,
  of: { client: string | undefined; profile: string | undefined; currency: string },
): Promise<Pick<LayoutTrial, "movements" | "textOf">> {
  if (of.client === undefined || of.profile === undefined) return {};
  demand(callerOf(request).roles, "batch:content");
  const runtime = (await engine.clients(engine.database, [of.client])).get(of.client);
  if (runtime === undefined) throw new Failure("not-found", `no client ${of.client}`);
  const { statementTexts, name } = batchProfile(runtime.settings, of.profile);
  const now = engine.clock.now();
  const movements = await somePending(
    engine.database,
    {
      clientId: runtime.id,
      profile: name,
      currency: of.currency,
      postingDate: runtime.calendar.businessDayOnOrAfter(runtime.calendar.dateOf(now)),
      pendingBy: now.toString(),
      releasedBy: null,
      asked: null,
    },
    MOST_PENDING,
  );
  return { movements, textOf: (rule) => statementTexts[rule] ?? rule };
}

async function aboutClient(
  { engine }: HttpDependencies,
  client: string | undefined,
): Promise<{ zone: string; facts: readonly string[] }> {
  if (client === undefined || client === "") return { zone: "UTC", facts: [] };
  const runtime = (await engine.clients(engine.database, [client])).get(client);
  if (runtime === undefined) throw new Failure("not-found", `client ${client} does not exist`);
  return { zone: runtime.calendar.zone, facts: declaredFacts(runtime.rulebook.facts) };
}

function presentPreview(
  preview: LayoutPreview,
  currency: string,
  facts: readonly string[],
): z.input<typeof LayoutPreviewAnswer> {
  const { bytes, totals, faults, lines, refused, fields } = preview;
  const sources = knownSources(facts);
  const places = (part: keyof typeof fields) =>
    fields[part].map((line) => line.map((one) => ({ ...one })));
  return {
    valid: faults.length === 0,
    format: preview.format,
    faults: faults.map((fault) => ({ ...fault })),
    lines: lines.map((line) => ({ ...line })),
    refused: refused.map((one) => ({ ...one })),
    fields: { header: places("header"), detail: places("detail"), trailer: places("trailer") },
    totals:
      totals === null
        ? null
        : {
            details: totals.detailCount,
            lines: totals.lineCount,
            debits: { count: totals.debitCount, amount: wireMoney(totals.debitMinor, currency) },
            credits: { count: totals.creditCount, amount: wireMoney(totals.creditMinor, currency) },
            hashTotal: String(totals.hashTotal),
          },
    sizeBytes: bytes.length,
    sha256: preview.sha256,
    base64: bytes.toString("base64"),
    sources: {
      header: Object.fromEntries(sources.header),
      detail: Object.fromEntries(sources.detail),
      trailer: Object.fromEntries(sources.trailer),
    },
  };
}
