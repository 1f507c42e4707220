/**
 * The vault's cryptography, without I/O: a data key per claim (AES key wrap, RFC 3394), numbers
 * sealed with AES-256-GCM and bound to where they belong, a keyed hash to search by, and the mask.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomFillSync,
} from "node:crypto";
import type { KeyObject } from "node:crypto";

import { assert } from "../kernel/assert.ts";

export type AccountKind = "account" | "card";

export interface SealedPlace {
  readonly clientId: string;
  readonly claimId: string;
  readonly id: string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DATA_KEY_BYTES = 32;
const WRAP_START = Buffer.from("a6a6a6a6a6a6a6a6", "hex");

export function newDataKey(): Buffer {
  return randomFillSync(Buffer.allocUnsafe(DATA_KEY_BYTES));
}

export function wrapKey(wrappingKey: Uint8Array, dataKey: Uint8Array): Buffer {
  const cipher = createCipheriv("id-aes256-wrap", asWrappingKey(wrappingKey), WRAP_START);
  return Buffer.concat([cipher.update(dataKey), cipher.final()]);
}

/** Throws when the wrapped key was altered or another key wrapped it. */
export function unwrapKey(wrappingKey: Uint8Array, wrapped: Uint8Array): Buffer {
  const decipher = createDecipheriv("id-aes256-wrap", asWrappingKey(wrappingKey), WRAP_START);
  return Buffer.concat([decipher.update(wrapped), decipher.final()]);
}

const CHECK_BYTES = 8;
/** The cipher works on four words at once; a key is eight, turned by two. */
const BLOCK_WORDS = 4;
const KEY_WORDS = DATA_KEY_BYTES / 4;
const WRAP_STEPS = 6 * (DATA_KEY_BYTES / CHECK_BYTES);

/**
 * As `unwrapKey` for many at once, in the order given: RFC 3394 section 2.2.2, each of its steps
 * for all of them in one call to the cipher, which costs more than the blocks do. Throws where one
 * was altered.
 */
export function unwrapKeys(wrappingKey: Uint8Array, wrapped: readonly Uint8Array[]): Buffer[] {
  const decipher = createDecipheriv("aes-256-ecb", asWrappingKey(wrappingKey), null);
  decipher.setAutoPadding(false);
  const count = wrapped.length;
  const keys = new Uint32Array(count * KEY_WORDS);
  // Of each key: its check (A of the RFC), and beside it the part that is turned.
  const blocks = new Uint32Array(count * BLOCK_WORDS);
  const [keyBytes, blockBytes] = [Buffer.from(keys.buffer), Buffer.from(blocks.buffer)];
  wrapped.forEach((one, index) => {
    assert(one.length === CHECK_BYTES + DATA_KEY_BYTES, "a wrapped key is a check and a key");
    blockBytes.set(one.subarray(0, CHECK_BYTES), index * BLOCK_WORDS * 4);
    keyBytes.set(one.subarray(CHECK_BYTES), index * DATA_KEY_BYTES);
  });
  const wordOf = new Uint8Array(4);
  for (let step = WRAP_STEPS; step > 0; step -= 1) {
    // The step's number is below 256: the last byte of the check is all of it.
    wordOf[3] = step;
    const turned = new Uint32Array(wordOf.buffer)[0] as number;
    const part = ((step - 1) * 2) % KEY_WORDS;
    for (let index = 0; index < count; index += 1) {
      const [block, key] = [index * BLOCK_WORDS, index * KEY_WORDS + part];
      blocks[block + 1] = (blocks[block + 1] as number) ^ turned;
      blocks[block + 2] = keys[key] as number;
      blocks[block + 3] = keys[key + 1] as number;
    }
    decipher.update(blocks).copy(blockBytes);
    for (let index = 0; index < count; index += 1) {
      const [block, key] = [index * BLOCK_WORDS, index * KEY_WORDS + part];
      keys[key] = blocks[block + 2] as number;
      keys[key + 1] = blocks[block + 3] as number;
    }
  }
  const [first, second] = new Uint32Array(Uint8Array.from(WRAP_START).buffer);
  return wrapped.map((_, index) => {
    const block = index * BLOCK_WORDS;
    const isWhole = blocks[block] === first && blocks[block + 1] === second;
    if (!isWhole) throw new Error("a wrapped key was altered, or another key wrapped it");
    return keyBytes.subarray(index * DATA_KEY_BYTES, (index + 1) * DATA_KEY_BYTES);
  });
}

/** Nonce, tag, ciphertext. */
export function seal(dataKey: Uint8Array, place: SealedPlace, number: string): Buffer {
  const nonce = randomFillSync(Buffer.allocUnsafe(NONCE_BYTES));
  const cipher = createCipheriv("aes-256-gcm", asKey(dataKey), nonce);
  cipher.setAAD(boundTo(place));
  const text = Buffer.concat([cipher.update(number, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

/** Throws when the bytes were altered or belong to another account, claim or client. */
export function unseal(dataKey: Uint8Array, place: SealedPlace, sealed: Uint8Array): string {
  assert(sealed.length > NONCE_BYTES + TAG_BYTES, "a sealed number has a nonce and a tag");
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const decipher = createDecipheriv("aes-256-gcm", asKey(dataKey), bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(boundTo(place));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([text, decipher.final()]).toString("utf8");
}

/** Bare bytes cost Node twice the time: it asks of them at length whether they are a key. */
function asKey(bytes: Uint8Array): KeyObject {
  return createSecretKey(bytes);
}

const wrappingKeys = new WeakMap<Uint8Array, KeyObject>();

/** One and the same for all the keys that it wraps. */
function asWrappingKey(bytes: Uint8Array): KeyObject {
  let key = wrappingKeys.get(bytes);
  if (key === undefined) wrappingKeys.set(bytes, (key = createSecretKey(bytes)));
  return key;
}

export function searchKey(bytes: Uint8Array): KeyObject {
  return createSecretKey(bytes);
}

/** The same number of the same client gives the same hash; without the key it says nothing. */
export function searchHash(key: KeyObject, clientId: string, number: string): Buffer {
  return createHmac("sha256", key)
    .update(`${clientId}\n${plainNumber(number)}`)
    .digest();
}

/** As typed, without the spaces and dashes people put in. */
export function plainNumber(number: string): string {
  return number.replaceAll(/[\s-]/g, "");
}

/**
 * BIN and last four of a card, the last four of an account, less where that would be most of it.
 */
export function maskOf(kind: AccountKind, number: string): string {
  const plain = plainNumber(number);
  if (kind === "card" && plain.length >= 13) return `${plain.slice(0, 6)}••••${plain.slice(-4)}`;
  if (plain.length >= 8) return `••••${plain.slice(-4)}`;
  return plain.length >= 5 ? `••••${plain.slice(-2)}` : "••••";
}

/** Fields cannot contain the separator: ids are UUIDs, a client's id is lower case and dashes. */
function boundTo({ clientId, claimId, id }: SealedPlace): Buffer {
  return Buffer.from(`${clientId}\n${claimId}\n${id}`);
}
