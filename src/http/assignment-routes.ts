/** /v1/assignments and /v1/queues: work, taken and done. What is possible, the server says. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { supplyInput, verdictInput } from "../accounting/review-holds.ts";
import { accountInput } from "../service/change-account.ts";
import { completionInput } from "../manual/complete.ts";
import { postingDetails } from "../manual/posting-details.ts";
import { disbursementInput } from "../resolution/disburse.ts";
import { resolvedInput } from "../resolution/resolve-exception.ts";
import type { ActionName } from "../work/actions.ts";
import { assignmentView } from "../work/assignment-view.ts";
import { takeNext } from "../work/next.ts";
import { releaseAssignments } from "../work/release.ts";
import { takeAssignments } from "../work/take.ts";
import type { AssignmentCursor, AssignmentRow } from "../work/views.ts";
import { findAssignment, listAssignments, queueCounts } from "../work/views.ts";
import { Failure } from "../kernel/failure.ts";

import { presentAssignments, presentOne } from "./assignment-shape.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { mustBeId } from "./find.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { PageQuery, pageOf } from "./paging.ts";
import { personOf } from "./person.ts";
import { PostingDetails, presentDetails } from "./posting-shape.ts";
import { Assignment, Id } from "./shapes.ts";
import { tag, versionOf } from "./version.ts";
import type { ZodApp } from "./zod-app.ts";

const Queue = z
  .object({
    client: z.string(),
    queue: z.string(),
    kind: z.enum(["system", "user", "pending"]),
    workGroup: z.string(),
    open: z.int().describe("Counted up to 10,001: more than 10,000 means and more"),
    unassigned: z.int(),
    overdue: z.int(),
    nearestGoalAt: z.string().nullable(),
  })
  .meta({ id: "Queue" });

const AssignmentQuery = PageQuery.extend({
  client: z.string().optional(),
  queue: z.string().max(100).optional().describe("Queue.ClaimType, or Queue for all claim types"),
  type: z.string().max(100).optional(),
  assignee: z.string().max(80).optional().describe("An actor; `me` for the caller"),
});

const AssignmentDetails = Assignment.extend({
  posting: PostingDetails.nullable().describe("What a person needs to post it elsewhere"),
}).meta({ id: "AssignmentDetails" });

const reason = z.string().trim().min(1).max(2000);

/** Action → what its body holds. The verbs check it again with what they know. */
const BODIES = {
  completion: completionInput,
  failure: z.strictObject({ reason }),
  cancellation: z.strictObject({ reason }),
  manual: z.strictObject({ reason }),
  retry: z.strictObject({ reason: reason.optional() }),
  run: z.strictObject({}),
  supply: supplyInput,
  postable: verdictInput,
  notPostable: verdictInput,
  finding: z.strictObject({
    posted: z.boolean(),
    reference: z.string().max(100).optional(),
    postingDate: z.iso.date().optional(),
    reason,
  }),
  override: z.strictObject({
    reason,
    codes: z.array(z.string().min(1).max(60)).min(1).max(50).optional(),
  }),
  account: accountInput,
  receivable: z.strictObject({ reason }),
  resolved: resolvedInput,
  disbursement: disbursementInput,
  approval: z.strictObject({ approved: z.boolean(), reason: reason.optional() }),
} as const satisfies Partial<Record<ActionName, z.ZodType>>;

const SUMMARIES: Readonly<Record<keyof typeof BODIES, string>> = {
  completion: "Attest that it was posted by hand",
  failure: "Say that it could not be posted",
  cancellation: "Cancel the adjustment",
  manual: "Move it to the manual route",
  retry: "Try the route again",
  supply: "Supply the card number or the status that a hold waits for",
  postable: "Say that what is held may be posted",
  notPostable: "Say that what is held may not be posted: it goes to the manual route",
  run: "Act now instead of at the due time",
  finding: "Say what became of a posting that is unknown",
  override: "Send it again with the codes that it was refused with",
  account: "Ask for another account for what was refused",
  resolved: "Say that an accounting exception is seen to; its gate is evaluated again",
  disbursement: "Attest that money of the merchant was returned",
  receivable: "Turn a refused debit of the holder into a claim on them",
  approval: "Approve or decline what somebody else asked for",
};

const read = { tag: "assignments", permission: "case:read" } as const;

export function assignmentRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    listQueuesRoute(app, parts);
    listAssignmentsRoute(app, parts);
    getAssignmentRoute(app, parts);
    takeNextRoute(app, parts);
    takeAndReleaseRoutes(app, parts);
    actionRoutes(app, parts);
  };
}

function listQueuesRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine } = parts;
  const { database } = parts.engine;
  app.get(
    "/v1/queues",
    documented(
      { ...read, id: "listQueues", summary: "Queues with open work, counted" },
      {
        querystring: z.strictObject({ client: z.string().optional() }),
        response: { 200: z.object({ items: z.array(Queue) }) },
      },
    ),
    async (request) => {
      const clients = await scopeOf(database, request, request.query.client);
      const counts = await queueCounts(database, clients, engine.clock.now().toString());
      return { items: counts.map(({ clientId, ...count }) => ({ client: clientId, ...count })) };
    },
  );
}

function listAssignmentsRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/assignments",
    documented(
      {
        ...read,
        id: "listAssignments",
        summary: "Open assignments, most urgent first",
        failures: ["cursor-invalid"],
      },
      { querystring: AssignmentQuery, response: { 200: pageOf(Assignment) } },
    ),
    async (request) => {
      const { client, queue, type, limit, cursor } = request.query;
      const caller = callerOf(request);
      const assignee = request.query.assignee === "me" ? caller.actor : request.query.assignee;
      const filters = { client, queue, type, assignee };
      const after = parts.cursors.read("assignments", filters, cursor);
      const page = await listAssignments(database, {
        clientIds: await scopeOf(database, request, client),
        queue,
        type,
        assignee,
        after: after === null ? undefined : cursorOf(after),
        limit,
      });
      const person = personOf(caller);
      return {
        items: await presentAssignments(
          parts.engine,
          page.items.map((row) => assignmentView(row, person)),
        ),
        next:
          page.next === null ? null : parts.cursors.write("assignments", filters, keyOf(page.next)),
      };
    },
  );
}

function getAssignmentRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine, vault } = parts;
  const { database } = parts.engine;
  app.get(
    "/v1/assignments/:id",
    documented(
      {
        ...read,
        id: "getAssignment",
        summary: "An assignment with what it takes to do it",
        failures: ["not-found"],
      },
      { params: Id, response: { 200: AssignmentDetails } },
    ),
    async (request, reply) => {
      const { id } = request.params;
      const row = await theAssignment(parts, id, await scopeOf(database, request));
      tag(reply, row.version);
      const posting =
        row.adjustmentId === null
          ? null
          : await postingDetails(engine, vault, { clientId: row.clientId, id: row.adjustmentId });
      const view = await presentOne(engine, assignmentView(row, personOf(callerOf(request))));
      return { ...view, posting: posting === null ? null : presentDetails(posting) };
    },
  );
}

function takeNextRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine } = parts;
  const { database } = parts.engine;
  app.post(
    "/v1/assignments/next",
    documented(
      {
        id: "takeNext",
        tag: "assignments",
        summary: "Get Next Work: the best open assignment nobody has, taken",
        description: "204 when there is none.",
        permission: "assignment:work",
      },
      {
        body: z
          .strictObject({ client: z.string().optional(), queue: z.string().optional() })
          .nullish(),
        response: { 200: Assignment, 204: z.null().describe("There is none") },
      },
    ),
    async (request, reply) => {
      const person = personOf(callerOf(request));
      const row = await takeNext(engine, {
        person: person.name,
        rights: person.rights,
        clientIds: await scopeOf(database, request, request.body?.client),
        queue: request.body?.queue,
      });
      if (row === undefined) return reply.code(204).send(null);
      tag(reply, row.version);
      return reply.code(200).send(await presentOne(engine, assignmentView(row, person)));
    },
  );
}

function takeAndReleaseRoutes(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  for (const [name, verb] of [
    ["take", takeAssignments],
    ["release", releaseAssignments],
  ] as const) {
    app.post(
      `/v1/assignments/:id/${name}`,
      documented(
        {
          id: `${name}Assignment`,
          tag: "assignments",
          summary: name === "take" ? "Take it" : "Give it back to its queue",
          permission: "assignment:work",
          versioned: true,
          failures: ["not-found", "assignment-closed", "assignment-taken"],
        },
        { params: Id, response: { 200: Assignment } },
      ),
      async (request, reply) => {
        const version = versionOf(request);
        const { id } = request.params;
        const before = await theAssignment(parts, id, await scopeOf(database, request));
        const person = personOf(callerOf(request));
        const seen = [{ clientId: before.clientId, id, version }];
        const row = (await verb(database, person.name, seen))[0] as AssignmentRow;
        tag(reply, row.version);
        return presentOne(parts.engine, assignmentView(row, person));
      },
    );
  }
}

function actionRoutes(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  for (const name of Object.keys(BODIES) as (keyof typeof BODIES)[]) {
    app.post(
      `/v1/assignments/:id/${name}`,
      documented(
        {
          id: `${name}OfAssignment`,
          tag: "assignments",
          summary: SUMMARIES[name],
          description:
            "The right it needs depends on the assignment; `actions` says what is allowed.",
          permission: "case:read",
          command: "once",
          versioned: true,
          failures: [
            "not-found",
            "input-invalid",
            "assignment-closed",
            "assignment-taken",
            "transition-refused",
          ],
        },
        {
          params: Id,
          body: BODIES[name] as z.ZodType<Record<string, unknown>>,
          response: { 200: Assignment },
        },
      ),
      async (request, reply) => {
        const person = personOf(callerOf(request));
        const clientIds = await scopeOf(database, request);
        const { id } = request.params;
        mustBeId("assignment", id);
        await parts.actions.perform({
          clientIds,
          assignmentId: id,
          action: name,
          version: versionOf(request),
          person,
          input: request.body,
        });
        const row = await theAssignment(parts, id, clientIds);
        tag(reply, row.version);
        return presentOne(parts.engine, assignmentView(row, person));
      },
    );
  }
}

async function theAssignment(
  { engine }: HttpDependencies,
  id: string,
  clients: readonly string[],
): Promise<AssignmentRow> {
  mustBeId("assignment", id);
  const row = await findAssignment(engine.database, clients, id);
  if (row === undefined) throw new Failure("not-found", `assignment ${id} does not exist`, { id });
  return row;
}

function keyOf(cursor: AssignmentCursor): readonly (string | number | null)[] {
  return [cursor.urgency, cursor.goalAt, cursor.amountMinor, cursor.id];
}

function cursorOf(key: readonly (string | number | null)[]): AssignmentCursor {
  const [urgency, goalAt, amountMinor, id] = key;
  return {
    urgency: Number(urgency),
    goalAt: goalAt === null || goalAt === undefined ? null : String(goalAt),
    amountMinor: amountMinor === null || amountMinor === undefined ? null : String(amountMinor),
    id: String(id),
  };
}
