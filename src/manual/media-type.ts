/**
 * What kind of file some bytes are, by the bytes: a name and a header say what their sender likes.
 * Only kinds that a browser shows or a person reads; what could run is none of them.
 */
import type { EVIDENCE_TYPES } from "../accounting/client-settings.ts";

export type MediaType = (typeof EVIDENCE_TYPES)[number];

const BEGINNINGS: readonly (readonly [MediaType, readonly number[]])[] = [
  ["application/pdf", [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ["image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/tiff", [0x49, 0x49, 0x2a, 0x00]],
  ["image/tiff", [0x4d, 0x4d, 0x00, 0x2a]],
];

/** Null: none of the kinds that are known. */
export function mediaTypeOf(bytes: Uint8Array): MediaType | null {
  const known = BEGINNINGS.find(([, beginning]) =>
    beginning.every((byte, index) => bytes[index] === byte),
  );
  if (known !== undefined) return known[0];
  return isPlainText(bytes) ? "text/plain" : null;
}

/** UTF-8 without control characters but tabs and line ends, and no page that would run. */
function isPlainText(bytes: Uint8Array): boolean {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return false;
  }
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text)) return false;
  return !/^\s*<(!doctype|html|svg|script|\?xml)/i.test(text);
}
