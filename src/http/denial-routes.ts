/** The denial of a dispute, its letters, and deny debits against the day that was named. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { denialView } from "../accounting/denial-view.ts";
import { issueLetters, lettersOf } from "../accounting/letters/issue-letters.ts";
import type { LettersOfDispute } from "../accounting/letters/issue-letters.ts";
import type { DenyDebitRow } from "../accounting/letters/views.ts";
import { denyDebits, NO_DAY } from "../accounting/letters/views.ts";
import { loadBooks } from "../accounting/load-books.ts";
import { dueContext } from "../accounting/release-due.ts";
import type { ClientRuntime } from "../accounting/engine.ts";
import { assert } from "../kernel/assert.ts";
import { wireMoney } from "../kernel/money.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { theDispute } from "./find.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import { AdjustmentState, ClientQuery, Id, Money, Route } from "./shapes.ts";
import type { ZodApp } from "./zod-app.ts";

const LetterFacts = z
  .object({
    currency: z.string(),
    disputed: z.string(),
    provisionalCreditAmount: z.string().nullable(),
    provisionalCreditFees: z.string().nullable(),
    provisionalCreditInterest: z.string().nullable(),
    provisionalCreditExecutedOn: z.string().nullable().describe("Posted; null while it is not"),
    finalCreditAmount: z.string().nullable(),
    finalCreditExecutedOn: z.string().nullable(),
    finalOn: z.string().nullable().describe("When the provisional credit became final"),
    denied: z.string(),
    denialReason: z.string().nullable(),
    noticeModel: z.enum(["futureDebit", "debitNow"]).nullable(),
    noticeSentOn: z.string().nullable(),
    debitAmount: z.string().nullable(),
    debitFeesAndInterest: z.string().nullable(),
    debitDate: z.string().nullable().describe("The day that the letter names, and it posts on"),
    debitExecutedOn: z.string().nullable(),
    honorFrom: z.string().nullable(),
    honorUntil: z.string().nullable(),
    overdraftFeesSuppressedUntil: z.string().nullable(),
    newLetterNeeded: z.string().nullable().describe("Why another letter has to be sent"),
  })
  .meta({ id: "LetterFacts" });

const Letters = z
  .object({
    current: LetterFacts.describe("What a letter written now says"),
    changed: z.array(z.string()).describe("What differs from the version issued last"),
    versions: z.array(
      z.object({
        version: z.int(),
        facts: LetterFacts,
        changed: z.array(z.string()).describe("What differs from the version before"),
        actor: z.string(),
        issuedAt: z.string(),
      }),
    ),
  })
  .meta({ id: "Letters" });

const VERDICTS = [
  "waitsForNotice",
  "planned",
  "onItsDay",
  "performedNow",
  "early",
  "late",
  "overdue",
  "onItsWay",
] as const;

const Denial = z
  .object({
    denial: z
      .object({
        id: z.string(),
        kind: z.enum(["deny", "withdraw"]),
        amount: Money,
        reason: z.string().nullable(),
        noticeSentOn: z.string().nullable(),
        debitDate: z.string().nullable().describe("The day that the notice names"),
        dateNamed: z.string().nullable().describe("The day that a letter not sent yet names"),
        honorFrom: z.string().nullable(),
        honorUntil: z.string().nullable(),
        isHonoring: z.boolean().describe("Items are honoured today, without overdraft charge"),
      })
      .nullable(),
    debit: z
      .object({
        adjustment: z.string(),
        amount: Money,
        state: AdjustmentState,
        note: z.string().nullable(),
      })
      .nullable(),
    debits: z
      .array(
        z.object({
          adjustment: z.string(),
          amount: Money,
          requiredOn: z.string().nullable().describe("The day named"),
          postingDate: z.string().nullable(),
          verdict: z.enum(VERDICTS),
        }),
      )
      .describe("Each debit against the day that was named"),
    earliestIfSentToday: z.string(),
    actions: z.array(
      z.object({
        operation: z.enum(["recordNoticeSent", "cancelDenial", "performDebit"]),
        allowed: z.boolean(),
        why: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "Denial" });

const DenyDebit = z
  .object({
    client: z.string(),
    claim: z.string(),
    dispute: z.string(),
    kind: z.string(),
    adjustment: z.string(),
    state: AdjustmentState,
    route: Route.nullable(),
    amount: Money,
    noticeSentOn: z.string().nullable(),
    requiredOn: z.string().nullable().describe("The day named"),
    plannedPostingDate: z.string(),
    postingDate: z.string().nullable(),
    honorUntil: z.string().nullable(),
    verdict: z.enum(VERDICTS),
    note: z.string().nullable(),
  })
  .meta({ id: "DenyDebit" });

const DenyDebitQuery = PageQuery.extend({
  client: z.string().optional(),
  from: z.iso.date().optional().describe("Required on this day or later"),
  to: z.iso.date().optional(),
});

export function denialRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    letterRoutes(app, parts);
    getDenialRoute(app, parts);
    listDenyDebitsRoute(app, parts);
  };
}

const read = { permission: "case:read", tag: "disputes" } as const;

function letterRoutes(app: ZodApp, parts: HttpDependencies): void {
  const { engine } = parts;
  app.get(
    "/v1/disputes/:id/letters",
    documented(
      {
        ...read,
        id: "getLetters",
        summary: "What letters are written from, and the versions issued",
        failures: ["not-found"],
      },
      { params: Id, querystring: ClientQuery, response: { 200: Letters } },
    ),
    async (request) => {
      const { id } = request.params;
      const row = await theDispute(engine.database, request, id, request.query.client);
      return presentLetters(await lettersOf(engine, { clientId: row.clientId, disputeId: row.id }));
    },
  );
  app.post(
    "/v1/disputes/:id/letters",
    documented(
      {
        id: "issueLetters",
        tag: "disputes",
        summary: "Issue the letter data as it is now",
        description: "A version only where something changed; from then on it is issued by itself.",
        permission: "operation:run",
        command: "once",
        failures: ["not-found"],
      },
      { params: Id, querystring: ClientQuery, response: { 200: Letters } },
    ),
    async (request) => {
      const { id } = request.params;
      const row = await theDispute(engine.database, request, id, request.query.client);
      const key = { clientId: row.clientId, disputeId: row.id };
      await issueLetters(engine, key, callerOf(request).actor);
      return presentLetters(await lettersOf(engine, key));
    },
  );
}

function presentLetters({ current, changed, versions }: LettersOfDispute): z.infer<typeof Letters> {
  return {
    current,
    changed: [...changed],
    versions: versions.map((one) => ({ ...one, changed: [...one.changed] })),
  };
}

const OF_ONE = { from: null, to: null, after: null, limit: 100 } as const;

function getDenialRoute(app: ZodApp, { engine }: HttpDependencies): void {
  app.get(
    "/v1/disputes/:id/denial",
    documented(
      {
        ...read,
        id: "getDenial",
        summary: "The denial: notice, day named, honoring window, what may be done",
        failures: ["not-found"],
      },
      { params: Id, querystring: ClientQuery, response: { 200: Denial } },
    ),
    async (request) => {
      const { database } = engine;
      const row = await theDispute(database, request, request.params.id, request.query.client);
      const { clientId, id: disputeId, currency } = row;
      const loaded = (await loadBooks(database, [{ clientId, disputeId }])).get(disputeId);
      const client = (await engine.clients(database, [clientId])).get(clientId);
      assert(loaded !== undefined && client !== undefined, `dispute ${disputeId} has a book`);
      const today = client.calendar.dateOf(engine.clock.now());
      const view = denialView(loaded.book, dueContext(engine, client), today);
      const { denial, debit } = view;
      const debits = await denyDebits(database, { ...OF_ONE, clientIds: [clientId], disputeId });
      return {
        ...view,
        denial:
          denial === null ? null : { ...denial, amount: wireMoney(denial.amountMinor, currency) },
        debit:
          debit === null
            ? null
            : {
                adjustment: debit.adjustmentId,
                amount: wireMoney(debit.amountMinor, currency),
                state: AdjustmentState.parse(debit.state),
                note: debit.note,
              },
        debits: debits.map((one) => {
          const { adjustment, amount, requiredOn, postingDate, verdict } = presentDebit(one, today);
          return { adjustment, amount, requiredOn, postingDate, verdict };
        }),
        actions: view.actions.map((one) => ({ ...one })),
      };
    },
  );
}

function listDenyDebitsRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine } = parts;
  app.get(
    "/v1/deny-debits",
    documented(
      {
        ...read,
        id: "listDenyDebits",
        summary: "Deny debits against the day that was named, planned and posted",
        failures: ["cursor-invalid"],
      },
      { querystring: DenyDebitQuery, response: { 200: pageOf(DenyDebit) } },
    ),
    async (request) => {
      const { client, from = null, to = null } = request.query;
      const clientIds = await scopeOf(engine.database, request, client);
      const clients = await engine.clients(engine.database, clientIds);
      const { rows, next } = await readPage(parts.cursors, "deny-debits", request.query, {
        filters: { client, from, to },
        read: (after, limit) =>
          denyDebits(engine.database, {
            clientIds,
            disputeId: null,
            from,
            to,
            after: after === null ? null : { day: String(after[0]), id: String(after[1]) },
            limit,
          }),
        keyOf: (row) => [row.requiredOn ?? NO_DAY, row.id],
      });
      const now = engine.clock.now();
      return {
        items: rows.map((row) => {
          const { calendar } = clients.get(row.clientId) as ClientRuntime;
          return presentDebit(row, calendar.dateOf(now));
        }),
        next,
      };
    },
  );
}

function presentDebit(row: DenyDebitRow, today: string): z.infer<typeof DenyDebit> {
  return {
    client: row.clientId,
    claim: row.claim,
    dispute: row.dispute,
    kind: row.kind,
    adjustment: row.adjustmentId,
    state: AdjustmentState.parse(row.state),
    route: Route.nullable().parse(row.route),
    amount: wireMoney(row.debitMinor, row.currency),
    noticeSentOn: row.noticeSentOn,
    requiredOn: row.requiredOn,
    plannedPostingDate: row.plannedPostingDate,
    postingDate: row.postingDate,
    honorUntil: row.honorUntil,
    verdict: verdictOf(row, today),
    note: row.note,
  };
}

/** How a debit stands against the day named; debited now, it is lawful with its window. */
function verdictOf(row: DenyDebitRow, today: string): (typeof VERDICTS)[number] {
  const { postingDate, requiredOn, isFixed, honorUntil, state } = row;
  if (postingDate !== null) {
    if (honorUntil !== null || requiredOn === null) return "performedNow";
    if (postingDate === requiredOn) return "onItsDay";
    return postingDate < requiredOn ? "early" : "late";
  }
  const isProposal = state === "planned" || state === "awaitingApproval";
  if (isProposal && !isFixed) return "waitsForNotice";
  if (requiredOn !== null && requiredOn < today && honorUntil === null) return "overdue";
  return isProposal ? "planned" : "onItsWay";
}
