/** Every statement that writes the outbox: what happened, in the transaction in which it did. */
import type { Transaction } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
import { json, sql } from "../database/sql.ts";

export interface NewEvent {
  readonly clientId: string;
  readonly id: string;
  /** For instance `accounting.adjustment.executed.v1`. */
  readonly type: string;
  /** What it is about, e.g. `adjustment/0198…`. */
  readonly subject: string;
  /** Thin: ids, state, version. */
  readonly data: Readonly<Record<string, unknown>>;
}

export async function appendEvents(
  tx: Transaction,
  rows: readonly NewEvent[],
  recordedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into outbox (client_id, id, type, subject, data, recorded_at)
    select added.*, ${recordedAt}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.type)}::text[],
      ${rows.map((row) => row.subject)}::text[],
      ${rows.map((row) => json(row.data))}::jsonb[]) as added
  `);
}

/** Part of a statement that appends one event for each row of `source`: an id and a subject. */
export function eventsAlike(
  source: Statement,
  { clientId, type, data }: Pick<NewEvent, "clientId" | "type" | "data">,
  recordedAt: string,
): Statement {
  return sql`
    insert into outbox (client_id, id, type, subject, data, recorded_at)
    select ${clientId}, of.id, ${type}, of.subject, ${json(data)}::jsonb, ${recordedAt}::timestamptz
    from (${source}) as of (id, subject)`;
}
