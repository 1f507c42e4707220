/** POST /v1/disputes/{id}/operations: a business event on a dispute; the one way to move money. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import type { OperationRequest, OperationResult } from "../accounting/execute-accounting.ts";
import { executeAccountingIn } from "../accounting/execute-accounting.ts";
import { Failure } from "../kernel/failure.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { theDispute } from "./find.ts";
import type { Gatherer } from "./gather.ts";
import { operationGatherer } from "./gather.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { idempotencyKeyOf, requestHash, sendKept, sendText } from "./idempotent.ts";
import { AdjustmentState, Id, Route } from "./shapes.ts";
import { mustBePresent } from "./version.ts";

const OperationBody = z.strictObject({
  operation: z.string().min(1).max(100),
  input: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("Amounts are decimal strings in the dispute's currency"),
  at: z.iso.datetime({ offset: true }).optional().describe("When it happened; now if left out"),
});

const Side = z.object({ collection: z.string(), account: z.string() });

const OperationAnswer = z
  .object({
    operation: z.string().describe("Its id"),
    decision: z.string().nullable().describe("`no entry required` where nothing moved"),
    entries: z.array(
      z.object({
        id: z.string(),
        rule: z.string(),
        debit: Side,
        credit: Side,
        amount: z.string(),
        processing: z.enum(["execute", "track"]),
        kind: z.enum(["original", "contra", "reversal"]),
      }),
    ),
    planned: z.array(
      z.object({ rule: z.string(), debit: z.string(), credit: z.string(), amount: z.string() }),
    ),
    adjustments: z.array(
      z.object({
        id: z.string(),
        state: AdjustmentState,
        route: Route.nullable(),
        assignment: z.string().nullable().describe("The type of assignment it shows"),
        amount: z.string(),
      }),
    ),
    balances: z.record(z.string(), z.string()).describe("Booked, by collection, without zeros"),
  })
  .meta({ id: "OperationAnswer" });

const OperationQuery = z.strictObject({
  client: z.string().optional().describe("Needed only where two clients have the same number"),
  dryRun: z.stringbool().default(false).describe("Decides and shows, and writes nothing"),
});

export function operationRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  const gatherer = operationGatherer(parts.engine, (result) => JSON.stringify(present(result)));
  return async (app) => {
    app.post("/v1/disputes/:id/operations", OPERATION, async (request, reply) => {
      const { client, dryRun } = request.query;
      const caller = callerOf(request);
      const operation = {
        source: caller.kind === "user" ? ("portal" as const) : ("api" as const),
        actor: caller.actor,
        dispute: request.params.id,
        ...request.body,
      };
      if (dryRun || request.headers["if-match"] !== undefined) {
        const { database } = parts.engine;
        const { clientId, version } = await theDispute(
          database,
          request,
          operation.dispute,
          client,
        );
        if (request.headers["if-match"] !== undefined) mustBePresent(request, version);
        if (dryRun) return present(await previewed(parts, { ...operation, clientId }));
      }
      return answered(parts, gatherer, request, reply, operation, client);
    });
  };
}

const OPERATION = documented(
  {
    id: "runOperation",
    tag: "disputes",
    summary: "Run an operation on a dispute",
    description: "If-Match is checked where it is sent; the dispute's lock orders the rest.",
    permission: "operation:run",
    command: "gathered",
    failures: [
      "not-found",
      "operation-not-allowed",
      "amount-exceeds-limit",
      "amount-required",
      "amount-invalid",
      "currency-mismatch",
      "period-closed",
      "input-invalid",
      "date-invalid",
      "unknown-operation",
      "reference-already-used",
      "stage-not-applicable",
      "stale-version",
    ],
  },
  {
    params: Id,
    querystring: OperationQuery,
    body: OperationBody,
    response: { 200: OperationAnswer, 201: OperationAnswer },
  },
);

type Asked = Omit<OperationRequest, "clientId" | "key">;

/** Done with whatever else arrives now; the answer is the one that was stored with it. */
async function answered(
  { engine }: HttpDependencies,
  gatherer: Gatherer,
  request: FastifyRequest,
  reply: FastifyReply,
  operation: Asked,
  client: string | undefined,
): Promise<FastifyReply> {
  const caller = callerOf(request);
  const key = idempotencyKeyOf(request);
  const hash = requestHash(request);
  const done = await gatherer.submit({
    request: { ...operation, key: `api/${caller.actor}/${key}` },
    clients:
      client === undefined ? caller.clients : await scopeOf(engine.database, request, client),
    answer: { caller: caller.actor, key, requestHash: hash },
  });
  if ("kept" in done) return sendKept(reply, done.kept, hash);
  if (done.result.failure !== null) throw done.result.failure;
  if (done.result.status === "duplicate") void reply.header("idempotency-hit", "true");
  return sendText(reply, 201, done.body);
}

/** What would happen: decided in a transaction that is never committed. */
async function previewed(
  { engine }: HttpDependencies,
  operation: Asked & { readonly clientId: string },
): Promise<OperationResult> {
  let result: OperationResult | undefined;
  const undone = new Error("a preview is undone");
  try {
    await engine.database.transaction(async (tx) => {
      const key = `preview/${engine.ids.next()}`;
      [result] = await executeAccountingIn(tx, engine, [{ ...operation, key }]);
      throw undone;
    });
  } catch (error) {
    if (error !== undone) throw error;
  }
  if (result === undefined) throw new Failure("internal-error", "the preview has no result");
  if (result.failure !== null) throw result.failure;
  return result;
}

function present(result: OperationResult): z.infer<typeof OperationAnswer> {
  return {
    operation: result.operationId ?? "",
    decision: result.decision,
    entries: result.entries.map(({ id, rule, debit, credit, amount, processing, kind }) => ({
      id,
      rule,
      debit: { ...debit },
      credit: { ...credit },
      amount,
      processing,
      kind,
    })),
    planned: result.planned.map((one) => ({ ...one })),
    adjustments: result.adjustments.map((one) => ({ ...one })),
    balances: { ...result.balances },
  };
}
