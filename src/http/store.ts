/** Every statement that writes the answers kept by Idempotency-Key. */
import type { Queries } from "../database/database.ts";
import { json, sql } from "../database/sql.ts";

export interface AnswerKey {
  readonly caller: string;
  readonly key: string;
}

export interface KeptAnswer extends AnswerKey {
  readonly requestHash: Uint8Array;
  /** Null while the first request is running. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body: string | null;
}

/**
 * Claims the key for this request; answers false when somebody has it. A claim older than `stale`
 * without an answer belonged to a process that died, and is taken over by the same request.
 */
export async function claimKey(
  db: Queries,
  claim: AnswerKey & { requestHash: Uint8Array; now: string; stale: string },
): Promise<boolean> {
  const claimed = await db.execute(sql`
    insert into http_answer as a (caller, key, request_hash, started_at)
    values (${claim.caller}, ${claim.key}, ${claim.requestHash}, ${claim.now})
    on conflict (caller, key) do update set started_at = excluded.started_at
    where a.status is null and a.started_at < ${claim.stale}
      and a.request_hash = excluded.request_hash
  `);
  return claimed === 1;
}

export function keptAnswers(db: Queries, keys: readonly AnswerKey[]): Promise<KeptAnswer[]> {
  return db.query(sql`
    select a.caller, a.key, a.request_hash as "requestHash", a.status, a.headers, a.body
    from unnest(
      ${keys.map((one) => one.caller)}::text[],
      ${keys.map((one) => one.key)}::text[]) as wanted (caller, key)
    join http_answer a on a.caller = wanted.caller and a.key = wanted.key
  `);
}

/** Keeps the answer to the request that claimed the key. */
export async function keepAnswer(
  db: Queries,
  answer: AnswerKey & { status: number; headers: Record<string, string>; body: string },
): Promise<void> {
  await db.execute(sql`
    update http_answer
    set status = ${answer.status}, headers = ${json(answer.headers)}::jsonb, body = ${answer.body}
    where caller = ${answer.caller} and key = ${answer.key} and status is null
  `);
}

/** Gives the key back: nothing was done under it. */
export async function releaseKey(db: Queries, { caller, key }: AnswerKey): Promise<void> {
  await db.execute(sql`
    delete from http_answer where caller = ${caller} and key = ${key} and status is null
  `);
}

export interface NewAnswer extends AnswerKey {
  readonly requestHash: Uint8Array;
  readonly status: number;
  readonly body: string;
}

/** Keeps answers together with what they answer; one that is kept already stays. */
export async function insertAnswers(
  tx: Queries,
  rows: readonly NewAnswer[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into http_answer (caller, key, request_hash, status, headers, body, started_at)
    select added.caller, added.key, added.request_hash, added.status, '{}'::jsonb, added.body,
           ${now}::timestamptz
    from unnest(
      ${rows.map((row) => row.caller)}::text[],
      ${rows.map((row) => row.key)}::text[],
      ${rows.map((row) => row.requestHash)}::bytea[],
      ${rows.map((row) => row.status)}::smallint[],
      ${rows.map((row) => row.body)}::text[]) as added (caller, key, request_hash, status, body)
    on conflict (caller, key) do nothing
  `);
}

/** Served by `http_answer_old`; at most a thousand at a time. */
export function deleteOldAnswers(db: Queries, before: string): Promise<number> {
  return db.execute(sql`
    delete from http_answer
    where (caller, key) in (
      select caller, key from http_answer where started_at < ${before} limit 1000)
  `);
}
