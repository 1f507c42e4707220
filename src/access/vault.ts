/**
 * The vault: account and card numbers in, ids out. Entries, logs and files hold the id; a number
 * comes out only here, for a destination whose layout needs it or through `reveal-account.ts`.
 */
import type { Queries, Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import type { Ids } from "../kernel/ids.ts";
import { eachInParts } from "../kernel/in-parts.ts";

import type { AccountKind } from "./seal.ts";
import {
  maskOf,
  newDataKey,
  plainNumber,
  seal,
  searchHash,
  searchKey,
  unseal,
  unwrapKey,
  unwrapKeys,
  wrapKey,
} from "./seal.ts";
import type { ClaimKey, NewAccountNumber } from "./store.ts";
import {
  deleteAccountKeys,
  insertAccountKeys,
  insertAccountNumbers,
  updateAccountKeys,
} from "./store.ts";
import type { VaultKeys } from "./vault-key.ts";
import type { AccountRef } from "./views.ts";
import {
  accountKeys,
  accountsByHash,
  accountsById,
  accountsOfClaims,
  sealedAccounts,
  keysToWrapAnew,
} from "./views.ts";

export interface AccountToStore extends ClaimKey {
  readonly kind: AccountKind;
  readonly number: string;
}

export interface FoundAccount extends ClaimKey {
  readonly accountId: string;
  readonly masked: string;
}

/** By account id; a purged claim's accounts have only a masked form. */
export interface NumbersWithMasks {
  readonly whole: Map<string, string>;
  readonly masked: Map<string, string>;
}

export interface AccountVault {
  /**
   * Stores numbers and answers their ids in the order given. A number that its claim holds already
   * keeps its id. Throws `input-invalid` for what cannot be an account number.
   */
  store(tx: Transaction, rows: readonly AccountToStore[]): Promise<string[]>;
  /** Masked forms by account id: BIN and last four at most. */
  masked(db: Queries, refs: readonly AccountRef[]): Promise<Map<string, string>>;
  /** Whole numbers by account id, for machines. A purged claim's numbers are missing. */
  numbers(db: Queries, refs: readonly AccountRef[]): Promise<Map<string, string>>;
  /** Both at once, read once. */
  numbersWithMasks(db: Queries, refs: readonly AccountRef[]): Promise<NumbersWithMasks>;
  /** Accounts with exactly this number at the clients given, newest first. */
  search(db: Queries, clients: readonly string[], number: string): Promise<FoundAccount[]>;
  /** Wraps up to `limit` data keys with the current key; answers how many. */
  rewrap(tx: Transaction, limit: number): Promise<number>;
  /** Destroys the data keys of claims: their numbers are gone, the books stay. */
  purge(tx: Transaction, claims: readonly ClaimKey[]): Promise<number>;
}

/** What can be an account or card number: letters, digits and separators, at most 64. */
export const ACCOUNT_NUMBER = /^[A-Za-z0-9][A-Za-z0-9 ./-]{0,63}$/;
const SEARCH_LIMIT = 500;

export function accountVault(keys: VaultKeys, by: { clock: Clock; ids: Ids }): AccountVault {
  const hashKey = searchKey(keys.search);
  const wrapping = keys.wrapping.get(keys.current);
  assert(wrapping !== undefined, "the current wrapping key exists");
  const hashOf = (clientId: string, number: string): Buffer =>
    searchHash(hashKey, clientId, number);

  return {
    store: (tx, rows) => storeRows({ keys, wrapping, by, hashOf }, tx, rows),
    masked: async (db, refs) => {
      const rows = refs.length === 0 ? [] : await accountsById(db, refs);
      return new Map(rows.map((row) => [row.id, row.masked]));
    },
    numbers: async (db, refs) => {
      if (refs.length === 0) return new Map<string, string>();
      const rows = await sealedAccounts(db, refs);
      const dataKeys = openedKeys(keys, rows);
      return new Map(
        rows.map((row, at) => [row.id, unseal(dataKeys[at] as Buffer, row, row.sealed)]),
      );
    },
    numbersWithMasks: (db, refs) => numbersOf(db, keys, refs),
    search: async (db, clients, number) => {
      const wanted = clients.map((clientId) => ({
        clientId,
        searchHash: hashOf(clientId, number),
      }));
      const rows = await accountsByHash(db, wanted, SEARCH_LIMIT);
      return rows.map(({ clientId, claimId, id, masked }) => ({
        clientId,
        claimId,
        accountId: id,
        masked,
      }));
    },
    rewrap: async (tx, limit) => {
      const old = await keysToWrapAnew(tx, keys.current, limit);
      if (old.length === 0) return 0;
      return updateAccountKeys(
        tx,
        old.map((row) => ({
          clientId: row.clientId,
          claimId: row.claimId,
          wrapped: wrapKey(wrapping, unwrapKey(wrappingKey(keys, row.wrappingKey), row.wrapped)),
          wrappingKey: keys.current,
          before: row.wrapped,
        })),
      );
    },
    purge: (tx, claims) =>
      claims.length === 0 ? Promise.resolve(0) : deleteAccountKeys(tx, claims),
  };
}

async function numbersOf(
  db: Queries,
  keys: VaultKeys,
  refs: readonly AccountRef[],
): Promise<NumbersWithMasks> {
  const rows = refs.length === 0 ? [] : await accountsById(db, refs);
  const dataKeys =
    rows.length === 0 ? new Map<string, Buffer>() : await openKeys(db, keys, claimsOf(rows));
  const whole = new Map<string, string>();
  await eachInParts(rows, (row) => {
    const dataKey = dataKeys.get(row.claimId);
    if (dataKey !== undefined) whole.set(row.id, unseal(dataKey, row, row.sealed));
  });
  return { whole, masked: new Map(rows.map((row) => [row.id, row.masked])) };
}

interface Sealing {
  readonly keys: VaultKeys;
  readonly wrapping: Buffer;
  readonly by: { readonly clock: Clock; readonly ids: Ids };
  readonly hashOf: (clientId: string, number: string) => Buffer;
}

async function storeRows(
  { keys, wrapping, by, hashOf }: Sealing,
  tx: Transaction,
  rows: readonly AccountToStore[],
): Promise<string[]> {
  if (rows.length === 0) return [];
  const now = by.clock.now().toString();
  const dataKeys = await dataKeysFor(tx, keys, wrapping, rows, now);
  const ids = new Map<string, string>();
  const fresh: NewAccountNumber[] = [];
  const names = rows.map((row, index) => {
    mustLookLikeAnAccount(row.number, index);
    const hash = hashOf(row.clientId, row.number);
    const name = nameOf(row, row.kind, hash);
    if (!ids.has(name)) {
      const id = by.ids.next();
      ids.set(name, id);
      fresh.push(sealedRow(row, id, hash, dataKeys.get(row.claimId)));
    }
    return name;
  });
  const added = await insertAccountNumbers(tx, fresh, now);
  if (added < fresh.length) await useExisting(tx, rows, ids);
  return names.map((name) => ids.get(name) as string);
}

/** A data key for every claim: fresh ones for claims without, the existing ones for the others. */
async function dataKeysFor(
  tx: Transaction,
  keys: VaultKeys,
  wrapping: Buffer,
  rows: readonly ClaimKey[],
  now: string,
): Promise<Map<string, Buffer>> {
  const claims = claimsOf(rows);
  const dataKeys = new Map(claims.map((claim) => [claim.claimId, newDataKey()]));
  const added = await insertAccountKeys(
    tx,
    claims.map((claim) => ({
      ...claim,
      wrapped: wrapKey(wrapping, dataKeys.get(claim.claimId) as Buffer),
      wrappingKey: keys.current,
    })),
    now,
  );
  if (added.length < claims.length) {
    const mine = new Set(added.map((one) => one.claimId));
    const others = claims.filter((claim) => !mine.has(claim.claimId));
    for (const [claimId, key] of await openKeys(tx, keys, others)) dataKeys.set(claimId, key);
  }
  return dataKeys;
}

/** The data key of each row; those that one wrapping key wrapped are opened at once. */
function openedKeys(
  keys: VaultKeys,
  rows: readonly { readonly wrappingKey: number; readonly wrapped: Uint8Array }[],
): Buffer[] {
  const opened: Buffer[] = [];
  for (const number of new Set(rows.map((row) => row.wrappingKey))) {
    const mine = [...rows.keys()].filter((at) => rows[at]?.wrappingKey === number);
    const wrapped = mine.map((at) => (rows[at] as { wrapped: Uint8Array }).wrapped);
    const dataKeys = unwrapKeys(wrappingKey(keys, number), wrapped);
    mine.forEach((at, index) => (opened[at] = dataKeys[index] as Buffer));
  }
  return opened;
}

async function openKeys(
  db: Queries,
  keys: VaultKeys,
  claims: readonly ClaimKey[],
): Promise<Map<string, Buffer>> {
  const rows = await accountKeys(db, claims);
  const opened = openedKeys(keys, rows);
  return new Map(rows.map((row, at) => [row.claimId, opened[at] as Buffer]));
}

/** Numbers that their claim held before: the ids that exist count. */
async function useExisting(
  tx: Transaction,
  rows: readonly AccountToStore[],
  ids: Map<string, string>,
): Promise<void> {
  for (const row of await accountsOfClaims(tx, claimsOf(rows))) {
    const name = nameOf(row, row.kind, row.searchHash);
    if (ids.has(name)) ids.set(name, row.id);
  }
}

function sealedRow(
  row: AccountToStore,
  id: string,
  hash: Buffer,
  dataKey: Buffer | undefined,
): NewAccountNumber {
  assert(dataKey !== undefined, "a claim that takes in a number has a data key");
  const { clientId, claimId, kind } = row;
  const number = plainNumber(row.number);
  return {
    clientId,
    claimId,
    id,
    kind,
    sealed: seal(dataKey, { clientId, claimId, id }, number),
    searchHash: hash,
    masked: maskOf(kind, number),
  };
}

function wrappingKey(keys: VaultKeys, number: number): Buffer {
  const key = keys.wrapping.get(number);
  if (key !== undefined) return key;
  throw new Failure("configuration-invalid", `the vault's key file lacks wrapping key ${number}`, {
    setting: "REDRESS_VAULT_KEY_FILE",
  });
}

function claimsOf(rows: readonly ClaimKey[]): ClaimKey[] {
  const byId = new Map(
    rows.map(({ clientId, claimId }) => [`${clientId} ${claimId}`, { clientId, claimId }]),
  );
  return [...byId.values()];
}

function nameOf(row: ClaimKey, kind: AccountKind, hash: Uint8Array): string {
  return `${row.clientId} ${row.claimId} ${kind} ${Buffer.from(hash).toString("base64")}`;
}

/** Says which one, never the number itself. */
function mustLookLikeAnAccount(number: string, index: number): void {
  if (ACCOUNT_NUMBER.test(number)) return;
  const detail = "an account number is 1 to 64 letters, digits, spaces, dots, slashes or dashes";
  throw new Failure("input-invalid", detail, { index }, [{ pointer: `/${index}/account`, detail }]);
}
