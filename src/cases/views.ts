/** What other rooms read of clients, claims and disputes. */
import type { Queries, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export interface ClientRow {
  readonly id: string;
  readonly name: string;
  readonly settings: unknown;
  readonly version: number;
}

export function clientsById(db: Queries, ids: readonly string[]): Promise<ClientRow[]> {
  return db.query(sql`
    select id, name, settings, version
    from client
    where id = any (${ids}::text[])
  `);
}

/** A client's row, locked. */
export function lockClient(tx: Transaction, id: string): Promise<ClientRow | undefined> {
  return tx.maybe(sql`
    select id, name, settings, version
    from client
    where id = ${id}
    for update
  `);
}

/** Versions alone, to see whether a client that is already assembled changed. */
export function clientVersions(
  db: Queries,
  ids: readonly string[],
): Promise<{ id: string; version: number }[]> {
  return db.query(sql`select id, version from client where id = any (${ids}::text[])`);
}

export function allClients(db: Queries): Promise<ClientRow[]> {
  return db.query(sql`select id, name, settings, version from client order by id limit 10000`);
}

export interface KnownClaim {
  readonly clientId: string;
  readonly key: string;
  readonly number: string;
  readonly bodyHash: Uint8Array;
  readonly disputes: readonly string[];
}

/** Claims that came in before under the keys given. */
export function claimsByKey(
  db: Queries,
  keys: readonly { clientId: string; key: string }[],
): Promise<KnownClaim[]> {
  return db.query(sql`
    select c.client_id as "clientId", c.key, c.number, c.body_hash as "bodyHash",
           array(select d.number from dispute d
                 where d.client_id = c.client_id and d.claim_id = c.id order by d.id) as disputes
    from unnest(
      ${keys.map((one) => one.clientId)}::text[],
      ${keys.map((one) => one.key)}::text[]) as wanted (client_id, key)
    join claim c on c.client_id = wanted.client_id and c.key = wanted.key
  `);
}

/** Which of the outside numbers given are taken, of claims and disputes. */
export async function takenNumbers(
  db: Queries,
  numbers: readonly { clientId: string; number: string }[],
): Promise<Set<string>> {
  if (numbers.length === 0) return new Set();
  const clients = numbers.map((one) => one.clientId);
  const wanted = numbers.map((one) => one.number);
  const rows = await db.query<{ clientId: string; number: string }>(sql`
    select c.client_id as "clientId", c.number
    from unnest(${clients}::text[], ${wanted}::text[]) as w (client_id, number)
    join claim c on c.client_id = w.client_id and c.number = w.number
    union all
    select d.client_id, d.number
    from unnest(${clients}::text[], ${wanted}::text[]) as w (client_id, number)
    join dispute d on d.client_id = w.client_id and d.number = w.number
  `);
  return new Set(rows.map((row) => `${row.clientId} ${row.number}`));
}

export interface DisputeRef {
  readonly clientId: string;
  readonly disputeId: string;
  readonly claimId: string;
  readonly number: string;
}

/** Disputes by outside number. */
export function disputesByNumber(
  db: Queries,
  wanted: readonly { clientId: string; number: string }[],
): Promise<DisputeRef[]> {
  return db.query(sql`
    select d.client_id as "clientId", d.id as "disputeId", d.claim_id as "claimId", d.number
    from unnest(
      ${wanted.map((one) => one.clientId)}::text[],
      ${wanted.map((one) => one.number)}::text[]) as w (client_id, number)
    join dispute d on d.client_id = w.client_id and d.number = w.number
  `);
}

/** Disputes by id. */
export function disputesById(
  db: Queries,
  wanted: readonly { clientId: string; id: string }[],
): Promise<DisputeRef[]> {
  return db.query(sql`
    select d.client_id as "clientId", d.id as "disputeId", d.claim_id as "claimId", d.number
    from unnest(
      ${wanted.map((one) => one.clientId)}::text[],
      ${wanted.map((one) => one.id)}::uuid[]) as w (client_id, id)
    join dispute d on d.client_id = w.client_id and d.id = w.id
  `);
}
