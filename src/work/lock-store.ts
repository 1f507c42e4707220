/** Every statement that reads and writes claim locks and what happened to them. */
import type { Queries, Transaction } from "../database/database.ts";
import { nothing, sql } from "../database/sql.ts";

export interface ClaimKey {
  readonly clientId: string;
  readonly claimId: string;
}

export interface ClaimLockRow {
  readonly holder: string;
  readonly takenAt: string;
  readonly renewedAt: string;
  readonly leasedUntil: string;
}

const COLUMNS = sql`
  holder, taken_at as "takenAt", renewed_at as "renewedAt", leased_until as "leasedUntil"`;

export function lockOfClaim(
  db: Queries,
  claim: ClaimKey,
  forUpdate?: "for update",
): Promise<ClaimLockRow | undefined> {
  return db.maybe(sql`
    select ${COLUMNS}
    from claim_lock
    where client_id = ${claim.clientId} and claim_id = ${claim.claimId}
    ${forUpdate === undefined ? nothing : sql`for update`}
  `);
}

interface Lease extends ClaimKey {
  readonly holder: string;
  readonly now: string;
  readonly leasedUntil: string;
}

/** Undefined when somebody has it, or had. */
export function insertLock(tx: Transaction, lease: Lease): Promise<ClaimLockRow | undefined> {
  return tx.maybe(sql`
    insert into claim_lock (client_id, claim_id, holder, taken_at, renewed_at, leased_until)
    values (${lease.clientId}, ${lease.claimId}, ${lease.holder}, ${lease.now}, ${lease.now},
            ${lease.leasedUntil})
    on conflict (client_id, claim_id) do nothing
    returning ${COLUMNS}
  `);
}

export function renewLock(
  tx: Transaction,
  lease: Lease & { readonly isNew: boolean },
): Promise<ClaimLockRow> {
  return tx.one(sql`
    update claim_lock
    set holder = ${lease.holder}, renewed_at = ${lease.now}, leased_until = ${lease.leasedUntil},
        taken_at = case when ${lease.isNew}::boolean then ${lease.now}::timestamptz
                        else taken_at end
    where client_id = ${lease.clientId} and claim_id = ${lease.claimId}
    returning ${COLUMNS}
  `);
}

export async function deleteLock(tx: Transaction, claim: ClaimKey): Promise<void> {
  await tx.execute(sql`
    delete from claim_lock
    where client_id = ${claim.clientId} and claim_id = ${claim.claimId}
  `);
}

/** Served by `claim_lock_expired`. */
export function deleteLapsedLocks(
  tx: Transaction,
  now: string,
  limit: number,
): Promise<(ClaimKey & { readonly holder: string })[]> {
  return tx.query(sql`
    delete from claim_lock
    where (client_id, claim_id) in (
      select client_id, claim_id from claim_lock
      where leased_until <= ${now}
      order by leased_until
      limit ${limit}
      for update skip locked)
    returning client_id as "clientId", claim_id as "claimId", holder
  `);
}

export interface LockEvent extends ClaimKey {
  readonly kind: "taken" | "released" | "broken" | "lapsed";
  readonly actor: string;
  readonly holder: string;
  readonly reason?: string | null;
}

export async function recordLocks(
  tx: Transaction,
  rows: readonly LockEvent[],
  at: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into claim_lock_event (client_id, claim_id, kind, actor, holder, reason, at)
    select added.*, ${at}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.claimId)}::uuid[],
      ${rows.map((row) => row.kind)}::text[],
      ${rows.map((row) => row.actor)}::text[],
      ${rows.map((row) => row.holder)}::text[],
      ${rows.map((row) => row.reason ?? null)}::text[]) as added
  `);
}

export interface LockEventRow {
  readonly at: string;
  readonly kind: LockEvent["kind"];
  readonly actor: string;
  readonly holder: string;
  readonly reason: string | null;
}

/** What happened to a claim's lock, latest first. Served by the primary key. */
export function lockHistory(db: Queries, claim: ClaimKey, limit: number): Promise<LockEventRow[]> {
  return db.query(sql`
    select at, kind, actor, holder, reason
    from claim_lock_event
    where client_id = ${claim.clientId} and claim_id = ${claim.claimId}
    order by id desc
    limit ${limit}
  `);
}
