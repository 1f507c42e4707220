/** What reconciling reads of our movements, and what pages read of reconciliations. */
import type { Queries } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
import { sql } from "../database/sql.ts";

import type { MatchOutcome, OurPosting } from "./match-postings.ts";

/**
 * Movements by the reference that the outside has for them: executed ones by the execution's
 * (`execution_of_reference`), tracked ones by their operation's, of the kinds given.
 */
export async function postingsByReference(
  db: Queries,
  clientId: string,
  references: readonly string[],
  kinds: readonly string[],
): Promise<OurPosting[]> {
  const rows = await db.query<Omit<OurPosting, "partsMinor"> & { parts: string[] }>(sql`
    with wanted as (
      select distinct r as reference from unnest(${references}::text[]) as given (r)),
    executed as (
      select distinct on (w.reference, x.adjustment_id)
             w.reference, x.adjustment_id, x.posting_date
      from wanted w
      join execution x on x.client_id = ${clientId} and x.reference = w.reference and x.sign = 1
      order by w.reference, x.adjustment_id, x.recorded_at desc),
    told as (
      select w.reference, o.operation_id
      from wanted w
      cross join unnest(${kinds}::text[]) as known (kind)
      join outside_reference o on o.client_id = ${clientId} and o.kind = known.kind
        and o.reference = w.reference
      union
      select w.reference, u.operation_id
      from wanted w
      join merchant_credit_use u on u.client_id = ${clientId} and u.reference = w.reference
        and u.amount_minor > 0),
    tracked as (
      select t.reference, a.id as adjustment_id, null::date as posting_date
      from told t
      join operation o on o.client_id = ${clientId} and o.id = t.operation_id
      join adjustment a on a.client_id = o.client_id and a.dispute_id = o.dispute_id
        and a.operation_id = o.id and a.state = 'tracked')
    select p.reference, a.id as "adjustmentId", a.dispute_id as "disputeId",
           array(select distinct e.amount_minor from entry e
                 where e.client_id = a.client_id and e.dispute_id = a.dispute_id
                   and e.adjustment_id = a.id)::text[] as parts,
           a.amount_minor as "amountMinor", a.currency, p.posting_date as "postingDate"
    from (select * from executed union all select * from tracked) p
    join adjustment a on a.client_id = ${clientId} and a.id = p.adjustment_id
    order by p.reference, a.id
  `);
  return rows.map(({ parts, ...row }) => ({ ...row, partsMinor: parts.map(BigInt) }));
}

/** `adjustment side` of what feeds confirmed already. Served by the primary key. */
export async function confirmedSides(
  db: Queries,
  clientId: string,
  adjustmentIds: readonly string[],
): Promise<Set<string>> {
  const rows = await db.query<{ adjustmentId: string; side: string }>(sql`
    select adjustment_id as "adjustmentId", side
    from confirmation
    where client_id = ${clientId} and adjustment_id = any (${adjustmentIds}::uuid[])
  `);
  return new Set(rows.map((row) => `${row.adjustmentId} ${row.side}`));
}

export interface UnconfirmedAttestation extends Omit<OurPosting, "partsMinor"> {
  readonly postingDate: string;
  readonly clientId: string;
  readonly id: string;
  /** Outside number. */
  readonly dispute: string;
  readonly actor: string;
  readonly recordedAt: string;
}

export interface UnconfirmedFilter {
  readonly clientIds: readonly string[];
  /** Only what was posted in these days. */
  readonly fromOn?: string | null;
  readonly toOn?: string | null;
  readonly after: { readonly postingDate: string; readonly id: string } | null;
  readonly limit: number;
}

