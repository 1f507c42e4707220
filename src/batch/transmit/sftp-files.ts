/**
 * Files on an SFTP server: looked at, written, read back. Many requests are on their way at once,
 * for a server far away answers each one late.
 */
import { createHash } from "node:crypto";

import type { SFTPWrapper, Stats } from "ssh2";

import type { SftpSession } from "./sftp-session.ts";
import { NO_SUCH_FILE, Refused } from "./sftp-session.ts";

const PIECE_BYTES = 32_768;
const REQUESTS_AT_ONCE = 64;

/** Null where there is none. Throws `Refused` where nobody may look, and `Lost`. */
export async function statusOf(session: SftpSession, path: string): Promise<Stats | null> {
  try {
    return await session.ask<Stats>("look", (sftp, answer) => sftp.lstat(path, answer));
  } catch (error) {
    if (error instanceof Refused && error.status === NO_SUCH_FILE) return null;
    throw error;
  }
}

/** Writes a new file; one of that name is never overwritten. Answers what made it durable. */
export async function writeNew(
  session: SftpSession,
  path: string,
  content: AsyncIterable<Buffer>,
  passed: () => void = () => undefined,
): Promise<{ readonly isSynced: boolean }> {
  const handle = await session.ask<Buffer>("open", (sftp, answer) =>
    sftp.open(path, "wx", { mode: 0o640 }, answer),
  );
  let isOpen = true;
  try {
    await writeAll(session, handle, content, passed);
    const isSynced = await sync(session, handle);
    isOpen = false;
    // A server may tell of a full disk only now.
    await session.ask("close", (sftp, answer) => sftp.close(handle, answer));
    return { isSynced };
  } finally {
    if (isOpen) await closeQuietly(session, handle);
  }
}

async function writeAll(
  session: SftpSession,
  handle: Buffer,
  content: AsyncIterable<Buffer>,
  passed: () => void,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let position = 0;
  try {
    for await (const chunk of content) {
      for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
        const piece = chunk.subarray(start, start + PIECE_BYTES);
        const at = position;
        position += piece.length;
        const written = session
          .ask("write", (sftp, answer) => sftp.write(handle, piece, 0, piece.length, at, answer))
          .catch((error: unknown) => void failures.push(error))
          .finally(() => underWay.delete(written));
        underWay.add(written);
        if (underWay.size >= REQUESTS_AT_ONCE) await Promise.race(underWay);
        if (failures.length > 0) throw failures[0];
      }
      passed();
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failures.length > 0) throw failures[0];
}

/** Where the server offers it (OpenSSH since 6.3). A refusal of the disk is one of the file. */
async function sync(session: SftpSession, handle: Buffer): Promise<boolean> {
  const isOffered = await session.ask<boolean>("sync", (sftp, answer) =>
    answer(null, offers(sftp, "fsync@openssh.com")),
  );
  if (!isOffered) return false;
  await session.ask("sync", (sftp, answer) => sftp.ext_openssh_fsync(handle, answer));
  return true;
}

export function offers(sftp: SFTPWrapper, extension: string): boolean {
  const known: unknown = Reflect.get(sftp, "_extensions");
  return typeof known === "object" && known !== null && extension in known;
}

/** The SHA-256 of what the server gives back. Throws `Refused` and `Lost`. */
export async function hashOf(
  session: SftpSession,
  path: string,
  sizeBytes: number,
): Promise<Buffer> {
  const hash = createHash("sha256");
  for await (const piece of piecesOf(session, path, sizeBytes)) hash.update(piece);
  return hash.digest();
}

/** The first so many bytes of a file; fewer where it is shorter. Throws `Refused` and `Lost`. */
export async function readWhole(
  session: SftpSession,
  path: string,
  sizeBytes: number,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of piecesOf(session, path, sizeBytes)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function* piecesOf(
  session: SftpSession,
  path: string,
  sizeBytes: number,
): AsyncGenerator<Buffer> {
  const handle = await session.ask<Buffer>("read", (sftp, answer) => sftp.open(path, "r", answer));
  try {
    for (let start = 0; start < sizeBytes; start += PIECE_BYTES * REQUESTS_AT_ONCE) {
      const end = Math.min(sizeBytes, start + PIECE_BYTES * REQUESTS_AT_ONCE);
      const pieces = [];
      for (let at = start; at < end; at += PIECE_BYTES) {
        pieces.push(readPiece(session, handle, at, Math.min(PIECE_BYTES, end - at)));
      }
      yield* await Promise.all(pieces);
    }
  } finally {
    await closeQuietly(session, handle);
  }
}

async function readPiece(
  session: SftpSession,
  handle: Buffer,
  position: number,
  length: number,
): Promise<Buffer> {
  const piece = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const from = filled;
    // Node's own habit of an answer with two values.
    const read = await session.ask<number>("read", (sftp, answer) =>
      sftp.read(handle, piece, from, length - from, position + from, (error, count) =>
        answer(error, count),
      ),
    );
    if (read === 0) break;
    filled += read;
  }
  return piece.subarray(0, filled);
}

export async function remove(session: SftpSession, path: string): Promise<void> {
  await session.ask("remove", (sftp, answer) => sftp.unlink(path, answer));
}

async function closeQuietly(session: SftpSession, handle: Buffer): Promise<void> {
  await session.ask("close", (sftp, answer) => sftp.close(handle, answer)).catch(() => undefined);
}
