/**
 * A file's bytes in the database: chunks of bounded size, hashed on the way in, encrypted where
 * they hold account numbers. The hash is of the clear bytes, the ones that leave.
 */
import { createHash } from "node:crypto";

import { newDataKey } from "../../access/seal.ts";
import type { SealedBy } from "../../access/sealed-chunks.ts";
import { openChunk, openKey, sealChunk, wrappedBy } from "../../access/sealed-chunks.ts";
import type { VaultKeys } from "../../access/vault-key.ts";
import type { Queries, Transaction } from "../../database/database.ts";
import { assert } from "../../kernel/assert.ts";

import { insertChunk } from "../store.ts";
import { fileChunk } from "../views.ts";

const CHUNK_CHARACTERS = 256 * 1024;

export interface FilePlace {
  readonly clientId: string;
  readonly fileId: string;
}

export interface StoredBytes {
  readonly sha256: Buffer;
  readonly sizeBytes: number;
  readonly sealedBy: SealedBy | null;
}

export interface ByteStore {
  /** Waits only where a chunk has to be stored: undefined means it was taken at once. */
  write(text: string): Promise<void> | undefined;
  /** Stores what is left, and how it begins where that was kept back. Nothing may follow. */
  finish(beginning: string | null): Promise<StoredBytes>;
}

export interface ByteSettings {
  readonly isSealed: boolean;
  encode(text: string): Buffer;
  /** Its beginning comes last: a place is kept for it. */
  readonly beginsLast: boolean;
}

/**
 * Writes a file's chunks inside the transaction. One is on its way while the next is filled: two
 * are in memory at most.
 */
export function byteStore(
  tx: Transaction,
  place: FilePlace,
  keys: VaultKeys,
  { isSealed, encode, beginsLast }: ByteSettings,
): ByteStore {
  const hash = createHash("sha256");
  const dataKey = isSealed ? newDataKey() : null;
  let pending: string[] = [];
  let pendingCharacters = 0;
  let ordinal = beginsLast ? 1 : 0;
  let sizeBytes = 0;
  let onItsWay: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    if (pendingCharacters === 0) return;
    const clear = encode(pending.join(""));
    pending = [];
    pendingCharacters = 0;
    ordinal += 1;
    hash.update(clear);
    sizeBytes += clear.length;
    await onItsWay;
    onItsWay = store(ordinal, clear);
    // Told when the next one is stored, or at the end; until then nobody else handles a failure.
    onItsWay.catch(() => undefined);
  };
  const store = async (at: number, clear: Buffer): Promise<void> => {
    const bytes = dataKey === null ? clear : sealChunk(dataKey, place, at, clear);
    await insertChunk(tx, { ...place, ordinal: at, bytes });
  };
  return {
    write: (text) => {
      pending.push(text);
      pendingCharacters += text.length;
      return pendingCharacters >= CHUNK_CHARACTERS ? flush() : undefined;
    },
    finish: async (beginning) => {
      await flush();
      await onItsWay;
      const sealed = sealedBy(keys, dataKey);
      assert(beginsLast === (beginning !== null), "a beginning was kept back");
      if (beginning === null) return { sha256: hash.digest(), sizeBytes, sealedBy: sealed };
      await store(1, encode(beginning));
      return { ...(await hashed(readBytes(tx, place, keys, sealed))), sealedBy: sealed };
    },
  };
}

/** Of bytes whose beginning was stored last: hashed in their order, chunk by chunk. */
async function hashed(
  chunks: AsyncIterable<Buffer>,
): Promise<Pick<StoredBytes, "sha256" | "sizeBytes">> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sha256: hash.digest(), sizeBytes };
}

/** The clear bytes of a file, chunk by chunk, each read by its own short statement. */
export async function* readBytes(
  db: Queries,
  place: FilePlace,
  keys: VaultKeys,
  sealed: SealedBy | null,
): AsyncGenerator<Buffer> {
  const dataKey = sealed === null ? null : openKey(keys, sealed);
  for (let ordinal = 1; ; ordinal += 1) {
    const bytes = await fileChunk(db, place.clientId, place.fileId, ordinal);
    if (bytes === undefined) return;
    yield dataKey === null ? bytes : openChunk(dataKey, place, ordinal, bytes);
  }
}

function sealedBy(keys: VaultKeys, dataKey: Buffer | null): SealedBy | null {
  return dataKey === null ? null : wrappedBy(keys, dataKey);
}
