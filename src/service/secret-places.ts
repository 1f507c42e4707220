/**
 * Secrets inside a body: `{"$secret": "env:NAME"}` stands where the value goes. What is written
 * holds a mark that nobody can guess; the secret takes its place when the request is sent.
 */
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";

const MARK = `secret-${randomUUID()}-`;
const MARKS = new RegExp(`${MARK}([0-9a-f]+)\\.`, "g");

export function markOf(reference: string): string {
  return `${MARK}${Buffer.from(reference).toString("hex")}.`;
}

/** What the record and the pages show in its place. */
export function shownSecret(reference: string): string {
  return `•••• (${reference})`;
}

export function isSecretPlace(value: unknown): value is { readonly $secret: unknown } {
  return typeof value === "object" && value !== null && "$secret" in value;
}

/** Throws `configuration-invalid` where a secret is missing. */
export function withSecretsInPlace(
  text: string,
  secretAt: (reference: string) => string,
  escaped: (secret: string) => string,
): string {
  if (!text.includes(MARK)) return text;
  return text.replaceAll(MARKS, (_, hex: string) =>
    escaped(secretAt(Buffer.from(hex, "hex").toString())),
  );
}
