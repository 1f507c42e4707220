/** Every statement that writes attestations: what people stated, never changed. */
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export interface NewAttestation {
  readonly clientId: string;
  readonly id: string;
  readonly adjustmentId: string;
  readonly assignmentId: string;
  /** The system of record's own. */
  readonly reference: string;
  readonly postingDate: string;
  readonly note: string | null;
  readonly actor: string;
}

export async function insertAttestations(
  tx: Transaction,
  rows: readonly NewAttestation[],
  recordedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into attestation (
      client_id, id, adjustment_id, assignment_id, reference, posting_date, note, actor, attested,
      recorded_at)
    select stated.*, true, ${recordedAt}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.adjustmentId)}::uuid[],
      ${rows.map((row) => row.assignmentId)}::uuid[],
      ${rows.map((row) => row.reference)}::text[],
      ${rows.map((row) => row.postingDate)}::date[],
      ${rows.map((row) => row.note)}::text[],
      ${rows.map((row) => row.actor)}::text[]) as stated
  `);
}
