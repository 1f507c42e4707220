/** Every statement that writes reconciliations, their lines, and what they confirm. */
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { MatchedLine, MatchSide } from "./match-postings.ts";

export interface NewReconciliation {
  readonly clientId: string;
  readonly id: string;
  readonly name: string;
  readonly format: string;
  readonly sha256: Uint8Array;
  readonly sizeBytes: number;
  readonly identity: string | null;
  readonly fromOn: string;
  readonly toOn: string;
  readonly lineCount: number;
  readonly matchedCount: number;
  readonly differentCount: number;
  readonly missingHereCount: number;
  readonly missingThereCount: number;
  readonly actor: string;
}

/** False where these bytes were taken before: then nothing is written. */
export async function insertReconciliation(
  tx: Transaction,
  one: NewReconciliation,
  takenAt: string,
): Promise<boolean> {
  const written = await tx.execute(sql`
    insert into reconciliation (
      client_id, id, name, format, sha256, size_bytes, identity, from_on, to_on, line_count,
      matched_count, different_count, missing_here_count, missing_there_count, actor, taken_at)
    values (
      ${one.clientId}, ${one.id}, ${one.name}, ${one.format}, ${one.sha256}, ${one.sizeBytes},
      ${one.identity}, ${one.fromOn}, ${one.toOn}, ${one.lineCount}, ${one.matchedCount},
      ${one.differentCount}, ${one.missingHereCount}, ${one.missingThereCount}, ${one.actor},
      ${takenAt})
    on conflict (client_id, sha256) do nothing
  `);
  return written === 1;
}

export interface LinePlace {
  readonly clientId: string;
  readonly reconciliationId: string;
}

export async function insertLines(
  tx: Transaction,
  { clientId, reconciliationId }: LinePlace,
  lines: readonly MatchedLine[],
  from: number,
): Promise<void> {
  if (lines.length === 0) return;
  await tx.execute(sql`
    insert into reconciliation_line (
      client_id, reconciliation_id, ordinal, line_number, outcome, reference, amount_minor,
      currency, side, booked_on, dispute_id, adjustment_id, difference)
    select ${clientId}, ${reconciliationId}::uuid, added.*
    from unnest(
      ${lines.map((_, index) => from + index)}::int[],
      ${lines.map((line) => line.lineNumber)}::int[],
      ${lines.map((line) => line.outcome)}::text[],
      ${lines.map((line) => line.reference)}::text[],
      ${lines.map((line) => line.amountMinor)}::bigint[],
      ${lines.map((line) => line.currency)}::text[],
      ${lines.map((line) => line.side)}::text[],
      ${lines.map((line) => line.bookedOn)}::date[],
      ${lines.map((line) => line.posting?.disputeId ?? null)}::uuid[],
      ${lines.map((line) => line.posting?.adjustmentId ?? null)}::uuid[],
      ${lines.map((line) => line.difference)}::text[]) as added
  `);
}

/** A side that another feed confirmed meanwhile stays as it was. */
export async function insertConfirmations(
  tx: Transaction,
  { clientId, reconciliationId }: LinePlace,
  rows: readonly {
    readonly adjustmentId: string;
    readonly side: MatchSide;
    readonly ordinal: number;
  }[],
  confirmedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into confirmation (
      client_id, adjustment_id, side, reconciliation_id, ordinal, confirmed_at)
    select ${clientId}, added.adjustment_id, added.side, ${reconciliationId}::uuid,
           added.ordinal, ${confirmedAt}::timestamptz
    from unnest(
      ${rows.map((row) => row.adjustmentId)}::uuid[],
      ${rows.map((row) => row.side)}::text[],
      ${rows.map((row) => row.ordinal)}::int[]) as added (adjustment_id, side, ordinal)
    on conflict (client_id, adjustment_id, side) do nothing
  `);
}
