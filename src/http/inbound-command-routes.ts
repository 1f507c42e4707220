/** What persons decide about return files, their lines and alarms: each with a reason. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { closeAlarm, listAlarms } from "../batch/alarms.ts";
import {
  readFileAgain,
  redriveLine,
  refuseFile,
  releaseFile,
  setLineAside,
} from "../batch/inbound/settle-by-hand.ts";
import { inboundLine } from "../batch/inbound/views.ts";
import { workInbound } from "../batch/inbound/work-inbound.ts";
import { Failure } from "../kernel/failure.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { mustBeId, theInboundFile } from "./find.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { details } from "./inbound-routes.ts";
import {
  BatchAlarm,
  InboundDetails,
  InboundLine,
  presentAlarm,
  presentInboundLine,
} from "./inbound-shapes.ts";
import { PageQuery, pageOf, readPage } from "./paging.ts";
import { Id } from "./shapes.ts";
import { mustBePresent, tag } from "./version.ts";
import type { ZodApp } from "./zod-app.ts";

const Reason = z.string().trim().min(1).max(2000);
const ON_FILE = { release: releaseFile, refuse: refuseFile, readAgain: readFileAgain };

export function inboundCommandRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    decideFileRoute(app, parts);
    decideLineRoute(app, parts);
    listAlarmsRoute(app, parts);
    closeAlarmRoute(app, parts);
  };
}

const command = {
  tag: "inbound files",
  permission: "batch:answer",
  command: "once",
} as const;

function decideFileRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/inbound-files/:id/decisions",
    documented(
      {
        ...command,
        id: "decideInboundFile",
        summary: "Release or refuse a held return file, or read a refused one again",
        versioned: true,
        failures: ["not-found", "transition-refused"],
      },
      {
        params: Id,
        body: z.strictObject({
          decision: z.enum(["release", "refuse", "readAgain"]),
          reason: Reason,
        }),
        response: { 200: InboundDetails },
      },
    ),
    async (request, reply) => {
      const file = await theInboundFile(parts.engine.database, request, request.params.id);
      mustBePresent(request, file.version);
      const { decision, reason } = request.body;
      const { actor } = callerOf(request);
      const { clientId, id: fileId } = file;
      await ON_FILE[decision](parts.batch, { clientId, fileId, reason, actor });
      const after = await workInbound(parts.batch, clientId, fileId);
      tag(reply, after.version);
      return details(parts, after);
    },
  );
}

function decideLineRoute(app: ZodApp, parts: HttpDependencies): void {
  app.post(
    "/v1/inbound-files/:id/lines/:ordinal/decisions",
    documented(
      {
        ...command,
        id: "decideInboundLine",
        summary: "Match one line again, match it to a line of ours, or set it aside",
        failures: ["not-found", "transition-refused", "input-invalid"],
      },
      {
        params: z.object({ id: z.string(), ordinal: z.coerce.number().int().min(1) }),
        body: z.strictObject({
          decision: z.enum(["again", "match", "setAside"]),
          reason: Reason,
          batch: z.uuid().optional().describe("With match: our file"),
          batchLine: z.int().min(1).optional().describe("With match: the line in it"),
        }),
        response: { 200: InboundLine },
      },
    ),
    async (request) => {
      const { database } = parts.engine;
      const file = await theInboundFile(database, request, request.params.id);
      const ordinal = BigInt(request.params.ordinal);
      const { decision, reason } = request.body;
      const { actor } = callerOf(request);
      const on = { clientId: file.clientId, fileId: file.id, ordinal, reason, actor };
      if (decision === "setAside") await setLineAside(parts.batch, on);
      else {
        const to = decision === "again" ? null : chosenLine(request.body);
        await redriveLine(parts.batch, { ...on, to });
      }
      const line = await inboundLine(database, file, ordinal);
      if (line === undefined) throw new Failure("not-found", `no line ${ordinal}`);
      return presentInboundLine(line);
    },
  );
}

function chosenLine(body: { batch?: string | undefined; batchLine?: number | undefined }) {
  const { batch, batchLine } = body;
  if (batch !== undefined && batchLine !== undefined) {
    return { fileId: batch, lineNumber: BigInt(batchLine) };
  }
  const faults = (["batch", "batchLine"] as const)
    .filter((name) => body[name] === undefined)
    .map((name) => ({ pointer: `/${name}`, detail: "is needed" }));
  throw new Failure("input-invalid", "say which line of ours it is", {}, faults);
}

function listAlarmsRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.get(
    "/v1/batch-alarms",
    documented(
      {
        id: "listBatchAlarms",
        tag: "inbound files",
        summary: "Alarms about files, newest first; open ones unless all are asked for",
        permission: "batch:read",
        failures: ["cursor-invalid"],
      },
      {
        querystring: PageQuery.extend({
          client: z.string().optional(),
          all: z.stringbool().default(false),
        }),
        response: { 200: pageOf(BatchAlarm) },
      },
    ),
    async (request) => {
      const { client, all } = request.query;
      const clients = await scopeOf(database, request, client);
      const { rows, next } = await readPage(parts.cursors, "batchAlarms", request.query, {
        filters: { client, all },
        read: (after, limit) =>
          listAlarms(database, {
            clients,
            onlyOpen: !all,
            after: after === null ? null : { raisedAt: String(after[0]), id: String(after[1]) },
            limit,
          }),
        keyOf: (alarm) => [alarm.raisedAt, alarm.id],
      });
      return { items: rows.map(presentAlarm), next };
    },
  );
}

function closeAlarmRoute(app: ZodApp, parts: HttpDependencies): void {
  const { database } = parts.engine;
  app.post(
    "/v1/batch-alarms/:id/closing",
    documented(
      {
        ...command,
        id: "closeBatchAlarm",
        summary: "Close an alarm that was seen to",
        failures: ["not-found"],
      },
      {
        params: Id,
        body: z.strictObject({ reason: Reason }),
        response: { 200: z.object({ id: z.string() }) },
      },
    ),
    async (request) => {
      const { id } = request.params;
      mustBeId("alarm", id);
      const clients = await scopeOf(database, request);
      const { actor } = callerOf(request);
      await closeAlarm(parts.batch, { clients, id, reason: request.body.reason, actor });
      return { id };
    },
  );
}
