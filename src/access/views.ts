/** What is read of users, sessions, API keys, the audit and the vault. */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { Role } from "./roles.ts";
import type { ClaimKey, WrappedKey } from "./store.ts";
import type { AccountKind } from "./seal.ts";

export interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly clients: readonly string[] | null;
  readonly isActive: boolean;
}

export interface CredentialRow extends UserRow {
  readonly passwordHash: string;
  readonly lockedUntil: string | null;
}

const USER_COLUMNS = sql`
  u.id, u.name, u.display_name as "displayName", u.roles, u.clients, u.is_active as "isActive"
`;

export function credentialsByName(db: Queries, name: string): Promise<CredentialRow | undefined> {
  return db.maybe(sql`
    select ${USER_COLUMNS}, u.password_hash as "passwordHash", u.locked_until as "lockedUntil"
    from app_user u
    where u.name = ${name}
  `);
}

/** The active user of this name. */
export function activeUser(db: Queries, name: string): Promise<UserRow | undefined> {
  return db.maybe(sql`
    select ${USER_COLUMNS}
    from app_user u
    where u.name = ${name} and u.is_active
  `);
}

/** The active user of a session that has not expired. Served by the primary key. */
export function userOfSession(
  db: Queries,
  tokenHash: Uint8Array,
  now: string,
): Promise<UserRow | undefined> {
  return db.maybe(sql`
    select ${USER_COLUMNS}
    from session s
    join app_user u on u.id = s.user_id
    where s.token_hash = ${tokenHash} and s.expires_at > ${now} and u.is_active
  `);
}

/** By name; with a scope only those who see nothing outside it. */
export function users(
  db: Queries,
  scope: readonly string[] | null,
  after: string,
  limit: number,
): Promise<UserRow[]> {
  return db.query(sql`
    select ${USER_COLUMNS}
    from app_user u
    where u.name > ${after}
      and (${scope}::text[] is null or u.clients <@ ${scope}::text[])
    order by u.name
    limit ${limit}
  `);
}

export async function hasUsers(db: Queries): Promise<boolean> {
  const { found } = await db.one<{ found: boolean }>(
    sql`select exists (select from app_user) as found`,
  );
  return found;
}

export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly roles: readonly Role[];
  readonly clients: readonly string[] | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

const API_KEY_COLUMNS = sql`
  id, name, prefix, roles, clients, created_by as "createdBy", created_at as "createdAt",
  expires_at as "expiresAt", revoked_at as "revokedAt"
`;

/** The key of this hash if it is in force. Served by the unique hash. */
export function apiKeyInForce(
  db: Queries,
  keyHash: Uint8Array,
  now: string,
): Promise<ApiKeyRow | undefined> {
  return db.maybe(sql`
    select ${API_KEY_COLUMNS}
    from api_key
    where key_hash = ${keyHash} and revoked_at is null
      and (expires_at is null or expires_at > ${now})
  `);
}

/** The key of this name if it is in force. */
export function apiKeyNamed(
  db: Queries,
  name: string,
  now: string,
): Promise<ApiKeyRow | undefined> {
  return db.maybe(sql`
    select ${API_KEY_COLUMNS}
    from api_key
    where name = ${name} and revoked_at is null
      and (expires_at is null or expires_at > ${now})
  `);
}

/** By name; with a scope only those that reach nothing outside it. */
export function apiKeys(
  db: Queries,
  scope: readonly string[] | null,
  after: string,
  limit: number,
): Promise<ApiKeyRow[]> {
  return db.query(sql`
    select ${API_KEY_COLUMNS}
    from api_key
    where name > ${after} and (${scope}::text[] is null or clients <@ ${scope}::text[])
    order by name
    limit ${limit}
  `);
}

