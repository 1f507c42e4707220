/**
 * Reads a file as chunks of whole lines from a byte offset on. Chunks always end at the same
 * lines, wherever reading starts again, because an offset is always the end of a chunk.
 */
import { isUtf8 } from "node:buffer";
import type { FileHandle } from "node:fs/promises";

import { Failure } from "../kernel/failure.ts";

export interface Chunk {
  /** Null: a line that is not UTF-8, and so says nothing for certain. */
  readonly lines: readonly (string | null)[];
  /** Bytes of the file that these lines took, line ends included. */
  readonly bytes: number;
}

const READ_BYTES = 1 << 20;
export const LINE_BYTES_MAX = 4 << 20;
/** A chunk of long lines has fewer of them: what is in memory at once stays bounded. */
const CHUNK_BYTES_MAX = 4 << 20;

export interface ReadFrom {
  readonly offset: number;
  /** Bytes of the file; what was added since they were counted is not read. */
  readonly until: number;
  readonly linesPerChunk: number;
}

/**
 * Chunks of `linesPerChunk` lines, shorter where the lines are long, and at the end. Throws on a
 * line without an end in sight.
 */
export async function* readChunks(
  file: FileHandle,
  { offset, until, linesPerChunk }: ReadFrom,
): AsyncGenerator<Chunk, undefined> {
  let rest = Buffer.alloc(0);
  let position = offset;
  let lines: (string | null)[] = [];
  let bytes = 0;
  let isFirst = offset === 0;
  const add = (line: Buffer): void => {
    lines.push(textOf(isFirst ? withoutMark(line) : line));
    isFirst = false;
  };
  for (;;) {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    const wanted = Math.min(READ_BYTES, until - position);
    const { bytesRead } = await file.read(buffer, 0, wanted, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const text =
      rest.length === 0 ? buffer.subarray(0, bytesRead) : joined(rest, buffer, bytesRead);
    let start = 0;
    for (let end = text.indexOf(10, start); end !== -1; end = text.indexOf(10, start)) {
      add(text.subarray(start, end));
      bytes += end + 1 - start;
      start = end + 1;
      if (lines.length === linesPerChunk || bytes >= CHUNK_BYTES_MAX) {
        yield { lines, bytes };
        lines = [];
        bytes = 0;
      }
    }
    rest = Buffer.from(text.subarray(start));
    if (rest.length > LINE_BYTES_MAX) {
      throw new Failure("line-invalid", `a line is longer than ${LINE_BYTES_MAX} bytes`, {
        offset: position - rest.length,
      });
    }
  }
  if (rest.length > 0) {
    add(rest);
    bytes += rest.length;
  }
  if (lines.length > 0) yield { lines, bytes };
}

/** What is written in another encoding would come in as other letters, and two keys as one. */
function textOf(line: Buffer): string | null {
  return isUtf8(line) ? line.toString("utf8") : null;
}

const MARK = Buffer.from("\u{feff}");

function withoutMark(line: Buffer): Buffer {
  return line.subarray(0, MARK.length).equals(MARK) ? line.subarray(MARK.length) : line;
}

function joined(rest: Buffer, buffer: Buffer, bytesRead: number): Buffer {
  return Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
}
