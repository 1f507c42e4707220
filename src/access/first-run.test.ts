/** The first start: somebody can sign in, once, whatever happens in between. */
import { mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { ids } from "../../test/support/books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { systemClock } from "../kernel/clock.ts";
import { authenticator } from "./authenticate.ts";
import { firstRun } from "./first-run.ts";
import { ROLES } from "./roles.ts";
import { signIn } from "./sign-in.ts";

const db = useDatabase();
const access = { database: db, clock: systemClock, ids };
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "redress-first-"));
});
afterEach(() => rm(directory, { recursive: true }));

test("makes a user and a key with every role, written for the owner's eyes only", async () => {
  const made = await firstRun(access, directory, "http://127.0.0.1:8080");

  const path = join(directory, "first-run.json");
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual(made);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const { user = "", password = "", apiKey = "" } = made ?? {};
  expect(await signIn(access, { name: user, password, requestId: "r" })).toHaveLength(43);
  expect(await authenticator(access).byApiKey(apiKey)).toMatchObject({ roles: ROLES });
});

test("happens once; later starts keep the address", async () => {
  const made = await firstRun(access, directory, "http://127.0.0.1:8080");

  const again = await firstRun(access, directory, "http://127.0.0.1:9000");

  expect(again).toEqual({ ...made, address: "http://127.0.0.1:9000" });
  const text = await readFile(join(directory, "first-run.json"), "utf8");
  expect(JSON.parse(text)).toEqual(again);
});

test("survives a kill between the user and the file", async () => {
  const made = await firstRun(access, directory, "http://127.0.0.1:8080");
  await rename(join(directory, "first-run.json"), join(directory, "first-run.new.json"));

  const again = await firstRun(access, directory, "http://127.0.0.1:8080");

  expect(again).toEqual(made);
});

test("answers nothing where somebody else keeps the file", async () => {
  await firstRun(access, directory, "http://127.0.0.1:8080");
  await rm(join(directory, "first-run.json"));

  expect(await firstRun(access, directory, "http://127.0.0.1:8080")).toBeNull();
});
