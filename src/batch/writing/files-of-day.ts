/**
 * Counts the files that a client wrote on a day and that say so (`fileOfDay`): receivers of Nacha
 * files tell those of one sender and day apart by a single letter or digit.
 */
import type { Transaction } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

/** How many there are; until the transaction ends, nobody else may add one for the client. */
export async function lockFilesOfDay(
  tx: Transaction,
  clientId: string,
  zone: string,
  now: string,
): Promise<number> {
  await tx.execute(sql`
    select pg_advisory_xact_lock(
      hashtextextended('files-of-day', 0) # hashtextextended(${clientId}, 0))
  `);
  const row = await tx.one<{ count: bigint }>(sql`
    select count(*) as count
    from batch_file
    where client_id = ${clientId}
      and (created_at at time zone ${zone})::date = (${now}::timestamptz at time zone ${zone})::date
      and created_at > ${now}::timestamptz - interval '2 days'
      and (facts -> 'file' -> 'fileOfDay') is not null
  `);
  return Number(row.count);
}
