/** What is checked about the source besides its tests: one list, for `npm run check` and CI. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

export interface Check {
  readonly name: string;
  /** A program of `node_modules/.bin`, written for Node. */
  readonly program: string;
  readonly parameters: readonly string[];
}

export interface CheckResult {
  readonly passed: boolean;
  readonly output: string;
}

const ROOT = join(import.meta.dirname, "..");
const CRUISED = ["src", "portal", "client", "tools", "test", "bench"];

function present(paths: readonly string[]): string[] {
  return paths.filter((path) => existsSync(join(ROOT, path)));
}

const TSCONFIGS = present(["tsconfig.json", "portal/tsconfig.json", "client/tsconfig.json"]);

export const CHECKS: readonly Check[] = [
  ...TSCONFIGS.map((file) => ({
    name: `types of ${file}`,
    program: "tsc",
    parameters: ["--noEmit", "--project", file],
  })),
  { name: "lint", program: "oxlint", parameters: ["--type-aware", "--deny-warnings"] },
  { name: "format", program: "prettier", parameters: ["--check", "--log-level", "warn", "."] },
  {
    name: "boundaries between rooms",
    program: "depcruise",
    parameters: ["--config", ".dependency-cruiser.cjs", ...present(CRUISED)],
  },
  { name: "nothing unused", program: "knip", parameters: ["--no-progress"] },
];

export async function runCheck({ program, parameters }: Check): Promise<CheckResult> {
  const file = join(ROOT, "node_modules", ".bin", program);
  const child = spawn(process.execPath, [file, ...parameters], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { passed: code === 0, output: output.trim() };
}
