import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { answerFile, aSentFile } from "../../../test/support/answers.ts";
import { aDirectory, stateOf } from "../../../test/support/batch.ts";
import { atTheTerminal } from "../../../test/support/cli.ts";
import { batchDesk } from "../../../test/support/batch-desk.ts";
import { testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { batchCommands } from "./batch.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);

const run = (...words: string[]) => atTheTerminal(engine, batchCommands, "batch", ...words);

test("a file is taken in, its lines are shown, one is matched by hand", async () => {
  const sent = await aSentFile(desk, engine, ["10.00", "10.00"], { basis: "onAcknowledgement" });
  const path = join(await aDirectory(), "ack.csv");
  const text = answerFile("ACK-1", [
    { reference: sent.adjustments[0] ?? "", status: "accepted" },
    { reference: "lost", status: "refused", code: "R02" },
  ]);
  await writeFile(path, text);

  const taken = await run("inbound", path, "--profile", "nightly");
  const again = await run("inbound", path, "--profile", "nightly", "--json");

  expect(taken.lines).toEqual([
    expect.stringMatching(/^ack\.csv is partlyMatched: 1 line is not matched \([0-9a-f-]{36}\)$/),
    "  1 applied, executed",
    "  1 unmatched",
  ]);
  expect(again.remarks).toEqual(["these bytes came before, as ack.csv: nothing was done again"]);
  const { id } = JSON.parse(again.lines.join("")) as { id: string };
  const shown = await run("inbound-lines", id, "--state", "unmatched");
  expect(shown.lines.join("\n")).toContain("It names no adjustment");
  expect((await run("alarms")).lines[1]).toContain("linesUnmatched");
  const reason = ["--reason", "on the phone"];
  const settled = await run("inbound-line", `${id}:2`, "--match", `${sent.fileId}:2`, ...reason);
  expect(settled.lines).toEqual(["line 2 is applied: failed"]);
  expect(await stateOf(engine, sent.adjustments[1] as string)).toBe("batchFailed");
  expect((await run("inbound-list")).lines[1]).toContain("matched");
});

test("a broken file is refused with its places, a held one released with a reason", async () => {
  const sent = await aSentFile(desk, engine, ["10.00"], { basis: "onAcknowledgement" });
  const directory = await aDirectory();
  const line = { reference: sent.adjustments[0] ?? "", status: "accepted" };
  await writeFile(join(directory, "bad.csv"), answerFile("ACK-1", [{ ...line, status: "maybe" }]));
  await writeFile(join(directory, "short.csv"), answerFile("ACK-2", [line], { count: 2 }));

  const bad = await run("inbound", join(directory, "bad.csv"), "--profile", "nightly");
  const held = await run("inbound", join(directory, "short.csv"), "--profile", "nightly");

  expect(bad.lines[1]).toBe("  line 3, status: the word maybe is not known");
  expect(held.lines[1]).toBe("  count: 2 said, 1 counted");
  const id = /\(([0-9a-f-]{36})\)/.exec(held.lines[0] ?? "")?.[1] ?? "";
  const released = await run("inbound-file", id, "--release", "--reason", "they counted wrong");
  expect(released.lines[0]).toContain("is matched");
});

test("files that wait are listed by themselves", async () => {
  const { client } = await aSentFile(desk, engine, ["10.00"]);
  const directory = await aDirectory();
  const bring = async (name: string, text: string): Promise<void> => {
    await writeFile(join(directory, name), text);
    const whose = ["--client", client, "--profile", "nightly"];
    await run("inbound", join(directory, name), ...whose);
  };
  await bring("done.csv", answerFile("DONE", []));
  await bring("lost.csv", answerFile("LOST", [{ reference: "lost", status: "refused" }]));
  const list = (...words: string[]) => run("inbound-list", "--client", client, "--json", ...words);
  const named = async (...words: string[]): Promise<string[]> => {
    const { lines } = await list(...words);
    const files = JSON.parse(lines.join("")) as { name: string; waits: string | null }[];
    return files.map(({ name, waits }) => `${name} ${waits}`);
  };

  expect(await named()).toEqual(["lost.csv decisions", "done.csv null"]);
  expect(await named("--waits")).toEqual(["lost.csv decisions"]);
  expect(await named("--waits", "release")).toEqual([]);
});
