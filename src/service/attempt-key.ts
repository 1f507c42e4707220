/**
 * The key under which a system of record knows a posting: adjustment + revision, the same at every
 * attempt, in the shape that the core demands. The revision rises only after a definite refusal,
 * so that a core which stores refusals does not replay one (reference a.8).
 */
import { createHash } from "node:crypto";

export type KeyFormat = "uuid" | "text36" | "int64";

/**
 * `uuid`: a name-based UUID, version 8 (RFC 9562 §5.8). `text36`: the adjustment's 32 digits, a
 * dash and the revision. `int64`: 1 … 2^63 - 1; two that meet are told apart by the comparison of
 * amount and accounts that every duplicate answer goes through.
 */
export function attemptKey(adjustmentId: string, revision: number, format: KeyFormat): string {
  if (format === "text36") return `${adjustmentId.replaceAll("-", "")}-${revision}`;
  const hash = createHash("sha256").update(`redress ${adjustmentId} ${revision}`).digest();
  if (format === "int64") {
    const number = hash.readBigUInt64BE() & 0x7fff_ffff_ffff_ffffn;
    return String(number === 0n ? 1n : number);
  }
  const hex = hash.toString("hex");
  const variant = ((Number.parseInt(hex[16] as string, 16) & 0x3) | 0x8).toString(16);
  return (
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-` +
    `${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  );
}
