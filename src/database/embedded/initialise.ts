/**
 * Makes a new cluster beside its final place and renames it there when it is whole and on the
 * disk: a directory under the final name is never half made, and is never made again.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chown, mkdir, mkdtemp, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { OWNER_ROLE, readText, writeText } from "./directory.ts";
import type { EmbeddedDirectory } from "./directory.ts";
import type { Surroundings } from "./privilege.ts";

/** The password of the owner role: the one kept, or a new one for a new cluster. */
export async function initialise(
  directory: EmbeddedDirectory,
  place: Surroundings,
): Promise<string> {
  const kept = await readText(directory.password);
  if ((await stat(place.cluster).catch(() => undefined)) !== undefined) {
    if (kept === undefined) {
      throw new Error(`${place.cluster} exists, but its password ${directory.password} is missing`);
    }
    return kept;
  }
  const password = kept ?? randomBytes(24).toString("base64url");
  if (kept === undefined) await writeText(directory.password, password);
  await makeCluster(place, password);
  return password;
}

async function makeCluster(place: Surroundings, password: string): Promise<void> {
  const workshop = await mkdtemp(join(dirname(place.cluster), ".postgres-new-"));
  try {
    const fresh = join(workshop, basename(place.cluster));
    const passwordFile = join(workshop, "password");
    await mkdir(fresh, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (place.user !== undefined) {
      for (const path of [workshop, fresh, passwordFile]) {
        await chown(path, place.user.uid, place.user.gid);
      }
    }
    const common = ["-D", fresh];
    await run(place, [
      ...common,
      ...["--username", OWNER_ROLE, "--pwfile", passwordFile, "--auth", "scram-sha-256"],
      ...[
        "--encoding",
        "UTF8",
        "--locale",
        "C",
        "--no-sync",
        "--no-instructions",
        "--data-checksums",
      ],
    ]);
    await run(place, [...common, "--sync-only"]);
    await rename(fresh, place.cluster);
    await syncDirectory(dirname(place.cluster));
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function run(place: Surroundings, args: string[]): Promise<void> {
  const child = place.run(place.binaries.initdb, args, {
    cwd: "/",
    env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`initdb failed: ${said.trim()}`);
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
