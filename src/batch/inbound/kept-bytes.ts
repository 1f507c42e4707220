/**
 * The bytes of a return file as they came, always encrypted: such files carry account numbers. The
 * hash is of the clear bytes.
 */
import { createHash } from "node:crypto";

import { newDataKey } from "../../access/seal.ts";
import type { SealedBy } from "../../access/sealed-chunks.ts";
import { openChunk, openKey, sealChunk, wrappedBy } from "../../access/sealed-chunks.ts";
import type { VaultKeys } from "../../access/vault-key.ts";
import type { Queries, Transaction } from "../../database/database.ts";

import type { FilePlace } from "../writing/stored-bytes.ts";
import { insertInboundChunk } from "./store.ts";
import { inboundChunk } from "./views.ts";

const CHUNK_BYTES = 256 * 1024;

export function sha256Of(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

export interface InboundSeal {
  readonly dataKey: Buffer;
  readonly sealedBy: SealedBy;
}

export function newSeal(keys: VaultKeys): InboundSeal {
  const dataKey = newDataKey();
  return { dataKey, sealedBy: wrappedBy(keys, dataKey) };
}

export async function keepBytes(
  tx: Transaction,
  place: FilePlace,
  { dataKey }: InboundSeal,
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0, ordinal = 1; at < bytes.length; at += CHUNK_BYTES, ordinal += 1) {
    const clear = bytes.subarray(at, at + CHUNK_BYTES);
    await insertInboundChunk(tx, {
      ...place,
      ordinal,
      bytes: sealChunk(dataKey, place, ordinal, clear),
    });
  }
}

/** The clear bytes again. Throws when they were altered. */
export async function readKeptBytes(
  db: Queries,
  place: FilePlace,
  keys: VaultKeys,
  sealedBy: SealedBy,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of keptChunks(db, place, keys, sealedBy)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Hash and length of the clear bytes, of which one chunk at a time is held. Throws as above. */
export async function keptDigest(
  db: Queries,
  place: FilePlace,
  keys: VaultKeys,
  sealedBy: SealedBy,
): Promise<{ readonly sha256: Buffer; readonly sizeBytes: number }> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of keptChunks(db, place, keys, sealedBy)) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sha256: hash.digest(), sizeBytes };
}

async function* keptChunks(
  db: Queries,
  place: FilePlace,
  keys: VaultKeys,
  sealedBy: SealedBy,
): AsyncGenerator<Buffer> {
  const dataKey = openKey(keys, sealedBy);
  for (let ordinal = 1; ; ordinal += 1) {
    const bytes = await inboundChunk(db, place, ordinal);
    if (bytes === undefined) return;
    yield openChunk(dataKey, place, ordinal, bytes);
  }
}
