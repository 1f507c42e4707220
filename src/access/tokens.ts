/**
 * Secrets that a caller holds: session tokens and API keys. 256 random bits each, so a plain hash
 * is enough to keep them; the database never holds what signs anybody in.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const TOKEN_BYTES = 32;
const API_KEY = /^rk_[A-Za-z0-9_-]{43}$/;

/** A fresh session token. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** A fresh API key: `rk_` makes one that leaked into a text findable. */
export function newApiKey(): string {
  return `rk_${newToken()}`;
}

export function isApiKey(text: string): boolean {
  return API_KEY.test(text);
}

/** What the database keeps of a token. */
export function tokenHash(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** The CSRF token of a session: follows from the session's own token, which scripts cannot read. */
export function csrfToken(sessionToken: string): string {
  return createHmac("sha256", sessionToken).update("csrf").digest("base64url");
}

/** Compares in constant time. */
export function sameText(left: string, right: string): boolean {
  const a = createHash("sha256").update(left).digest();
  const b = createHash("sha256").update(right).digest();
  return timingSafeEqual(a, b);
}
