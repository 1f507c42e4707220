/** /v1/jobs: one verb over everything that matches, done on the server, with a result for each. */
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { isAllowed } from "../access/caller.ts";
import { Failure } from "../kernel/failure.ts";
import { wireMoney } from "../kernel/money.ts";
import { askJob, cancelJob, previewJob } from "../work/ask-job.ts";
import { bulkFilterShape } from "../work/bulk-jobs.ts";
import type { JobKinds } from "../work/job-kinds.ts";
import type { JobItemRow, JobRow } from "../work/job-views.ts";
import { findJob, listItems, listJobs } from "../work/job-views.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { mustBeId } from "./find.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { idempotencyKeyOf, requestHash } from "./idempotent.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import { readAs } from "./person.ts";
import { AdjustmentState, Id, Money } from "./shapes.ts";
import type { ZodApp } from "./zod-app.ts";

const State = z.enum(["waiting", "running", "done", "cancelled"]);

const Job = z
  .object({
    id: z.string(),
    kind: z.string(),
    label: z.string(),
    filter: z.record(z.string(), z.unknown()),
    state: State,
    progress: z.object({
      total: z.int(),
      done: z.int(),
      skipped: z.int().describe("Moved on meanwhile, or not theirs to do"),
      failed: z.int(),
      open: z.int().describe("Not begun; of a cancelled job they never will be"),
    }),
    askedBy: z.string(),
    cancelledBy: z.string().nullable(),
    createdAt: z.string(),
    startedAt: z.string().nullable(),
    finishedAt: z.string().nullable(),
  })
  .meta({ id: "Job" });

const JobItem = z
  .object({
    ordinal: z.int(),
    client: z.string(),
    claim: z.string().nullable(),
    dispute: z.string().nullable(),
    assignment: z.string().nullable(),
    adjustment: z.string().nullable(),
    approval: z.string().nullable().describe("The request, of a job that approves or declines"),
    summary: z.string().nullable(),
    amount: Money.nullable(),
    state: AdjustmentState.nullable().describe("Of the adjustment, now"),
    outcome: z.enum(["done", "skipped", "failed"]).nullable().describe("Null: not begun"),
    code: z.string().nullable(),
    reason: z.string().nullable(),
    recordedAt: z.string().nullable(),
  })
  .meta({ id: "JobItem" });

/** The kinds check their filters and what they do; this is what all of today's have. */
const JobBody = z.strictObject({
  kind: z.string().max(60).describe("One of the kinds that GET /v1/jobs/kinds lists"),
  filter: z
    .strictObject({
      ...bulkFilterShape,
      client: z.string().optional().describe("Every client of the caller if left out"),
      service: z.string().max(64).optional(),
      code: z.string().min(1).max(200).optional().describe("Of the last answer, exactly"),
      reason: z.string().min(1).max(200).optional().describe("A part of the reason"),
      failedBefore: z.iso.datetime().optional(),
      approved: z.boolean().optional().describe("decideApprovals: approve or decline"),
      kind: z.string().max(60).optional().describe("decideApprovals: this kind of subject"),
      ids: z.array(z.uuid()).min(1).max(1000).optional().describe("decideApprovals: only these"),
    })
    .default({}),
  action: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("What is done to each, as with a single assignment"),
});

const Kinds = z.object({
  items: z.array(
    z.object({ kind: z.string(), label: z.string(), isAllowed: z.boolean(), right: z.string() }),
  ),
});

const Preview = z.object({
  matches: z.int().describe("What it would reach now"),
});

const read = { tag: "jobs", permission: "case:read" } as const;

export function jobRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    createJobRoute(app, parts);
    readJobRoutes(app, parts);
    listItemsRoute(app, parts);
    cancelJobRoute(app, parts);
  };
}

function createJobRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine, jobs } = parts;
  app.post(
    "/v1/jobs",
    documented(
      {
        id: "createJob",
        tag: "jobs",
        summary: "Do it to everything that matches, as a server job",
        description:
          "What matches is written down now; what comes later is not touched. With dryRun: how " +
          "many that would be. The right it needs depends on the kind.",
        permission: "case:read",
        command: "once",
        failures: ["not-found", "input-invalid"],
      },
      {
        querystring: z.strictObject({ dryRun: z.stringbool().default(false) }),
        body: JobBody,
        response: { 200: Preview, 202: Job },
      },
    ),
    async (request, reply) => {
      const { kind, action } = request.body;
      const filter = readAs(callerOf(request), request.body.filter);
      const order = {
        kind,
        input: action === undefined ? filter : { ...filter, action },
        caller: callerOf(request),
        clientIds: await scopeOf(engine.database, request, filter.client),
      };
      if (request.query.dryRun) {
        return reply.code(200).send({ matches: await previewJob(engine, jobs.kinds, order) });
      }
      const asked = { key: idempotencyKeyOf(request), hash: requestHash(request) };
      const job = await askJob(engine, jobs.kinds, order, asked);
      jobs.wake();
      return reply
        .code(202)
        .header("location", `/v1/jobs/${job.id}`)
        .send(present(job, jobs.kinds));
    },
  );
}

