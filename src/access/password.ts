/**
 * Passwords as scrypt hashes (RFC 7914) that carry their own parameters, so that stronger ones can
 * follow without a migration. Verifying takes as long for a name that does not exist.
 */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

import { Failure } from "../kernel/failure.ts";

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 64 MiB, about 0.2 s on one core: OWASP's second choice for scrypt. */
const COST: Cost = { N: 2 ** 16, r: 8, p: 2 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const HASH = /^scrypt[$]([0-9]+)[$]([0-9]+)[$]([0-9]+)[$]([A-Za-z0-9_-]+)[$]([A-Za-z0-9_-]+)$/;

export const SHORTEST_PASSWORD = 12;
const LONGEST_PASSWORD = 256;

/** `scrypt$N$r$p$salt$key`. Throws `input-invalid` for one that is too short or too long. */
export async function hashPassword(password: string): Promise<string> {
  if (password.length < SHORTEST_PASSWORD || password.length > LONGEST_PASSWORD) {
    const detail = `a password has ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters`;
    throw new Failure("input-invalid", detail, {}, [{ pointer: "/password", detail }]);
  }
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, COST);
  const { N, r, p } = COST;
  return `scrypt$${N}$${r}$${p}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

/** False for a wrong password, and for a null hash after the same time. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const parts = hash === null ? null : HASH.exec(hash);
  if (parts === null || password.length > LONGEST_PASSWORD) {
    await derive(password.slice(0, LONGEST_PASSWORD), Buffer.alloc(SALT_BYTES), COST);
    return false;
  }
  const [, N, r, p, salt = "", expected = ""] = parts;
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const key = await derive(password, Buffer.from(salt, "base64url"), cost);
  return timingSafeEqual(key, Buffer.from(expected, "base64url"));
}

function derive(password: string, salt: Uint8Array, cost: Cost): Promise<Buffer> {
  const options = { ...cost, maxmem: 2 * 128 * cost.N * cost.r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
