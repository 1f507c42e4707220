/** What pages and verbs read of letters, and of deny debits against the day that was named. */
import type { Queries, Transaction } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

import type { DisputeKey } from "../load-books.ts";
import type { LetterFacts } from "./letter-facts.ts";

/** Posting dates of a dispute's adjustments whose money has moved, by adjustment. */
export async function executedOnOf(
  db: Queries,
  { clientId, disputeId }: DisputeKey,
): Promise<Map<string, string>> {
  const rows = await db.query<{ id: string; postingDate: string }>(sql`
    select a.id, moved.posting_date as "postingDate"
    from adjustment a
    join lateral (
      select x.posting_date, x.sign
      from execution x
      where x.client_id = a.client_id and x.adjustment_id = a.id
      order by x.id desc
      limit 1) moved on moved.sign = 1
    where a.client_id = ${clientId} and a.dispute_id = ${disputeId} and a.state = 'executed'
    limit 1000
  `);
  return new Map(rows.map((row) => [row.id, row.postingDate]));
}

/** Locks the letter of a dispute; undefined where none is issued for it. */
export function lockLetter(
  tx: Transaction,
  { clientId, disputeId }: DisputeKey,
): Promise<{ version: number } | undefined> {
  return tx.maybe(sql`
    select version from letter
    where client_id = ${clientId} and dispute_id = ${disputeId}
    for update
  `);
}

export interface LetterVersion {
  readonly version: number;
  readonly facts: LetterFacts;
  readonly changed: readonly string[];
  readonly actor: string;
  readonly issuedAt: string;
}

/** Newest first. Served by the primary key. */
export function letterVersionsOf(
  db: Queries,
  { clientId, disputeId }: DisputeKey,
): Promise<LetterVersion[]> {
  return db.query(sql`
    select version, facts, changed, actor, issued_at as "issuedAt"
    from letter_version
    where client_id = ${clientId} and dispute_id = ${disputeId}
    order by version desc
    limit 200
  `);
}

/** Letters whose dispute changed since they were looked at. Served by `letter_watched`. */
export function lettersToCheck(
  db: Queries,
  clientId: string,
  limit: number,
): Promise<DisputeKey[]> {
  return db.query(sql`
    select l.client_id as "clientId", l.dispute_id as "disputeId"
    from letter l
    join dispute_book b on b.client_id = l.client_id and b.dispute_id = l.dispute_id
    where l.client_id = ${clientId} and l.is_watched
      and (l.version = 0 or b.updated_at >= l.checked_at or exists (
        select 1 from adjustment a
        where a.client_id = l.client_id and a.dispute_id = l.dispute_id
          and a.updated_at >= l.checked_at))
    order by l.checked_at
    limit ${limit}
  `);
}

export interface DenyDebitRow {
  readonly clientId: string;
  readonly id: string;
  readonly claim: string;
  readonly dispute: string;
  readonly kind: string;
  readonly deniedMinor: bigint;
  readonly currency: string;
  readonly noticeSentOn: string | null;
  /** The day named, by the notice or by the letter that is not sent yet. */
  readonly requiredOn: string | null;
  readonly isFixed: boolean;
  readonly honorUntil: string | null;
  readonly adjustmentId: string;
  readonly debitMinor: bigint;
  readonly state: string;
  readonly route: string | null;
  readonly plannedPostingDate: string;
  readonly postingDate: string | null;
  readonly note: string | null;
}

export interface DenyDebitFilter {
  readonly clientIds: readonly string[];
  /** Of one dispute; null: of all. */
  readonly disputeId: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly after: { readonly day: string; readonly id: string } | null;
  readonly limit: number;
}

/** A day beyond all days, for those that have none yet: they come last. */
export const NO_DAY = "9999-12-31";

/**
 * Debits of denials in force, planned and posted, by the day that was named; those without a day
 * last. Served by `denial_by_debit_date` and `adjustment_of_dispute`.
 */
export function denyDebits(db: Queries, filter: DenyDebitFilter): Promise<DenyDebitRow[]> {
  const { clientIds, disputeId, from, to, after, limit } = filter;
  return db.query(sql`
    select n.client_id as "clientId", a.id, c.number as claim, d.number as dispute, n.kind,
           n.amount_minor as "deniedMinor", a.currency, n.notice_sent_on as "noticeSentOn",
           coalesce(n.debit_date, n.date_named) as "requiredOn",
           n.debit_date is not null as "isFixed", n.honor_until as "honorUntil",
           a.id as "adjustmentId", a.amount_minor as "debitMinor", a.state, a.route,
           a.planned_posting_date as "plannedPostingDate", moved.posting_date as "postingDate",
           a.hold ->> 'note' as note
    from denial n
    join dispute d on d.client_id = n.client_id and d.id = n.dispute_id
    join claim c on c.client_id = d.client_id and c.id = d.claim_id
    join adjustment a on a.client_id = n.client_id and a.dispute_id = n.dispute_id
      and a.denial_id = n.id and a.state <> 'cancelled'
      and a.principal_rule in ('DenyDispute', 'WithdrawDispute', 'CustomerOffsetDebit')
    left join lateral (
      select case when x.sign = 1 then x.posting_date end as posting_date
      from execution x
      where x.client_id = a.client_id and x.adjustment_id = a.id
      order by x.id desc
      limit 1) moved on true
    where n.client_id = any(${clientIds}::text[]) and n.kind <> 'receivable'
      and n.lifted_by is null
      and (${disputeId}::uuid is null or n.dispute_id = ${disputeId}::uuid)
      and (${from}::date is null or coalesce(n.debit_date, n.date_named) >= ${from}::date)
      and (${to}::date is null or coalesce(n.debit_date, n.date_named) <= ${to}::date)
      and (${after?.day ?? null}::date is null
        or (coalesce(n.debit_date, n.date_named, ${NO_DAY}::date), a.id)
          > (${after?.day ?? null}::date, ${after?.id ?? null}::uuid))
    order by coalesce(n.debit_date, n.date_named, ${NO_DAY}::date), a.id
    limit ${limit}
  `);
}
