/**
 * Bytes kept in the database in sealed chunks: each with its own nonce, bound to the file and the
 * place in it, under a data key that a key from outside the database wraps.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

import { assert } from "../kernel/assert.ts";
import { Failure } from "../kernel/failure.ts";

import { unwrapKey, wrapKey } from "./seal.ts";
import type { VaultKeys } from "./vault-key.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** How a data key is kept: wrapped, and by which wrapping key. */
export interface SealedBy {
  readonly wrappedKey: Uint8Array;
  readonly wrappingKey: number;
}

export interface SealedPlace {
  readonly clientId: string;
  readonly fileId: string;
}

export function wrappedBy(keys: VaultKeys, dataKey: Uint8Array): SealedBy {
  const wrapping = keys.wrapping.get(keys.current);
  assert(wrapping !== undefined, "the current wrapping key exists");
  return { wrappedKey: wrapKey(wrapping, dataKey), wrappingKey: keys.current };
}

export function openKey(keys: VaultKeys, { wrappedKey, wrappingKey }: SealedBy): Buffer {
  const wrapping = keys.wrapping.get(wrappingKey);
  if (wrapping === undefined) {
    throw new Failure("configuration-invalid", `the vault lacks wrapping key ${wrappingKey}`);
  }
  return unwrapKey(wrapping, wrappedKey);
}

export function sealChunk(
  dataKey: Buffer,
  place: SealedPlace,
  ordinal: number,
  clear: Uint8Array,
): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", dataKey, nonce);
  cipher.setAAD(boundTo(place, ordinal));
  const sealed = Buffer.concat([cipher.update(clear), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** Throws when the bytes were altered or belong to another file or place in it. */
export function openChunk(
  dataKey: Buffer,
  place: SealedPlace,
  ordinal: number,
  sealed: Buffer,
): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", dataKey, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(boundTo(place, ordinal));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const clear = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([clear, decipher.final()]);
}

function boundTo({ clientId, fileId }: SealedPlace, ordinal: number): Buffer {
  return Buffer.from(`${clientId}\n${fileId}\n${ordinal}`);
}
