/**
 * One row per entry of an adjustment, as both readers of movements ask for it, and the movement
 * that such rows make. All columns are those that never change once booked, so that a file can be
 * rendered again.
 */
import { holderAccountOf } from "../../accounting/vault-accounts.ts";
import type { Statement } from "../../database/sql.ts";
import { sql } from "../../database/sql.ts";

import type { LineSource } from "./layout-sources.ts";
import type { AskedSources, Movement, MovementEntry } from "./line-values.ts";

/** A movement read, and what of it moves: all its entries, or those not executed yet. */
export interface ReadMovement extends Movement {
  readonly entryIds: readonly string[] | null;
}

/** What the layout asks for is read, the rest is null; all of it where no layout is named. */
export function movementColumns(asked: AskedSources | null): Statement {
  const text = sql`null::text`;
  const isAsked = (...names: LineSource[]): boolean =>
    asked === null || names.some((name) => asked.names.has(name));
  return sql`
    a.id as "adjustmentId", c.number as claim, d.number as dispute,
    d.account_id as "holderAccount",
    ${(asked?.facts ?? true) ? sql`d.facts` : sql`null::jsonb`} as facts, a.operation,
    a.principal_rule as "principalRule", a.reverses_adjustment_id as "reversesAdjustmentId",
    a.event_date as "eventDate", e.id as "entryId", e.rule,
    ${isAsked("entryKind") ? sql`e.kind` : text} as kind,
    ${isAsked("debitCollection", "collection") ? sql`e.debit_collection` : text}
      as "debitCollection",
    e.debit_account as "debitAccount", e.debit_tran_code as "debitTranCode",
    ${isAsked("creditCollection", "collection") ? sql`e.credit_collection` : text}
      as "creditCollection",
    e.credit_account as "creditAccount", e.credit_tran_code as "creditTranCode",
    e.amount_minor as "entryMinor",
    ${isAsked("plannedPostingDate") ? sql`e.planned_posting_date` : sql`null::date`}
      as "plannedPostingDate"`;
}

/** The adjustments' own entries, without the contra entries of a cancellation. */
export const MOVEMENT_TABLES: Statement = sql`
  join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
  join claim c on c.client_id = d.client_id and c.id = d.claim_id
  left join entry e on e.client_id = a.client_id and e.dispute_id = a.dispute_id
    and e.adjustment_id = a.id and e.kind <> 'contra'`;

export interface MovementRow
  extends Omit<Movement, "entries" | "facts" | "firstPostingDate">, Omit<MovementEntry, "id"> {
  readonly facts: Record<string, unknown> | null;
  /** Null where it moves no money. */
  readonly entryId: string | null;
  readonly entryMinor: bigint;
}

/** The rows of each adjustment, which stand together, with its entries. */
export function* withEntries<Row extends MovementRow>(
  rows: readonly Row[],
): Generator<{ readonly row: Row; readonly entries: MovementEntry[] }> {
  for (let index = 0; index < rows.length;) {
    const row = rows[index] as Row;
    const entries: MovementEntry[] = [];
    for (; rows[index]?.adjustmentId === row.adjustmentId; index += 1) {
      const one = rows[index] as Row;
      if (one.entryId !== null) entries.push(entryOf(one, one.entryId));
    }
    yield { row, entries };
  }
}

function entryOf(row: MovementRow, id: string): MovementEntry {
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

export function movementOf(
  row: MovementRow,
  entries: readonly MovementEntry[],
  firstPostingDate: string,
  entryIds: readonly string[] | null,
): ReadMovement {
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
    entryIds,
  };
}
