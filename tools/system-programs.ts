/**
 * The system programs that `npm run test:system` needs, and nothing else does. As root on Debian
 * the missing ones are installed; elsewhere their tests are skipped and the program is named.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

export interface SystemProgram {
  readonly program: string;
  /** The Debian package that brings it. */
  readonly debian: string;
}

export const SYSTEM_PROGRAMS = [
  { program: "psql", debian: "postgresql-client" },
  { program: "xmllint", debian: "libxml2-utils" },
  { program: "ssh", debian: "openssh-client" },
  { program: "sftp", debian: "openssh-client" },
  { program: "sshd", debian: "openssh-server" },
  { program: "ssh-keygen", debian: "openssh-client" },
] as const satisfies readonly SystemProgram[];

export type SystemProgramName = (typeof SYSTEM_PROGRAMS)[number]["program"];

/** Where the program is; servers live beside the paths of ordinary users. */
export function findProgram(program: string): string | undefined {
  const places = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return places.map((place) => join(place, program)).find((path) => existsSync(path));
}

function installMissing(): void {
  const missing = SYSTEM_PROGRAMS.filter(({ program }) => findProgram(program) === undefined);
  if (missing.length === 0) return;
  const names = missing.map(({ program }) => program).join(", ");
  if (process.getuid?.() !== 0 || findProgram("apt-get") === undefined) {
    process.stderr.write(`not here, their tests are skipped: ${names}\n`);
    return;
  }
  const packages = [...new Set(missing.map(({ debian }) => debian))];
  process.stderr.write(`installing ${packages.join(", ")} for ${names} …\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = ["install", "--yes", "--quiet", "--no-install-recommends", ...packages];
  for (const parameters of [["update", "--quiet"], install]) {
    // Both outputs go to stderr: stdout belongs to the tests.
    const { status } = spawnSync("apt-get", parameters, { env, stdio: ["ignore", 2, 2] });
    if (status !== 0) process.stderr.write(`apt-get ${parameters[0] ?? ""} failed\n`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) installMissing();
