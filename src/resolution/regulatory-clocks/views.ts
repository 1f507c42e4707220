/** What the clocks read of other rooms' tables, for a set of disputes at once. */
import type { DisputeKey } from "../../accounting/load-books.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

import type { Posting } from "./case-of-book.ts";

/** When disputes came in. */
export async function openedAt(
  db: Queries,
  keys: readonly DisputeKey[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.query<{ disputeId: string; openedAt: string }>(sql`
    select d.id as "disputeId", d.created_at as "openedAt"
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.disputeId)}::uuid[]) as wanted (client_id, dispute_id)
    join dispute d on d.client_id = wanted.client_id and d.id = wanted.dispute_id
  `);
  return new Map(rows.map((row) => [row.disputeId, row.openedAt]));
}

/** What the systems of record posted. Served by `adjustment_of_dispute` and `execution_pkey`. */
export function postingsOf(
  db: Queries,
  keys: readonly DisputeKey[],
): Promise<(Posting & { disputeId: string })[]> {
  return db.query(sql`
    select a.dispute_id as "disputeId", x.adjustment_id as "adjustmentId",
           x.entry_id as "entryId", x.sign, x.posting_date as "postingDate"
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.disputeId)}::uuid[]) as wanted (client_id, dispute_id)
    join adjustment a on a.client_id = wanted.client_id and a.dispute_id = wanted.dispute_id
    join execution x on x.client_id = a.client_id and x.adjustment_id = a.id
    order by x.id
  `);
}
