import { writeFileSync } from "node:fs";
import { chmod, mkdir, readdir, rename, rm, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import {
  aBatchClient,
  aDirectory,
  filesIn,
  pendingCredits,
  stateOf,
} from "../../test/support/batch.ts";
import { batchDesk, PROFILE, SENDING } from "../../test/support/batch-desk.ts";
import { testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { failpointsFrom } from "../kernel/failpoints.ts";
import { generateNow } from "./generate.ts";
import { stateHandedOver } from "./hand-over.ts";
import { resend } from "./resend.ts";
import { transmitNext } from "./transmit.ts";
import type { FileRow } from "./views.ts";
import { listFiles, transmissionSteps } from "./views.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);
const NAME = /^nightly-.*-1\.txt$/;

async function aFile(
  directory: string,
  profile: Record<string, unknown> = {},
): Promise<{ client: string; adjustments: string[]; file: () => Promise<FileRow> }> {
  const client = await aBatchClient(engine, directory, profile);
  const adjustments = await pendingCredits(engine, client, ["100.00", "25.00"]);
  await generateNow(desk, { clientId: client, profile: PROFILE, actor: "ann" });
  const file = async (): Promise<FileRow> => {
    const [first] = await listFiles(db, { clients: [client], limit: 1 });
    if (first === undefined) throw new Error("no file");
    return first;
  };
  return { client, adjustments, file };
}

async function executed(): Promise<string> {
  const row = await db.one<{ sum: string }>(sql`
    select coalesce(sum(executed_minor), 0)::text as sum from balance
    where collection = 'accountHolder'
  `);
  return row.sum;
}

/** Type and reason of the open assignments, in the order of the adjustments. */
async function shownBy(adjustments: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ shown: string }>(sql`
    select s.type || coalesce(' ' || s.reason, '') as shown
    from adjustment a
    join assignment s on s.client_id = a.client_id and s.id = a.open_assignment_id
    where a.id = any (${adjustments}::uuid[])
    order by a.id
  `);
  return rows.map((row) => row.shown);
}

test("a file is placed whole under its name, and with basis assumed its money counts", async () => {
  const directory = await aDirectory();
  const { client, adjustments, file } = await aFile(directory);

  const sent = await transmitNext(desk, SENDING);

  expect(sent).toMatchObject({ outcome: "placed" });
  const row = await file();
  expect(row).toMatchObject({ state: "handedOver", attempts: 1, problem: null, dueAt: null });
  const [[name, text] = []] = Object.entries(await filesIn(directory));
  expect(name).toMatch(NAME);
  expect(Buffer.byteLength(text ?? "")).toBe(Number(row.sizeBytes));
  expect(await readdir(directory)).toHaveLength(1);
  for (const id of adjustments) expect(await stateOf(engine, id)).toBe("executed");
  expect(await executed()).toBe("12500");
  const steps = await transmissionSteps(db, client, row.id);
  expect(steps.map((one) => one.step)).toEqual([
    "started",
    "writing",
    "temporaryWritten",
    "naming",
    "named",
    "placed",
  ]);
  const window = await db.one(sql`select state from batch_window`);
  expect(window).toEqual({ state: "done" });
  expect(await transmitNext(desk, SENDING)).toBeNull();
});

test("with basis onAcknowledgement the money waits", async () => {
  const { adjustments, file } = await aFile(await aDirectory(), { basis: "onAcknowledgement" });

  await transmitNext(desk, SENDING);

  expect((await file()).state).toBe("handedOver");
  expect(await stateOf(engine, adjustments[0] as string)).toBe("inFile");
  expect(await executed()).toBe("0");
});

test("another file of the same name is never overwritten; taken away, ours follows", async () => {
  const directory = await aDirectory();
  const { file } = await aFile(directory);
  const name = (await file()).fileName;
  await writeFile(join(directory, name), "somebody else's");

  await transmitNext(desk, SENDING);

  expect(await file()).toMatchObject({
    state: "sending",
    problem: `another file is called ${name}`,
  });
  expect(await filesIn(directory)).toEqual({ [name]: "somebody else's" });
  await unlink(join(directory, name));
  expect(await transmitNext(desk, SENDING)).toBeNull();
  engine.clock.advance({ minutes: 2 });
  expect(await transmitNext(desk, SENDING)).toMatchObject({ outcome: "placed" });
  expect((await filesIn(directory))[name]).toContain("FH,TEST");
});

test("after its last try a file proven absent has failed, and resend starts anew", async () => {
  const directory = await aDirectory();
  await rm(directory, { recursive: true });
  const { client, adjustments, file } = await aFile(directory);

  for (let count = 0; count < 5; count += 1) {
    expect(await transmitNext(desk, SENDING)).toMatchObject({ outcome: "notPlaced" });
    engine.clock.advance({ hours: 2 });
  }

  const failed = await file();
  const problem = "the directory is not there (ENOENT)";
  expect(failed).toMatchObject({ state: "transmissionFailed", problem, dueAt: null });
  expect(await transmitNext(desk, SENDING)).toBeNull();
  expect(await stateOf(engine, adjustments[0] as string)).toBe("inFile");
  expect(await shownBy(adjustments)).toEqual(
    Array(2).fill(`Execute Batch Accounting Failed ${problem}`),
  );
  await mkdir(directory);
  await resend(desk, { clientId: client, fileId: failed.id, reason: "mounted", actor: "ann" });
  expect(await shownBy(adjustments)).toEqual(Array(2).fill("Pending Batch Accounting mounted"));
  expect(await transmitNext(desk, SENDING)).toMatchObject({ outcome: "placed" });
  expect(await file()).toMatchObject({ state: "handedOver", transmission: 2, sequence: 1n });
});

test("a resent file is the same to the byte, and moves nothing twice", async () => {
  const directory = await aDirectory();
  const { client, file } = await aFile(directory);
  await transmitNext(desk, SENDING);
  const first = await filesIn(directory);
  const { id, fileName } = await file();
  await unlink(join(directory, fileName));

  await resend(desk, { clientId: client, fileId: id, reason: "not received", actor: "ann" });
  await transmitNext(desk, SENDING);

  expect(await filesIn(directory)).toEqual(first);
  expect(await executed()).toBe("12500");
  expect((await file()).state).toBe("handedOver");
});

test("what was placed and collected before it could be recorded is not sent twice", async () => {
  const directory = await aDirectory();
  const { client, file } = await aFile(directory);
  const dying = batchDesk(engine, failpointsFrom("batch.transmit.named=fail"));
  await expect(transmitNext(dying, SENDING)).rejects.toThrow("batch.transmit.named");
  const { fileName, id } = await file();
  const elsewhere = await aDirectory();
  await rename(join(directory, fileName), join(elsewhere, fileName));

  engine.clock.advance({ seconds: 61 });
  const again = await transmitNext(desk, SENDING);

  expect(again).toMatchObject({ outcome: "couldNotTell" });
  expect(await filesIn(directory)).toEqual({});
  expect(await file()).toMatchObject({ state: "deliveryUnknown" });
  expect(await executed()).toBe("0");
  const told = { clientId: client, fileId: id, reason: "the receiver has it", actor: "bob" };
  expect(await stateHandedOver(desk, told)).toMatchObject({ state: "handedOver" });
  expect(await executed()).toBe("12500");
});

test("a temporary file that somebody changed is not taken for whole", async () => {
  const directory = await aDirectory();
  await aFile(directory);
  const dying = batchDesk(engine, failpointsFrom("batch.transmit.temporaryWritten.recorded=fail"));
  await expect(transmitNext(dying, SENDING)).rejects.toThrow(
    "batch.transmit.temporaryWritten.recorded",
  );
  const [temporary = ""] = await readdir(directory);
  expect(temporary).toMatch(/^\..*\.part$/);
  await writeFile(join(directory, temporary), "changed");

  engine.clock.advance({ seconds: 61 });

  expect(await transmitNext(desk, SENDING)).toMatchObject({ outcome: "couldNotTell" });
  expect(await filesIn(directory)).toEqual({});
});

/** A desk whose first try stops before its outcome is recorded, until it is let go. */
function heldDesk() {
  const gate = Promise.withResolvers<undefined>();
  let transactions = 0;
  const database = {
    ...db,
    // The third transaction of a try is the one that settles it.
    transaction: async (...[work, options]: Parameters<typeof db.transaction>) => {
      transactions += 1;
      if (transactions === 3) await gate.promise;
      return db.transaction(work, options);
    },
  } as typeof db;
  const isHeld = (): boolean => transactions === 3;
  return { desk: batchDesk({ ...engine, database }), isHeld, letGo: () => gate.resolve(undefined) };
}

test("an older try that answers late changes nothing but the record", async () => {
  const directory = await aDirectory();
  await rm(directory, { recursive: true });
  const { client, file } = await aFile(directory);
  const slow = heldDesk();
  const first = transmitNext(slow.desk, SENDING);
  await expect.poll(slow.isHeld).toBe(true);
  await mkdir(directory);

  engine.clock.advance({ seconds: 61 });
  await transmitNext(desk, SENDING);
  slow.letGo();

  expect(await first).toMatchObject({ outcome: "notPlaced" });
  const row = await file();
  expect(row).toMatchObject({ state: "handedOver", attempts: 2, problem: null });
  const steps = await transmissionSteps(db, client, row.id);
  expect(steps.map((one) => `${one.attempt} ${one.step}`).toSorted()).toEqual([
    "1 notPlaced",
    "1 started",
    "2 named",
    "2 naming",
    "2 placed",
    "2 started",
    "2 temporaryWritten",
    "2 writing",
  ]);
});

test("nor does it disturb a newer try that failed as well and waits its time", async () => {
  const directory = await aDirectory();
  await rm(directory, { recursive: true });
  const { file } = await aFile(directory);
  const slow = heldDesk();
  const first = transmitNext(slow.desk, SENDING);
  await expect.poll(slow.isHeld).toBe(true);
  engine.clock.advance({ seconds: 61 });
  await transmitNext(desk, SENDING);
  const before = await file();

  engine.clock.advance({ seconds: 1 });
  slow.letGo();
  await first;

  expect(before).toMatchObject({ state: "sending", attempts: 2 });
  expect(await file()).toEqual(before);
});

test("a profile that was taken away sends nothing and says so", async () => {
  const { client, file } = await aFile(await aDirectory());
  await db.execute(
    sql`update client set settings = '{}', version = version + 1 where id = ${client}`,
  );

  await transmitNext(desk, SENDING);

  expect(await file()).toMatchObject({
    state: "transmissionFailed",
    problem: "no batch profile nightly",
  });
});

test("a directory in which nothing may be written is a proven failure", async () => {
  // The superuser may write anywhere: then a file in the directory's place does as well.
  const directory = join(await aDirectory(), "inbox");
  await writeFile(directory, "not a directory");
  await chmod(directory, 0o400);
  const { file } = await aFile(directory);

  expect(await transmitNext(desk, SENDING)).toMatchObject({ outcome: "notPlaced" });

  expect(await file()).toMatchObject({
    state: "sending",
    problem: "the place is not a directory (ENOTDIR)",
  });
});

test("two senders at once place one file once", async () => {
  const directory = await aDirectory();
  await aFile(directory);

  const sent = await Promise.all([1, 2, 3].map(() => transmitNext(desk, SENDING)));

  expect(sent.filter((one) => one !== null)).toHaveLength(1);
  expect(Object.keys(await filesIn(directory))).toHaveLength(1);
  expect(await executed()).toBe("12500");
});

test("a name that is taken in the last moment is not overwritten either", async () => {
  const directory = await aDirectory();
  const { file } = await aFile(directory);
  const { fileName } = await file();
  const racing = batchDesk(engine, {
    at: (point) => {
      if (point !== "batch.transmit.temporaryWritten.recorded") return;
      writeFileSync(join(directory, fileName), "somebody else's");
    },
  });

  const sent = await transmitNext(racing, SENDING);

  expect(sent).toMatchObject({ outcome: "notPlaced" });
  expect(await filesIn(directory)).toEqual({ [fileName]: "somebody else's" });
  expect(await executed()).toBe("0");
});

test("what an earlier transmission may have placed, no later one proves absent", async () => {
  const directory = await aDirectory();
  const { client, file } = await aFile(directory);
  await transmitNext(desk, SENDING);
  const { id } = await file();
  const elsewhere = `${directory}-away`;
  await resend(desk, { clientId: client, fileId: id, reason: "not seen there", actor: "ann" });
  await rename(directory, elsewhere);

  for (let count = 0; count < 5; count += 1) {
    await transmitNext(desk, SENDING);
    engine.clock.advance({ hours: 2 });
  }

  expect(await filesIn(elsewhere)).not.toEqual({});
  expect(await file()).toMatchObject({ state: "deliveryUnknown", dueAt: null });
  await rename(elsewhere, directory);
});
