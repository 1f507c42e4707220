/** The statement that keeps layouts as they were used. */
import type { Transaction } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

/** Keeps a layout by its content; the same one again is no new row. */
export async function keepLayout(
  tx: Transaction,
  row: { clientId: string; sha256: Uint8Array; name: string; version: string; definition: string },
  now: string,
): Promise<void> {
  await tx.execute(sql`
    insert into batch_layout (client_id, sha256, name, version, definition, recorded_at)
    values (${row.clientId}, ${row.sha256}, ${row.name}, ${row.version}, ${row.definition}, ${now})
    on conflict (client_id, sha256) do nothing
  `);
}
