/** The text of a file that came back, by what its bytes say of their encoding. */
import { decodeEbcdic } from "../ebcdic.ts";

const EBCDIC_ONE = 0xf1;

/** UTF-8, with or without a byte order mark; null where the bytes are not. */
export function utf8Of(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** For files of banks that say nothing of their encoding: UTF-8, else one byte per character. */
export function bankTextOf(bytes: Uint8Array): string {
  // A Nacha file begins with the digit one, which is this byte on a mainframe.
  if (bytes[0] === EBCDIC_ONE) return decodeEbcdic(bytes).replaceAll("\u0085", "\n");
  return utf8Of(bytes) ?? Buffer.from(bytes).toString("latin1");
}
