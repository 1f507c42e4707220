/**
 * Reads a file as chunks of whole lines from a byte offset on. Chunks always end at the same
 * lines, wherever reading starts again, because an offset is always the end of a chunk.
 */
import type { FileHandle } from "node:fs/promises";

import { Failure } from "../kernel/failure.ts";

export interface Chunk {
  readonly lines: readonly string[];
  /** Bytes of the file that these lines took, line ends included. */
  readonly bytes: number;
}

const READ_BYTES = 1 << 20;
export const LINE_BYTES_MAX = 4 << 20;

/**
 * Chunks of `linesPerChunk` lines, the last one shorter. Throws on a line without an end in
 * sight.
 */
export async function* readChunks(
  file: FileHandle,
  offset: number,
  linesPerChunk: number,
): AsyncGenerator<Chunk, undefined> {
  let rest = Buffer.alloc(0);
  let position = offset;
  let lines: string[] = [];
  let bytes = 0;
  for (;;) {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    const { bytesRead } = await file.read(buffer, 0, READ_BYTES, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const text =
      rest.length === 0 ? buffer.subarray(0, bytesRead) : joined(rest, buffer, bytesRead);
    let start = 0;
    for (let end = text.indexOf(10, start); end !== -1; end = text.indexOf(10, start)) {
      lines.push(text.toString("utf8", start, end));
      bytes += end + 1 - start;
      start = end + 1;
      if (lines.length === linesPerChunk) {
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
    lines.push(rest.toString("utf8"));
    bytes += rest.length;
  }
  if (lines.length > 0) yield { lines, bytes };
}

function joined(rest: Buffer, buffer: Buffer, bytesRead: number): Buffer {
  return Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
}
