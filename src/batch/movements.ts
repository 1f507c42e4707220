/**
 * Reads the movements that lines are rendered from: those pending for a profile, slice by slice in
 * the order of their ids, or those that a file holds, in its own order. Both read the same columns,
 * all of which never change once booked, so that a file can be rendered again.
 */
import { holderAccountOf } from "../accounting/vault-accounts.ts";
import type { Queries, Transaction } from "../database/database.ts";
import { nothing, sql } from "../database/sql.ts";
import type { Statement } from "../database/sql.ts";

import type { Movement, MovementEntry } from "./line-values.ts";

/** A movement read, and what of it moves: all its entries, or those not executed yet. */
export interface ReadMovement extends Movement {
  readonly entryIds: readonly string[] | null;
}

interface MovementRow extends Omit<Movement, "entries" | "facts" | "claim"> {
  readonly disputeId: string;
  readonly claim: string;
  readonly facts: Record<string, unknown>;
  readonly isPartly: boolean;
  readonly entryIds: string[] | null;
}

const COLUMNS: Statement = sql`
  a.id as "adjustmentId", a.dispute_id as "disputeId", c.number as claim, d.number as dispute,
  d.account_id as "holderAccount", d.facts, a.operation, a.principal_rule as "principalRule",
  a.reverses_adjustment_id as "reversesAdjustmentId", a.event_date as "eventDate"`;

const CASE_TABLES: Statement = sql`
  join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
  join claim c on c.client_id = d.client_id and c.id = d.claim_id`;

export interface PendingSlice {
  readonly clientId: string;
  readonly profile: string;
  readonly currency: string;
  /** The day the file posts: a debit named in a notice never posts earlier than its day. */
  readonly postingDate: string;
  /** ISO instant: what became pending later leaves with the next window. */
  readonly pendingBy: string;
  /** Continue after this id; null at the start. */
  readonly after: string | null;
  readonly limit: number;
  /** Of a regeneration: only what this void file gave back. */
  readonly releasedBy: string | null;
}

/** The next pending adjustments, locked. Served by `adjustment_pending_batch`. */
export async function lockPending(tx: Transaction, slice: PendingSlice): Promise<ReadMovement[]> {
  const { releasedBy } = slice;
  const rows = await tx.query<MovementRow>(sql`
    select ${COLUMNS}, a.amount_minor as "amountMinor", a.key_revision as "keyRevision",
           least(${slice.postingDate}::date, (
             select min(l.first_posting_date) from batch_line l
             where l.client_id = a.client_id and l.adjustment_id = a.id)) as "firstPostingDate",
           exists (
             select 1 from execution x
             where x.client_id = a.client_id and x.adjustment_id = a.id
               and x.entry_id is not null) as "isPartly",
           null::uuid[] as "entryIds"
    from adjustment a
    ${CASE_TABLES}
    where a.client_id = ${slice.clientId}
      and a.state = 'pendingBatch'
      and a.destination = ${slice.profile}
      and a.currency = ${slice.currency}
      and a.updated_at <= ${slice.pendingBy}
      and (a.denial_id is null or a.planned_posting_date <= ${slice.postingDate})
      and (${slice.after}::uuid is null or a.id > ${slice.after})
      ${releasedBy === null ? nothing : isReleasedBy(slice.clientId, releasedBy)}
    order by a.id
    limit ${slice.limit}
    for update of a
  `);
  const entries = await entriesToMove(tx, slice.clientId, rows);
  return rows.map((row) => {
    const all = entries.get(row.adjustmentId) ?? [];
    if (!row.isPartly) return withEntries(row, all);
    const open = all.filter((entry) => !entry.isExecuted);
    return {
      ...withEntries(row, open),
      amountMinor: open.reduce((sum, entry) => sum + entry.amountMinor, 0n),
      entryIds: open.map((entry) => entry.id),
    };
  });
}

function isReleasedBy(clientId: string, fileId: string): Statement {
  return sql`
    and exists (
      select 1 from batch_line r
      where r.client_id = ${clientId} and r.adjustment_id = a.id and r.file_id = ${fileId}
        and r.outcome = 'released')`;
}

