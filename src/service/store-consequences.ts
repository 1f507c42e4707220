/** Statements that write what people decided about a refusal: another account. */
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export interface NewAccountChange {
  readonly clientId: string;
  readonly id: string;
  readonly adjustmentId: string;
  readonly replacementId: string;
  /** Of the vault. */
  readonly account: string;
  readonly reason: string;
  readonly isConfirmed: boolean;
  readonly actor: string;
}

export async function insertAccountChange(
  tx: Transaction,
  row: NewAccountChange,
  recordedAt: string,
): Promise<void> {
  await tx.execute(sql`
    insert into account_change (
      client_id, id, adjustment_id, replacement_id, account, reason, confirmed_by_core, actor,
      recorded_at)
    values (
      ${row.clientId}, ${row.id}, ${row.adjustmentId}, ${row.replacementId}, ${row.account},
      ${row.reason}, ${row.isConfirmed}, ${row.actor}, ${recordedAt})
  `);
}
