/**
 * Picks up from an SFTP server whose key is pinned. What was taken moves into `collected/` on the
 * server. The server's clock is its own, so a file is whole when two looks find it the same.
 */
import type { FileEntry, Stats } from "ssh2";

import type { Secrets } from "../../../connections/secrets.ts";
import { readWhole, remove, statusOf } from "../../transmit/sftp-files.ts";
import type { SftpSession } from "../../transmit/sftp-session.ts";
import { Lost, NO_SUCH_FILE, NotReached, openSftp, Refused } from "../../transmit/sftp-session.ts";

import type { SftpPickUp } from "../../pick-up-shapes.ts";
import type { PickUpPlace, WaitingFile } from "./place.ts";
import { COLLECTED, collectedName, FileFailed, isTemporary, PlaceFailed } from "./place.ts";

/** Throws `PlaceFailed`, or `configuration-invalid` where a secret is missing. */
export async function sftpPlace(settings: SftpPickUp, secrets: Secrets): Promise<PickUpPlace> {
  const session = await told(() => openSftp(settings, secrets));
  const at = (name: string): string => `${settings.directory.replace(/\/$/, "")}/${name}`;
  return {
    list: () => told(() => filesOf(session, settings.directory)),
    read: (file) =>
      told(async () => {
        const bytes = await readWhole(session, at(file.name), file.sizeBytes).catch(gone);
        if (bytes === null) return null;
        const status = await statusOf(session, at(file.name));
        return status !== null && isSame(file, status) && bytes.length === file.sizeBytes
          ? bytes
          : null;
      }, file),
    collected: (file, sha256) => told(() => putAway(session, at, file, sha256), file),
    removeMarker: (name) =>
      told(async () => {
        if ((await statusOf(session, at(name))) !== null) await remove(session, at(name));
      }),
    close: () => {
      session.close();
      return Promise.resolve();
    },
  };
}

async function filesOf(session: SftpSession, directory: string): Promise<WaitingFile[]> {
  const entries = await session.ask<FileEntry[]>("list", (sftp, answer) =>
    sftp.readdir(directory, (error, list) => answer(error, list)),
  );
  return entries
    .filter(({ filename, attrs }) => isFile(attrs) && !isTemporary(filename))
    .map(({ filename, attrs }) => ({
      name: filename,
      sizeBytes: attrs.size,
      whole: { by: "looks" as const, version: versionOf(attrs) },
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The kind of file in its mode (draft-ietf-secsh-filexfer-02 §5, POSIX `st_mode`). */
function isFile({ mode }: { readonly mode: number }): boolean {
  return (mode & 0o170_000) === 0o100_000;
}

function versionOf({ size, mtime }: Pick<Stats, "size" | "mtime">): string {
  return `${size} ${mtime}`;
}

function isSame({ whole }: WaitingFile, status: Stats): boolean {
  return whole.by === "looks" && whole.version === versionOf(status);
}

async function putAway(
  session: SftpSession,
  at: (name: string) => string,
  file: WaitingFile,
  sha256: Uint8Array,
): Promise<void> {
  const status = await statusOf(session, at(file.name));
  if (status === null || !isSame(file, status)) return;
  const target = at(`${COLLECTED}/${collectedName(file.name, sha256)}`);
  await session
    .ask("make directory", (sftp, answer) => sftp.mkdir(at(COLLECTED), answer))
    .catch(refused);
  // The same bytes under the same name were put there before.
  if ((await statusOf(session, target)) !== null) {
    await remove(session, at(file.name)).catch(gone);
    return;
  }
  await session
    .ask("rename", (sftp, answer) => sftp.rename(at(file.name), target, answer))
    .catch(async (error: unknown) => {
      // Another process was faster.
      if ((await statusOf(session, at(file.name))) !== null) throw error;
    });
}

/** Taken away by somebody since it was listed. */
function gone(error: unknown): null {
  if (error instanceof Refused && error.status === NO_SUCH_FILE) return null;
  throw error;
}

/** Most often: it is there already. If it is not, the rename says so. */
function refused(error: unknown): void {
  if (!(error instanceof Refused)) throw error;
}

/** What the server refuses about one file is of the file; a lost connection is of the place. */
async function told<Value>(work: () => Promise<Value>, file?: WaitingFile): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused && file !== undefined) {
      throw new FileFailed(`${file.name}: ${error.message}`, { cause: error });
    }
    if (error instanceof Refused || error instanceof Lost || error instanceof NotReached) {
      throw new PlaceFailed(error.message, { cause: error });
    }
    throw error;
  }
}
