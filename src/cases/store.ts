/** Every statement that writes clients, claims and disputes: facts only. */
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export interface NewClient {
  readonly id: string;
  readonly name: string;
  readonly settings: unknown;
  readonly createdAt: string;
}

/** Adds a client; answers false when one of that id exists. */
export async function insertClient(tx: Transaction, client: NewClient): Promise<boolean> {
  const added = await tx.execute(sql`
    insert into client (id, name, settings, created_at)
    values (${client.id}, ${client.name}, ${JSON.stringify(client.settings)}::json,
            ${client.createdAt})
    on conflict (id) do nothing
  `);
  return added === 1;
}

/** Writes settings as they were written, as the version after; its row is locked (`lockClient`). */
export async function updateClientSettings(
  tx: Transaction,
  client: { readonly id: string; readonly settings: unknown },
): Promise<void> {
  await tx.execute(sql`
    update client
    set settings = ${JSON.stringify(client.settings)}::json, version = version + 1
    where id = ${client.id}
  `);
}

/**
 * Takes `count` ordinals of a client's local day and kind, gap-free among those committed; answers
 * the first of them.
 */
export async function takeOrdinals(
  tx: Transaction,
  day: { clientId: string; localDate: string; kind: "C" | "D" },
  count: number,
): Promise<number> {
  const rows = await tx.query<{ first: number }>(sql`
    insert into case_number as n (client_id, local_date, kind, last_ordinal)
    values (${day.clientId}, ${day.localDate}, ${day.kind}, ${count})
    on conflict (client_id, local_date, kind)
    do update set last_ordinal = n.last_ordinal + excluded.last_ordinal
    returning last_ordinal - ${count}::int + 1 as first
  `);
  return (rows[0] as { first: number }).first;
}

/** Makes sure that ordinals given from outside are never given out again. */
export async function reserveOrdinals(
  tx: Transaction,
  rows: readonly { clientId: string; localDate: string; kind: "C" | "D"; ordinal: number }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into case_number as n (client_id, local_date, kind, last_ordinal)
    select client_id, local_date, kind, max(ordinal)
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.localDate)}::date[],
      ${rows.map((row) => row.kind)}::text[],
      ${rows.map((row) => row.ordinal)}::int[]) as given (client_id, local_date, kind, ordinal)
    group by client_id, local_date, kind
    order by client_id, local_date, kind
    on conflict (client_id, local_date, kind)
    do update set last_ordinal = greatest(n.last_ordinal, excluded.last_ordinal)
  `);
}

export interface NewClaim {
  readonly clientId: string;
  readonly id: string;
  readonly number: string;
  readonly claimType: string;
  readonly noticeReceivedOn: string | null;
  readonly facts: unknown;
  readonly key: string | null;
  readonly bodyHash: Uint8Array | null;
  readonly createdAt: string;
}

export async function insertClaims(tx: Transaction, rows: readonly NewClaim[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into claim (
      client_id, id, number, claim_type, notice_received_on, facts, key, body_hash, created_at)
    select * from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.number)}::text[],
      ${rows.map((row) => row.claimType)}::text[],
      ${rows.map((row) => row.noticeReceivedOn)}::date[],
      ${rows.map((row) => JSON.stringify(row.facts))}::jsonb[],
      ${rows.map((row) => row.key)}::text[],
      ${rows.map((row) => row.bodyHash)}::bytea[],
      ${rows.map((row) => row.createdAt)}::timestamptz[])
  `);
}

export interface NewDispute {
  readonly clientId: string;
  readonly id: string;
  readonly claimId: string;
  readonly number: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly accountId: string;
  readonly facts: unknown;
  readonly createdAt: string;
}

export async function insertDisputes(tx: Transaction, rows: readonly NewDispute[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into dispute (
      client_id, id, claim_id, number, amount_minor, currency, account_id, facts, created_at)
    select * from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.claimId)}::uuid[],
      ${rows.map((row) => row.number)}::text[],
      ${rows.map((row) => row.amountMinor)}::bigint[],
      ${rows.map((row) => row.currency)}::text[],
      ${rows.map((row) => row.accountId)}::uuid[],
      ${rows.map((row) => JSON.stringify(row.facts))}::jsonb[],
      ${rows.map((row) => row.createdAt)}::timestamptz[])
  `);
}