/** Wrapped data keys of the claims given; a purged claim has none. */
export function accountKeys(db: Queries, claims: readonly ClaimKey[]): Promise<WrappedKey[]> {
  return db.query(sql`
    select k.client_id as "clientId", k.claim_id as "claimId", k.wrapped_key as wrapped,
           k.wrapping_key as "wrappingKey"
    from unnest(
      ${claims.map((one) => one.clientId)}::text[],
      ${claims.map((one) => one.claimId)}::uuid[]) as wanted (client_id, claim_id)
    join account_key k on k.client_id = wanted.client_id and k.claim_id = wanted.claim_id
  `);
}

/** Data keys that another than the current key wraps. Served by `account_key_to_wrap`. */
export function keysToWrapAnew(db: Queries, current: number, limit: number): Promise<WrappedKey[]> {
  return db.query(sql`
    select client_id as "clientId", claim_id as "claimId", wrapped_key as wrapped,
           wrapping_key as "wrappingKey"
    from account_key
    where wrapping_key < ${current}
    order by wrapping_key
    limit ${limit}
  `);
}

export interface AccountRef {
  readonly clientId: string;
  readonly accountId: string;
}

export interface AccountRow extends ClaimKey {
  readonly id: string;
  readonly kind: AccountKind;
  readonly sealed: Uint8Array;
  readonly masked: string;
}

const ACCOUNT_COLUMNS = sql`
  a.client_id as "clientId", a.claim_id as "claimId", a.id, a.kind, a.sealed, a.masked
`;

export function accountsById(db: Queries, refs: readonly AccountRef[]): Promise<AccountRow[]> {
  return db.query(sql`
    select ${ACCOUNT_COLUMNS}
    from unnest(
      ${refs.map((one) => one.clientId)}::text[],
      ${refs.map((one) => one.accountId)}::uuid[]) as wanted (client_id, id)
    join account_number a on a.client_id = wanted.client_id and a.id = wanted.id
  `);
}

/** Accounts with the keys of their claims; one whose key was destroyed is missing. */
export function sealedAccounts(
  db: Queries,
  refs: readonly AccountRef[],
): Promise<
  (Pick<AccountRow, "clientId" | "claimId" | "id" | "sealed"> & Omit<WrappedKey, keyof ClaimKey>)[]
> {
  return db.query(sql`
    select a.client_id as "clientId", a.claim_id as "claimId", a.id, a.sealed,
           k.wrapped_key as wrapped, k.wrapping_key as "wrappingKey"
    from unnest(
      ${refs.map((one) => one.clientId)}::text[],
      ${refs.map((one) => one.accountId)}::uuid[]) as wanted (client_id, id)
    join account_number a on a.client_id = wanted.client_id and a.id = wanted.id
    join account_key k on k.client_id = a.client_id and k.claim_id = a.claim_id
  `);
}

/** Accounts by keyed hash, newest first. Served by `account_number_search`. */
export function accountsByHash(
  db: Queries,
  wanted: readonly { clientId: string; searchHash: Uint8Array }[],
  limit: number,
): Promise<(AccountRow & { searchHash: Uint8Array })[]> {
  return db.query(sql`
    select ${ACCOUNT_COLUMNS}, a.search_hash as "searchHash"
    from unnest(
      ${wanted.map((one) => one.clientId)}::text[],
      ${wanted.map((one) => one.searchHash)}::bytea[]) as wanted (client_id, search_hash)
    join account_number a
      on a.client_id = wanted.client_id and a.search_hash = wanted.search_hash
    order by a.id desc
    limit ${limit}
  `);
}

/** The accounts that these claims hold already, to be used again. */
export function accountsOfClaims(
  db: Queries,
  claims: readonly ClaimKey[],
): Promise<(ClaimKey & { id: string; kind: AccountKind; searchHash: Uint8Array })[]> {
  return db.query(sql`
    select a.client_id as "clientId", a.claim_id as "claimId", a.id, a.kind,
           a.search_hash as "searchHash"
    from unnest(
      ${claims.map((one) => one.clientId)}::text[],
      ${claims.map((one) => one.claimId)}::uuid[]) as wanted (client_id, claim_id)
    join account_number a
      on a.client_id = wanted.client_id and a.claim_id = wanted.claim_id
  `);
}
