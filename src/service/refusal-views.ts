/** What the service route reads of the last call: what it was for, refused with, and brings. */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export interface Refusal {
  readonly outcome: string;
  /** As the system of record numbered them. */
  readonly codes: readonly string[];
  /** Of the call that would be made next. */
  readonly keyRevisionNow: number;
}

/** What the last posting was answered with; undefined where none was made. */
export async function lastRefusal(
  db: Queries,
  clientId: string,
  adjustmentId: string,
): Promise<Refusal | undefined> {
  const [row] = await db.query<Refusal>(sql`
    select coalesce(o.outcome, 'unknown') as outcome,
           coalesce(o.codes, case when o.code is null then '{}' else array[o.code] end) as codes,
           a.key_revision as "keyRevisionNow"
    from adjustment a
    join service_attempt t on t.client_id = a.client_id and t.adjustment_id = a.id
      and t.purpose = 'post' and t.started_at >= a.created_at
    left join service_attempt_outcome o on o.client_id = t.client_id
      and o.adjustment_id = t.adjustment_id and o.attempt_id = t.id
      and o.started_at = t.started_at
    where a.client_id = ${clientId} and a.id = ${adjustmentId}
    order by t.started_at desc, t.id desc
    limit 1
  `);
  return row;
}

export interface ClosedAccountRow {
  readonly clientId: string;
  readonly adjustmentId: string;
  readonly disputeId: string;
  readonly version: number;
  readonly keyRevision: number;
  readonly step: "check" | "ourSuspense";
}

/** Refused credits that a closed account's policy goes on with. Served by its partial index. */
export function closedAccountsDue(
  db: Queries,
  clientIds: readonly string[],
  limit: number,
): Promise<ClosedAccountRow[]> {
  return db.query(sql`
    select client_id as "clientId", id as "adjustmentId", dispute_id as "disputeId", version,
           key_revision as "keyRevision", closed_account as step
    from adjustment
    where client_id = any (${clientIds}::text[])
      and closed_account in ('check', 'ourSuspense')
    order by client_id, updated_at
    limit ${limit}
  `);
}

export interface Changeable {
  readonly state: string;
  /** Refused for certain by a service that allows another account. */
  readonly isAccountChangeable: boolean;
}

export function changeableOf(
  db: Queries,
  { clientId, adjustmentId }: { readonly clientId: string; readonly adjustmentId: string },
): Promise<Changeable> {
  return db.one(sql`
    select state, account_changeable as "isAccountChangeable"
    from adjustment
    where client_id = ${clientId} and id = ${adjustmentId}
  `);
}

/** What the last posting of each was for: an entry, a step, or null, all of it. */
export async function lastPartsOf(
  db: Queries,
  keys: readonly { clientId: string; adjustmentId: string; createdAt: string }[],
): Promise<Map<string, string | null>> {
  if (keys.length === 0) return new Map();
  const rows = await db.query<{ adjustmentId: string; part: string | null }>(sql`
    select wanted.id as "adjustmentId", last.part
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.adjustmentId)}::uuid[],
      ${keys.map((key) => key.createdAt)}::timestamptz[]) as wanted (client_id, id, created_at)
    cross join lateral (
      select t.part
      from service_attempt t
      where t.client_id = wanted.client_id and t.adjustment_id = wanted.id
        and t.purpose = 'post' and t.started_at >= wanted.created_at
      order by t.started_at desc, t.id desc
      limit 1
    ) last
  `);
  return new Map(rows.map((row) => [row.adjustmentId, row.part]));
}
