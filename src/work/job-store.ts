/** Every statement that writes server jobs, their items and what became of them. */
import type { Transaction } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
import { json, sql } from "../database/sql.ts";

export interface NewJob {
  readonly id: string;
  readonly kind: string;
  readonly input: unknown;
  readonly clientIds: readonly string[];
  readonly askedBy: string;
  readonly createdAt: string;
  /** What makes a repetition the same job; null: it is asked for once. */
  readonly asked: { readonly key: string; readonly hash: Uint8Array } | null;
}

/**
 * Adds a job with everything that matches now as its items; answers how many, and null where it was
 * asked for before. One that found nothing is done. `matching` selects `client_id, assignment_id,
 * adjustment_id, seen_version` in the order of the work.
 */
export async function insertJob(
  tx: Transaction,
  job: NewJob,
  matching: Statement,
): Promise<number | null> {
  const added = await tx.execute(sql`
    insert into job (
      id, kind, input, client_ids, state, total_count, asked_by, created_at, finished_at,
      asked_key, asked_hash)
    values (
      ${job.id}, ${job.kind}, ${json(job.input)}::jsonb, ${job.clientIds}::text[], 'done', 0,
      ${job.askedBy}, ${job.createdAt}, ${job.createdAt}, ${job.asked?.key ?? null},
      ${job.asked?.hash ?? null}::bytea)
    on conflict (asked_by, asked_key) where asked_key is not null do nothing
  `);
  if (added === 0) return null;
  const total = await tx.execute(sql`
    insert into job_item (
      job_id, ordinal, client_id, assignment_id, adjustment_id, seen_version, approval_id)
    select ${job.id}::uuid, row_number() over (), found.client_id, found.assignment_id,
           found.adjustment_id, found.seen_version,
           (to_jsonb(found) ->> 'approval_id')::uuid
    from (${matching}) as found (client_id, assignment_id, adjustment_id, seen_version)
  `);
  if (total === 0) return 0;
  await tx.execute(sql`
    update job
    set state = 'waiting', total_count = ${total}, finished_at = null
    where id = ${job.id}
  `);
  return total;
}

export interface JobLease {
  readonly worker: string;
  readonly now: string;
  readonly leasedUntil: string;
}

/**
 * Leases the job that has waited longest for its turn; undefined when there is none. Served by
 * `job_to_do`.
 */
export function leaseNextJob(
  tx: Transaction,
  kinds: readonly string[],
  lease: JobLease,
): Promise<{ id: string } | undefined> {
  return tx.maybe(sql`
    update job
    set state = 'running', leased_by = ${lease.worker}, leased_until = ${lease.leasedUntil},
        started_at = coalesce(started_at, ${lease.now})
    where id = (
      select id from job
      where state in ('waiting', 'running')
        and kind = any (${kinds}::text[])
        and (leased_until is null or leased_until <= ${lease.now})
      order by leased_until nulls first, created_at, id
      limit 1
      for update skip locked)
    returning id
  `);
}

/** While a chunk is written its own lock keeps others away, and this waits for nobody. */
export function renewJobLease(tx: Transaction, id: string, lease: JobLease): Promise<number> {
  return tx.execute(sql`
    update job
    set leased_until = ${lease.leasedUntil}
    where id = (
      select id from job
      where id = ${id} and leased_by = ${lease.worker} and state = 'running'
      for update skip locked)
  `);
}

/** Gives the job back for another turn; whoever waited longer goes first. */
export async function releaseJob(
  tx: Transaction,
  id: string,
  worker: string,
  now: string,
): Promise<void> {
  await tx.execute(sql`
    update job
    set leased_by = null, leased_until = ${now}
    where id = ${id} and leased_by = ${worker} and state = 'running'
  `);
}

export interface ItemOutcome {
  readonly ordinal: number;
  readonly outcome: "done" | "skipped" | "failed";
  /** A failure's; null where it was done. */
  readonly code: string | null;
  readonly reason: string | null;
}

/** Records what became of items and counts it; the last one ends the job. Its row is locked. */
export async function recordItems(
  tx: Transaction,
  jobId: string,
  rows: readonly ItemOutcome[],
  recordedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into job_item_outcome (job_id, ordinal, outcome, code, reason, recorded_at)
    select ${jobId}::uuid, added.*, ${recordedAt}::timestamptz
    from unnest(
      ${rows.map((row) => row.ordinal)}::int[],
      ${rows.map((row) => row.outcome)}::text[],
      ${rows.map((row) => row.code)}::text[],
      ${rows.map((row) => row.reason)}::text[]) as added
  `);
  const count = (outcome: ItemOutcome["outcome"]): number =>
    rows.filter((row) => row.outcome === outcome).length;
  await tx.execute(sql`
    update job
    set done_count = done_count + ${count("done")},
        failed_count = failed_count + ${count("failed")},
        skipped_count = skipped_count + ${count("skipped")}
    where id = ${jobId}
  `);
  await tx.execute(sql`
    update job
    set state = 'done', finished_at = ${recordedAt}, leased_by = null, leased_until = null
    where id = ${jobId} and done_count + failed_count + skipped_count = total_count
  `);
}

/** Ends what is not over; answers whether it was not. */
export async function cancelJobRow(
  tx: Transaction,
  id: string,
  by: { readonly actor: string; readonly now: string },
): Promise<boolean> {
  const changed = await tx.execute(sql`
    update job
    set state = 'cancelled', cancelled_by = ${by.actor}, finished_at = ${by.now},
        leased_by = null, leased_until = null
    where id = ${id} and state in ('waiting', 'running')
  `);
  return changed === 1;
}
