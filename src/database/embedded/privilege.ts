/**
 * PostgreSQL refuses to run as root. Where we are root it runs as the owner of the data directory,
 * or as `nobody`: with the one extra right to read past closed directories (a project under
 * /root), or, where the machine does not grant that, with programs and data moved to where that
 * user may go.
 */
import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, chown, cp, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import { binariesIn } from "./binaries.ts";
import type { Binaries } from "./binaries.ts";
import { readText, writeText } from "./directory.ts";
import type { EmbeddedDirectory } from "./directory.ts";

/** How to start PostgreSQL's programs here, and where its data is. */
export interface Surroundings {
  readonly binaries: Binaries;
  readonly cluster: string;
  /** The user they run as, where that is not ours. */
  readonly user: User | undefined;
  run(program: string, args: readonly string[], options: SpawnOptions): ChildProcess;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

type Run = Surroundings["run"];

const NOBODY_ID = process.platform === "darwin" ? 4_294_967_294 : 65_534;
const NOBODY: User = { uid: NOBODY_ID, gid: NOBODY_ID };
const SHARED_ROOT = "/var/lib/redress";

export async function surroundings(
  directory: EmbeddedDirectory,
  binaries: Binaries,
  log: (line: string) => void,
): Promise<Surroundings> {
  const ours = { binaries, cluster: directory.cluster };
  if (process.getuid?.() !== 0) return { ...ours, user: undefined, run: spawn };

  const user = await ownerOf(directory);
  const moved = await readText(directory.relocated);
  if (moved === undefined) {
    for (const run of [asUser(user), asUserWhoReads(user)]) {
      if (await reaches(run, binaries, directory.root)) return { ...ours, user, run };
    }
  }
  const cluster = moved ?? (await relocate(directory, user));
  log(`the database lives in ${cluster}: the user it runs as cannot reach ${directory.root}`);
  return { binaries: await sharedBinaries(binaries), cluster, user, run: asUser(user) };
}

/**
 * Root in somebody's directory becomes that somebody, so that what is made there is theirs, and
 * they can go on without root. Where they cannot reach the programs, root stays root.
 */
export async function becomeOwner(directory: EmbeddedDirectory, binaries: Binaries): Promise<void> {
  if (process.getuid?.() !== 0 || (await readText(directory.relocated)) !== undefined) return;
  const { uid, gid } = await stat(directory.root);
  const cluster = await stat(directory.cluster).catch(() => undefined);
  if (uid === 0 || (cluster !== undefined && cluster.uid !== uid)) return;
  if (!(await reaches(asUser({ uid, gid }), binaries, directory.root))) return;
  for (const name of await readdir(directory.control)) {
    await chown(join(directory.control, name), uid, gid).catch(() => undefined);
  }
  await chown(directory.control, uid, gid);
  process.setgroups?.([]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}

/** The cluster keeps its owner; else the owner of the project; never root. */
async function ownerOf(directory: EmbeddedDirectory): Promise<User> {
  for (const path of [directory.cluster, directory.root]) {
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && found.uid !== 0) return { uid: found.uid, gid: found.gid };
  }
  return NOBODY;
}

function asUser(user: User): Run {
  return (program, args, options) => spawn(program, args, { ...options, ...user });
}

function asUserWhoReads({ uid, gid }: User): Run {
  const right = "+dac_read_search";
  const become = [
    ...[`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"],
    ...[`--inh-caps=-all,${right}`, `--ambient-caps=-all,${right}`],
  ];
  return (program, args, options) => spawn("setpriv", [...become, program, ...args], options);
}

/**
 * Tried, not guessed: containers differ in what root may do. Whether a directory lets one through
 * is seen by looking at what is in it (`access` would forget the extra right).
 */
async function reaches(run: Run, binaries: Binaries, directory: string): Promise<boolean> {
  const succeeds = (program: string, args: string[]): Promise<boolean> =>
    new Promise((resolve) => {
      const child = run(program, args, { stdio: "ignore" });
      child.on("error", () => resolve(false));
      child.on("exit", (code) => resolve(code === 0));
    });
  return (
    (await succeeds(binaries.postgres, ["--version"])) &&
    (await succeeds("test", ["-e", `${directory}/.`]))
  );
}

async function relocate(directory: EmbeddedDirectory, user: User): Promise<string> {
  const name = createHash("sha256").update(directory.root).digest("hex").slice(0, 16);
  const place = join(SHARED_ROOT, name);
  await mkdir(SHARED_ROOT, { recursive: true, mode: 0o755 });
  await mkdir(place, { recursive: true, mode: 0o700 });
  await chown(place, user.uid, user.gid);
  const cluster = join(place, "postgres");
  await writeText(directory.relocated, `${cluster}\n`);
  return cluster;
}

async function sharedBinaries(binaries: Binaries): Promise<Binaries> {
  const target = join(SHARED_ROOT, `postgres-${binaries.version}`);
  if ((await stat(target).catch(() => undefined)) === undefined) {
    const temporary = `${target}.${process.pid}`;
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await cp(binaries.directory, temporary, { recursive: true, verbatimSymlinks: true });
    await chmod(temporary, 0o755);
    await rename(temporary, target).catch(() => rm(temporary, { recursive: true }));
  }
  return binariesIn(target, binaries.version);
}