function readJobRoutes(app: ZodApp, parts: HttpDependencies): void {
  const { engine, jobs } = parts;
  app.get(
    "/v1/jobs/kinds",
    documented(
      { ...read, id: "listJobKinds", summary: "What jobs can do, and whether you may" },
      { response: { 200: Kinds } },
    ),
    async (request) => ({
      items: [...jobs.kinds.values()].map(({ name, label, right }) => {
        return { kind: name, label, right, isAllowed: isAllowed(callerOf(request), right) };
      }),
    }),
  );
  app.get(
    "/v1/jobs",
    documented(
      { ...read, id: "listJobs", summary: "Jobs, newest first", failures: ["cursor-invalid"] },
      {
        querystring: PageQuery.extend({ state: State.optional() }),
        response: { 200: pageOf(Job) },
      },
    ),
    async (request) => {
      const { state } = request.query;
      const clientIds = await scopeOf(engine.database, request);
      const { rows, next } = await readPage(parts.cursors, "jobs", request.query, {
        filters: { state },
        read: (after, limit) =>
          listJobs(engine.database, {
            clientIds,
            state: state ?? null,
            after: after === null ? null : String(after[0]),
            limit,
          }),
        keyOf: (row) => [row.id],
      });
      return { items: rows.map((row) => present(row, jobs.kinds)), next };
    },
  );
  app.get(
    "/v1/jobs/:id",
    documented(
      { ...read, id: "getJob", summary: "A job with its progress", failures: ["not-found"] },
      { params: Id, response: { 200: Job } },
    ),
    async (request) => present(await theJob(parts, request, request.params.id), jobs.kinds),
  );
}

function listItemsRoute(app: ZodApp, parts: HttpDependencies): void {
  app.get(
    "/v1/jobs/:id/items",
    documented(
      {
        ...read,
        id: "listJobItems",
        summary: "What became of each item, in order",
        failures: ["not-found", "cursor-invalid"],
      },
      {
        params: Id,
        querystring: PageQuery.extend({
          outcome: z.enum(["done", "skipped", "failed", "open"]).optional(),
        }),
        response: { 200: pageOf(JobItem) },
      },
    ),
    async (request) => {
      const { outcome } = request.query;
      const job = await theJob(parts, request, request.params.id);
      const { rows, next } = await readPage(parts.cursors, "job-items", request.query, {
        filters: { job: job.id, outcome },
        read: (after, limit) =>
          listItems(parts.engine.database, {
            jobId: job.id,
            outcome: outcome ?? null,
            after: Number(after?.[0] ?? 0),
            limit,
          }),
        keyOf: (row) => [row.ordinal],
      });
      return { items: rows.map(presentItem), next };
    },
  );
}

function cancelJobRoute(app: ZodApp, parts: HttpDependencies): void {
  const { engine, jobs } = parts;
  app.post(
    "/v1/jobs/:id/cancellation",
    documented(
      {
        id: "cancelJob",
        tag: "jobs",
        summary: "Cancel what has not begun; what is done stays done",
        description: "A job that is over stays as it is. It needs the right of the job's kind.",
        permission: "case:read",
        command: "once",
        failures: ["not-found"],
      },
      { params: Id, response: { 200: Job } },
    ),
    async (request) => {
      const { id } = request.params;
      mustBeId("job", id);
      const clientIds = await scopeOf(engine.database, request);
      const order = { id, caller: callerOf(request), clientIds };
      return present(await cancelJob(engine, jobs.kinds, order), jobs.kinds);
    },
  );
}

async function theJob(
  { engine }: HttpDependencies,
  request: FastifyRequest,
  id: string,
): Promise<JobRow> {
  mustBeId("job", id);
  const job = await findJob(engine.database, await scopeOf(engine.database, request), id);
  if (job === undefined) throw new Failure("not-found", `job ${id} does not exist`, { id });
  return job;
}

function present(job: JobRow, kinds: JobKinds): z.infer<typeof Job> {
  const total = Number(job.totalCount);
  const done = Number(job.doneCount);
  const skipped = Number(job.skippedCount);
  const failed = Number(job.failedCount);
  return {
    id: job.id,
    kind: job.kind,
    label: kinds.get(job.kind)?.label ?? job.kind,
    filter: job.input,
    state: job.state,
    progress: { total, done, skipped, failed, open: total - done - skipped - failed },
    askedBy: job.askedBy,
    cancelledBy: job.cancelledBy,
    createdAt: job.createdAt,
    startedAt: job.startedAt,
    finishedAt: job.finishedAt,
  };
}

function presentItem(row: JobItemRow): z.infer<typeof JobItem> {
  return {
    ordinal: row.ordinal,
    client: row.clientId,
    claim: row.claim,
    dispute: row.dispute,
    assignment: row.assignmentId,
    adjustment: row.adjustmentId,
    approval: row.approvalId,
    summary: row.summary,
    amount:
      row.amountMinor === null || row.currency === null
        ? null
        : wireMoney(row.amountMinor, row.currency),
    state: row.state === null ? null : AdjustmentState.parse(row.state),
    outcome: row.outcome,
    code: row.code,
    reason: row.reason,
    recordedAt: row.recordedAt,
  };
}
