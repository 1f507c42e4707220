/**
 * How much a file that comes back may hold. One that holds more is refused as a whole with the
 * limit named: to read it must never take more memory than a process has.
 */
import type { InboundDocument, InboundFault, InboundFormat } from "./document.ts";

const MIB = 1024 ** 2;

export const MOST_LINES = 2_000_000;
export const LONGEST_LINE = MIB;
/** A reader stops here: what follows is no better. */
export const MOST_FAULTS = 10_000;

/** A tree of elements takes some 800 bytes for each, rows of text hardly more than the text. */
export const MOST_ELEMENTS = 1_000_000;
const OF_XML_BYTES = 32 * MIB;
const OF_TEXT_BYTES = 128 * MIB;

/** The most of all formats. */
export const MOST_BYTES = OF_TEXT_BYTES;

const XML: ReadonlySet<InboundFormat> = new Set(["camt.053", "camt.054", "pain.002"]);
/** Their records may follow each other without a line break. */
const UNBROKEN: ReadonlySet<InboundFormat> = new Set([
  ...XML,
  "fixedWidth",
  "nacha-return",
  "nacha-acknowledgement",
]);

export function mostBytesOf(format: InboundFormat): number {
  return XML.has(format) ? OF_XML_BYTES : OF_TEXT_BYTES;
}

/** In words for people: `64 MiB`. */
export function sizeInWords(bytes: number): string {
  return `${bytes / MIB} MiB`;
}

/** Why bytes are not read at all; null where they may be. */
export function unreadableBytes(format: InboundFormat, bytes: Uint8Array): InboundFault | null {
  const most = mostBytesOf(format);
  const is = (place: string, reason: string): InboundFault => ({ line: null, place, reason });
  if (bytes.length > most) return is("size", `is more than ${sizeInWords(most)}`);
  const packed = packedAs(bytes);
  return packed === null ? null : is("encoding", `is packed (${packed}): send it unpacked`);
}

/** The first line that is longer than a line may be. */
export function longLine(format: InboundFormat, text: string): InboundFault | null {
  if (UNBROKEN.has(format)) return null;
  for (let start = 0, line = 1; start < text.length; line += 1) {
    const found = text.indexOf("\n", start);
    const end = found === -1 ? text.length : found;
    if (end - start > LONGEST_LINE) {
      return { line, place: "line", reason: `is longer than ${LONGEST_LINE} characters` };
    }
    start = end + 1;
  }
  return null;
}

/** Counted before anything is read of it. */
export function tooManyElements(text: string): InboundFault | null {
  let count = 0;
  for (let at = text.indexOf("<"); at !== -1; at = text.indexOf("<", at + 1)) {
    if (text[at + 1] !== "/") count += 1;
    if (count > MOST_ELEMENTS) {
      return { line: null, place: "elements", reason: `are more than ${MOST_ELEMENTS}` };
    }
  }
  return null;
}

/** A reader of rows stops where nothing that follows can change that the file is refused. */
export function isEnough(lines: { length: number }, faults: { length: number }): boolean {
  return lines.length > MOST_LINES || faults.length > MOST_FAULTS;
}

export function tooManyLines({ lines }: InboundDocument): InboundFault | null {
  if (lines.length <= MOST_LINES) return null;
  return { line: null, place: "lines", reason: `are more than ${MOST_LINES}` };
}

const PACKED: readonly (readonly [name: string, first: readonly number[]])[] = [
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  ["gzip", [0x1f, 0x8b]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
];

function packedAs(bytes: Uint8Array): string | null {
  const found = PACKED.find(([, first]) => first.every((byte, index) => bytes[index] === byte));
  return found?.[0] ?? null;
}
