import { mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { answerFile, aSentFile, bringIn } from "../../../../test/support/answers.ts";
import { aDirectory, stateOf } from "../../../../test/support/batch.ts";
import { batchDesk, SENDING } from "../../../../test/support/batch-desk.ts";
import { testEngine } from "../../../../test/support/engine.ts";
import { useDatabase } from "../../../../test/support/use-database.ts";
import { failpointsFrom } from "../../../kernel/failpoints.ts";
import { listAlarms } from "../../alarms.ts";
import { takeTurn } from "../../worker.ts";
import { listInboundFiles, repeatsOf } from "../views.ts";
import { collectAll } from "./collect.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);

async function aPickUp(more: Record<string, unknown> = {}) {
  const directory = await aDirectory();
  const returnFile = { format: "csv", pickUp: { kind: "directory", directory }, ...more };
  const sent = await aSentFile(desk, engine, ["10.00", "10.00"], {
    basis: "onAcknowledgement",
    returnFile,
  });
  return { ...sent, inbox: directory };
}

/** Leaves a file that was written so many seconds ago. */
async function leave(inbox: string, name: string, text: string, secondsAgo = 60): Promise<void> {
  await writeFile(join(inbox, name), text);
  const written = engine.clock.now().epochMilliseconds / 1000 - secondsAgo;
  await utimes(join(inbox, name), written, written);
}

test("what a destination leaves is picked up, matched, and put out of the way", async () => {
  const { client, adjustments, inbox } = await aPickUp();
  const lines = adjustments.map((reference) => ({ reference, status: "accepted" }));
  await leave(inbox, "ack.csv", answerFile("ACK-1", lines));
  await leave(inbox, "next.csv.part", "half a fi");
  await leave(inbox, "young.csv", "still being wri", 2);

  expect(await takeTurn(desk, SENDING)).toEqual([]);

  expect(await stateOf(engine, adjustments[0] as string)).toBe("executed");
  expect((await readdir(inbox)).toSorted()).toEqual(["collected", "next.csv.part", "young.csv"]);
  expect(await readdir(join(inbox, "collected"))).toEqual([
    expect.stringMatching(/^[0-9a-f]{12}-ack\.csv$/),
  ]);
  const [file] = await listInboundFiles(db, { clients: [client], limit: 9 });
  expect(file).toMatchObject({ name: "ack.csv", source: "directory", state: "matched" });
});

test("killed before it was put out of the way it is found again as the same file", async () => {
  const { client, adjustments, inbox } = await aPickUp();
  const lines = adjustments.map((reference) => ({ reference, status: "accepted" }));
  await leave(inbox, "ack.csv", answerFile("ACK-1", lines));
  const dying = batchDesk(engine, failpointsFrom("batch.inbound.received=fail"));
  await expect(collectAll(dying)).rejects.toThrow("batch.inbound.received");

  await takeTurn(desk, SENDING);

  const files = await listInboundFiles(db, { clients: [client], limit: 9 });
  expect(files).toMatchObject([{ state: "matched" }]);
  expect(await repeatsOf(db, files[0] as (typeof files)[0])).toHaveLength(1);
  expect(await readdir(inbox)).toEqual(["collected"]);
});

test("a place that cannot be reached alarms its owner until it can", async () => {
  const { client, inbox } = await aPickUp({ owner: "night-shift" });
  await rm(inbox, { recursive: true });

  const problems = await takeTurn(desk, SENDING);

  expect(problems).toEqual([expect.stringContaining("ENOENT")]);
  const open = () => listAlarms(db, { clients: [client], onlyOpen: true, limit: 9 });
  expect(await open()).toMatchObject([{ kind: "pickUpFailed", owner: "night-shift" }]);
  await mkdir(inbox);
  await takeTurn(desk, SENDING);
  expect(await open()).toEqual([]);
});

test("an answer that does not come in time alarms the owner, once, until it comes", async () => {
  const { client, fileId, adjustments } = await aPickUp({
    deadlineMinutes: 90,
    owner: "night-shift",
    pickUp: undefined,
  });
  const open = () => listAlarms(db, { clients: [client], onlyOpen: true, limit: 9 });
  await takeTurn(desk, SENDING);
  expect(await open()).toEqual([]);

  engine.clock.advance({ minutes: 91 });
  await takeTurn(desk, SENDING);
  await takeTurn(desk, SENDING);

  expect(await open()).toMatchObject([
    { kind: "acknowledgementOverdue", subject: fileId, owner: "night-shift" },
  ]);
  const lines = adjustments.map((reference) => ({ reference, status: "accepted" }));
  await bringIn(desk, client, answerFile("ACK-1", lines));
  await takeTurn(desk, SENDING);
  expect(await open()).toEqual([]);
});
