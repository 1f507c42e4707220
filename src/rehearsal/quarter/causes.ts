/** What kept money back between two moments: struck days, people, answers of the world. */
import { sql } from "../../database/sql.ts";

import { hindrances } from "./adversity.ts";
import type { PlayedClient } from "./institution.ts";
import type { Quarter } from "./quarter.ts";
import { calendarOf, dateAt } from "./quarter.ts";

/** Open days after a hindrance in which each route has to have caught up. */
const CATCH_UP = { service: 1, batch: 3, manual: 2 };

/** In words, with how long; empty where nothing in the world did. */
export async function causesBetween(
  quarter: Quarter,
  client: PlayedClient,
  adjustments: readonly string[],
  from: number,
  until: number,
): Promise<string[]> {
  const { id: clientId } = client;
  const struck = hindrances(quarter.adversities, clientId, from, until, (ended) => {
    const again = dateAt(ended, client);
    const caughtUp = calendarOf(quarter, clientId).openDaysAfter(again, CATCH_UP[client.route]);
    return dateAt(until, client) <= caughtUp;
  });
  const told = adjustments.flatMap((id) => quarter.outside.notes(id));
  const waited = await approvalsOf(quarter, clientId, adjustments);
  return [...struck, ...new Set(told), ...waited];
}

async function approvalsOf(
  quarter: Quarter,
  clientId: string,
  adjustments: readonly string[],
): Promise<string[]> {
  if (adjustments.length === 0) return [];
  const rows = await quarter.engine.database.query<{ from: string; until: string | null }>(sql`
    select to_char(opened_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as from,
           to_char(closed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as until
    from assignment
    where client_id = ${clientId} and type = 'Approve Accounting'
      and adjustment_id = any (${[...adjustments]}::uuid[])
    order by opened_at
    limit 100
  `);
  return rows.map(({ from, until }) => `approval waited from ${from} until ${until ?? "the end"}`);
}
