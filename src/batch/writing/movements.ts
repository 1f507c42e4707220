/**
 * Reads the movements that are pending for a profile, part by part in the order of their ids, each
 * locked when it is read.
 */
import { holderAccountOf } from "../../accounting/vault-accounts.ts";
import type { Queries, Transaction } from "../../database/database.ts";
import { nothing, sql } from "../../database/sql.ts";
import type { Statement } from "../../database/sql.ts";

import { lookUpOneByOne } from "../look-up.ts";
import type { AskedSources, MovementEntry } from "./line-values.ts";
import type { MovementRow, ReadMovement } from "./movement-rows.ts";
import { MOVEMENT_TABLES, movementColumns, movementOf, withEntries } from "./movement-rows.ts";
import { planForAllOfIt, wholeParts } from "./whole-parts.ts";

export interface PendingWanted {
  readonly clientId: string;
  readonly profile: string;
  readonly currency: string;
  /** The day the file posts: a debit named in a notice never posts earlier than its day. */
  readonly postingDate: string;
  /** ISO instant: what became pending later leaves with the next window. */
  readonly pendingBy: string;
  /** Of a regeneration: only what this void file gave back. */
  readonly releasedBy: string | null;
  /** Null: all that a line could say. */
  readonly asked: AskedSources | null;
}

/** A pending movement, locked by this transaction. */
export interface PendingMovement extends ReadMovement {
  readonly openAssignmentId: string;
}

/** Rows of entries read at once, as the statement says. */
const FETCHED = 1000;

/**
 * All pending movements in the order of their ids, part by part, each locked when it is read. The
 * next part is read while the caller works on one; other statements may run in between. Served by
 * `adjustment_pending_batch`.
 */
export async function* pendingMovements(
  tx: Transaction,
  wanted: PendingWanted,
): AsyncGenerator<PendingMovement[]> {
  await planForAllOfIt(tx);
  await tx.execute(pendingCursor(wanted));
  // From here on single rows are looked up, in tables that grow beyond what the planner knows.
  await lookUpOneByOne(tx);
  const fetch = (): Promise<PendingRow[]> =>
    tx.query<PendingRow>(sql`fetch forward 1000 from pending_movement`);
  for await (const rows of wholeParts(fetch, FETCHED)) yield await movementsOf(tx, wanted, rows);
  await tx.execute(sql`close pending_movement`);
}

/** A few of those pending, as they stand now and without a lock: for a preview, not for a file. */
export async function somePending(
  db: Queries,
  wanted: PendingWanted,
  limit: number,
): Promise<ReadMovement[]> {
  const rows = await db.query<PendingRow>(sql`${pendingRows(wanted)} limit ${limit}`);
  return Array.from(withEntries(rows), ({ row, entries }) =>
    movementOf(row, entries, wanted.postingDate, null),
  );
}

function pendingCursor(wanted: PendingWanted): Statement {
  return sql`
    declare pending_movement no scroll cursor for
    ${pendingRows(wanted)}
    for update of a
  `;
}

function pendingRows(wanted: PendingWanted): Statement {
  const { releasedBy, asked } = wanted;
  return sql`
    select ${movementColumns(asked)}, a.dispute_id as "disputeId",
           a.amount_minor as "amountMinor", a.key_revision as "keyRevision",
           a.open_assignment_id as "openAssignmentId",
           a.version > 1 as "wasElsewhere"
    from adjustment a
    ${MOVEMENT_TABLES}
      and e.recorded_at >= a.created_at - interval '1 day'
    where a.client_id = ${wanted.clientId}
      and a.state = 'pendingBatch'
      and a.destination = ${wanted.profile}
      and a.currency = ${wanted.currency}
      and a.updated_at <= ${wanted.pendingBy}
      and (a.denial_id is null or a.planned_posting_date <= ${wanted.postingDate})
      ${releasedBy === null ? nothing : isReleasedBy(wanted.clientId, releasedBy)}
    order by a.id, e.id`;
}

