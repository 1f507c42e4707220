/** /v1/approvals and /v1/delegations: what waits for other people's word, and who gives it. */
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { isAllowed } from "../access/caller.ts";
import { peopleWith } from "../access/persons.ts";
import { rolesWith } from "../access/roles.ts";
import { proposalsOfAdjustment } from "../accounting/dispute-views.ts";
import { Failure } from "../kernel/failure.ts";
import { wireMoney } from "../kernel/money.ts";
import { postingDetails } from "../manual/posting-details.ts";
import { decideApproval } from "../work/approvals/decide.ts";
import { delegateApproval, MOST_DAYS, revokeDelegation } from "../work/approvals/delegate.ts";
import type { Judge } from "../work/approvals/judge.ts";
import { judge, nextLevel } from "../work/approvals/judge.ts";
import { judgeNamed } from "../work/approvals/judges.ts";
import { subjectKind } from "../work/approvals/subjects.ts";
import { APPROVAL_RIGHTS } from "../work/approvals/tiers.ts";
import type { RequestRow, WholeRequest } from "../work/approvals/views.ts";
import {
  findRequest,
  listDelegations,
  listRequests,
  wholeRequests,
} from "../work/approvals/views.ts";

import {
  Approval,
  Delegation,
  Kinds,
  presentApproval,
  presentDelegation,
  RequestStates,
} from "./approval-shapes.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { mustBeId } from "./find.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import { personOf } from "./person.ts";
import { PostingDetails, presentDetails } from "./posting-shape.ts";
import { Id, Money } from "./shapes.ts";
import { tag, versionOf } from "./version.ts";
import type { ZodApp } from "./zod-app.ts";

const ApprovalQuery = PageQuery.extend({
  client: z.string().optional(),
  state: RequestStates.default("waiting"),
  kind: Kinds.optional(),
  mine: z.stringbool().default(false).describe("Only what the caller may decide"),
  requestedByMe: z.stringbool().default(false).describe("Only what the caller asked for"),
});

const ApprovalDetails = Approval.extend({
  proposals: z
    .array(z.object({ rule: z.string(), debit: z.string(), credit: z.string(), amount: Money }))
    .describe("What would be booked, by collection"),
  posting: PostingDetails.nullable().describe("The entries and amounts, of an adjustment"),
  details: z.record(z.string(), z.unknown()).describe("What else the request carries"),
}).meta({ id: "ApprovalDetails" });

const read = { tag: "approvals", permission: "case:read" } as const;
const NAMES_SHOWN = 50;

export function approvalRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    listApprovalsRoute(app, parts);
    getApprovalRoute(app, parts);
    decideRoute(app, parts);
    listDelegationsRoute(app, parts);
    delegateRoute(app, parts);
    revokeRoute(app, parts);
  };
}

function listApprovalsRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/approvals",
    documented(
      {
        ...read,
        id: "listApprovals",
        summary: "What waits for other people's word, oldest first",
        description: "With mine: what the caller may decide; a page may then be short.",
        failures: ["not-found", "cursor-invalid"],
      },
      { querystring: ApprovalQuery, response: { 200: pageOf(Approval) } },
    ),
    async (request) => {
      const { client, state, kind, mine, requestedByMe } = request.query;
      const clientIds = await scopeOf(database, request, client);
      const by = await judgeOf(parts, request, null);
      const rights = [...by.rights, ...by.lent.flatMap((one) => [...one.rights])];
      const { rows, next } = await readPage(parts.cursors, "approvals", request.query, {
        filters: { client, state, kind, mine, requestedByMe, actor: by.person },
        read: (after, limit) =>
          listRequests(database, {
            clientIds,
            state,
            kind: kind ?? null,
            decidableBy: mine ? { person: by.person, rights } : null,
            requester: requestedByMe ? by.person : null,
            after: after === null ? null : { requestedAt: String(after[0]), id: String(after[1]) },
            limit,
          }),
        keyOf: (row) => [row.requestedAt, row.id],
      });
      const whole = await wholeRequests(database, rows);
      const judging = await judgeOf(parts, request, whole);
      const shown = mine ? whole.filter((one) => judge(one, judging, true).allowed) : whole;
      return { items: shown.map((one) => presentApproval(one, judging)), next };
    },
  );
}

function getApprovalRoute(app: ZodApp, parts: HttpDependencies): void {
  app.get(
    "/v1/approvals/:id",
    documented(
      {
        ...read,
        id: "getApproval",
        summary: "A request: what will happen, why it waits, who is still needed",
        failures: ["not-found"],
      },
      { params: Id, response: { 200: ApprovalDetails } },
    ),
    async (request, reply) => {
      const row = await theRequest(parts, request, request.params.id);
      tag(reply, row.version);
      return details(parts, request, row);
    },
  );
}

function decideRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/approvals/:id/decisions",
    documented(
      {
        id: "decideApproval",
        tag: "approvals",
        summary: "Approve or decline",
        description:
          "The next level's word; with the last one what was asked for is done in the same " +
          "transaction. Nobody approves their own work, or a request that goes back to them. " +
          "Whoever asked may decline: that takes it back.",
        permission: "case:read",
        command: "once",
        versioned: true,
        failures: [
          "not-found",
          "input-invalid",
          "self-approval",
          "transition-refused",
          "stale-version",
        ],
      },
      {
        params: Id,
        body: z.strictObject({
          approved: z.boolean(),
          reason: z.string().trim().max(2000).optional().describe("Needed to decline"),
        }),
        response: { 200: ApprovalDetails },
      },
    ),
    async (request, reply) => {
      const { clientId, id } = await theRequest(parts, request, request.params.id);
      const { approved, reason = "" } = request.body;
      const by = personOf(callerOf(request));
      const version = versionOf(request);
      const order = { clientId, requestId: id, approved, reason, by, version };
      const after = await decideApproval(parts.approvals, order);
      tag(reply, after.version);
      return details(parts, request, after);
    },
  );
}

function listDelegationsRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database, clock } = parts.engine;
  app.get(
    "/v1/delegations",
    documented(
      {
        ...read,
        id: "listDelegations",
        summary: "Who lent the right to approve to whom, newest first",
        description: "One's own; all of them for who reads the audit or manages access.",
        failures: ["cursor-invalid"],
      },
      { querystring: PageQuery, response: { 200: pageOf(Delegation) } },
    ),
    async (request) => {
      const caller = callerOf(request);
      const seesAll = isAllowed(caller, "audit:read") || isAllowed(caller, "access:manage");
      const { person } = await judgeOf(parts, request, null);
      const filter = { person: seesAll ? null : person };
      const { rows, next } = await readPage(parts.cursors, "delegations", request.query, {
        filters: filter,
        read: (after, limit) =>
          listDelegations(database, {
            ...filter,
            after: after === null ? null : String(after[0]),
            limit,
          }),
        keyOf: (row) => [row.id],
      });
      const now = clock.now().toString();
      return { items: rows.map((row) => presentDelegation(row, now)), next };
    },
  );
}

function delegateRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/delegations",
    documented(
      {
        id: "delegateApproval",
        tag: "approvals",
        summary: "Lend the right to approve to another person, for a time",
        description:
          `For at most ${MOST_DAYS} days. Only what is one's own is lent, so it goes on to no ` +
          "third. The two never approve what the other asked for.",
        permission: "case:read",
        command: "once",
        failures: ["input-invalid", "amount-invalid"],
      },
      {
        body: z.strictObject({
          delegate: z.string().min(1).max(63).describe("Name of the user"),
          validFrom: z.iso.datetime().optional().describe("From now if left out"),
          validUntil: z.iso.datetime(),
          reason: z.string().trim().min(1).max(2000),
          permissions: z.array(z.enum(APPROVAL_RIGHTS)).min(1).optional(),
          clients: z.array(z.string()).min(1).max(1000).optional(),
          kinds: z.array(Kinds).min(1).optional(),
          maximum: Money.optional().describe("Up to and with this amount"),
        }),
        response: { 201: Delegation },
      },
    ),
    async (request, reply) => {
      const row = await delegateApproval(parts.approvals, request.body, callerOf(request));
      const now = parts.engine.clock.now().toString();
      return reply.code(201).send(presentDelegation(row, now));
    },
  );
}

function revokeRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/delegations/:id/revocation",
    documented(
      {
        id: "revokeDelegation",
        tag: "approvals",
        summary: "End a delegation at once",
        permission: "case:read",
        command: "once",
        failures: ["not-found", "transition-refused"],
      },
      { params: Id, response: { 200: Delegation } },
    ),
    async (request) => {
      mustBeId("delegation", request.params.id);
      const row = await revokeDelegation(parts.approvals, request.params.id, callerOf(request));
      return presentDelegation(row, parts.engine.clock.now().toString());
    },
  );
}

async function theRequest(
  { engine }: HttpDependencies,
  request: FastifyRequest,
  id: string,
): Promise<RequestRow> {
  mustBeId("approval", id);
  const clients = await scopeOf(engine.database, request);
  const row = await findRequest(engine.database, clients, id);
  if (row === undefined) throw new Failure("not-found", `approval ${id} does not exist`, { id });
  return row;
}

/** The caller as the rule sees them; since the oldest of the requests that are shown. */
function judgeOf(
  { engine }: HttpDependencies,
  request: FastifyRequest,
  rows: readonly WholeRequest[] | null,
): Promise<Judge> {
  const now = engine.clock.now().toString();
  const since = (rows ?? []).reduce(
    (oldest, row) => (row.requestedAt < oldest ? row.requestedAt : oldest),
    now,
  );
  return judgeNamed(engine.database, personOf(callerOf(request)), { since, now });
}

async function details(
  parts: HttpDependencies,
  request: FastifyRequest,
  row: RequestRow,
): Promise<z.infer<typeof ApprovalDetails>> {
  const { engine, vault } = parts;
  const [whole] = await wholeRequests(engine.database, [row]);
  const one = whole as WholeRequest;
  const by = await judgeOf(parts, request, [one]);
  const right = one.rights[nextLevel(one) - 1];
  const people =
    right === undefined
      ? []
      : await peopleWith(engine.database, row.clientId, rolesWith(right), NAMES_SHOWN);
  const posting = subjectKind(row.kind).isAdjustment
    ? await postingDetails(engine, vault, { clientId: row.clientId, id: row.subjectId })
    : null;
  const proposals = subjectKind(row.kind).isAdjustment
    ? await proposalsOfAdjustment(engine.database, row.clientId, row.subjectId)
    : [];
  const names = people.map((person) => person.name);
  return {
    ...presentApproval(one, by, names),
    proposals: proposals.map((line) => ({
      rule: line.rule,
      debit: line.debitCollection,
      credit: line.creditCollection,
      amount: wireMoney(line.amountMinor, line.currency),
    })),
    posting: posting === null ? null : presentDetails(posting),
    details: { ...row.payload },
  };
}
