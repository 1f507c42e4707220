/** /v1/batch-windows: the windows of a profile between two dates, kept and to come, with files. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { Temporal } from "temporal-polyfill";
import { z } from "zod";

import { usableClients } from "../accounting/client-runtime.ts";
import type { ClientRuntime } from "../accounting/engine.ts";
import { occurrencesBetween } from "../batch/cut-offs.ts";
import { FILE_STATES } from "../batch/file-machine.ts";
import { batchProfile } from "../batch/profile.ts";
import { filesOfWindows, listWindows } from "../batch/window-views.ts";
import { Failure } from "../kernel/failure.ts";
import { wireMoney } from "../kernel/money.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { scopeOf } from "./identify.ts";
import { Money } from "./shapes.ts";

const MOST_DAYS = 62;
const MOST_WINDOWS = 1000;

const Window = z
  .object({
    businessDate: z.string(),
    cutOff: z.string(),
    ordinal: z.int().describe("0 for the scheduled one; from 1 for those asked for by persons"),
    cutAt: z.string(),
    postingDate: z.string(),
    state: z
      .enum(["ahead", "planned", "late", "cut", "skipped", "done"])
      .describe("`ahead`: worked out from the cut-offs of today, not kept yet"),
    madeUp: z.boolean().describe("Cut after its time, because nothing ran then"),
    files: z.array(
      z.object({
        id: z.string(),
        sequence: z.int(),
        state: z.enum(FILE_STATES),
        adjustments: z.int(),
        amount: Money.describe("Debits and credits together"),
      }),
    ),
  })
  .meta({ id: "BatchWindow" });

const WindowQuery = z.strictObject({
  client: z.string(),
  profile: z.string(),
  from: z.iso.date().describe("First business date"),
  until: z.iso.date().describe(`Last business date; at most ${MOST_DAYS} days`),
});

export function windowRoutes({ engine }: HttpDependencies): FastifyPluginAsyncZod {
  const { database } = engine;
  return async (app) => {
    app.get(
      "/v1/batch-windows",
      documented(
        {
          tag: "batches",
          permission: "batch:read",
          id: "listBatchWindows",
          summary: "A profile's windows between two dates, kept and to come, with their files",
          failures: ["not-found", "request-invalid"],
        },
        {
          querystring: WindowQuery,
          response: { 200: z.object({ zone: z.string(), items: z.array(Window) }) },
        },
      ),
      async (request) => {
        const { client, profile, from, until } = request.query;
        const clients = await scopeOf(database, request, client);
        const { usable } = await usableClients(engine, database, clients);
        const [runtime] = usable;
        if (runtime === undefined) throw new Failure("not-found", `no client ${client}`);
        const { zone } = runtime.calendar;
        const span = spanOf(zone, from, until);
        const kept = await listWindows(database, {
          clients: [runtime.id],
          profile,
          from: span.from.toString(),
          until: span.until.toString(),
          limit: MOST_WINDOWS,
        });
        const files = await filesOfWindows(
          database,
          runtime.id,
          kept.map((window) => window.id),
        );
        const items = kept.map(({ id, ...window }) => ({
          businessDate: window.businessDate,
          cutOff: window.cutOff,
          ordinal: window.ordinal,
          cutAt: window.cutAt,
          postingDate: window.postingDate,
          state: window.state,
          madeUp: window.madeUp,
          files: files
            .filter((file) => file.windowId === id)
            .map((file) => ({
              id: file.id,
              sequence: Number(file.sequence),
              state: file.state,
              adjustments: Number(file.adjustments),
              amount: wireMoney(BigInt(file.amountMinor), file.currency),
            })),
        }));
        const known = new Set(kept.map((one) => `${one.businessDate} ${one.cutOff}`));
        return {
          zone,
          items: [...items, ...ahead(runtime, profile, engine.clock.now(), span, known)],
        };
      },
    );
  };
}

interface Span {
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
}

function spanOf(zone: string, from: string, until: string): Span {
  const first = Temporal.PlainDate.from(from);
  const last = Temporal.PlainDate.from(until);
  const days = first.until(last).days;
  if (days < 0 || days >= MOST_DAYS) {
    throw new Failure("request-invalid", `until is from 0 to ${MOST_DAYS - 1} days after from`);
  }
  return {
    from: first.toZonedDateTime(zone).toInstant(),
    until: last.add({ days: 1 }).toZonedDateTime(zone).toInstant().subtract({ nanoseconds: 1 }),
  };
}

/** What the cut-offs of today will make, as far as no row says it yet. */
function ahead(
  runtime: ClientRuntime,
  profile: string,
  now: Temporal.Instant,
  { from, until }: Span,
  known: ReadonlySet<string>,
): z.infer<typeof Window>[] {
  const after = Temporal.Instant.compare(now, from) > 0 ? now : from.subtract({ nanoseconds: 1 });
  return occurrencesBetween(batchProfile(runtime.settings, profile), runtime.calendar, after, until)
    .filter((one) => !known.has(`${one.businessDate} ${one.cutOff}`))
    .map((one) => ({ ...one, ordinal: 0, state: "ahead", madeUp: false, files: [] }));
}
