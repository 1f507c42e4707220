/**
 * A small SFTP server over `ssh2`, on a real directory: a disk of bounded size, a directory that
 * may refuse, and version 3 of the protocol without anybody's extensions.
 */
import { closeSync, fsyncSync, fstatSync, linkSync, lstatSync, openSync } from "node:fs";
import { mkdirSync, readdirSync, readSync, unlinkSync, writeSync } from "node:fs";
import type { Stats } from "node:fs";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";

import ssh2 from "ssh2";
import type { AuthContext, ParsedKey, SFTPWrapper } from "ssh2";

const { STATUS_CODE: CODE, flagsToString } = ssh2.utils.sftp;

export interface Ssh2Server {
  readonly port: number;
  setWritable(isWritable: boolean): void;
  stop(): Promise<void>;
}

interface Ssh2Options {
  readonly port: number;
  readonly hostKey: string;
  readonly user: string;
  readonly password: string;
  /** Public keys, a line each. */
  readonly authorized: readonly string[];
  readonly directory: string;
  readonly diskBytes: number;
}

export async function startSsh2Server(options: Ssh2Options): Promise<Ssh2Server> {
  const disk = { isWritable: true, bytes: options.diskBytes, directory: options.directory };
  const clients = new Set<ssh2.Connection>();
  const server = new ssh2.Server({ hostKeys: [options.hostKey] }, (client) => {
    clients.add(client);
    client.on("close", () => clients.delete(client));
    client.on("error", () => undefined);
    client.on("authentication", (context) =>
      isAllowed(context, options) ? context.accept() : context.reject(),
    );
    client.on("session", (accept) => accept().on("sftp", (open) => serve(open(), disk)));
  });
  await new Promise<void>((resolve) => server.listen(options.port, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    setWritable: (isWritable) => {
      disk.isWritable = isWritable;
    },
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const client of clients) client.end();
      await closed;
    },
  };
}

function isAllowed(context: AuthContext, { user, password, authorized }: Ssh2Options): boolean {
  if (context.username !== user) return false;
  if (context.method === "password") return context.password === password;
  if (context.method !== "publickey") return false;
  const { data } = context.key;
  const known = authorized
    .map((line) => ssh2.utils.parseKey(line))
    .filter((key): key is ParsedKey => !(key instanceof Error))
    .find((key) => key.getPublicSSH().equals(data));
  if (known === undefined) return false;
  const { signature, blob, hashAlgo } = context;
  if (signature === undefined || blob === undefined) return true;
  // It answers an error, which is true, where the signature cannot be read.
  const isGood: unknown = known.verify(blob, signature, hashAlgo);
  return isGood === true;
}

interface Disk {
  isWritable: boolean;
  readonly bytes: number;
  readonly directory: string;
}

function serve(sftp: SFTPWrapper, disk: Disk): void {
  const answer = (request: number, work: () => void): void => {
    try {
      work();
    } catch (error) {
      sftp.status(request, statusOf(error));
    }
  };
  const changes = (request: number, path: string, work: () => void): void =>
    answer(request, () => {
      if (!disk.isWritable && dirname(path) === disk.directory) throw refused("EACCES");
      work();
      sftp.status(request, CODE.OK);
    });
  sftp.on("OPEN", (request, path, flags) =>
    answer(request, () => {
      const mode = flagsToString(flags) ?? "r";
      const isNew = mode !== "r";
      if (isNew && !disk.isWritable) throw refused("EACCES");
      sftp.handle(request, handleOf(openSync(path, mode, 0o640)));
    }),
  );
  sftp.on("WRITE", (request, handle, offset, data) =>
    answer(request, () => {
      if (usedBytes(disk.directory) + data.length > disk.bytes) throw refused("ENOSPC");
      writeSync(fileOf(handle), data, 0, data.length, offset);
      sftp.status(request, CODE.OK);
    }),
  );
  sftp.on("READ", (request, handle, offset, length) =>
    answer(request, () => {
      const data = Buffer.alloc(length);
      const count = readSync(fileOf(handle), data, 0, length, offset);
      if (count === 0) sftp.status(request, CODE.EOF);
      else sftp.data(request, data.subarray(0, count));
    }),
  );
  sftp.on("CLOSE", (request, handle) =>
    answer(request, () => {
      if (listed.has(String(handle))) {
        sftp.status(request, CODE.OK);
        return;
      }
      fsyncSync(fileOf(handle));
      closeSync(fileOf(handle));
      sftp.status(request, CODE.OK);
    }),
  );
  const listed = new Map<string, boolean>();
  sftp.on("OPENDIR", (request, path) =>
    answer(request, () => {
      const handle = Buffer.from(path);
      readdirSync(path);
      listed.set(path, false);
      sftp.handle(request, handle);
    }),
  );
  sftp.on("READDIR", (request, handle) =>
    answer(request, () => {
      const path = String(handle);
      if (listed.get(path) !== false) {
        sftp.status(request, CODE.EOF);
        return;
      }
      listed.set(path, true);
      const entries = readdirSync(path).map((filename) => {
        const attrs = attributes(lstatSync(`${path}/${filename}`));
        return { filename, longname: filename, attrs };
      });
      sftp.name(request, entries);
    }),
  );
  sftp.on("MKDIR", (request, path) => changes(request, path, () => mkdirSync(path)));
  for (const name of ["LSTAT", "STAT"] as const) {
    sftp.on(name, (request: number, path: string) =>
      answer(request, () => sftp.attrs(request, attributes(lstatSync(path)))),
    );
  }
  sftp.on("FSTAT", (request, handle) =>
    answer(request, () => sftp.attrs(request, attributes(fstatSync(fileOf(handle))))),
  );
  sftp.on("REMOVE", (request, path) => changes(request, path, () => unlinkSync(path)));
  // As OpenSSH renames: it never overwrites.
  sftp.on("RENAME", (request, from, to) =>
    changes(request, to, () => {
      linkSync(from, to);
      unlinkSync(from);
    }),
  );
}

function attributes({ mode, uid, gid, size, atimeMs, mtimeMs }: Stats) {
  return {
    mode,
    uid,
    gid,
    size,
    atime: Math.floor(atimeMs / 1000),
    mtime: Math.floor(mtimeMs / 1000),
  };
}

function usedBytes(directory: string): number {
  return readdirSync(directory)
    .map((name) => lstatSync(`${directory}/${name}`).size)
    .reduce((sum, size) => sum + size, 0);
}

function handleOf(file: number): Buffer {
  const handle = Buffer.alloc(4);
  handle.writeUInt32BE(file);
  return handle;
}

function fileOf(handle: Buffer): number {
  return handle.readUInt32BE();
}

function refused(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function statusOf(error: unknown): number {
  const { code } = error as { code?: string };
  if (code === "ENOENT") return CODE.NO_SUCH_FILE;
  return code === "EACCES" ? CODE.PERMISSION_DENIED : CODE.FAILURE;
}
