/** Pick-up of what nobody should leave: a bad file keeps no other waiting, and none goes unseen. */
import { mkdir, readdir, rename, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { answerFile, aSentFile } from "../../../../test/support/answers.ts";
import { aDirectory, stateOf } from "../../../../test/support/batch.ts";
import { batchDesk, SENDING } from "../../../../test/support/batch-desk.ts";
import { testEngine } from "../../../../test/support/engine.ts";
import { useDatabase } from "../../../../test/support/use-database.ts";
import { listAlarms } from "../../alarms.ts";
import { takeTurn } from "../../worker.ts";
import { sha256Of } from "../kept-bytes.ts";
import { listInboundFiles, repeatsOf } from "../views.ts";
import { directoryPlace } from "./directory.ts";
import { Looks } from "./looks.ts";
import type { WaitingFile } from "./place.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);

async function aPickUp(more: Record<string, unknown> = {}) {
  const inbox = await aDirectory();
  const pickUp = { kind: "directory", directory: inbox, everySeconds: 1, ...more };
  const returnFile = { format: "csv", pickUp };
  const sent = await aSentFile(desk, engine, ["10.00"], { basis: "onAcknowledgement", returnFile });
  const lines = sent.adjustments.map((reference) => ({ reference, status: "accepted" }));
  const kept = new Looks();
  return {
    inbox,
    client: sent.client,
    answer: answerFile("ACK-1", lines),
    state: () => stateOf(engine, sent.adjustments[0] as string),
    files: () => listInboundFiles(db, { clients: [sent.client], limit: 9 }),
    alarms: () => listAlarms(db, { clients: [sent.client], onlyOpen: true, limit: 9 }),
    async look(times = 1) {
      let problems: string[] = [];
      for (let turn = 0; turn < times; turn += 1) {
        engine.clock.advance({ seconds: 30 });
        problems = await takeTurn(desk, { ...SENDING, looks: kept });
      }
      return problems;
    },
  };
}

/** Written a minute ago by the clock that the pick-up goes by. */
async function leave(inbox: string, name: string | Buffer, text: string, ahead = -60) {
  const path =
    typeof name === "string" ? join(inbox, name) : Buffer.concat([Buffer.from(`${inbox}/`), name]);
  await writeFile(path, text);
  const written = engine.clock.now().epochMilliseconds / 1000 + ahead;
  await utimes(path, written, written);
}

test("a file too big to be taken alarms by name, and keeps no other waiting", async () => {
  const { inbox, answer, look, state, alarms } = await aPickUp();
  await leave(inbox, "a-huge.csv", "x");
  await truncate(join(inbox, "a-huge.csv"), 513 * 1024 ** 2);
  await utimes(join(inbox, "a-huge.csv"), 1, 1);
  await leave(inbox, "ack.csv", answer);

  const problems = await look();

  expect(await state()).toBe("executed");
  expect(problems).toEqual([expect.stringContaining("a-huge.csv has more than 128 MiB")]);
  expect(await alarms()).toMatchObject([{ kind: "pickUpFailed" }]);
  await rm(join(inbox, "a-huge.csv"));
  expect(await look()).toEqual([]);
  expect(await alarms()).toEqual([]);
});

test("what cannot be put out of the way is one repetition, not one for every look", async () => {
  const { inbox, answer, look, state, files } = await aPickUp();
  await leave(inbox, "ack.csv", answer);
  // A link to nowhere where the folder should be.
  await symlink("/nonexistent/folder", join(inbox, "collected"));

  const problems = await look(5);

  expect(problems).toEqual([expect.stringContaining("ack.csv")]);
  expect(await state()).toBe("executed");
  const [file] = (await files()).filter((one) => one.name === "ack.csv");
  expect(await repeatsOf(db, file as NonNullable<typeof file>)).toEqual([]);
  await rm(join(inbox, "collected"));
  await look();
  expect(await readdir(inbox)).toEqual(["collected"]);
});

test("the same bytes left again after they were put away are a repetition", async () => {
  const { inbox, answer, look, files } = await aPickUp();
  await leave(inbox, "ack.csv", answer);
  await look();
  await leave(inbox, "ack.csv", answer);

  await look();

  expect(await repeatsOf(db, (await files())[0] as never)).toHaveLength(1);
});

test.each([
  ["as long as a name can be", `${"n".repeat(251)}.csv`],
  ["with a line break", "ack\n=cmd().csv"],
  ["not of UTF-8", Buffer.from("r\xfcckgabe.csv", "latin1")],
  ["that looks like a way out", "out\\..\\ack.csv"],
])("a name %s is taken", async (_, name) => {
  const { inbox, answer, look, state } = await aPickUp();
  await leave(inbox, name, answer);

  expect(await look(2)).toEqual([]);

  expect(await state()).toBe("executed");
  expect(await readdir(inbox)).toEqual(["collected"]);
});

test("a file dated in the future is taken when it has stood still", async () => {
  const { inbox, answer, look, state } = await aPickUp();
  await leave(inbox, "ack.csv", answer, 5 * 365 * 86_400);

  await look();
  const atOnce = await state();
  await look();

  expect(atOnce).toBe("inFile");
  expect(await state()).toBe("executed");
});

test("a file that is gone between list and read, or swapped for a link, is left", async () => {
  const inbox = await aDirectory();
  const place = directoryPlace(inbox);
  const secret = join(await aDirectory(), "secret");
  await writeFile(secret, "12345");
  await leave(inbox, "gone.csv", "12345");
  await leave(inbox, "link.csv", "12345");
  const [gone, link] = await place.list();
  await rename(join(inbox, "gone.csv"), join(inbox, "elsewhere"));
  await rm(join(inbox, "link.csv"));
  await symlink(secret, join(inbox, "link.csv"));

  expect(await place.read(gone as WaitingFile)).toBeNull();
  expect(await place.read(link as WaitingFile)).toBeNull();
  await place.collected(gone as WaitingFile, Buffer.alloc(32));
});

test("another process that puts the same file away at the same time is no failure", async () => {
  const inbox = await aDirectory();
  await leave(inbox, "ack.csv", "12345");
  const places = Array.from({ length: 8 }, () => directoryPlace(inbox));
  const [file] = await directoryPlace(inbox).list();
  const sha256 = sha256Of(Buffer.from("12345"));

  await Promise.all(places.map((place) => place.collected(file as WaitingFile, sha256)));

  expect(await readdir(inbox)).toEqual(["collected"]);
});

test("hundreds of files that are no answers keep the one that is one not waiting", async () => {
  const { inbox, answer, look, state, files } = await aPickUp();
  await mkdir(join(inbox, "b-folder.csv"));
  for (let ordinal = 0; ordinal < 300; ordinal += 1) {
    await leave(inbox, `x-${ordinal}.csv`, `nonsense ${ordinal}`);
  }
  await leave(inbox, "zz-ack.csv", answer);

  await look(4);

  expect((await files()).length).toBeGreaterThan(0);
  expect(await state()).toBe("executed");
});
