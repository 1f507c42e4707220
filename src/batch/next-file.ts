/**
 * *Next file*: what failed on the batch route waits for the next window again, of the same profile
 * or of another. Where it stood in a file, that line is no longer live.
 */
import { z } from "zod";

import type { Engine } from "../accounting/engine.ts";
import type { MoveResult } from "../accounting/move-adjustments.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import type { Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import { Failure } from "../kernel/failure.ts";
import { refuseLocked } from "../work/claim-lock.ts";
import type { ActionVerb } from "../work/perform-action.ts";
import type { BulkFilter } from "../work/bulk-jobs.ts";
import { bulkInput, matchingWork } from "../work/bulk-jobs.ts";
import type { JobKind } from "../work/job-kinds.ts";
import { lockSeen, refuseOthers } from "../work/take.ts";

import { batchProfile } from "./profile.ts";
import type { FailedAdjustment } from "./window-views.ts";
import { lockFailed } from "./window-views.ts";

export interface NextFileRequest {
  readonly clientId: string;
  readonly adjustmentId: string;
  readonly reason: string | null;
  readonly actor: string;
  /** Another profile; the one it failed with if left out. */
  readonly profile?: string | undefined;
  /** Of its assignment as the person saw it; any if left out. */
  readonly version?: number;
}

/**
 * One that has not failed stays. Throws `not-found` for an unknown adjustment or profile and
 * `stale-version` where its assignment changed.
 */
export async function askNextFile(
  engine: Engine,
  requests: readonly NextFileRequest[],
): Promise<MoveResult[]> {
  return engine.database.transaction((tx) => askNextFileIn(tx, engine, requests));
}

/** The same, in a transaction of the caller's; `locked` looks once the adjustments are locked. */
async function askNextFileIn(
  tx: Transaction,
  engine: Engine,
  requests: readonly NextFileRequest[],
  locked: () => Promise<void> = () => Promise.resolve(),
): Promise<MoveResult[]> {
  const clients = await engine.clients(tx, [...new Set(requests.map((one) => one.clientId))]);
  const rows = await lockFailed(
    tx,
    requests.map((one) => ({ clientId: one.clientId, id: one.adjustmentId })),
  );
  await locked();
  const known = new Map(rows.map((row) => [row.id, row]));
  const moves = requests.map((request) => {
    const failed = seen(request, known.get(request.adjustmentId));
    const destination = request.profile ?? failed.destination;
    const client = clients.get(request.clientId);
    assert(client !== undefined, "the client was loaded");
    if (destination !== null) batchProfile(client.settings, destination);
    return {
      clientId: request.clientId,
      adjustmentId: request.adjustmentId,
      from: failed.isPartly ? ("partlyExecuted" as const) : ("batchFailed" as const),
      event: "nextFileAsked" as const,
      actor: request.actor,
      reason: request.reason,
      destination,
    };
  });
  return moveAdjustments(tx, engine, moves);
}

/** *Put into the next file* with all that match, as a server job. */
export function nextFileJobKind(engine: Engine): JobKind {
  return {
    name: "nextFileWork",
    label: "Put into the next file",
    right: "assignment:work",
    input: bulkInput(z.strictObject({})),
    matching: (clientIds, input) => matchingWork(clientIds, input as BulkFilter),
    perform: async (tx, items, actor) => {
      const requests = items.map(({ clientId, adjustmentId, seenVersion }) => {
        if (adjustmentId === null) throw notFailed("of no movement");
        return { clientId, adjustmentId, version: seenVersion, actor, reason: null };
      });
      const results = await askNextFileIn(tx, engine, requests, async () => {
        const seen = items.map((one) => ({
          clientId: one.clientId,
          id: one.assignmentId,
          version: one.seenVersion,
        }));
        const now = engine.clock.now().toString();
        for (const row of await lockSeen(tx, seen)) {
          refuseOthers(row, actor);
          refuseLocked(row, actor, now);
        }
      });
      for (const { moved, state } of results) if (!moved) throw notFailed(state);
    },
  };
}

function notFailed(state: string): Failure {
  return new Failure("transition-refused", `it is ${state}, not failed`, { state });
}

function seen(request: NextFileRequest, row: FailedAdjustment | undefined): FailedAdjustment {
  if (row === undefined) {
    throw new Failure("not-found", `adjustment ${request.adjustmentId} does not exist`);
  }
  if (request.version !== undefined && request.version !== row.assignmentVersion) {
    throw new Failure("stale-version", "the assignment changed since you read it", {
      version: row.assignmentVersion,
    });
  }
  return row;
}

/** *Put into the next file* as an action on assignments. Throws `transition-refused`. */
export function nextFileVerb(engine: Engine): ActionVerb {
  return async ({ clientId, adjustmentId, version, actor, input }) => {
    assert(adjustmentId !== null, "the assignment is of an adjustment");
    const reason = typeof input["reason"] === "string" ? input["reason"] : null;
    const request = { clientId, adjustmentId, version, actor, reason };
    const [result] = await askNextFile(engine, [request]);
    assert(result !== undefined, "one request has one result");
    if (result.moved) return result;
    throw notFailed(result.state);
  };
}
