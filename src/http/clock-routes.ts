/** Regulatory clocks of one dispute and of many, and the credits the machine issued for them. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { approveAutomaticCredit } from "../resolution/regulatory-clocks/approve-credit.ts";
import type { DisputeClocks } from "../resolution/regulatory-clocks/clocks-of-disputes.ts";
import { clocksOfDisputes } from "../resolution/regulatory-clocks/clocks-of-disputes.ts";
import type { AutomaticCredit, ListedClock } from "../resolution/regulatory-clocks/lists.ts";
import {
  listAutomaticCredits,
  listClocks,
  reasonsOfDispute,
  warningsOfDispute,
} from "../resolution/regulatory-clocks/lists.ts";

import {
  AutomaticCreditShape,
  ClockShape,
  ListedClockShape,
  presentClock,
  presentCredit,
  presentListedClock,
} from "./clock-shapes.ts";
import type { CursorKey } from "./cursor.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { mustBeId, theDispute } from "./find.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import { ClientQuery, Id } from "./shapes.ts";
import { personOf } from "./person.ts";
import { tag, versionOf } from "./version.ts";
import type { ZodApp } from "./zod-app.ts";

const ClocksOfDispute = z
  .object({
    dispute: z.string(),
    claim: z.string(),
    client: z.string(),
    asOf: z.string().describe("The client's local date"),
    clocks: z.array(ClockShape),
    automaticCredits: z.array(AutomaticCreditShape),
  })
  .meta({ id: "ClocksOfDispute" });

const ClockQuery = PageQuery.extend({
  client: z.string().optional(),
  state: z
    .enum(["running", "missed"])
    .default("running")
    .describe("running, the nearest first; missed, those met late among them"),
  clock: z.string().max(64).optional(),
  dueBy: z.iso.date().optional().describe("Due on this day or earlier"),
});

const CreditQuery = PageQuery.extend({
  client: z.string().optional(),
  awaiting: z.stringbool().default(false).describe("Only those that wait for a person's approval"),
});

const read = { tag: "regulatory clocks", permission: "case:read" } as const;

export function clockRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    disputeClocksRoute(app, parts);
    listClocksRoute(app, parts);
    listCreditsRoute(app, parts);
    approveCreditRoute(app, parts);
  };
}

function disputeClocksRoute(app: ZodApp, { engine }: HttpDependencies): void {
  const { database } = engine;
  app.get(
    "/v1/disputes/:id/clocks",
    documented(
      {
        ...read,
        id: "getClocksOfDispute",
        summary: "Every regulatory clock of a dispute, as of now, with the paragraph it comes from",
        failures: ["not-found"],
      },
      { params: Id, querystring: ClientQuery, response: { 200: ClocksOfDispute } },
    ),
    async (request) => {
      const row = await theDispute(database, request, request.params.id, request.query.client);
      const key = { clientId: row.clientId, disputeId: row.id };
      const found = await clocksOfDisputes(database, engine, [key]);
      const { client, loaded, readings } = found.get(row.id) as DisputeClocks;
      const asOf = client.calendar.dateOf(engine.clock.now());
      const told = {
        warnings: await warningsOfDispute(database, row.clientId, row.id),
        reasons: await reasonsOfDispute(database, row.clientId, row.id),
      };
      const credits = await listAutomaticCredits(database, {
        clientIds: [row.clientId],
        disputeId: row.id,
        onlyAwaiting: false,
        after: null,
        limit: 50,
      });
      return {
        dispute: loaded.number,
        claim: loaded.claimNumber,
        client: row.clientId,
        asOf,
        clocks: readings
          .filter((one) => !isOfOtherKind(one.state, one.because))
          .map((one) => presentClock(one, told, { calendar: client.calendar, today: asOf })),
        automaticCredits: credits.map((one) =>
          presentCredit(one, client.rulebook.clocks.get(one.clock)?.title ?? one.clock),
        ),
      };
    },
  );
}

/** Another regulation's clocks are no news; an exemption is. */
function isOfOtherKind(state: string, because: readonly string[]): boolean {
  return state === "notApplicable" && because[0] === "not of this kind";
}

function listClocksRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine } = parts;
  const { database } = engine;
  app.get(
    "/v1/regulatory-clocks",
    documented(
      {
        ...read,
        id: "listClocks",
        summary: "Regulatory clocks over all disputes, the nearest or the longest missed first",
        failures: ["cursor-invalid"],
      },
      { querystring: ClockQuery, response: { 200: pageOf(ListedClockShape) } },
    ),
    async (request) => {
      const { client, state, clock = null, dueBy = null } = request.query;
      const clientIds = await scopeOf(database, request, client);
      const { rows, next } = await readPage(parts.cursors, "regulatory-clocks", request.query, {
        filters: { client: client ?? null, state, clock, dueBy },
        read: (after, limit) =>
          listClocks(database, { clientIds, state, clock, dueBy, after: placeOf(after), limit }),
        keyOf: (row) => [row.dueOn, row.disputeId, row.round, row.clock],
      });
      return { items: await presentAll(parts, rows), next };
    },
  );
}

async function presentAll({ engine }: HttpDependencies, rows: readonly ListedClock[]) {
  const ids = [...new Set(rows.map((row) => row.clientId))];
  const clients = await engine.clients(engine.database, ids);
  return rows.flatMap((row) => {
    const client = clients.get(row.clientId);
    if (client === undefined) return [];
    const today = client.calendar.dateOf(engine.clock.now());
    return [presentListedClock(row, client.rulebook, client.calendar, today)];
  });
}

function placeOf(after: CursorKey | null) {
  if (after === null) return null;
  const [dueOn, disputeId, round, clock] = after;
  return {
    dueOn: String(dueOn),
    disputeId: String(disputeId),
    round: Number(round),
    clock: String(clock),
  };
}

function listCreditsRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/automatic-credits",
    documented(
      {
        ...read,
        id: "listAutomaticCredits",
        summary: "Credits that the machine issued to meet a clock, or why it could not",
        failures: ["cursor-invalid"],
      },
      { querystring: CreditQuery, response: { 200: pageOf(AutomaticCreditShape) } },
    ),
    async (request) => {
      const { client, awaiting } = request.query;
      const clientIds = await scopeOf(database, request, client);
      const { rows, next } = await readPage(parts.cursors, "automatic-credits", request.query, {
        filters: { client: client ?? null, awaiting },
        read: (after, limit) =>
          listAutomaticCredits(database, {
            clientIds,
            onlyAwaiting: awaiting,
            after: after === null ? null : String(after[0]),
            limit,
          }),
        keyOf: (row) => [row.id],
      });
      return { items: await presentCredits(parts, rows), next };
    },
  );
}

async function presentCredits({ engine }: HttpDependencies, rows: readonly AutomaticCredit[]) {
  const ids = [...new Set(rows.map((row) => row.clientId))];
  const clients = await engine.clients(engine.database, ids);
  return rows.map((row) => {
    const clock = clients.get(row.clientId)?.rulebook.clocks.get(row.clock);
    return presentCredit(row, clock?.title ?? row.clock);
  });
}

function approveCreditRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine } = parts;
  app.post(
    "/v1/automatic-credits/:id/approval",
    documented(
      {
        id: "approveAutomaticCredit",
        tag: "regulatory clocks",
        summary: "Approve, or decline, a credit that the machine issued to meet a clock",
        description: "Declining undoes nothing by itself: it says that a person has to act.",
        permission: "assignment:approve",
        command: "once",
        versioned: true,
        failures: ["not-found", "input-invalid", "transition-refused", "self-approval"],
      },
      {
        params: Id,
        body: z.strictObject({
          approved: z.boolean(),
          reason: z.string().trim().min(1).max(2000).optional(),
        }),
        response: { 200: AutomaticCreditShape },
      },
    ),
    async (request, reply) => {
      const { id } = request.params;
      mustBeId("automatic credit", id);
      const row = await approveAutomaticCredit(engine, {
        clientIds: await scopeOf(engine.database, request),
        id,
        version: versionOf(request),
        approved: request.body.approved,
        reason: request.body.reason ?? null,
        by: personOf(callerOf(request)),
      });
      tag(reply, row.version);
      const [credit] = await presentCredits(parts, [row]);
      return reply.code(200).send(credit as NonNullable<typeof credit>);
    },
  );
}
