/** What the manual route reads: what is left to move, what was stated, and what is not known. */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export interface AdjustmentKey {
  readonly clientId: string;
  readonly id: string;
}

/**
 * Of adjustments some of whose entries moved one by one, the entries whose money has not moved yet,
 * by adjustment. Those that move as a whole are absent. Served by the primary keys.
 */
export async function entriesNotMoved(
  db: Queries,
  adjustments: readonly (AdjustmentKey & { readonly disputeId: string })[],
): Promise<Map<string, string[]>> {
  if (adjustments.length === 0) return new Map();
  const rows = await db.query<{ adjustmentId: string; entryIds: string[] }>(sql`
    select wanted.id as "adjustmentId", array_agg(e.id order by e.id) as "entryIds"
    from unnest(
      ${adjustments.map((one) => one.clientId)}::text[],
      ${adjustments.map((one) => one.disputeId)}::uuid[],
      ${adjustments.map((one) => one.id)}::uuid[]) as wanted (client_id, dispute_id, id)
    join entry e on e.client_id = wanted.client_id and e.dispute_id = wanted.dispute_id
      and e.adjustment_id = wanted.id and e.kind <> 'contra'
    where exists (
      select 1 from execution x
      where x.client_id = wanted.client_id and x.adjustment_id = wanted.id
        and x.entry_id is not null)
    and coalesce((
      select sum(x.sign) from execution x
      where x.client_id = e.client_id and x.adjustment_id = e.adjustment_id
        and (x.entry_id is null or x.entry_id = e.id)), 0) <= 0
    group by wanted.id
  `);
  return new Map(rows.map((row) => [row.adjustmentId, row.entryIds]));
}

/**
 * Adjustments of which a call's outcome was unknown and no definite answer came since: none of
 * them may take another route (domain §4).
 */
export async function perhapsPosted(
  db: Queries,
  adjustments: readonly AdjustmentKey[],
): Promise<Set<string>> {
  if (adjustments.length === 0) return new Set();
  const rows = await db.query<{ id: string }>(sql`
    select wanted.id
    from unnest(
      ${adjustments.map((one) => one.clientId)}::text[],
      ${adjustments.map((one) => one.id)}::uuid[]) as wanted (client_id, id)
    cross join lateral (
      select t.event from transition t
      where t.client_id = wanted.client_id and t.adjustment_id = wanted.id
        and t.event in ('outcomeUnknown', 'refused', 'foundNotPosted', 'posted', 'partPosted',
          'partlyPosted', 'foundPosted', 'parkingAsked')
      order by t.recorded_at desc, t.id desc
      limit 1) last
    where last.event = 'outcomeUnknown'
  `);
  return new Set(rows.map((row) => row.id));
}

/** Adjustments of which some money has moved, and not come back. */
export async function partlyMoved(
  db: Queries,
  adjustments: readonly AdjustmentKey[],
): Promise<Set<string>> {
  if (adjustments.length === 0) return new Set();
  const rows = await db.query<{ id: string }>(sql`
    select wanted.id
    from unnest(
      ${adjustments.map((one) => one.clientId)}::text[],
      ${adjustments.map((one) => one.id)}::uuid[]) as wanted (client_id, id)
    join execution x on x.client_id = wanted.client_id and x.adjustment_id = wanted.id
    group by wanted.id
    having sum(x.sign) > 0
  `);
  return new Set(rows.map((row) => row.id));
}

export interface Attestation {
  readonly id: string;
  readonly assignmentId: string;
  readonly reference: string;
  readonly postingDate: string;
  readonly note: string | null;
  readonly actor: string;
  readonly recordedAt: string;
}

/** What was stated about an adjustment, oldest first. */
export function attestationsOf(db: Queries, key: AdjustmentKey): Promise<Attestation[]> {
  return db.query(sql`
    select id, assignment_id as "assignmentId", reference, posting_date as "postingDate", note,
           actor, recorded_at as "recordedAt"
    from attestation
    where client_id = ${key.clientId} and adjustment_id = ${key.id}
    order by recorded_at, id
    limit 100
  `);
}

/** Event dates of adjustments: nothing was posted before the event that caused it. */
export async function eventDatesOf(
  db: Queries,
  adjustments: readonly AdjustmentKey[],
): Promise<Map<string, string>> {
  const rows = await db.query<{ id: string; eventDate: string }>(sql`
    select a.id, a.event_date as "eventDate"
    from unnest(
      ${adjustments.map((one) => one.clientId)}::text[],
      ${adjustments.map((one) => one.id)}::uuid[]) as wanted (client_id, id)
    join adjustment a on a.client_id = wanted.client_id and a.id = wanted.id
  `);
  return new Map(rows.map((row) => [row.id, row.eventDate]));
}
