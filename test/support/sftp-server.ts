/**
 * SFTP servers to send to. OpenSSH's own where the test runs as root on a machine that has it: with
 * a user and a small file system of the test's own. Else, and beside it, the server of `ssh2`.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { freePort, isListening } from "./ports.ts";
import type { Ssh2Server } from "./ssh2-server.ts";
import { startSsh2Server } from "./ssh2-server.ts";

export const DISK_BYTES = 1024 * 1024;
export const PASSWORD = "correct horse battery staple";

export interface SftpServer {
  readonly port: number;
  readonly user: string;
  /** Where files arrive, as this machine sees it, and as the client names it. */
  readonly directory: string;
  /** References to our private keys; the server knows both. */
  readonly keys: readonly [string, string];
  /** A key that the server does not know. */
  readonly strangeKey: string;
  /** As `ssh-keygen -lf` prints it. */
  readonly hostKey: string;
  /** The same as in known_hosts. */
  readonly hostKeyLine: string;
  /** Whether it syncs, and renames in one step over what is there. */
  readonly hasExtensions: boolean;
  /** Takes the right to write away, and gives it back. */
  setWritable(isWritable: boolean): Promise<void>;
  /** The same server with another key of its own. */
  changeHostKey(): Promise<string>;
  stop(): Promise<void>;
}

const SSHD = "/usr/sbin/sshd";
const isRoot = process.getuid?.() === 0;
export const whyNoOpenSsh = !existsSync(SSHD)
  ? "there is no sshd"
  : isRoot
    ? null
    : "a user and a file system are root's to make";

export async function startOpenSsh(): Promise<SftpServer> {
  const base = await mkdtemp(join(tmpdir(), "redress-sshd-"));
  await chmod(base, 0o755);
  const user = `rdr${process.pid}${Math.floor(performance.now())}`.slice(0, 30);
  const directory = join(base, "inbox");
  const undo: (() => unknown)[] = [() => rm(base, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const one of undo.toReversed()) await one();
  };
  try {
    const hash = must("openssl", ["passwd", "-6", PASSWORD]).trim();
    must("useradd", ["-M", "-N", "-d", base, "-s", "/usr/sbin/nologin", "-p", hash, user]);
    undo.push(() => must("userdel", [user]));
    const uid = Number(must("id", ["-u", user]));
    const gid = Number(must("id", ["-g", user]));
    await mkdir(directory);
    must("mount", ["-t", "tmpfs", "-o", `size=${DISK_BYTES},mode=0755`, "tmpfs", directory]);
    undo.push(() => must("umount", ["-l", directory]));
    await chown(directory, uid, gid);
    if (!existsSync("/run/sshd")) {
      await mkdir("/run/sshd", { mode: 0o755 });
      undo.push(() => rmdir("/run/sshd").catch(() => undefined));
    }
    const keys = await clientKeys(base);
    await writeFile(join(base, "authorized"), await publicKeys(keys));
    let hostKey = await makeKey(base, "host");
    const port = await freePort();
    let daemon = await startDaemon(base, port, hostKey.path);
    undo.push(() => daemon.stop());
    const server: SftpServer = {
      port,
      user,
      directory,
      keys: [`file:${keys[0]}`, `file:${keys[1]}`],
      strangeKey: `file:${(await makeKey(base, "strange")).path}`,
      hostKey: hostKey.fingerprint,
      hostKeyLine: hostKey.line,
      hasExtensions: true,
      setWritable: async (isWritable) => {
        await chown(directory, isWritable ? uid : 0, isWritable ? gid : 0);
      },
      changeHostKey: async () => {
        await daemon.stop();
        hostKey = await makeKey(base, "host-2");
        daemon = await startDaemon(base, port, hostKey.path);
        return hostKey.fingerprint;
      },
      stop,
    };
    return server;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The server of `ssh2`: no root needed, and none of OpenSSH's extensions. */
export async function startOwnServer(): Promise<SftpServer> {
  const base = await mkdtemp(join(tmpdir(), "redress-ssh2-"));
  const directory = join(base, "inbox");
  await mkdir(directory);
  const keys = await clientKeys(base);
  const hostKey = await makeKey(base, "host");
  const user = "courier";
  const authorized = (await publicKeys(keys)).trim().split("\n");
  const options = { user, password: PASSWORD, authorized, diskBytes: DISK_BYTES, directory };
  let port = 0;
  let own: Ssh2Server;
  const start = async (path: string): Promise<void> => {
    own = await startSsh2Server({ ...options, port, hostKey: await readFile(path, "utf8") });
    ({ port } = own);
  };
  await start(hostKey.path);
  return {
    get port() {
      return port;
    },
    user,
    directory,
    keys: [`file:${keys[0]}`, `file:${keys[1]}`],
    strangeKey: `file:${(await makeKey(base, "strange")).path}`,
    hostKey: hostKey.fingerprint,
    hostKeyLine: hostKey.line,
    hasExtensions: false,
    setWritable: async (isWritable) => own.setWritable(isWritable),
    changeHostKey: async () => {
      await own.stop();
      const other = await makeKey(base, "host-2");
      await start(other.path);
      return other.fingerprint;
    },
    stop: async () => {
      await own.stop();
      await rm(base, { recursive: true, force: true });
    },
  };
}

async function startDaemon(base: string, port: number, hostKeyPath: string) {
  const configuration = join(base, "sshd_config");
  const lines = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${hostKeyPath}`,
    `AuthorizedKeysFile ${join(base, "authorized")}`,
    "PidFile none",
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication yes",
    "MaxStartups 100",
    "Subsystem sftp internal-sftp",
    "ForceCommand internal-sftp",
  ];
  await writeFile(configuration, `${lines.join("\n")}\n`);
  const daemon = spawn(SSHD, ["-D", "-e", "-f", configuration], { stdio: "ignore" });
  const ended = new Promise((resolve) => daemon.once("exit", resolve));
  while (!(await isListening(port))) {
    if (daemon.exitCode !== null) throw new Error(`sshd ended with ${daemon.exitCode}`);
    await delay(20);
  }
  return {
    stop: async () => {
      // Its sessions are processes of their own, and end when their clients are gone.
      daemon.kill();
      await ended;
    },
  };
}

interface MadeKey {
  readonly path: string;
  readonly line: string;
  readonly fingerprint: string;
}

async function makeKey(base: string, name: string): Promise<MadeKey> {
  const path = join(base, name);
  must("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path]);
  const line = (await readFile(`${path}.pub`, "utf8")).trim();
  const fingerprint = must("ssh-keygen", ["-lf", `${path}.pub`]).split(" ")[1] ?? "";
  return { path, line, fingerprint };
}

async function clientKeys(base: string): Promise<readonly [string, string]> {
  const [old, renewed] = [await makeKey(base, "old"), await makeKey(base, "renewed")];
  return [old.path, renewed.path];
}

async function publicKeys(paths: readonly string[]): Promise<string> {
  const lines = await Promise.all(paths.map((path) => readFile(`${path}.pub`, "utf8")));
  return lines.join("");
}

function must(command: string, given: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, given, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command}: ${stderr || String(error)}`);
  return stdout;
}
