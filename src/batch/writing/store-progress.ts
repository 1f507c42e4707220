/** How far a generation under way is: said beside its transaction, gone when it ends. */
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

export interface ProgressRow {
  readonly clientId: string;
  readonly profile: string;
  readonly actor: string;
  readonly rendered: bigint;
  /** Null where it is not known before. */
  readonly total: bigint | null;
  readonly startedAt: string;
  readonly toldAt: string;
}

export async function keepProgress(db: Queries, row: ProgressRow): Promise<void> {
  await db.execute(sql`
    insert into batch_progress (
      client_id, profile, actor, rendered, total, started_at, told_at)
    values (
      ${row.clientId}, ${row.profile}, ${row.actor}, ${row.rendered}, ${row.total},
      ${row.startedAt}, ${row.toldAt})
    on conflict (client_id, profile) do update
    set actor = excluded.actor, rendered = excluded.rendered, total = excluded.total,
        started_at = excluded.started_at, told_at = excluded.told_at
  `);
}

export async function forgetProgress(
  db: Queries,
  of: { readonly clientId: string; readonly profile: string },
): Promise<void> {
  await db.execute(sql`
    delete from batch_progress where client_id = ${of.clientId} and profile = ${of.profile}
  `);
}

/** Those heard of since; what a killed process left is older than that. */
export function progressSince(
  db: Queries,
  clients: readonly string[],
  since: string,
): Promise<ProgressRow[]> {
  return db.query(sql`
    select client_id as "clientId", profile, actor, rendered, total, started_at as "startedAt",
           told_at as "toldAt"
    from batch_progress
    where client_id = any (${clients}::text[]) and told_at >= ${since}
    order by started_at, client_id, profile
    limit 200
  `);
}
