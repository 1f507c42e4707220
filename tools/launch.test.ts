import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, onTestFinished, test } from "vitest";

const LAUNCHER = join(import.meta.dirname, "launch.mjs");
const LOCK = { packages: { "": {}, "node_modules/a": { version: "1.0.0" } } };
const ELSEWHERE = { "node_modules/b": { version: "1.0.0", optional: true } };

/** Stands in for npm: notes each call, makes noise, and records what the lock file names. */
const NPM = `
  import { appendFileSync, copyFileSync, mkdirSync } from "node:fs";
  appendFileSync("calls", process.argv.slice(2).join(" ") + "\\n");
  console.log("noise of npm");
  await new Promise((resolve) => setTimeout(resolve, 300));
  mkdirSync("node_modules", { recursive: true });
  copyFileSync("package-lock.json", "node_modules/.package-lock.json");
`;

describe("a script in a fresh clone", () => {
  test("installs first, with the noise on stderr, and then runs its task", async () => {
    const project = await aProject();

    const { stdout, stderr } = await launch(project);

    expect(stdout).toBe("ran\n");
    expect(stderr).toContain("noise of npm");
    expect(await callsIn(project)).toHaveLength(1);
  });

  test("installs once where two start together", async () => {
    const project = await aProject();

    const outcomes = await Promise.all([launch(project), launch(project), launch(project)]);

    expect(outcomes.map(({ stdout }) => stdout)).toEqual(["ran\n", "ran\n", "ran\n"]);
    expect(await callsIn(project)).toHaveLength(1);
  });

  test("is not held up by the lock of an installation that was killed", async () => {
    const project = await aProject();
    await mkdir(join(project, ".cache", "install.lock"), { recursive: true });
    await writeFile(join(project, ".cache", "install.lock", "pid"), String(2 ** 30));

    const { stdout } = await launch(project);

    expect(stdout).toBe("ran\n");
  });
});

describe("a script later", () => {
  test("installs nothing when all is there, packages of other platforms aside", async () => {
    const project = await aProject({ packages: { ...LOCK.packages, ...ELSEWHERE } });
    await installed(project, LOCK);

    const { stderr } = await launch(project);

    expect(stderr).toBe("");
    expect(await callsIn(project)).toEqual([]);
  });

  test("installs again when the lock file names another version", async () => {
    const project = await aProject();
    await installed(project, { packages: { "node_modules/a": { version: "0.9.0" } } });

    await launch(project);

    expect(await callsIn(project)).toHaveLength(1);
  });
});

test("an unknown task is refused with those there are, and exit code 2", async () => {
  const attempt = promisify(execFile)(process.execPath, [LAUNCHER, "strat"]);

  await expect(attempt).rejects.toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/^usage: .*start\|redress\|test/),
  });
});

async function aProject(lock: object = LOCK): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), "redress-launch-"));
  onTestFinished(() => rm(project, { recursive: true }));
  await mkdir(join(project, "tools"));
  await copyFile(LAUNCHER, join(project, "tools", "launch.mjs"));
  await writeFile(join(project, "package.json"), '{ "dependencies": { "node": "24.0.0" } }');
  await writeFile(join(project, "package-lock.json"), JSON.stringify(lock));
  await writeFile(join(project, "npm.mjs"), NPM);
  await writeFile(join(project, "npm.js"), 'import("./npm.mjs");');
  return project;
}

async function installed(project: string, what: object): Promise<void> {
  await mkdir(join(project, "node_modules"));
  await writeFile(join(project, "node_modules", ".package-lock.json"), JSON.stringify(what));
}

function launch(project: string): Promise<{ stdout: string; stderr: string }> {
  const parameters = [join(project, "tools", "launch.mjs"), "node", "-p", "'ran'"];
  const env = { ...process.env, npm_execpath: join(project, "npm.js") };
  return promisify(execFile)(process.execPath, parameters, { env });
}

async function callsIn(project: string): Promise<string[]> {
  const text = await readFile(join(project, "calls"), "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}
