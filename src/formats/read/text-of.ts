/** The text of a file that came back, by what its bytes say of their encoding. */
import { decodeEbcdic } from "../ebcdic.ts";

import type { InboundFault } from "./document.ts";

const EBCDIC_ONE = 0xf1;

/** UTF-8, with or without a byte order mark; null where the bytes are not. */
export function utf8Of(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

const DECLARED = /^<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/;
/** Each byte of theirs is a character, or several are one that says so itself. */
const KNOWN = new Set(["utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"]);

/**
 * The text of an XML document: by its byte order mark, else by the encoding that it declares, else
 * UTF-8 (XML 1.0, appendix F). A fault where its bytes are not what it says.
 */
export function xmlTextOf(bytes: Uint8Array): { readonly text: string } | InboundFault {
  const is = (reason: string): InboundFault => ({ line: null, place: "encoding", reason });
  const wide = wideEncodingOf(bytes);
  const start = Buffer.from(bytes.subarray(0, 300))
    .toString("latin1")
    .replace(/^\u00ef\u00bb\u00bf/, "");
  const declared = wide ?? DECLARED.exec(start)?.[1]?.toLowerCase() ?? "utf-8";
  if (wide === null && !KNOWN.has(declared)) return is(`${declared} is not read; send UTF-8`);
  try {
    return { text: new TextDecoder(declared, { fatal: true }).decode(bytes) };
  } catch {
    return is(`the bytes are not ${declared.toUpperCase()}`);
  }
}

/** UTF-16 by its mark, or by the zero beside the first bracket. */
function wideEncodingOf([first, second]: Uint8Array): "utf-16le" | "utf-16be" | null {
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return "utf-16be";
  return null;
}

/** For files of banks that say nothing of their encoding: UTF-8, else one byte per character. */
export function bankTextOf(bytes: Uint8Array): string {
  // A Nacha file begins with the digit one, which is this byte on a mainframe.
  if (bytes[0] === EBCDIC_ONE) return decodeEbcdic(bytes).replaceAll("\u0085", "\n");
  return utf8Of(bytes) ?? Buffer.from(bytes).toString("latin1");
}
