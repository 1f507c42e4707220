/** What pages and the worker read of jobs and their items. */
import type { Queries, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { JobItem } from "./job-kinds.ts";

export type JobState = "waiting" | "running" | "done" | "cancelled";

export interface JobRow {
  readonly id: string;
  readonly kind: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly clientIds: readonly string[];
  readonly state: JobState;
  readonly doneCount: bigint;
  readonly failedCount: bigint;
  readonly skippedCount: bigint;
  readonly totalCount: bigint;
  readonly askedBy: string;
  readonly cancelledBy: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

const COLUMNS = sql`
  j.id, j.kind, j.input, j.client_ids as "clientIds", j.state, j.done_count as "doneCount",
  j.failed_count as "failedCount", j.skipped_count as "skippedCount",
  j.total_count as "totalCount", j.asked_by as "askedBy", j.cancelled_by as "cancelledBy",
  j.created_at as "createdAt", j.started_at as "startedAt", j.finished_at as "finishedAt"`;

/** A job that reaches nothing outside these clients. */
export function findJob(
  db: Queries,
  clientIds: readonly string[],
  id: string,
): Promise<JobRow | undefined> {
  return db.maybe(sql`
    select ${COLUMNS}
    from job j
    where j.id = ${id} and j.client_ids <@ ${clientIds}::text[]
  `);
}

/** What was asked for under a key. Served by `job_asked_key`. */
export function jobAskedUnder(
  db: Queries,
  askedBy: string,
  key: string,
): Promise<{ id: string; hash: Uint8Array } | undefined> {
  return db.maybe(sql`
    select j.id, j.asked_hash as hash
    from job j
    where j.asked_by = ${askedBy} and j.asked_key = ${key}
  `);
}

/** Jobs that reach nothing outside these clients, newest first: ids are in order of time. */
export function listJobs(
  db: Queries,
  filter: {
    readonly clientIds: readonly string[];
    readonly state: JobState | null;
    readonly after: string | null;
    readonly limit: number;
  },
): Promise<JobRow[]> {
  return db.query(sql`
    select ${COLUMNS}
    from job j
    where j.client_ids <@ ${filter.clientIds}::text[]
      and (${filter.state}::text is null or j.state = ${filter.state})
      and (${filter.after}::uuid is null or j.id < ${filter.after}::uuid)
    order by j.id desc
    limit ${filter.limit}
  `);
}

/** The job with its row locked, if the worker still has it. */
export function lockJob(tx: Transaction, id: string, worker: string): Promise<JobRow | undefined> {
  return tx.maybe(sql`
    select ${COLUMNS}
    from job j
    where j.id = ${id} and j.leased_by = ${worker} and j.state = 'running'
    for update
  `);
}

/** Items from an ordinal on, in order. Served by the primary key. */
export function itemsFrom(
  db: Queries,
  jobId: string,
  ordinal: number,
  limit: number,
): Promise<JobItem[]> {
  return db.query(sql`
    select ordinal, client_id as "clientId", coalesce(assignment_id::text, '') as "assignmentId",
           adjustment_id as "adjustmentId", approval_id as "approvalId",
           seen_version as "seenVersion"
    from job_item
    where job_id = ${jobId} and ordinal >= ${ordinal}
    order by ordinal
    limit ${limit}
  `);
}

export interface JobItemRow {
  readonly ordinal: number;
  readonly clientId: string;
  readonly assignmentId: string | null;
  readonly adjustmentId: string | null;
  readonly approvalId: string | null;
  /** What is asked for, of a request for approval. */
  readonly summary: string | null;
  readonly claim: string | null;
  readonly dispute: string | null;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  /** The adjustment's, now. */
  readonly state: string | null;
  /** Null: not begun. */
  readonly outcome: "done" | "skipped" | "failed" | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly recordedAt: string | null;
}

/** Items with what became of them, after an ordinal. `outcome` `open` is what is not begun. */
export function listItems(
  db: Queries,
  filter: {
    readonly jobId: string;
    readonly outcome: string | null;
    readonly after: number;
    readonly limit: number;
  },
): Promise<JobItemRow[]> {
  return db.query(sql`
    select i.ordinal, i.client_id as "clientId", i.assignment_id as "assignmentId",
           i.adjustment_id as "adjustmentId", i.approval_id as "approvalId", r.summary,
           c.number as claim, d.number as dispute,
           coalesce(r.amount_minor, s.amount_minor) as "amountMinor",
           coalesce(r.currency, s.currency) as currency, a.state, o.outcome, o.code, o.reason,
           o.recorded_at as "recordedAt"
    from job_item i
    left join assignment s on s.client_id = i.client_id and s.id = i.assignment_id
    left join approval_request r on r.client_id = i.client_id and r.id = i.approval_id
    left join claim c on c.client_id = i.client_id and c.id = coalesce(r.claim_id, s.claim_id)
    left join dispute d on d.client_id = i.client_id
      and d.id = coalesce(r.dispute_id, s.dispute_id)
    left join adjustment a on a.client_id = i.client_id and a.id = i.adjustment_id
    left join job_item_outcome o on o.job_id = i.job_id and o.ordinal = i.ordinal
    where i.job_id = ${filter.jobId}
      and i.ordinal > ${filter.after}
      and (${filter.outcome}::text is null or coalesce(o.outcome, 'open') = ${filter.outcome})
    order by i.ordinal
    limit ${filter.limit}
  `);
}
