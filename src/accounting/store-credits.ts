/** Every statement that writes merchant credits and the book of what disputes use of them. */
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export interface NewCreditUse {
  readonly clientId: string;
  readonly id: string;
  readonly disputeId: string;
  readonly reference: string;
  readonly operationId: string;
  readonly amountMinor: bigint;
}

/** The constraint that refuses a use beyond what there is: somebody else was faster. */
export const CREDIT_USED_ONCE = "merchant_credit_used_once";

/** A credit that is known already keeps its amount. */
export async function insertCredits(
  tx: Transaction,
  rows: readonly {
    readonly clientId: string;
    readonly reference: string;
    readonly currency: string;
    readonly wholeMinor: bigint;
  }[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into merchant_credit (client_id, reference, currency, amount_minor, recorded_at)
    select added.*, ${now}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.reference)}::text[],
      ${rows.map((row) => row.currency)}::text[],
      ${rows.map((row) => row.wholeMinor)}::bigint[]) as added
    on conflict (client_id, reference) do nothing
  `);
}

/** In the order of references, so that two sets never wait for each other. */
export async function insertCreditUses(
  tx: Transaction,
  rows: readonly NewCreditUse[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  const ordered = rows.toSorted((a, b) => (a.reference < b.reference ? -1 : 1));
  await tx.execute(sql`
    insert into merchant_credit_use (
      client_id, id, reference, dispute_id, operation_id, amount_minor, recorded_at)
    select added.*, ${now}::timestamptz
    from unnest(
      ${ordered.map((row) => row.clientId)}::text[],
      ${ordered.map((row) => row.id)}::uuid[],
      ${ordered.map((row) => row.reference)}::text[],
      ${ordered.map((row) => row.disputeId)}::uuid[],
      ${ordered.map((row) => row.operationId)}::uuid[],
      ${ordered.map((row) => row.amountMinor)}::bigint[]) as added
  `);
}
