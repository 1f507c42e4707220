/** GET /v1/queues and /v1/assignments: what waits where, now or as of any past moment. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { Temporal } from "temporal-polyfill";
import { z } from "zod";

import { wireMoney } from "../kernel/money.ts";
import type { AsOfRow } from "../work/as-of-views.ts";
import { assignmentsAsOf, queuesAsOf, workOverTime } from "../work/as-of-views.ts";
import { assignmentType } from "../work/assignment-types.ts";
import { assignmentView } from "../work/assignment-view.ts";
import type { AssignmentCursor } from "../work/views.ts";
import { listAssignments, queueCounts } from "../work/views.ts";
import { workFilterShape } from "../work/which-work.ts";

import type { CursorKey } from "./cursor.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import { personOf, readAs } from "./person.ts";
import { presentAssignments } from "./assignment-shape.ts";
import { Assignment } from "./shapes.ts";
import type { ZodApp } from "./zod-app.ts";

const AsOf = z.iso
  .datetime({ offset: true })
  .optional()
  .describe("What was then, from the history that never changes; one ahead counts as now");

const Queue = z
  .object({
    client: z.string(),
    queue: z.string(),
    kind: z.enum(["system", "user", "pending"]),
    workGroup: z.string(),
    open: z.int().describe("Now, counted up to 10,001: more than 10,000 means and more"),
    unassigned: z.int(),
    due: z.int().describe("Past the goal, not yet past the deadline"),
    overdue: z.int().describe("Past the deadline"),
    pended: z.int().describe("Wait for a date"),
    unworkable: z.int().describe("Wait for a supervisor"),
    nearestGoalAt: z.string().nullable(),
  })
  .meta({ id: "Queue" });

const Moment = z
  .object({ at: z.string(), open: z.int(), due: z.int(), overdue: z.int() })
  .meta({ id: "WorkAtMoment" });

const AssignmentQuery = PageQuery.extend({ ...workFilterShape, asOf: AsOf });

const read = { tag: "assignments", permission: "case:read" } as const;

/** More moments than a plot has pixels to show. */
const MOST_MOMENTS = 200;

export function queueRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    listQueuesRoute(app, parts);
    queueHistoryRoute(app, parts);
    listAssignmentsRoute(app, parts);
  };
}

function listQueuesRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database, clock } = parts.engine;
  app.get(
    "/v1/queues",
    documented(
      { ...read, id: "listQueues", summary: "Queues with open work that matches, counted" },
      {
        querystring: z.strictObject({ ...workFilterShape, asOf: AsOf }),
        response: { 200: z.object({ items: z.array(Queue) }) },
      },
    ),
    async (request) => {
      const { client, asOf, ...query } = request.query;
      const clientIds = await scopeOf(database, request, client);
      const filter = { ...readAs(callerOf(request), query), clientIds };
      const counts =
        asOf === undefined
          ? await queueCounts(database, filter, clock.now().toString())
          : await queuesAsOf(database, { ...filter, at: past(parts, asOf) });
      return { items: counts.map(({ clientId, ...count }) => ({ client: clientId, ...count })) };
    },
  );
}

function queueHistoryRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/queues/history",
    documented(
      { ...read, id: "queueHistory", summary: "How much that matches was open, due, overdue" },
      {
        querystring: z.strictObject({
          ...workFilterShape,
          from: z.iso.datetime({ offset: true }),
          to: z.iso.datetime({ offset: true }),
          moments: z.coerce.number().int().min(2).max(MOST_MOMENTS).default(60),
        }),
        response: { 200: z.object({ items: z.array(Moment) }) },
      },
    ),
    async (request) => {
      const { client, from, to, moments, ...query } = request.query;
      const clientIds = await scopeOf(database, request, client);
      const filter = { ...readAs(callerOf(request), query), clientIds };
      const span = { from: past(parts, from), to: past(parts, to) };
      return { items: await workOverTime(database, { ...filter, ...span, moments }) };
    },
  );
}

function listAssignmentsRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database, clock } = parts.engine;
  app.get(
    "/v1/assignments",
    documented(
      {
        ...read,
        id: "listAssignments",
        summary: "Open assignments, most urgent first",
        description:
          "With asOf: those open then, as they stood then; the past offers no actions, and its " +
          "lock is not told.",
        failures: ["cursor-invalid"],
      },
      { querystring: AssignmentQuery, response: { 200: pageOf(Assignment) } },
    ),
    async (request) => {
      const { limit, cursor, asOf, ...query } = request.query;
      const caller = callerOf(request);
      const filters = readAs(caller, query);
      const clientIds = await scopeOf(database, request, query.client);
      if (asOf !== undefined) {
        const at = past(parts, asOf);
        const { rows, next } = await readPage(parts.cursors, "assignments-as-of", request.query, {
          filters: { ...filters, at },
          read: (after, most) =>
            assignmentsAsOf(database, {
              ...filters,
              clientIds,
              at,
              after: after === null ? undefined : asOfCursor(after),
              limit: most,
            }),
          keyOf: (row) => [row.urgency, row.goalAt, row.amountMinor?.toString() ?? null, row.id],
        });
        return { items: rows.map(presentPast), next };
      }
      const after = parts.cursors.read("assignments", filters, cursor);
      const page = await listAssignments(database, {
        ...filters,
        clientIds,
        after: after === null ? undefined : cursorOf(after),
        limit,
      });
      const person = personOf(caller);
      const now = clock.now().toString();
      return {
        items: await presentAssignments(
          parts.engine,
          page.items.map((row) => assignmentView(row, person, now)),
        ),
        next:
          page.next === null ? null : parts.cursors.write("assignments", filters, keyOf(page.next)),
      };
    },
  );
}

/** What has not been yet counts as now: clocks of browsers are a little ahead. */
function past({ engine }: HttpDependencies, instant: string): string {
  const now = engine.clock.now();
  const at = Temporal.Instant.from(instant);
  return (Temporal.Instant.compare(at, now) < 0 ? at : now).toString();
}

function presentPast(row: AsOfRow): z.infer<typeof Assignment> {
  const { clientId, adjustmentId, amountMinor, currency, isUnworkable, ...rest } = row;
  return {
    ...rest,
    client: clientId,
    adjustment: adjustmentId,
    dailyCritical: assignmentType(row.type).dailyCritical,
    amount: amountMinor === null || currency === null ? null : wireMoney(amountMinor, currency),
    closedAt: null,
    outcome: null,
    reason: null,
    leavesAt: null,
    route: null,
    destination: null,
    clock: null,
    actBy: row.goalAt,
    pendReason: null,
    unworkable: isUnworkable ? "marked unworkable" : null,
    lock: null,
    actions: [],
  };
}

function asOfCursor([urgency, goalAt, amountMinor, id]: CursorKey) {
  return {
    urgency: Number(urgency),
    goalAt: textOf(goalAt),
    amountMinor: textOf(amountMinor),
    id: String(id),
  };
}

function keyOf(cursor: AssignmentCursor): CursorKey {
  return [cursor.urgency, cursor.actBy, cursor.amountMinor, cursor.id];
}

function cursorOf([urgency, actBy, amountMinor, id]: CursorKey): AssignmentCursor {
  return {
    urgency: Number(urgency),
    actBy: textOf(actBy),
    amountMinor: textOf(amountMinor),
    id: String(id),
  };
}

function textOf(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
