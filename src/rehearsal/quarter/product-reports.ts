/** What the product itself says of a missed date: a breach that it does not report is its fault. */
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

import type { Breach } from "./judge-dates.ts";

/** The product's words for each of the breaches; null where it says nothing. */
export async function reportsOf(
  db: Queries,
  breaches: readonly Breach[],
): Promise<(string | null)[]> {
  const ids = breaches.flatMap((one) => one.adjustments);
  const rows = await db.query<{ id: string; type: string; reason: string | null }>(sql`
    select a.adjustment_id as id, a.type, a.reason
    from assignment a
    join outbox o on o.client_id = a.client_id and o.subject = 'assignment/' || a.id
    where a.adjustment_id = any (${ids}::uuid[])
      and o.type = 'work.assignment.deadlinePassed.v1'
    order by a.opened_at
  `);
  const told = new Map(rows.map((row) => [row.id, words(row)]));
  return breaches.map(
    ({ adjustments }) =>
      adjustments.map((id) => told.get(id)).find((one) => one !== undefined) ?? null,
  );
}

function words({ type, reason }: { type: string; reason: string | null }): string {
  return `${type}: deadline passed${reason === null ? "" : `, ${reason}`}`;
}
