/** Every statement that writes users, sessions, API keys, the audit and the vault's tables. */
import type { Queries, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { Role } from "./roles.ts";
import type { AccountKind } from "./seal.ts";

export interface NewUser {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly passwordHash: string;
  readonly roles: readonly Role[];
  readonly clients: readonly string[] | null;
  readonly createdAt: string;
}

/** Answers false when the name is taken. */
export async function insertUser(tx: Queries, user: NewUser): Promise<boolean> {
  const added = await tx.execute(sql`
    insert into app_user (id, name, display_name, password_hash, roles, clients, created_at)
    values (${user.id}, ${user.name}, ${user.displayName}, ${user.passwordHash},
            ${user.roles}::text[], ${user.clients}::text[], ${user.createdAt})
    on conflict (name) do nothing
  `);
  return added === 1;
}

/** Counts a wrong password; from `allowed` on the account waits until `lockedUntil`. */
export async function countFailedSignIn(
  db: Queries,
  userId: string,
  allowed: number,
  lockedUntil: string,
): Promise<void> {
  await db.execute(sql`
    update app_user
    set failed_sign_ins = failed_sign_ins + 1,
        locked_until = case when failed_sign_ins + 1 >= ${allowed}::int
                            then ${lockedUntil}::timestamptz else locked_until end
    where id = ${userId}
  `);
}

export async function forgetFailedSignIns(tx: Queries, userId: string): Promise<void> {
  await tx.execute(sql`
    update app_user set failed_sign_ins = 0, locked_until = null
    where id = ${userId} and (failed_sign_ins > 0 or locked_until is not null)
  `);
}

export async function insertSession(
  tx: Queries,
  session: { tokenHash: Uint8Array; userId: string; createdAt: string; expiresAt: string },
): Promise<void> {
  await tx.execute(sql`
    insert into session (token_hash, user_id, created_at, expires_at)
    values (${session.tokenHash}, ${session.userId}, ${session.createdAt}, ${session.expiresAt})
  `);
}

export async function deleteSession(db: Queries, tokenHash: Uint8Array): Promise<void> {
  await db.execute(sql`delete from session where token_hash = ${tokenHash}`);
}

/** Served by `session_expired`. */
export function deleteExpiredSessions(db: Queries, now: string): Promise<number> {
  return db.execute(sql`
    delete from session
    where token_hash in (select token_hash from session where expires_at < ${now} limit 1000)
  `);
}

export interface NewApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly keyHash: Uint8Array;
  readonly prefix: string;
  readonly roles: readonly Role[];
  readonly clients: readonly string[] | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

/** Answers false when the name is taken. */
export async function insertApiKey(tx: Queries, row: NewApiKeyRow): Promise<boolean> {
  const added = await tx.execute(sql`
    insert into api_key (
      id, name, key_hash, prefix, roles, clients, created_by, created_at, expires_at)
    values (${row.id}, ${row.name}, ${row.keyHash}, ${row.prefix}, ${row.roles}::text[],
            ${row.clients}::text[], ${row.createdBy}, ${row.createdAt}, ${row.expiresAt})
    on conflict (name) do nothing
  `);
  return added === 1;
}

/** Answers false when there is no such key in force. */
/** With a scope only a key that reaches nothing outside it. */
export async function revokeApiKeyRow(
  tx: Queries,
  id: string,
  scope: readonly string[] | null,
  at: string,
): Promise<boolean> {
  const changed = await tx.execute(sql`
    update api_key set revoked_at = ${at}
    where id = ${id} and revoked_at is null
      and (${scope}::text[] is null or clients <@ ${scope}::text[])
  `);
  return changed === 1;
}

export interface AuditRow {
  readonly id: string;
  readonly actor: string;
  readonly clientId: string | null;
  readonly action: string;
  readonly subject: string;
  readonly outcome: "done" | "refused";
  readonly code: string | null;
  readonly reason: string | null;
  readonly requestId: string | null;
}

export async function insertAudit(
  db: Queries,
  rows: readonly AuditRow[],
  recordedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await db.execute(sql`
    insert into audit (
      id, actor, client_id, action, subject, outcome, code, reason, request_id, recorded_at)
    select added.*, ${recordedAt}::timestamptz
    from unnest(
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.actor)}::text[],
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.action)}::text[],
      ${rows.map((row) => row.subject)}::text[],
      ${rows.map((row) => row.outcome)}::text[],
      ${rows.map((row) => row.code)}::text[],
      ${rows.map((row) => row.reason)}::text[],
      ${rows.map((row) => row.requestId)}::text[]) as added
  `);
}

export interface ClaimKey {
  readonly clientId: string;
  readonly claimId: string;
}

export interface WrappedKey extends ClaimKey {
  readonly wrapped: Uint8Array;
  readonly wrappingKey: number;
}

/** Adds data keys; answers the claims whose key was added, the others had one already. */
export function insertAccountKeys(
  tx: Transaction,
  rows: readonly WrappedKey[],
  createdAt: string,
): Promise<ClaimKey[]> {
  return tx.query<ClaimKey>(sql`
    insert into account_key (client_id, claim_id, wrapped_key, wrapping_key, created_at)
    select added.*, ${createdAt}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.claimId)}::uuid[],
      ${rows.map((row) => row.wrapped)}::bytea[],
      ${rows.map((row) => row.wrappingKey)}::int[]) as added
    order by 1, 2
    on conflict (client_id, claim_id) do nothing
    returning client_id as "clientId", claim_id as "claimId"
  `);
}

/** Replaces wrapped keys where nobody did since they were read. */
export function updateAccountKeys(
  tx: Transaction,
  rows: readonly (WrappedKey & { before: Uint8Array })[],
): Promise<number> {
  return tx.execute(sql`
    update account_key k
    set wrapped_key = w.wrapped, wrapping_key = w.wrapping_key
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.claimId)}::uuid[],
      ${rows.map((row) => row.wrapped)}::bytea[],
      ${rows.map((row) => row.wrappingKey)}::int[],
      ${rows.map((row) => row.before)}::bytea[])
      as w (client_id, claim_id, wrapped, wrapping_key, before)
    where k.client_id = w.client_id and k.claim_id = w.claim_id and k.wrapped_key = w.before
  `);
}

/** Purges: from now on nobody reads the claims' numbers. */
export function deleteAccountKeys(tx: Transaction, claims: readonly ClaimKey[]): Promise<number> {
  return tx.execute(sql`
    delete from account_key k
    using unnest(
      ${claims.map((one) => one.clientId)}::text[],
      ${claims.map((one) => one.claimId)}::uuid[]) as gone (client_id, claim_id)
    where k.client_id = gone.client_id and k.claim_id = gone.claim_id
  `);
}

export interface NewAccountNumber extends ClaimKey {
  readonly id: string;
  readonly kind: AccountKind;
  readonly sealed: Uint8Array;
  readonly searchHash: Uint8Array;
  readonly masked: string;
}

/** Adds numbers; one that its claim has already is left out, so fewer may be added than given. */
export function insertAccountNumbers(
  tx: Transaction,
  rows: readonly NewAccountNumber[],
  createdAt: string,
): Promise<number> {
  return tx.execute(sql`
    insert into account_number (
      client_id, id, claim_id, kind, sealed, search_hash, masked, created_at)
    select added.*, ${createdAt}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.claimId)}::uuid[],
      ${rows.map((row) => row.kind)}::text[],
      ${rows.map((row) => row.sealed)}::bytea[],
      ${rows.map((row) => row.searchHash)}::bytea[],
      ${rows.map((row) => row.masked)}::text[]) as added
    on conflict (client_id, claim_id, search_hash, kind) do nothing
  `);
}

/** Remembers the fingerprint of the first key file; answers the one remembered. */
export async function rememberFingerprint(
  tx: Transaction,
  fingerprint: Uint8Array,
): Promise<Uint8Array> {
  await tx.execute(sql`
    insert into vault_fingerprint (fingerprint) values (${fingerprint}) on conflict do nothing
  `);
  const row = await tx.one<{ fingerprint: Uint8Array }>(
    sql`select fingerprint from vault_fingerprint`,
  );
  return row.fingerprint;
}