/** The next movements of a file, as they went into it. */
export async function movementsOfFile(
  db: Queries,
  file: { clientId: string; fileId: string },
  afterLine: bigint,
  limit: number,
): Promise<(ReadMovement & { lineNumber: bigint })[]> {
  const rows = await db.query<MovementRow & { lineNumber: bigint }>(sql`
    select ${COLUMNS}, l.line_number as "lineNumber", l.amount_minor as "amountMinor",
           l.key_revision as "keyRevision", l.first_posting_date as "firstPostingDate",
           l.entry_ids is not null as "isPartly", l.entry_ids as "entryIds"
    from batch_line l
    join adjustment a on a.client_id = l.client_id and a.id = l.adjustment_id
    ${CASE_TABLES}
    where l.client_id = ${file.clientId} and l.file_id = ${file.fileId}
      and l.line_number > ${afterLine}
    order by l.line_number
    limit ${limit}
  `);
  const entries = await entriesToMove(db, file.clientId, rows);
  return rows.map((row) => {
    const wanted = row.entryIds === null ? null : new Set(row.entryIds);
    const all = entries.get(row.adjustmentId) ?? [];
    return {
      ...withEntries(row, wanted === null ? all : all.filter((one) => wanted.has(one.id))),
      entryIds: row.entryIds,
      lineNumber: row.lineNumber,
    };
  });
}

/** Currencies that pending adjustments of a profile are in: a file holds one. */
export async function pendingCurrencies(
  db: Queries,
  clientId: string,
  profile: string,
): Promise<string[]> {
  const rows = await db.query<{ currency: string }>(sql`
    select distinct currency
    from adjustment
    where client_id = ${clientId} and state = 'pendingBatch' and destination = ${profile}
    order by currency
    limit 200
  `);
  return rows.map((row) => row.currency);
}

type EntryToMove = MovementEntry & { readonly adjustmentId: string; readonly isExecuted: boolean };

/** The adjustments' own entries, without the contra entries of a cancellation. */
async function entriesToMove(
  db: Queries,
  clientId: string,
  rows: readonly MovementRow[],
): Promise<Map<string, EntryToMove[]>> {
  const byAdjustment = new Map<string, EntryToMove[]>();
  if (rows.length === 0) return byAdjustment;
  const found = await db.query<EntryToMove>(sql`
    select e.adjustment_id as "adjustmentId", e.id, e.rule, e.kind,
           e.debit_collection as "debitCollection", e.debit_account as "debitAccount",
           e.debit_tran_code as "debitTranCode", e.credit_collection as "creditCollection",
           e.credit_account as "creditAccount", e.credit_tran_code as "creditTranCode",
           e.amount_minor as "amountMinor", e.planned_posting_date as "plannedPostingDate",
           wanted.is_partly and coalesce((
             select sum(x.sign) from execution x
             where x.client_id = e.client_id and x.adjustment_id = e.adjustment_id
               and x.entry_id = e.id), 0) > 0 as "isExecuted"
    from unnest(
      ${rows.map((row) => row.disputeId)}::uuid[],
      ${rows.map((row) => row.adjustmentId)}::uuid[],
      ${rows.map((row) => row.isPartly)}::boolean[]) as wanted (dispute_id, id, is_partly)
    join entry e on e.client_id = ${clientId} and e.dispute_id = wanted.dispute_id
      and e.adjustment_id = wanted.id and e.kind <> 'contra'
    order by e.adjustment_id, e.id
  `);
  for (const entry of found) {
    const list = byAdjustment.get(entry.adjustmentId);
    if (list === undefined) byAdjustment.set(entry.adjustmentId, [entry]);
    else list.push(entry);
  }
  return byAdjustment;
}

function withEntries(row: MovementRow, entries: readonly EntryToMove[]): ReadMovement {
  const { disputeId: _, isPartly: __, ...movement } = row;
  const holderAccount = holderAccountOf(entries, movement.holderAccount);
  return { ...movement, holderAccount, entries, entryIds: null };
}
