import { expect, test } from "vitest";

import { aBatchClient, aDirectory, pendingCredits, stateOf } from "../../test/support/batch.ts";
import { batchDesk, PROFILE } from "../../test/support/batch-desk.ts";
import { aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { cancelAdjustments } from "../accounting/cancel-adjustments.ts";
import { sql } from "../database/sql.ts";
import { failpointsFrom } from "../kernel/failpoints.ts";
import { generateNow } from "./generate.ts";
import { askNextFile } from "./next-file.ts";
import { renderAgain, verifyFile } from "./writing/render-again.ts";
import { readBytes } from "./writing/stored-bytes.ts";
import { sealedByOf } from "./transmit.ts";
import type { FileRow } from "./views.ts";
import { listFiles } from "./views.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);

function generate(clientId: string) {
  return generateNow(desk, { clientId, profile: PROFILE, actor: "ann" });
}

async function storedText(file: FileRow): Promise<string> {
  const chunks: Buffer[] = [];
  const place = { clientId: file.clientId, fileId: file.id };
  for await (const chunk of readBytes(db, place, desk.keys, sealedByOf(file))) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

async function filesOf(clientId: string): Promise<FileRow[]> {
  return (await listFiles(db, { clients: [clientId], limit: 100 })).toReversed();
}

test("what is pending goes into one file with totals that equal its rows", async () => {
  const client = await aBatchClient(engine, await aDirectory());
  const ids = await pendingCredits(engine, client, ["100.00", "25.50", "0.01"]);

  const done = await generate(client);

  expect(done).toMatchObject({ state: "cut", refused: 0, businessDate: "2026-11-16" });
  const [file] = (await filesOf(client)) as [FileRow];
  expect(file).toMatchObject({
    state: "generated",
    sequence: 1n,
    fileName: "nightly-2026-11-16-1.txt",
    adjustmentCount: 3n,
    creditCount: 3n,
    creditMinor: "12551",
    debitCount: 0n,
  });
  const text = await storedText(file);
  expect(text.split("\r\n").filter((line) => line.startsWith("DT,"))).toHaveLength(3);
  expect(text).toContain(`FT,3,${file.lineCount},0,0.00,3,125.51,`);
  for (const id of ids) expect(await stateOf(engine, id)).toBe("inFile");
  expect(await verifyFile(desk, client, file.id)).toEqual({
    fileId: file.id,
    faults: [],
    numbersGone: false,
  });
});

test("rendered again after the world went on, it is the same to the byte", async () => {
  const client = await aBatchClient(engine, await aDirectory());
  await pendingCredits(engine, client, ["100.00", "7.00"]);
  await generate(client);
  const [file] = (await filesOf(client)) as [FileRow];
  const before = await storedText(file);

  await db.execute(sql`update client set name = 'Renamed', version = version + 1`);
  engine.clock.advance({ hours: 24 });
  const again = await db.transaction(async (tx) => {
    let text = "";
    for await (const part of renderAgain(tx, desk, file)) text += part;
    return text;
  });

  expect(again).toBe(before);
});

test("verify names a file whose rows or bytes are not what was sent", async () => {
  const client = await aBatchClient(engine, await aDirectory());
  await pendingCredits(engine, client, ["100.00"]);
  await generate(client);
  const [file] = (await filesOf(client)) as [FileRow];
  await db.owner.execute(sql`alter table batch_file_bytes disable trigger append_only`);
  await db.owner.execute(
    sql`update batch_file_bytes set bytes = overlay(bytes placing 'X' from 9)`,
  );
  await db.owner.execute(sql`update batch_line set key_revision = 2`);
  await db.owner.execute(sql`alter table batch_file_bytes enable trigger append_only`);

  const { faults } = await verifyFile(desk, client, file.id);

  expect(faults).toEqual([
    "the stored bytes have another SHA-256",
    "rendered again it has another SHA-256",
  ]);
});

test("two generators at once: every adjustment in one file, no sequence left out", async () => {
  const client = await aBatchClient(engine, await aDirectory());
  const ids = await pendingCredits(engine, client, Array<string>(20).fill("10.00"));

  const results = await Promise.all([1, 2, 3, 4].map(() => generate(client)));

  expect(results.map((one) => one.state).sort()).toEqual(["cut", "skipped", "skipped", "skipped"]);
  const lines = await db.query<{ adjustmentId: string }>(sql`
    select adjustment_id as "adjustmentId" from batch_line where live
  `);
  expect(lines.map((line) => line.adjustmentId).sort()).toEqual([...ids].sort());
  expect((await filesOf(client)).map((file) => file.sequence)).toEqual([1n]);
});

test("generate against cancel: each is cancelled or in a file, never both or neither", async () => {
  const client = await aBatchClient(engine, await aDirectory());
  const ids = await pendingCredits(engine, client, Array<string>(12).fill("10.00"));

  const [, cancelled] = await Promise.all([
    generate(client),
    Promise.all(
      ids.map(async (adjustmentId) => {
        const order = { clientId: client, adjustmentId, actor: "bob", reason: "duplicate" };
        const [result] = await cancelAdjustments(engine, [order]);
        return result?.failure === null;
      }),
    ),
  ]);

  const inFile = await db.query<{ id: string }>(sql`
    select adjustment_id as id from batch_line where live
  `);
  const held = new Set(inFile.map((row) => row.id));
  for (const [index, id] of ids.entries()) {
    expect(await stateOf(engine, id)).toBe(held.has(id) ? "inFile" : "cancelled");
    expect(held.has(id)).toBe(!cancelled[index]);
  }
});

test("a movement that does not fit fails with row and field, the rest leaves", async () => {
  const narrow = {
    format: "fixedWidth",
    name: "narrow",
    version: "1",
    detail: {
      per: "entry",
      fields: [{ name: "Amount", from: "amount", width: 6, decimals: "implied", pad: "0" }],
    },
  };
  const client = await aBatchClient(engine, await aDirectory(), { layout: narrow });
  const ids = await pendingCredits(engine, client, ["10.00", "99999.99", "20.00"]);

  const done = await generate(client);

  expect(done).toMatchObject({ refused: 1 });
  expect(done.files[0]?.totals).toMatchObject({ adjustmentCount: 2, creditMinor: 3000n });
  expect(await Promise.all(ids.map((id) => stateOf(engine, id)))).toEqual([
    "inFile",
    "batchFailed",
    "inFile",
  ]);
  const failed = await db.one<{ type: string; reason: string }>(sql`
    select s.type, s.reason from adjustment a
    join assignment s on s.client_id = a.client_id and s.id = a.open_assignment_id
    where a.id = ${ids[1]}
  `);
  expect(failed).toEqual({
    type: "Execute Batch Accounting Failed",
    reason: "row 2, field Amount: 7 characters, room for 6",
  });
});

test("when nothing fits no file is made and no number is used", async () => {
  const layout = {
    format: "delimited",
    name: "picky",
    version: "1",
    detail: { fields: [{ name: "Merchant", from: "reversesAdjustmentId" }] },
  };
  const client = await aBatchClient(engine, await aDirectory(), { layout });
  const [id] = (await pendingCredits(engine, client, ["10.00"])) as [string];

  const done = await generate(client);

  expect(done).toMatchObject({ state: "skipped", refused: 1, files: [] });
  expect(await filesOf(client)).toEqual([]);
  const asked = { clientId: client, adjustmentId: id, actor: "ann", reason: "layout corrected" };
  expect(await askNextFile(engine, [asked])).toMatchObject([
    { moved: true, state: "pendingBatch" },
  ]);
  const row = await db.one(sql`select destination, route from adjustment where id = ${id}`);
  expect(row).toEqual({ destination: PROFILE, route: "BATCH" });
});

test("nothing pending is skipped, or an empty file where the destination wants one", async () => {
  const silent = await aBatchClient(engine, await aDirectory());
  const regular = await aBatchClient(engine, await aDirectory(), { emptyFile: "send" });

  expect(await generate(silent)).toMatchObject({ state: "skipped", files: [] });
  expect(await generate(regular)).toMatchObject({
    state: "cut",
    files: [{ sequence: 1n, totals: { detailCount: 0, lineCount: 3 } }],
  });
});

test("a size limit makes several files, each with its own totals and number", async () => {
  const client = await aBatchClient(engine, await aDirectory(), { maximumAdjustments: 2 });
  await pendingCredits(engine, client, ["1.00", "2.00", "3.00", "4.00", "5.00"]);

  const { files } = await generate(client);

  expect(files.map((file) => [file.sequence, file.totals.creditMinor])).toEqual([
    [1n, 300n],
    [2n, 700n],
    [3n, 500n],
  ]);
});

test("a layout with account numbers carries them, the stored bytes do not show them", async () => {
  const layout = {
    format: "delimited",
    name: "numbers",
    version: "1",
    titles: false,
    hashTotal: { from: "accountNumber", digits: 18 },
    detail: { fields: [{ name: "Card", from: "creditAccountNumber" }] },
  };
  const client = await aBatchClient(engine, await aDirectory(), { layout });
  await pendingCredits(engine, client, ["10.00"]);

  await generate(client);

  const [file] = (await filesOf(client)) as [FileRow];
  expect(await storedText(file)).toBe("4000123412341234\r\n");
  expect(file.hashTotal).toBe(4000123412341234n);
  const raw = await db.one<{ bytes: Buffer }>(sql`select bytes from batch_file_bytes`);
  expect(raw.bytes.includes("4000123412341234")).toBe(false);
  expect(JSON.stringify(file.facts)).not.toContain("4000123412341234");
  expect(await verifyFile(desk, client, file.id)).toMatchObject({ faults: [] });
});

test("a failure half way leaves nothing: no file, no number, everything pending", async () => {
  const client = await aBatchClient(engine, await aDirectory());
  const ids = await pendingCredits(engine, client, ["10.00", "20.00"]);
  for (const point of ["slice", "rendered", "written"]) {
    const failing = batchDesk(engine, failpointsFrom(`batch.generate.${point}=fail`));

    const attempt = generateNow(failing, { clientId: client, profile: PROFILE, actor: "ann" });

    await expect(attempt).rejects.toThrow(`batch.generate.${point}`);
    expect(await filesOf(client)).toEqual([]);
    for (const id of ids) expect(await stateOf(engine, id)).toBe("pendingBatch");
  }
  expect(await generate(client)).toMatchObject({ files: [{ sequence: 1n }] });
});

test("the debit of a denial never leaves with a file that posts before its day", async () => {
  const client = await aBatchClient(engine, await aDirectory());
  const [credit] = (await pendingCredits(engine, client, ["10.00"])) as [string];
  const dispute = await aDisputeOf(engine, client);
  await operate(engine, client, dispute, "issueProvisionalCredit");
  await db.owner.execute(sql`
    update adjustment
    set denial_id = id, planned_posting_date = planned_posting_date + 1
    where id <> ${credit}
  `);

  expect((await generate(client)).files[0]?.totals.adjustmentCount).toBe(1);

  // The next day's business date.
  engine.clock.advance({ hours: 24 });
  expect((await generate(client)).files[0]?.totals.adjustmentCount).toBe(1);
});

test.each([
  [
    "a second live line",
    sql`insert into batch_line (client_id, file_id, line_number, detail_count, adjustment_id,
          amount_minor, direction, key_revision, first_posting_date)
        select client_id, file_id, 99, 1, adjustment_id, 1, 'credit', 1, first_posting_date
        from batch_line`,
    "batch_line_one_live",
  ],
  ["other bytes", sql`update batch_file_bytes set bytes = 'x'`, "permission denied"],
  ["no bytes", sql`delete from batch_file_bytes`, "permission denied"],
  ["other totals", sql`update batch_file set credit_minor = 1`, "its content never changes"],
  ["another hash", sql`update batch_file set sha256 = sha256(sha256)`, "content never changes"],
  ["a number taken back", sql`update batch_sequence set last_sequence = 0`, "permission denied"],
  ["another amount", sql`update batch_line set amount_minor = 1`, "permission denied"],
  ["a line taken away", sql`delete from batch_line`, "permission denied"],
])("the database itself refuses %s", async (_, statement, message) => {
  const client = await aBatchClient(engine, await aDirectory());
  await pendingCredits(engine, client, ["10.00"]);
  await generate(client);

  await expect(db.execute(statement)).rejects.toThrow(message);
});

test("a file that leaves out a number is refused by the database", async () => {
  const client = await aBatchClient(engine, await aDirectory());
  await pendingCredits(engine, client, ["10.00"]);
  await generate(client);

  const skipping = db.execute(sql`
    insert into batch_file
    select client_id, gen_random_uuid(), profile, sequence + 2, window_id, part, supersedes_id,
           'generated', marker, 'other-name', layout_sha256, facts, currency, posting_date, sha256,
           size_bytes, wrapped_key, wrapping_key, 0, 0, 0, 0, 0, 0, 0, 0, null, null, null, null,
           1, 0, null, null, null, null, 'x', created_at, null, null, updated_at, 1
    from batch_file
  `);

  await expect(skipping).rejects.toThrow("sequence 3 is not the next one");
});

test("a file is split by lines and by bytes, and no line is lost", async () => {
  for (const limit of [{ maximumLines: 5 }, { maximumBytes: 1500 }]) {
    const client = await aBatchClient(engine, await aDirectory(), limit);
    const ids = await pendingCredits(engine, client, ["1.00", "2.00", "3.00", "4.00", "5.00"]);

    const { files, refused } = await generate(client);

    expect(refused).toBe(0);
    expect(files.length).toBeGreaterThan(1);
    expect(files.reduce((sum, file) => sum + file.totals.adjustmentCount, 0)).toBe(ids.length);
    for (const file of files) {
      expect(file.totals.lineCount).toBeLessThanOrEqual(limit.maximumLines ?? 1000);
      expect(file.sizeBytes).toBeLessThanOrEqual(limit.maximumBytes ?? 1_000_000);
      expect(await verifyFile(desk, client, file.id)).toMatchObject({ faults: [] });
    }
  }
});

test("what is larger than a whole file may be has failed, and the rest leaves", async () => {
  const client = await aBatchClient(engine, await aDirectory(), { maximumLines: 3 });
  const ids = await pendingCredits(engine, client, ["1.00"]);

  const { files, refused } = await generate(client);

  expect({ files: files.length, refused }).toEqual({ files: 0, refused: 1 });
  expect(await stateOf(engine, ids[0] as string)).toBe("batchFailed");
});
