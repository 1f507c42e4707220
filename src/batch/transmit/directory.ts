/**
 * Delivers a file into a directory: temporary name, write, fsync, read back, then the final name in
 * one step that never overwrites, then fsync of the directory. The final name is never visible
 * before the file is whole.
 *
 * Resumed after a kill it goes by what was recorded and by what it sees. The final name is given by
 * a hard link, which changes the temporary file's ctime: unchanged, the link was never made.
 */
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { link, lstat, open, readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";

import { step } from "../../connections/reach.ts";

import type {
  Consignment,
  DeliveryOutcome,
  Destination,
  Journal,
  ProbeStep,
} from "./destination.ts";
import { couldNotTell, lastOf, notPlaced } from "./destination.ts";

interface DirectoryRequest extends Consignment {
  readonly directory: string;
  /** What an earlier try of this transmission recorded of its whole temporary file. */
  readonly written: WrittenTemporary | null;
}

interface WrittenTemporary {
  readonly temporary: string;
  /** Nanoseconds, as text. */
  readonly changedAt: string;
}

export function directoryDestination(directory: string): Destination {
  return {
    place: (consignment, journal) => {
      const last = lastOf(journal.earlier, "temporaryWritten")?.detail;
      const written =
        last === undefined
          ? null
          : { temporary: String(last["temporary"]), changedAt: String(last["changedAt"]) };
      return placeInDirectory({ ...consignment, directory, written }, journal);
    },
    probe: async (name) => [await probeDirectory(directory), await probeWriting(directory, name)],
  };
}

function probeDirectory(directory: string): Promise<ProbeStep> {
  return step(
    "directory",
    async () => {
      const names = await readdir(directory);
      return { detail: `it can be listed: ${names.length} names` };
    },
    () => "Is it mounted, and may the server's user read it?",
  );
}

/** An empty file with a name that begins with a dot, linked and taken away again. */
function probeWriting(directory: string, name: string): Promise<ProbeStep> {
  const path = join(directory, `.${name}`);
  return step(
    "writing",
    async () => {
      const handle = await open(path, "wx", 0o640);
      await handle.close();
      await unlink(path);
      return { detail: "an empty file was written and taken away" };
    },
    () => "May the server's user write there, and is there room?",
  );
}

/** Never throws for what the directory does; it says what is proven. */
async function placeInDirectory(
  request: DirectoryRequest,
  journal: Journal,
): Promise<DeliveryOutcome> {
  const target = join(request.directory, request.fileName);
  const before = await look(request, target);
  if (before.kind === "ours") return sync(request, "found at the destination, whole");
  if (before.kind === "other") return notPlaced(`another file is called ${request.fileName}`);
  if (before.kind === "unreadable") return notTold(request, before.reason);

  let temporary: WrittenTemporary;
  const resumed = await resume(request);
  if (resumed.kind === "couldNotTell") return resumed;
  if (resumed.kind === "whole") {
    ({ temporary } = resumed);
  } else {
    const written = await writeTemporary(request, journal);
    if (written.kind === "notPlaced") return written;
    ({ temporary } = written);
    await journal.record("temporaryWritten", { ...temporary });
  }
  await journal.record("naming", { temporary: temporary.temporary });
  return nameFinally(request, temporary, target, journal);
}

/** Unreadable before anything was linked proves nothing arrived; after, nothing is proven. */
function notTold(request: DirectoryRequest, reason: string): DeliveryOutcome {
  return request.written === null ? notPlaced(reason) : couldNotTell(reason);
}

type Seen =
  | { readonly kind: "absent" }
  | { readonly kind: "ours" }
  | { readonly kind: "other" }
  | { readonly kind: "unreadable"; readonly reason: string };

async function look(request: DirectoryRequest, path: string): Promise<Seen> {
  try {
    const status = await lstat(path, { bigint: true });
    if (!status.isFile() || status.size !== BigInt(request.sizeBytes)) return { kind: "other" };
    return { kind: (await hashOf(path)).equals(request.sha256) ? "ours" : "other" };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { kind: "absent" };
    return { kind: "unreadable", reason: wordsOf(error) };
  }
}

type Resumed =
  | { readonly kind: "whole"; readonly temporary: WrittenTemporary }
  | { readonly kind: "fresh" }
  | (DeliveryOutcome & { readonly kind: "couldNotTell" });

/** What is left of an earlier try, while the final name is absent. */
async function resume(request: DirectoryRequest): Promise<Resumed> {
  const { written } = request;
  if (written === null) return { kind: "fresh" };
  const path = join(request.directory, written.temporary);
  const seen = await look(request, path);
  if (seen.kind === "absent") {
    return couldNotTell("neither the temporary nor the final name is there: it may be collected");
  }
  if (seen.kind !== "ours") return couldNotTell("the temporary file was changed by somebody");
  const { ctimeNs } = await lstat(path, { bigint: true });
  return ctimeNs.toString() === written.changedAt
    ? { kind: "whole", temporary: written }
    : couldNotTell("the final name was given and is gone: it may be collected");
}

type Written =
  | { readonly kind: "written"; readonly temporary: WrittenTemporary }
  | (DeliveryOutcome & { readonly kind: "notPlaced" });

async function writeTemporary(request: DirectoryRequest, journal: Journal): Promise<Written> {
  const temporary = `${temporaryPrefix(request)}${request.tryName}.part`;
  const path = join(request.directory, temporary);
  try {
    await removeLeftovers(request);
    await journal.record("writing", { temporary });
    const { O_CREAT, O_EXCL, O_WRONLY } = constants;
    const handle = await open(path, O_CREAT | O_EXCL | O_WRONLY, 0o640);
    try {
      for await (const chunk of request.content()) {
        await handle.writeFile(chunk);
        journal.pass("chunk");
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    const seen = await look(request, path);
    if (seen.kind !== "ours") {
      await removeLeftovers(request);
      return notPlaced("read back, the temporary file is not what was written");
    }
    const { ctimeNs } = await lstat(path, { bigint: true });
    return { kind: "written", temporary: { temporary, changedAt: ctimeNs.toString() } };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return notPlaced(wordsOf(error));
  }
}

/** Temporary files begin with a dot: pick-up by pattern does not see them. */
function temporaryPrefix({ fileName, fileId }: DirectoryRequest): string {
  return `.${fileName}.${fileId}.`;
}

/** Temporary files of tries that were killed: written in part, or linked and not yet unlinked. */
async function removeLeftovers(request: DirectoryRequest): Promise<void> {
  const prefix = temporaryPrefix(request);
  for (const name of await readdir(request.directory)) {
    if (name.startsWith(prefix) && name.endsWith(".part")) {
      await unlink(join(request.directory, name));
    }
  }
}

const NO_HARD_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

async function nameFinally(
  request: DirectoryRequest,
  { temporary, changedAt }: WrittenTemporary,
  target: string,
  journal: Journal,
): Promise<DeliveryOutcome> {
  const path = join(request.directory, temporary);
  try {
    await link(path, target);
  } catch (error) {
    const code = codeOf(error);
    if (code !== undefined && NO_HARD_LINKS.has(code)) return renameInstead(request, path, target);
    return settleByLooking(request, path, target, { changedAt, reason: wordsOf(error) });
  }
  await journal.record("named");
  await unlink(path).catch(() => undefined);
  journal.pass("unlinked");
  return sync(request, "written, read back and named");
}

/** Where the file system has no hard links: looked first, then renamed. */
async function renameInstead(
  request: DirectoryRequest,
  path: string,
  target: string,
): Promise<DeliveryOutcome> {
  const seen = await look(request, target);
  if (seen.kind === "other") return notPlaced(`another file is called ${request.fileName}`);
  if (seen.kind === "unreadable") return couldNotTell(seen.reason);
  try {
    if (seen.kind === "absent") await rename(path, target);
    return await sync(request, "written, read back and renamed");
  } catch (error) {
    return couldNotTell(wordsOf(error));
  }
}

async function settleByLooking(
  request: DirectoryRequest,
  path: string,
  target: string,
  known: { changedAt: string; reason: string },
): Promise<DeliveryOutcome> {
  const seen = await look(request, target);
  if (seen.kind === "ours") return sync(request, "found at the destination, whole");
  if (seen.kind === "other") return notPlaced(`another file is called ${request.fileName}`);
  try {
    const { ctimeNs } = await lstat(path, { bigint: true });
    if (seen.kind === "absent" && ctimeNs.toString() === known.changedAt) {
      return notPlaced(known.reason);
    }
  } catch {
    // Not even the temporary file can be seen: nothing is proven.
  }
  return couldNotTell(known.reason);
}

/** The name itself is on the disk only when its directory is. */
async function sync(request: DirectoryRequest, evidence: string): Promise<DeliveryOutcome> {
  try {
    const directory = await open(request.directory, "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
    await removeLeftovers(request);
    return { kind: "placed", evidence };
  } catch (error) {
    return couldNotTell(`named, but the directory could not be synced: ${wordsOf(error)}`);
  }
}

async function hashOf(path: string): Promise<Buffer> {
  const handle = await open(path, "r");
  const hash = createHash("sha256");
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false })) {
      hash.update(chunk as Buffer);
    }
  } finally {
    await handle.close();
  }
  return hash.digest();
}

function isSystemError(error: unknown): boolean {
  return codeOf(error) !== undefined && error instanceof Error && "syscall" in error;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  EACCES: "writing there is not allowed",
  EDQUOT: "the quota is used up",
  EEXIST: "something of that name is there",
  EIO: "the disk does not answer as it should",
  EMFILE: "too many files are open",
  ENOENT: "the directory is not there",
  ENOSPC: "the disk is full",
  ENOTDIR: "the place is not a directory",
  EPERM: "writing there is not allowed",
  EROFS: "the file system can only be read",
  ESTALE: "the directory was taken away under us",
};

/** In words, with the system's own name for whoever runs the machine. */
function wordsOf(error: unknown): string {
  const code = codeOf(error);
  if (code === undefined) return error instanceof Error ? error.message : String(error);
  const words = SYSTEM_WORDS[code];
  return words === undefined ? code : `${words} (${code})`;
}
