/** /v1/adjustments: what is executed as one, its history, and its reversal. */
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { possibleEvents } from "../accounting/adjustment-machine.ts";
import type { AdjustmentListRow } from "../accounting/dispute-views.ts";
import {
  entriesOfAdjustment,
  executionsOf,
  findAdjustment,
  listAdjustments,
  proposalsOf,
  transitionsOf,
} from "../accounting/dispute-views.ts";
import { linesOfAdjustment } from "../batch/views.ts";
import { executeAccounting } from "../accounting/execute-accounting.ts";
import { assert } from "../kernel/assert.ts";
import { Failure } from "../kernel/failure.ts";
import { wireMoney } from "../kernel/money.ts";
import { attemptsOf, findingsOf } from "../service/views.ts";
import { assignmentView } from "../work/assignment-view.ts";
import { assignmentsById } from "../work/views.ts";

import { presentAssignments } from "./assignment-shape.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { EntryShape, presentEntry } from "./dispute-routes.ts";
import { documented } from "./document.ts";
import { mustBeId } from "./find.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { idempotencyKeyOf } from "./idempotent.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import { personOf } from "./person.ts";
import { AdjustmentState, Assignment, Id, Money, Route } from "./shapes.ts";
import { mustBePresent, tag } from "./version.ts";
import type { ZodApp } from "./zod-app.ts";

const Adjustment = z
  .object({
    id: z.string(),
    client: z.string(),
    claim: z.string(),
    dispute: z.string(),
    operation: z.string(),
    ordinal: z.int(),
    state: AdjustmentState,
    processing: z.enum(["execute", "track"]),
    rule: z.string().nullable().describe("The rule that routes it; null without money"),
    amount: Money,
    route: Route.nullable(),
    destination: z.string().nullable(),
    routeChosenBy: z.string().nullable(),
    reverses: z.string().nullable(),
    follows: z.string().nullable(),
    hold: z.record(z.string(), z.unknown()).nullable(),
    releaseOn: z.string().nullable(),
    eventDate: z.string(),
    plannedPostingDate: z.string(),
    rulebook: z.string(),
    version: z.int(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: "Adjustment" });

const AdjustmentDetails = Adjustment.extend({
  entries: z.array(EntryShape),
  proposals: z.array(
    z.object({ rule: z.string(), debit: z.string(), credit: z.string(), amount: Money }),
  ),
  transitions: z.array(
    z.object({
      from: z.string().nullable(),
      to: z.string(),
      event: z.string(),
      actor: z.string(),
      reason: z.string().nullable(),
      outside: z.record(z.string(), z.unknown()).nullable().describe("What the outside said"),
      recordedAt: z.string(),
    }),
  ),
  executions: z.array(
    z.object({
      entry: z.string().nullable(),
      sign: z.int().describe("1: moved; -1: came back"),
      basis: z.string(),
      reference: z.string().nullable(),
      postingDate: z.string(),
      actor: z.string(),
      recordedAt: z.string(),
    }),
  ),
  attempts: z
    .array(
      z.object({
        id: z.string(),
        service: z.string(),
        purpose: z.string(),
        key: z.string(),
        keyRevision: z.int().describe("Rises after a definite refusal; another one, another key"),
        fence: z.int().describe("The adjustment's version that it belongs to"),
        worker: z.string(),
        request: z
          .object({
            method: z.string(),
            path: z.string(),
            body: z.unknown().describe("JSON, or XML as text"),
          })
          .describe("As it left, account numbers masked, without secrets"),
        startedAt: z.string(),
        outcome: z.string().nullable().describe("Null while its answer has not come"),
        status: z.int().nullable(),
        code: z.string().nullable(),
        reason: z.string().nullable(),
        reference: z.string().nullable(),
        answer: z.string().nullable().describe("Its body, masked and shortened"),
        latencyMilliseconds: z.int().nullable(),
        isSuperseded: z.boolean().nullable(),
      }),
    )
    .describe("Calls of the service route, oldest first"),
  findings: z.array(
    z.object({
      posted: z.boolean(),
      reason: z.string(),
      actor: z.string(),
      recordedAt: z.string(),
    }),
  ),
  batchLines: z.array(
    z.object({
      batch: z.string(),
      sequence: z.int(),
      line: z.int(),
      fileState: z.string(),
      live: z.boolean(),
      outcome: z.string().nullable(),
    }),
  ),
  assignment: Assignment.nullable(),
  possibleEvents: z.array(z.string()),
}).meta({ id: "AdjustmentDetails" });

const AdjustmentQuery = PageQuery.extend({
  client: z.string().optional(),
  state: AdjustmentState.optional(),
  route: Route.optional(),
});

const Reversed = z.object({
  operation: z.string(),
  adjustments: z.array(z.object({ id: z.string(), state: AdjustmentState })),
});

export function adjustmentRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    listAdjustmentsRoute(app, parts);
    getAdjustmentRoute(app, parts);
    reverseAdjustmentRoute(app, parts);
  };
}

const read = { tag: "adjustments", permission: "case:read" } as const;

async function find(
  { engine }: HttpDependencies,
  request: FastifyRequest,
  id: string,
): Promise<AdjustmentListRow> {
  mustBeId("adjustment", id);
  const clients = await scopeOf(engine.database, request);
  const row = await findAdjustment(engine.database, clients, id);
  if (row === undefined) throw new Failure("not-found", `adjustment ${id} does not exist`);
  return row;
}

function listAdjustmentsRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/adjustments",
    documented(
      {
        ...read,
        id: "listAdjustments",
        summary: "Adjustments, newest first",
        failures: ["cursor-invalid"],
      },
      { querystring: AdjustmentQuery, response: { 200: pageOf(Adjustment) } },
    ),
    async (request) => {
      const { client, state, route } = request.query;
      const clientIds = await scopeOf(database, request, client);
      const { rows, next } = await readPage(parts.cursors, "adjustments", request.query, {
        filters: { client, state, route },
        read: (after, limit) =>
          listAdjustments(database, {
            clientIds,
            state: state ?? null,
            route: route ?? null,
            disputeId: null,
            after: after === null ? null : String(after[0]),
            limit,
          }),
        keyOf: (row) => [row.id],
      });
      return { items: rows.map(present), next };
    },
  );
}

function getAdjustmentRoute(app: ZodApp, parts: HttpDependencies): void {
  app.get(
    "/v1/adjustments/:id",
    documented(
      {
        ...read,
        id: "getAdjustment",
        summary: "An adjustment with its whole history",
        failures: ["not-found"],
      },
      { params: Id, response: { 200: AdjustmentDetails } },
    ),
    async (request, reply) => {
      const row = await find(parts, request, request.params.id);
      tag(reply, row.version);
      return detailsOf(parts, row, personOf(callerOf(request)));
    },
  );
}

function reverseAdjustmentRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine } = parts;
  app.post(
    "/v1/adjustments/:id/reversal",
    documented(
      {
        id: "reverseAdjustment",
        tag: "adjustments",
        summary: "Reverse it: all its entries, sides swapped",
        permission: "adjustment:reverse",
        command: "once",
        versioned: true,
        failures: ["not-found", "already-reversed", "not-reversible", "operation-not-allowed"],
      },
      {
        params: Id,
        body: z.strictObject({
          reason: z.string().trim().min(1).max(2000),
          trackingOnly: z.boolean().optional(),
        }),
        response: { 201: Reversed },
      },
    ),
    async (request, reply) => {
      const caller = callerOf(request);
      const row = await find(parts, request, request.params.id);
      mustBePresent(request, row.version);
      const [result] = await executeAccounting(engine, [
        {
          clientId: row.clientId,
          key: `api/${caller.actor}/${idempotencyKeyOf(request)}`,
          source: caller.kind === "user" ? "portal" : "api",
          actor: caller.actor,
          dispute: row.dispute,
          operation: "reverseAdjustment",
          input: { adjustment: row.id, ...request.body },
        },
      ]);
      assert(result !== undefined, "one operation has one result");
      if (result.failure !== null) throw result.failure;
      return reply.code(201).send({
        operation: result.operationId ?? "",
        adjustments: result.adjustments.map(({ id, state }) => ({ id, state })),
      });
    },
  );
}

async function detailsOf(
  { engine }: HttpDependencies,
  row: AdjustmentListRow,
  person: ReturnType<typeof personOf>,
): Promise<z.infer<typeof AdjustmentDetails>> {
  const { database } = engine;
  const { clientId, id, openAssignmentId } = row;
  const rulebook = (await engine.clients(database, [clientId])).get(clientId)?.rulebook;
  const key = { clientId, adjustmentId: id, createdAt: row.createdAt };
  const [attempts, findings, batchLines] = await Promise.all([
    attemptsOf(database, [key]),
    findingsOf(database, clientId, id),
    linesOfAdjustment(database, clientId, id),
  ]);
  const [entries, proposals, transitions, executions, assignments] = await Promise.all([
    entriesOfAdjustment(database, { clientId, disputeId: row.disputeId, adjustmentId: id }),
    proposalsOf(database, clientId, id),
    transitionsOf(database, clientId, id),
    executionsOf(database, clientId, id),
    openAssignmentId === null
      ? []
      : assignmentsById(database, [{ clientId, id: openAssignmentId }]),
  ]);
  const views = assignments.map((one) => assignmentView(one, person));
  const [assignment = null] = await presentAssignments(engine, views);
  return {
    ...present(row),
    entries: entries.map((one) =>
      presentEntry(one, rulebook?.rules.get(one.rule)?.label ?? one.rule),
    ),
    proposals: proposals.map((one) => ({
      rule: one.rule,
      debit: one.debitCollection,
      credit: one.creditCollection,
      amount: wireMoney(one.amountMinor, row.currency),
    })),
    transitions: transitions.map((one) => ({
      from: one.fromState,
      to: one.toState,
      event: one.event,
      actor: one.actor,
      reason: one.reason,
      outside: one.outside,
      recordedAt: one.recordedAt,
    })),
    executions: executions.map((one) => ({ ...one, entry: one.entryId })),
    attempts: attempts.map((one) => ({ ...one })),
    findings: findings.map((one) => ({ ...one })),
    batchLines: batchLines.map((one) => ({
      ...one,
      batch: one.fileId,
      sequence: Number(one.sequence),
      line: Number(one.lineNumber),
    })),
    assignment,
    possibleEvents: possibleEvents(AdjustmentState.parse(row.state)),
  };
}

function present(row: AdjustmentListRow): z.infer<typeof Adjustment> {
  return {
    id: row.id,
    client: row.clientId,
    claim: row.claim,
    dispute: row.dispute,
    operation: row.operation,
    ordinal: row.ordinal,
    state: AdjustmentState.parse(row.state),
    processing: row.processing === "track" ? "track" : "execute",
    rule: row.principalRule,
    amount: wireMoney(row.amountMinor, row.currency),
    route: Route.nullable().parse(row.route),
    destination: row.destination,
    routeChosenBy: row.routeChosenBy,
    reverses: row.reverses,
    follows: row.follows,
    hold: row.hold,
    releaseOn: row.releaseOn,
    eventDate: row.eventDate,
    plannedPostingDate: row.plannedPostingDate,
    rulebook: row.rulebook,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
