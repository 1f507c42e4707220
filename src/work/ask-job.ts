/**
 * Asks for a job, shows what it would reach, and ends one. What matches is written down when it is
 * asked for: what fails later is not touched, and what moved on meanwhile is skipped.
 */
import type { Caller } from "../access/caller.ts";
import { mustBeAllowed } from "../access/caller.ts";
import type { Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import { faultsOf, refused } from "../kernel/field-faults.ts";
import type { Ids } from "../kernel/ids.ts";

import type { JobKind, JobKinds } from "./job-kinds.ts";
import type { JobRow } from "./job-views.ts";
import { findJob, jobAskedUnder } from "./job-views.ts";
import { cancelJobRow, insertJob } from "./job-store.ts";

export interface JobDesk {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface JobRequest {
  readonly kind: string;
  readonly input: unknown;
  readonly caller: Caller;
  /** The clients it may reach, within those of the caller. */
  readonly clientIds: readonly string[];
}

/** How it was asked: the same key and hash again is the same job. */
export interface JobAsked {
  readonly key: string;
  readonly hash: Uint8Array;
}

/**
 * Throws `forbidden`, `key-reused`, and `input-invalid` for an unknown kind or a filter that does
 * not fit.
 */
export async function askJob(
  desk: JobDesk,
  kinds: JobKinds,
  request: JobRequest,
  asked: JobAsked | null = null,
): Promise<JobRow> {
  const { kind, input } = checked(kinds, request);
  const { clientIds } = request;
  const id = desk.ids.next();
  const now = desk.clock.now().toString();
  return desk.database.transaction(async (tx) => {
    const job = {
      id,
      kind: kind.name,
      input,
      clientIds,
      askedBy: request.caller.actor,
      createdAt: now,
      asked,
    };
    const total = await insertJob(tx, job, kind.matching(clientIds, input, now));
    if (total === null && asked !== null) return askedBefore(tx, request, asked);
    return (await findJob(tx, clientIds, id)) as JobRow;
  });
}

async function askedBefore(
  tx: Transaction,
  { caller, clientIds }: JobRequest,
  { key, hash }: JobAsked,
): Promise<JobRow> {
  const before = await jobAskedUnder(tx, caller.actor, key);
  if (before === undefined || Buffer.compare(before.hash, hash) !== 0) {
    throw new Failure("key-reused", "another job was asked for under this Idempotency-Key");
  }
  const job = await findJob(tx, clientIds, before.id);
  if (job === undefined) throw new Failure("not-found", "you no longer see what it reaches");
  return job;
}

/** How many it would reach now. Throws as `askJob`. */
export async function previewJob(
  desk: JobDesk,
  kinds: JobKinds,
  request: JobRequest,
): Promise<number> {
  const { kind, input } = checked(kinds, request);
  const matching = kind.matching(request.clientIds, input, desk.clock.now().toString());
  const { total } = await desk.database.one<{ total: bigint }>(sql`
    select count(*) as total from (${matching}) as found
  `);
  return Number(total);
}

/** Ends what has not begun; what is done stays done. A job that is over stays as it is. */
export function cancelJob(
  desk: JobDesk,
  kinds: JobKinds,
  { id, caller, clientIds }: { id: string; caller: Caller; clientIds: readonly string[] },
): Promise<JobRow> {
  return desk.database.transaction(async (tx) => {
    const job = await findJob(tx, clientIds, id);
    if (job === undefined) throw new Failure("not-found", `job ${id} does not exist`, { id });
    const kind = kinds.get(job.kind);
    if (kind !== undefined) mustBeAllowed(caller, kind.right);
    await cancelJobRow(tx, id, { actor: caller.actor, now: desk.clock.now().toString() });
    return (await findJob(tx, clientIds, id)) as JobRow;
  });
}

function checked(kinds: JobKinds, request: JobRequest): { kind: JobKind; input: unknown } {
  const kind = kinds.get(request.kind);
  if (kind === undefined) {
    const detail = `is none of ${[...kinds.keys()].join(", ")}`;
    throw new Failure("input-invalid", `/kind ${detail}`, {}, [{ pointer: "/kind", detail }]);
  }
  mustBeAllowed(request.caller, kind.right);
  const result = kind.input.safeParse(request.input);
  if (result.success) return { kind, input: result.data };
  const faults = faultsOf(result.error).map(({ pointer, detail }) => ({
    pointer: /^\/action(\/|$)/.test(pointer) ? pointer : `/filter${pointer}`,
    detail,
  }));
  throw refused("input-invalid", faults);
}
