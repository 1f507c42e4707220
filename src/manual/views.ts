/** What the manual route reads: what is left to move, what was stated, and what is not known. */
import type { Queries } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
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

/** Between what a posting lies, by what it posts. */
export interface PostingBounds {
  readonly eventDate: string;
  /** The day that its notice names; null where it is debited on another day's word. */
  readonly notBefore: string | null;
}

/** Nothing was posted before the event that caused it, nor a debit on notice before its day. */
export async function postingBoundsOf(
  db: Queries,
  adjustments: readonly AdjustmentKey[],
): Promise<Map<string, PostingBounds>> {
  const rows = await db.query<PostingBounds & { id: string }>(sql`
    select a.id, a.event_date as "eventDate",
           case when d.debit_date <= a.planned_posting_date then d.debit_date end as "notBefore"
    from unnest(
      ${adjustments.map((one) => one.clientId)}::text[],
      ${adjustments.map((one) => one.id)}::uuid[]) as wanted (client_id, id)
    join adjustment a on a.client_id = wanted.client_id and a.id = wanted.id
    left join denial d on d.client_id = a.client_id and d.id = a.denial_id
  `);
  return new Map(rows.map(({ id, ...bounds }) => [id, bounds]));
}

export interface EvidenceRow extends AdjustmentKey {
  readonly assignmentId: string;
  readonly adjustmentId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly sha256: Uint8Array;
  readonly sizeBytes: number;
  readonly wrappedKey: Buffer;
  readonly wrappingKey: number;
  readonly actor: string;
  readonly recordedAt: string;
  /** The statements that rest on it. */
  readonly attestations: readonly string[];
}

const EVIDENCE: Statement = sql`
  e.client_id as "clientId", e.id, e.assignment_id as "assignmentId",
  e.adjustment_id as "adjustmentId", e.name, e.media_type as "mediaType", e.sha256,
  e.size_bytes as "sizeBytes", e.wrapped_key as "wrappedKey", e.wrapping_key as "wrappingKey",
  e.actor, e.recorded_at as "recordedAt",
  array(select l.attestation_id::text from attestation_evidence l
        where l.client_id = e.client_id and l.evidence_id = e.id
        order by l.attestation_id) as attestations`;

/** What was shown for an assignment, oldest first. Served by the unique key. */
export function evidenceOfAssignment(db: Queries, key: AdjustmentKey): Promise<EvidenceRow[]> {
  return db.query(sql`
    select ${EVIDENCE}
    from evidence e
    where e.client_id = ${key.clientId} and e.assignment_id = ${key.id}
    order by e.recorded_at, e.id
    limit 100
  `);
}

export function evidenceBySha256(
  db: Queries,
  key: AdjustmentKey,
  sha256: Uint8Array,
): Promise<EvidenceRow | undefined> {
  return db.maybe(sql`
    select ${EVIDENCE}
    from evidence e
    where e.client_id = ${key.clientId} and e.assignment_id = ${key.id} and e.sha256 = ${sha256}
  `);
}

/** Every piece there is, one after the other. */
export function everyEvidence(db: Queries): AsyncIterable<EvidenceRow> {
  return db.stream(sql`
    select ${EVIDENCE}
    from evidence e
    order by e.client_id, e.id
  `);
}

/** By id, among the clients that the caller may see. */
export function findEvidence(
  db: Queries,
  clientIds: readonly string[],
  id: string,
): Promise<EvidenceRow | undefined> {
  return db.maybe(sql`
    select ${EVIDENCE}
    from unnest(${clientIds}::text[]) as seen (client_id)
    join evidence e on e.client_id = seen.client_id and e.id = ${id}
  `);
}

export async function evidenceChunk(
  db: Queries,
  clientId: string,
  evidenceId: string,
  ordinal: number,
): Promise<Buffer | undefined> {
  const row = await db.maybe<{ bytes: Buffer }>(sql`
    select bytes from evidence_chunk
    where client_id = ${clientId} and evidence_id = ${evidenceId} and ordinal = ${ordinal}
  `);
  return row?.bytes;
}

/** Ids of the pieces that were shown for adjustments, by adjustment. */
export async function evidenceIds(
  db: Queries,
  adjustments: readonly AdjustmentKey[],
): Promise<Map<string, ReadonlySet<string>>> {
  const rows = await db.query<{ adjustmentId: string; ids: string[] }>(sql`
    select e.adjustment_id as "adjustmentId", array_agg(e.id::text) as ids
    from unnest(
      ${adjustments.map((one) => one.clientId)}::text[],
      ${adjustments.map((one) => one.id)}::uuid[]) as wanted (client_id, id)
    join evidence e on e.client_id = wanted.client_id and e.adjustment_id = wanted.id
    group by e.adjustment_id
  `);
  return new Map(rows.map((row) => [row.adjustmentId, new Set(row.ids)]));
}
