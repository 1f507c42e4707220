/**
 * Reads the movements that lines are rendered from: those pending for a profile, slice by slice in
 * the order of their ids, or those that a file holds, in its own order. Both read the same columns,
 * all of which never change once booked, so that a file can be rendered again.
 */
import { holderAccountOf } from "../../accounting/vault-accounts.ts";
import type { Queries, Transaction } from "../../database/database.ts";
import { nothing, sql } from "../../database/sql.ts";
import type { Statement } from "../../database/sql.ts";

import type { Movement, MovementEntry } from "./line-values.ts";
import { lookUpOneByOne } from "../look-up.ts";

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
  /** False where the layout names no fact of the dispute: they are not read. */
  readonly withFacts: boolean;
}

/** A pending movement, locked by this transaction. */
export interface PendingMovement extends ReadMovement {
  readonly operationId: string;
  readonly openAssignmentId: string;
}

/** Rows of entries read at once, as the statement says. */
const FETCHED = 4000;

/**
 * All pending movements in the order of their ids, part by part, each locked when it is read. The
 * next part is read while the caller works on one; other statements may run in between. Served by
 * `adjustment_pending_batch`.
 */
export async function* pendingMovements(
  tx: Transaction,
  wanted: PendingWanted,
): AsyncGenerator<PendingMovement[]> {
  // All of it is read, so that the plan which ends first is the best, not the one that begins.
  await tx.execute(sql`
    select set_config('cursor_tuple_fraction', '1', true), set_config('enable_seqscan', 'on', true),
           set_config('enable_hashjoin', 'on', true), set_config('enable_mergejoin', 'on', true)
  `);
  await tx.execute(pendingCursor(wanted));
  // From here on single rows are looked up, in tables that grow beyond what the planner knows.
  await lookUpOneByOne(tx);
  const fetch = (): Promise<PendingRow[]> => {
    const rows = tx.query<PendingRow>(sql`fetch forward 4000 from pending_movement`);
    // Awaited when its turn comes; until then nobody else handles its failure.
    rows.catch(() => undefined);
    return rows;
  };
  let held: PendingRow[] = [];
  let next = fetch();
  for (;;) {
    const rows = await next;
    const isLast = rows.length < FETCHED;
    if (!isLast) next = fetch();
    // The entries of the last adjustment may go on in the next part.
    const all = held.length === 0 ? rows : [...held, ...rows];
    const whole = isLast ? all.length : startOfLast(all);
    held = all.slice(whole);
    if (whole > 0) yield await movementsOf(tx, wanted, all.slice(0, whole));
    if (isLast) break;
  }
  await tx.execute(sql`close pending_movement`);
}

function pendingCursor(wanted: PendingWanted): Statement {
  const { releasedBy, withFacts } = wanted;
  return sql`
    declare pending_movement no scroll cursor for
    select a.id as "adjustmentId", a.dispute_id as "disputeId", c.number as claim,
           d.number as dispute, d.account_id as "holderAccount",
           ${withFacts ? sql`d.facts` : sql`null::jsonb as facts`}, a.operation,
           a.principal_rule as "principalRule",
           a.reverses_adjustment_id as "reversesAdjustmentId", a.event_date as "eventDate",
           a.amount_minor as "amountMinor", a.key_revision as "keyRevision",
           a.operation_id as "operationId", a.open_assignment_id as "openAssignmentId",
           a.version > 1 as "wasElsewhere",
           e.id as "entryId", e.rule, e.kind, e.debit_collection as "debitCollection",
           e.debit_account as "debitAccount", e.debit_tran_code as "debitTranCode",
           e.credit_collection as "creditCollection", e.credit_account as "creditAccount",
           e.credit_tran_code as "creditTranCode", e.amount_minor as "entryMinor",
           e.planned_posting_date as "plannedPostingDate"
    from adjustment a
    ${CASE_TABLES}
    left join entry e on e.client_id = a.client_id and e.dispute_id = a.dispute_id
      and e.adjustment_id = a.id and e.kind <> 'contra'
      and e.recorded_at >= a.created_at - interval '1 day'
    where a.client_id = ${wanted.clientId}
      and a.state = 'pendingBatch'
      and a.destination = ${wanted.profile}
      and a.currency = ${wanted.currency}
      and a.updated_at <= ${wanted.pendingBy}
      and (a.denial_id is null or a.planned_posting_date <= ${wanted.postingDate})
      ${releasedBy === null ? nothing : isReleasedBy(wanted.clientId, releasedBy)}
    order by a.id, e.id
    for update of a
  `;
}

