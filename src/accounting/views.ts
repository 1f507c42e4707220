/** What the verbs look up beside the books: keys used before, references, what is due. */
import type { Queries, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { DisputeKey } from "./load-books.ts";
import type { OperationSource } from "./store-operations.ts";

export interface RecordedOperation {
  readonly clientId: string;
  readonly key: string;
  readonly id: string;
  readonly bodyHash: Uint8Array;
  readonly state: "due" | "done" | "refused";
  /** `{decision}` or `{code, detail}`. */
  readonly outcome: {
    readonly decision?: string | null;
    readonly code?: string;
    readonly detail?: string;
  } | null;
}

/** Operations recorded under the keys given. Served by the unique key. */
export function recordedOperations(
  db: Queries,
  keys: readonly { clientId: string; key: string }[],
): Promise<RecordedOperation[]> {
  return db.query(sql`
    select o.client_id as "clientId", o.key, o.id, o.body_hash as "bodyHash", o.state, o.outcome
    from unnest(
      ${keys.map((one) => one.clientId)}::text[],
      ${keys.map((one) => one.key)}::text[]) as wanted (client_id, key)
    join operation o on o.client_id = wanted.client_id and o.key = wanted.key
  `);
}

export interface DueOperation {
  readonly clientId: string;
  readonly id: string;
  readonly key: string;
  readonly source: OperationSource;
  readonly disputeId: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly actor: string;
}

/** What the inbox holds for clients, the longest due first. Served by `operation_due`. */
export function dueOperations(
  db: Queries,
  clientIds: readonly string[],
  now: string,
  limit: number,
): Promise<DueOperation[]> {
  return db.query(sql`
    select head.*
    from unnest(${clientIds}::text[]) as wanted (client_id)
    cross join lateral (
      select o.client_id as "clientId", o.id, o.key, o.source, o.dispute_id as "disputeId",
             o.operation, o.input, o.actor, o.at as due
      from operation o
      where o.client_id = wanted.client_id and o.state = 'due' and o.at <= ${now}
      order by o.at
      limit ${limit}
    ) head
    order by head.due, head.id
    limit ${limit}
  `);
}

export interface UsedReference {
  readonly clientId: string;
  readonly kind: string;
  readonly reference: string;
}

/** Outside references among those given that are recorded already, of any kind. */
export function usedReferences(
  db: Queries,
  wanted: readonly { clientId: string; kind: string; reference: string }[],
): Promise<UsedReference[]> {
  if (wanted.length === 0) return Promise.resolve([]);
  return db.query(sql`
    select r.client_id as "clientId", r.kind, r.reference
    from unnest(
      ${wanted.map((one) => one.clientId)}::text[],
      ${wanted.map((one) => one.kind)}::text[],
      ${wanted.map((one) => one.reference)}::text[]) as w (client_id, kind, reference)
    join outside_reference r
      on r.client_id = w.client_id and r.kind = w.kind and r.reference = w.reference
  `);
}

/**
 * Disputes with a planned adjustment whose date has come, or that waits for adjustments of which
 * none is open any more. Served by `adjustment_planned`.
 */
export function disputesWithDueHolds(
  db: Queries,
  clientId: string,
  today: string,
  limit: number,
): Promise<DisputeKey[]> {
  return db.query(sql`
    select distinct a.client_id as "clientId", a.dispute_id as "disputeId"
    from adjustment a
    where a.client_id = ${clientId}
      and a.state = 'planned'
      and (a.release_on is null or a.release_on <= ${today})
      and a.hold ->> 'reason' <> 'custom'
      and not exists (
        select 1
        from jsonb_array_elements_text(coalesce(a.hold -> 'waitsFor', '[]'::jsonb)) w (id)
        join adjustment p on p.client_id = a.client_id and p.id = w.id::uuid
        where p.state not in ('executed', 'tracked', 'cancelled'))
      and (a.release_on is not null
        or jsonb_array_length(coalesce(a.hold -> 'waitsFor', '[]'::jsonb)) > 0)
    limit ${limit}
  `);
}

export function disputeOfAdjustments(
  db: Queries,
  keys: readonly { clientId: string; id: string }[],
): Promise<(DisputeKey & { id: string })[]> {
  return db.query(sql`
    select a.client_id as "clientId", a.id, a.dispute_id as "disputeId"
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.id)}::uuid[]) as wanted (client_id, id)
    join adjustment a on a.client_id = wanted.client_id and a.id = wanted.id
  `);
}

/**
 * Locks adjustments in sorted order and says their versions only: whoever knows how one stood at
 * its version knows how it stands.
 */
export function lockVersions(
  tx: Transaction,
  keys: readonly { clientId: string; id: string }[],
): Promise<{ clientId: string; id: string; version: number }[]> {
  return tx.query(sql`
    select a.client_id as "clientId", a.id, a.version
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.id)}::uuid[]) as wanted (client_id, id)
    join adjustment a on a.client_id = wanted.client_id and a.id = wanted.id
    order by a.client_id, a.id
    for update of a
  `);
}
