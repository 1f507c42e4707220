/** The server as a process: it serves, says how to get in, stops cleanly, and keeps to its keys. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { request } from "undici";
import { afterEach, beforeEach, expect, test } from "vitest";

import { useDatabase } from "./support/use-database.ts";

const PROJECT = join(import.meta.dirname, "..");
const db = useDatabase();
const running: ChildProcess[] = [];
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "redress-serve-"));
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  await rm(directory, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
}

function start(data: string, more: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [join(PROJECT, "src/main.ts")], {
    env: {
      PATH: process.env["PATH"] ?? "",
      DATABASE_URL: db.url,
      REDRESS_DATA: join(directory, data),
      REDRESS_LOG: "warn",
      PORT: "0",
      ...more,
    },
  });
  running.push(child);
  let text = "";
  child.stdout.on("data", (part) => (text += String(part)));
  child.stderr.on("data", (part) => (text += String(part)));
  return { child, output: () => text };
}

async function firstRunOf(data: string): Promise<Record<string, string>> {
  const path = join(directory, data, "first-run.json");
  while (!existsSync(path)) await delay(50);
  return JSON.parse(await readFile(path, "utf8")) as Record<string, string>;
}

test("serves, signs in whoever reads first-run.json, and stops when told", async () => {
  const { child, output } = start("data");
  const { address = "", user = "", password = "", apiKey = "" } = await firstRunOf("data");

  const ready = await request(`${address}/readyz`);
  const signedIn = await request(`${address}/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user, password }),
  });
  const clients = await request(`${address}/v1/clients`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  expect([ready.statusCode, signedIn.statusCode, clients.statusCode]).toEqual([200, 201, 200]);
  for (const { body } of [ready, signedIn, clients]) await body.dump();

  child.kill("SIGTERM");
  const [code] = (await once(child, "exit")) as [number | null];

  expect(code).toBe(0);
  expect(output()).toContain(`Redress serves ${address}`);
  expect(output()).not.toContain(apiKey);
});

test("does not touch a database whose numbers other keys sealed", async () => {
  const first = start("data");
  await firstRunOf("data");
  first.child.kill("SIGTERM");
  await once(first.child, "exit");

  const other = start("elsewhere");
  const [code] = (await once(other.child, "exit")) as [number | null];

  expect(code).toBe(1);
  expect(other.output()).toContain("sealed with another key file");
});

test("says which setting is wrong when its port is taken", async () => {
  const first = start("data");
  const { address = "" } = await firstRunOf("data");

  const second = start("data", { PORT: new URL(address).port });
  const [code] = (await once(second.child, "exit")) as [number | null];

  expect(code).toBe(1);
  expect(second.output()).toMatch(/configuration-invalid: PORT: cannot listen on [0-9]+/);
  expect(first.child.exitCode).toBeNull();
});