interface PendingRow extends MovementRow {
  readonly disputeId: string;
  readonly openAssignmentId: string;
  /** False for one that nothing has happened to: it was in no file, and nothing of it moved. */
  readonly wasElsewhere: boolean;
}

async function movementsOf(
  tx: Transaction,
  wanted: PendingWanted,
  rows: readonly PendingRow[],
): Promise<PendingMovement[]> {
  const pasts = await pastsOf(tx, wanted.clientId, rows);
  const movements: PendingMovement[] = [];
  const partly: PendingRow[] = [];
  for (const { row, entries } of withEntries(rows)) {
    const past = pasts.get(row.adjustmentId);
    const first = past?.firstPostingDate ?? wanted.postingDate;
    const firstPostingDate = first < wanted.postingDate ? first : wanted.postingDate;
    const { openAssignmentId } = row;
    const movement = movementOf(row, entries, firstPostingDate, null);
    // Not a copy: there is one for each line of a file.
    movements.push(Object.assign(movement, { openAssignmentId }));
    if (past?.isPartly === true) partly.push(row);
  }
  return partly.length === 0 ? movements : withoutExecuted(tx, wanted.clientId, movements, partly);
}

interface Past {
  readonly id: string;
  readonly firstPostingDate: string | null;
  readonly isPartly: boolean;
}

/** Of those that something happened to: the first file they were in, and whether parts moved. */
async function pastsOf(
  tx: Transaction,
  clientId: string,
  rows: readonly PendingRow[],
): Promise<ReadonlyMap<string, Past>> {
  const ids = rows.filter((row) => row.wasElsewhere).map((row) => row.adjustmentId);
  if (ids.length === 0) return new Map();
  const pasts = await tx.query<Past>(sql`
    select known.id,
           (select min(l.first_posting_date) from batch_line l
            where l.client_id = ${clientId} and l.adjustment_id = known.id) as "firstPostingDate",
           exists (
             select 1 from execution x
             where x.client_id = ${clientId} and x.adjustment_id = known.id
               and x.entry_id is not null) as "isPartly"
    from unnest(${ids}::uuid[]) as known (id)
  `);
  return new Map(pasts.map((past) => [past.id, past]));
}

/** What was executed of them before does not move again. */
async function withoutExecuted(
  tx: Transaction,
  clientId: string,
  movements: readonly PendingMovement[],
  partly: readonly PendingRow[],
): Promise<PendingMovement[]> {
  const entries = await entriesToMove(tx, clientId, partly);
  return movements.map((movement) => {
    const all = entries.get(movement.adjustmentId);
    if (all === undefined) return movement;
    const open = all.filter((entry) => !entry.isExecuted);
    return {
      ...movement,
      holderAccount: holderAccountOf(open, movement.holderAccount),
      entries: open,
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

/** The entries of adjustments of which parts were executed before. */
async function entriesToMove(
  db: Queries,
  clientId: string,
  rows: readonly Pick<PendingRow, "disputeId" | "adjustmentId">[],
): Promise<Map<string, EntryToMove[]>> {
  const byAdjustment = new Map<string, EntryToMove[]>();
  if (rows.length === 0) return byAdjustment;
  const found = await db.query<EntryToMove>(sql`
    select e.adjustment_id as "adjustmentId", e.id, e.rule, e.kind,
           e.debit_collection as "debitCollection", e.debit_account as "debitAccount",
           e.debit_tran_code as "debitTranCode", e.credit_collection as "creditCollection",
           e.credit_account as "creditAccount", e.credit_tran_code as "creditTranCode",
           e.amount_minor as "amountMinor", e.planned_posting_date as "plannedPostingDate",
           coalesce((
             select sum(x.sign) from execution x
             where x.client_id = e.client_id and x.adjustment_id = e.adjustment_id
               and x.entry_id = e.id), 0) > 0 as "isExecuted"
    from unnest(
      ${rows.map((row) => row.disputeId)}::uuid[],
      ${rows.map((row) => row.adjustmentId)}::uuid[]) as wanted (dispute_id, id)
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