interface PendingRow
  extends
    Omit<MovementRow, "entryIds" | "facts" | "firstPostingDate" | "isPartly">,
    Omit<MovementEntry, "id"> {
  readonly facts: Record<string, unknown> | null;
  readonly operationId: string;
  readonly openAssignmentId: string;
  /** False for one that nothing has happened to: it was in no file, and nothing of it moved. */
  readonly wasElsewhere: boolean;
  /** Null where it moves no money. */
  readonly entryId: string | null;
  readonly entryMinor: bigint;
}

function startOfLast(rows: readonly PendingRow[]): number {
  const last = rows.at(-1)?.adjustmentId;
  let start = rows.length;
  while (start > 0 && rows[start - 1]?.adjustmentId === last) start -= 1;
  return start;
}

async function movementsOf(
  tx: Transaction,
  wanted: PendingWanted,
  rows: readonly PendingRow[],
): Promise<PendingMovement[]> {
  const pasts = await pastsOf(tx, wanted.clientId, rows);
  const movements: PendingMovement[] = [];
  const partly: PendingRow[] = [];
  for (let index = 0; index < rows.length;) {
    const row = rows[index] as PendingRow;
    const entries: MovementEntry[] = [];
    for (; rows[index]?.adjustmentId === row.adjustmentId; index += 1) {
      const one = rows[index] as PendingRow;
      if (one.entryId !== null) entries.push(entryOf(one, one.entryId));
    }
    const past = pasts.get(row.adjustmentId);
    const first = past?.firstPostingDate ?? wanted.postingDate;
    const firstPostingDate = first < wanted.postingDate ? first : wanted.postingDate;
    movements.push(movementOf(row, entries, firstPostingDate));
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

function entryOf(row: PendingRow, id: string): MovementEntry {
  return {
    id,
    rule: row.rule,
    kind: row.kind,
    debitCollection: row.debitCollection,
    debitAccount: row.debitAccount,
    debitTranCode: row.debitTranCode,
    creditCollection: row.creditCollection,
    creditAccount: row.creditAccount,
    creditTranCode: row.creditTranCode,
    amountMinor: row.entryMinor,
    plannedPostingDate: row.plannedPostingDate,
  };
}

const NO_FACTS: Readonly<Record<string, unknown>> = {};

function movementOf(
  row: PendingRow,
  entries: readonly MovementEntry[],
  firstPostingDate: string,
): PendingMovement {
  return {
    adjustmentId: row.adjustmentId,
    keyRevision: row.keyRevision,
    claim: row.claim,
    dispute: row.dispute,
    holderAccount: holderAccountOf(entries, row.holderAccount),
    operation: row.operation,
    principalRule: row.principalRule,
    reversesAdjustmentId: row.reversesAdjustmentId,
    amountMinor: row.amountMinor,
    eventDate: row.eventDate,
    firstPostingDate,
    facts: row.facts ?? NO_FACTS,
    entries,
    entryIds: null,
    operationId: row.operationId,
    openAssignmentId: row.openAssignmentId,
  };
}

/** What was executed of them before does not move again. */
async function withoutExecuted(
  tx: Transaction,
  clientId: string,
  movements: readonly PendingMovement[],
  partly: readonly PendingRow[],
): Promise<PendingMovement[]> {
  const rows = partly.map((row) => ({ ...row, isPartly: true }));
  const entries = await entriesToMove(tx, clientId, rows);
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
  rows: readonly Pick<MovementRow, "disputeId" | "adjustmentId" | "isPartly">[],
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
