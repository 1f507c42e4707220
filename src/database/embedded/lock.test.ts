import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { takeLock } from "./lock.ts";
import { isAlive, markOf, runsProgram } from "./processes.ts";

test("one of many takes the lock, and it is free again when let go", async () => {
  const path = await aPath();

  const taken = await Promise.all([1, 2, 3, 4, 5].map(() => takeLock(path)));
  const [letGo, ...others] = taken.filter((release) => release !== undefined);
  await letGo?.();
  const again = await takeLock(path);

  expect(others).toEqual([]);
  expect(again).toBeTypeOf("function");
});

test.each([
  { whose: "a process that is gone", mark: { pid: 2 ** 30, started: "1" } },
  { whose: "a process whose pid another has now", mark: { pid: process.pid, started: "1" } },
])("the lock of $whose is taken by exactly one", async ({ mark }) => {
  const path = await aPath();
  await writeFile(path, JSON.stringify(mark));

  const taken = await Promise.all([1, 2, 3].map(() => takeLock(path)));

  expect(taken.filter((release) => release !== undefined)).toHaveLength(1);
  expect(await readdir(join(path, ".."))).toEqual(["lock"]);
});

test("a process is alive until it ends, and known by its program", async () => {
  const child = spawn("sleep", ["60"]);
  await once(child, "spawn");
  const mark = await markOf(child.pid ?? 0);

  const before = [await isAlive(mark), await runsProgram(mark.pid, "sleep")];
  child.kill("SIGKILL");
  await once(child, "exit");
  const after = [await isAlive(mark), await runsProgram(mark.pid, "sleep")];

  expect(before).toEqual([true, true]);
  expect(after).toEqual([false, false]);
});

async function aPath(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "redress-lock-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, "lock");
}