/** Attestations that no feed has confirmed, oldest day first. Served by `attestation_by_day`. */
export function unconfirmedAttestations(
  db: Queries,
  filter: UnconfirmedFilter,
): Promise<UnconfirmedAttestation[]> {
  const { fromOn = null, toOn = null, after } = filter;
  const { postingDate = null, id = null } = after ?? {};
  return db.query(sql`
    select s.client_id as "clientId", s.id, s.reference, s.posting_date as "postingDate", s.actor,
           s.recorded_at as "recordedAt", a.id as "adjustmentId", a.dispute_id as "disputeId",
           a.amount_minor as "amountMinor", a.currency, d.number as dispute
    from attestation s
    join adjustment a on a.client_id = s.client_id and a.id = s.adjustment_id
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    where s.client_id = any (${filter.clientIds}::text[])
      and (${fromOn}::date is null or s.posting_date >= ${fromOn}::date)
      and (${toOn}::date is null or s.posting_date <= ${toOn}::date)
      and a.state in ('executed', 'tracked')
      and (${postingDate}::date is null
        or (s.posting_date, s.id) > (${postingDate}::date, ${id}::uuid))
      and not exists (
        select 1 from confirmation c
        where c.client_id = s.client_id and c.adjustment_id = s.adjustment_id)
    order by s.posting_date, s.id
    limit ${filter.limit}
  `);
}

export interface ReconciliationRow {
  readonly clientId: string;
  readonly id: string;
  readonly name: string;
  readonly format: string;
  readonly sha256: Uint8Array;
  readonly identity: string | null;
  readonly fromOn: string;
  readonly toOn: string;
  readonly lineCount: number;
  readonly matchedCount: number;
  readonly differentCount: number;
  readonly missingHereCount: number;
  readonly missingThereCount: number;
  readonly actor: string;
  readonly takenAt: string;
}

const COLUMNS: Statement = sql`
  r.client_id as "clientId", r.id, r.name, r.format, r.sha256, r.identity, r.from_on as "fromOn",
  r.to_on as "toOn", r.line_count as "lineCount", r.matched_count as "matchedCount",
  r.different_count as "differentCount", r.missing_here_count as "missingHereCount",
  r.missing_there_count as "missingThereCount", r.actor, r.taken_at as "takenAt"`;

export function reconciliationOfBytes(
  db: Queries,
  clientId: string,
  sha256: Uint8Array,
): Promise<ReconciliationRow | undefined> {
  return db.maybe(sql`
    select ${COLUMNS} from reconciliation r
    where r.client_id = ${clientId} and r.sha256 = ${sha256}
  `);
}

export function findReconciliation(
  db: Queries,
  clientIds: readonly string[],
  id: string,
): Promise<ReconciliationRow | undefined> {
  return db.maybe(sql`
    select ${COLUMNS} from reconciliation r
    where r.client_id = any (${clientIds}::text[]) and r.id = ${id}
  `);
}

/** Newest first. Served by `reconciliation_newest`. */
export function listReconciliations(
  db: Queries,
  clientIds: readonly string[],
  page: { readonly after: { takenAt: string; id: string } | null; readonly limit: number },
): Promise<ReconciliationRow[]> {
  const { after, limit } = page;
  const { takenAt = null, id = null } = after ?? {};
  return db.query(sql`
    select ${COLUMNS} from reconciliation r
    where r.client_id = any (${clientIds}::text[])
      and (${takenAt}::timestamptz is null
        or (r.taken_at, r.id) < (${takenAt}::timestamptz, ${id}::uuid))
    order by r.taken_at desc, r.id desc
    limit ${limit}
  `);
}

export interface ReconciliationLineRow {
  readonly ordinal: number;
  readonly lineNumber: number | null;
  readonly outcome: MatchOutcome;
  readonly reference: string | null;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly side: "debit" | "credit" | null;
  readonly bookedOn: string | null;
  readonly dispute: string | null;
  readonly adjustmentId: string | null;
  readonly difference: string | null;
}

/** In order; of one outcome where it is given. Served by the primary key. */
export function reconciliationLines(
  db: Queries,
  key: { readonly clientId: string; readonly id: string },
  page: { readonly outcome: MatchOutcome | null; readonly after: number; readonly limit: number },
): Promise<ReconciliationLineRow[]> {
  return db.query(sql`
    select l.ordinal, l.line_number as "lineNumber", l.outcome, l.reference,
           l.amount_minor as "amountMinor", l.currency, l.side, l.booked_on as "bookedOn",
           d.number as dispute, l.adjustment_id as "adjustmentId", l.difference
    from reconciliation_line l
    left join dispute d on d.client_id = l.client_id and d.id = l.dispute_id
    where l.client_id = ${key.clientId} and l.reconciliation_id = ${key.id}
      and l.ordinal > ${page.after}
      and (${page.outcome}::text is null or l.outcome = ${page.outcome})
    order by l.ordinal
    limit ${page.limit}
  `);
}
