/** /v1/assignments: work, taken and done. What is possible, the server says. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { supplyInput, verdictInput } from "../accounting/review-holds.ts";
import { accountInput } from "../service/change-account.ts";
import { completionInput } from "../manual/complete.ts";
import { postingDetails } from "../manual/posting-details.ts";
import { disbursementInput } from "../resolution/disburse.ts";
import { resolvedInput } from "../resolution/resolve-exception.ts";
import type { ActionName } from "../work/actions.ts";
import { RIGHTS } from "../work/actions.ts";
import { ASSIGNMENT_EVENTS, historyOf } from "../work/assignment-history.ts";
import { assignmentView } from "../work/assignment-view.ts";
import { nextGatherer } from "../work/gather-next.ts";
import { releaseAssignments } from "../work/release.ts";
import { takeAssignments } from "../work/take.ts";
import { WORK_INPUTS } from "../work/verbs.ts";
import type { AssignmentRow } from "../work/views.ts";
import { findAssignment } from "../work/views.ts";
import { Failure } from "../kernel/failure.ts";

import { presentOne } from "./assignment-shape.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { mustBeId } from "./find.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { personOf } from "./person.ts";
import { PostingDetails, presentDetails } from "./posting-shape.ts";
import { Assignment, Id } from "./shapes.ts";
import { tag, versionOf } from "./version.ts";
import type { ZodApp } from "./zod-app.ts";

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
  ...WORK_INPUTS,
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
  assignment: "Give it to a person or a work group",
  pending: "Let it wait until an instant; it comes back by itself",
  resumption: "Bring it back before its date",
  unworkable: "Say that nobody can work it as it is; it goes to the supervisors' list",
  restoration: "Put what was marked unworkable back into its queue",
  note: "Add a remark to its history",
};

const read = { tag: "assignments", permission: "case:read" } as const;

export function assignmentRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    getAssignmentRoute(app, parts);
    historyRoute(app, parts);
    takeNextRoute(app, parts);
    takeAndReleaseRoutes(app, parts);
    actionRoutes(app, parts);
  };
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
      const view = await presentOne(
        engine,
        assignmentView(row, personOf(callerOf(request)), nowOf(parts)),
      );
      return { ...view, posting: posting === null ? null : presentDetails(posting) };
    },
  );
}

const History = z.object({
  items: z.array(
    z.object({
      at: z.string(),
      kind: z.string(),
      what: z.string().describe("The kind in words"),
      actor: z.string(),
      reason: z.string().nullable(),
      assignee: z.string().nullable().describe("After it, as all that follows"),
      workGroup: z.string(),
      urgency: z.int(),
      pendedUntil: z.string().nullable(),
      isUnworkable: z.boolean(),
      version: z.int(),
      action: z.string().nullable().describe("What the SLA did"),
    }),
  ),
});

function historyRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/assignments/:id/history",
    documented(
      {
        ...read,
        id: "assignmentHistory",
        summary: "What happened to it: who, when, why",
        failures: ["not-found"],
      },
      { params: Id, response: { 200: History } },
    ),
    async (request) => {
      const row = await theAssignment(parts, request.params.id, await scopeOf(database, request));
      const items = await historyOf(database, row);
      return { items: items.map((one) => ({ ...one, what: ASSIGNMENT_EVENTS[one.kind] })) };
    },
  );
}

function takeNextRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  const next = nextGatherer(parts.engine);
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
      const row = await next({
        person: person.name,
        rights: person.rights,
        clientIds: await scopeOf(database, request, request.body?.client),
        queue: request.body?.queue,
      });
      if (row === undefined) return reply.code(204).send(null);
      tag(reply, row.version);
      const view = assignmentView(row, person, nowOf(parts));
      return reply.code(200).send(await presentOne(parts.engine, view));
    },
  );
}

function takeAndReleaseRoutes(app: ZodApp, parts: HttpDependencies): void {
  const { engine } = parts;
  const { database } = engine;
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
          failures: ["not-found", "assignment-closed", "assignment-taken", "claim-locked"],
        },
        { params: Id, response: { 200: Assignment } },
      ),
      async (request, reply) => {
        const version = versionOf(request);
        const { id } = request.params;
        const before = await theAssignment(parts, id, await scopeOf(database, request));
        const person = personOf(callerOf(request));
        const seen = [{ clientId: before.clientId, id, version }];
        const anybodys = person.rights.has(RIGHTS.supervise);
        const row = (await verb(engine, person.name, seen, { anybodys }))[0] as AssignmentRow;
        tag(reply, row.version);
        return presentOne(parts.engine, assignmentView(row, person, nowOf(parts)));
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
            "claim-locked",
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
        return presentOne(parts.engine, assignmentView(row, person, nowOf(parts)));
      },
    );
  }
}

function nowOf({ engine }: HttpDependencies): string {
  return engine.clock.now().toString();
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
