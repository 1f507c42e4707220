/**
 * The hash of a request's body in one canonical form: keys sorted, nothing left out. The same key
 * with another hash is another request, and is refused.
 */
import { createHash } from "node:crypto";

export function bodyHash(body: unknown): Buffer {
  return createHash("sha256").update(canonical(body)).digest();
}

export function sameHash(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

/**
 * JSON with sorted keys; absent and undefined are the same; bigint as decimal text. Bytes stand by
 * their own hash: written one by one they take sixty times their size, and an upload is long.
 */
export function canonical(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "bigint") return `"${value.toString()}"`;
  if (value instanceof Uint8Array) return `"${createHash("sha256").update(value).digest("hex")}"`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`);
  return `{${fields.join(",")}}`;
}
