/** Every statement that writes the operations inbox: one statement a set. */
import type { Transaction } from "../database/database.ts";
import { json, sql } from "../database/sql.ts";

export type OperationSource = "api" | "import" | "portal" | "clock";

export interface OperationRow {
  readonly clientId: string;
  readonly id: string;
  readonly key: string;
  readonly bodyHash: Uint8Array;
  readonly source: OperationSource;
  readonly claimId: string;
  readonly disputeId: string | null;
  readonly operation: string;
  readonly input: unknown;
  readonly at: string;
  readonly eventDate: string;
  readonly actor: string;
  readonly state: "due" | "done" | "refused";
  /** Null while it is due. */
  readonly outcome: unknown;
  readonly stateBefore: string | null;
}

export async function insertOperations(
  tx: Transaction,
  rows: readonly OperationRow[],
  recordedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into operation (
      client_id, id, key, body_hash, source, claim_id, dispute_id, operation, input, at,
      event_date, actor, state, outcome, state_before, recorded_at)
    select added.*, ${recordedAt}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.key)}::text[],
      ${rows.map((row) => row.bodyHash)}::bytea[],
      ${rows.map((row) => row.source)}::text[],
      ${rows.map((row) => row.claimId)}::uuid[],
      ${rows.map((row) => row.disputeId)}::uuid[],
      ${rows.map((row) => row.operation)}::text[],
      ${rows.map((row) => json(row.input))}::jsonb[],
      ${rows.map((row) => row.at)}::timestamptz[],
      ${rows.map((row) => row.eventDate)}::date[],
      ${rows.map((row) => row.actor)}::text[],
      ${rows.map((row) => row.state)}::text[],
      ${rows.map((row) => (row.outcome === null ? null : json(row.outcome)))}::jsonb[],
      ${rows.map((row) => row.stateBefore)}::text[]) as added
  `);
}

/** What became of operations that were due; their disputes are locked. */
export async function settleOperations(
  tx: Transaction,
  rows: readonly OperationRow[],
  recordedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update operation
    set state = settled.state, outcome = settled.outcome, state_before = settled.state_before,
        at = settled.at, event_date = settled.event_date, recorded_at = ${recordedAt}
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.state)}::text[],
      ${rows.map((row) => json(row.outcome))}::jsonb[],
      ${rows.map((row) => row.stateBefore)}::text[],
      ${rows.map((row) => row.at)}::timestamptz[],
      ${rows.map((row) => row.eventDate)}::date[])
      as settled (client_id, id, state, outcome, state_before, at, event_date)
    where operation.client_id = settled.client_id and operation.id = settled.id
      and operation.state = 'due'
  `);
}
