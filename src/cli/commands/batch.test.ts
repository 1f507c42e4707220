import { rm, unlink } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { aBatchClient, aDirectory, filesIn, pendingCredits } from "../../../test/support/batch.ts";
import { atTheTerminal } from "../../../test/support/cli.ts";
import { testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { Failure } from "../../kernel/failure.ts";
import { batchCommands } from "./batch.ts";

const db = useDatabase();
const engine = testEngine(db);

const run = (...words: string[]) => atTheTerminal(engine, batchCommands, "batch", ...words);

interface Listed {
  id: string;
  state: string;
  sequence: string;
  credits: string;
}

async function listed(): Promise<Listed[]> {
  const { lines } = await run("list", "--json");
  return JSON.parse(lines.join("")) as Listed[];
}

test("generate shows first, then writes and sends for every client with a profile", async () => {
  const directory = await aDirectory();
  const client = await aBatchClient(engine, directory);
  await pendingCredits(engine, client, ["100.00", "25.00"]);

  const preview = await run("generate", "--dry-run");
  expect(preview.lines).toEqual([`${client} nightly: 2 of 125.00 USD, posting 2026-11-16`]);
  expect(await filesIn(directory)).toEqual({});
  const done = await run("generate");

  expect(done.lines[0]).toMatch(/nightly-2026-11-16-1\.txt \(2 adjustments, [0-9a-f-]{36}\)$/);
  expect(Object.keys(await filesIn(directory))).toEqual(["nightly-2026-11-16-1.txt"]);
  expect(await listed()).toMatchObject([{ state: "handedOver", credits: "2 125.00 USD" }]);
  expect((await run("generate")).lines).toEqual([`${client} nightly: nothing pending`]);
});

test("what is shown of an empty file is what leaves", async () => {
  const directory = await aDirectory();
  const client = await aBatchClient(engine, directory, { emptyFile: "send" });

  const preview = await run("generate", "--dry-run");
  const done = await run("generate");

  expect(preview.lines).toEqual([`${client} nightly: an empty file, posting 2026-11-16`]);
  expect(done.lines[0]).toMatch(/nightly-2026-11-16-1\.txt \(0 adjustments, [0-9a-f-]{36}\)$/);
  expect(Object.keys(await filesIn(directory))).toEqual(["nightly-2026-11-16-1.txt"]);
});

test("resend, regenerate and acknowledge, each leading to the next", async () => {
  const directory = await aDirectory();
  const client = await aBatchClient(engine, directory);
  await pendingCredits(engine, client, ["100.00"]);
  await run("generate");
  const [{ id } = { id: "" }] = await listed();
  await unlink(join(directory, "nightly-2026-11-16-1.txt"));

  const resent = await run("resend", id, "--reason", "their disk was lost");
  expect(resent.lines).toEqual(["nightly-2026-11-16-1.txt is handedOver"]);
  const statement = ["--statement", "deleted", "--reason", "by their word"];
  const preview = await run("regenerate", id, ...statement, "--dry-run");
  expect(preview.lines[0]).toBe("assumedComesBack   1 of 100.00 USD");
  const again = await run("regenerate", id, ...statement);
  expect(again.lines[0]).toContain("is void; 1 lines came back: nightly-2026-11-16-2.txt");
  const [fresh] = await listed();
  const told = await run("acknowledge", fresh?.id ?? "", "--reference", "ACK-7");

  expect(told.lines).toEqual(["nightly-2026-11-16-2.txt is acknowledged"]);
  const shown = await run("show", fresh?.id ?? "");
  expect(shown.lines.join("\n")).toMatch(/supersedes {5}1 [0-9a-f-]{36} \(void\)/);
  expect(shown.lines.join("\n")).toContain("temporaryWritten");
});

test("a profile that does not load fails the command, the others are written", async () => {
  await aBatchClient(engine, await aDirectory(), { layout: "no-such-layout" });
  const directory = await aDirectory();
  const healthy = await aBatchClient(engine, directory);
  await pendingCredits(engine, healthy, ["1.00"]);

  const done = await run("generate");

  expect(done.code).toBe(7);
  expect(done.remarks[0]).toContain("no layout no-such-layout");
  expect(Object.keys(await filesIn(directory))).toHaveLength(1);
});

test.each([
  ["show", "no-id"],
  ["show", "0190a1b2-0000-7000-8000-00000000000a"],
  ["generate", "--profile", "other"],
  ["generate", "--client", "nobody"],
])("%s %s is not found", async (...words) => {
  await aBatchClient(engine, await aDirectory());

  await expect(run(...words)).rejects.toSatisfy(
    (error) => error instanceof Failure && error.code === "not-found",
  );
});

test("a statement that is none is refused before anything is opened", async () => {
  const words = ["regenerate", "x", "--statement", "lost", "--reason", "y"];

  await expect(run(...words)).rejects.toThrow("Allowed choices are notReceived, rejected, deleted");
});

test("test-connection shows each step, sends no file, and fails where one does", async () => {
  const directory = await aDirectory();
  const client = await aBatchClient(engine, directory);
  await pendingCredits(engine, client, ["1.00"]);
  const of = ["test-connection", "--client", client, "--profile", "nightly"];

  const good = await run(...of);
  await rm(directory, { recursive: true });
  const bad = await run(...of);

  expect(good.lines).toEqual([
    "ok       directory   it can be listed: 0 names",
    "ok       writing     an empty file was written and taken away",
  ]);
  expect(good.code).toBe(0);
  expect(bad.lines[0]).toContain("failed   directory");
  expect(bad.code).toBe(6);
  expect(await listed()).toEqual([]);
});
