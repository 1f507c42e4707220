/** The shipped layouts on the real way: generated, stored, read back whole, rendered again. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

import { aBatchClient, aDirectory, pendingCredits, stateOf } from "../../../test/support/batch.ts";
import { batchDesk, PROFILE } from "../../../test/support/batch-desk.ts";
import { testEngine } from "../../../test/support/engine.ts";
import { readByTheRules } from "../../../test/support/nacha-by-the-rules.ts";
import { NACHA_VALUES, PAIN_VALUES } from "../../../test/support/trial-file.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { decodeEbcdic } from "../../formats/ebcdic.ts";
import { generateNow } from "../generate.ts";
import { shippedLayouts } from "./layouts.ts";
import { verifyFile } from "./render-again.ts";
import { readBytes } from "./stored-bytes.ts";
import { sealedByOf } from "../transmit.ts";
import type { FileRow } from "../views.ts";
import { listFiles } from "../views.ts";

const SCHEMAS = join(import.meta.dirname, "..", "..", "..", "test", "fixtures", "xsd");
const hasXmllint = spawnSync("xmllint", ["--version"]).status === 0;

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);

function generate(clientId: string) {
  return generateNow(desk, { clientId, profile: PROFILE, actor: "ann" });
}

async function storedBytes(file: FileRow): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const place = { clientId: file.clientId, fileId: file.id };
  for await (const chunk of readBytes(db, place, desk.keys, sealedByOf(file))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function filesOf(clientId: string): Promise<FileRow[]> {
  return (await listFiles(db, { clients: [clientId], limit: 100 })).toReversed();
}

test("Nacha: the holder's account, the day's letter, one file after the other", async () => {
  const profile = { layout: "nacha-ppd", values: NACHA_VALUES };
  const client = await aBatchClient(engine, await aDirectory(), profile);
  for (const amounts of [["100.00", "25.50"], ["7.00"]]) {
    await pendingCredits(engine, client, amounts);
    await generate(client);
  }

  const files = await filesOf(client);
  const read = await Promise.all(
    files.map(async (file) => readByTheRules((await storedBytes(file)).toString("latin1"))),
  );

  expect(read.map((file) => file.modifier)).toEqual(["A", "B"]);
  expect(read[0]?.entries.map((one) => [one.account, one.cents])).toEqual([
    ["4000123412341234", 10_000],
    ["4000123412341234", 2550],
  ]);
  for (const file of files) {
    expect(file.lineCount).toBe(10n);
    expect(await verifyFile(desk, client, file.id)).toMatchObject({ faults: [] });
  }
});

test("a file with as many lines as its layout allows is full, the next begins", async () => {
  const shipped = shippedLayouts().get("nacha-ppd") as Record<string, unknown>;
  expect(shipped["maximumLines"]).toBe(10_000);
  const layout = { ...shipped, maximumLines: 10 };
  const profile = { layout, values: NACHA_VALUES };
  const client = await aBatchClient(engine, await aDirectory(), profile);
  await pendingCredits(engine, client, Array<string>(8).fill("1.00"));

  const { files, refused } = await generate(client);

  expect(refused).toBe(0);
  expect(files.map((file) => file.totals.detailCount)).toEqual([6, 2]);
  const rows = await filesOf(client);
  const modifiers = await Promise.all(
    rows.map(async (file) => readByTheRules((await storedBytes(file)).toString("latin1")).modifier),
  );
  expect(modifiers).toEqual(["A", "B"]);
});

test("pain.001: the header's totals stand before the details, the hash is the bytes'", async () => {
  const profile = { layout: "pain-001", values: PAIN_VALUES };
  const client = await aBatchClient(engine, await aDirectory(), profile);
  const ids = await pendingCredits(engine, client, ["100.00", "25.50", "0.01"]);

  await generate(client);

  const [file] = (await filesOf(client)) as [FileRow];
  const text = (await storedBytes(file)).toString("utf8");
  expect(text).toContain("<NbOfTxs>3</NbOfTxs>\n    <CtrlSum>125.51</CtrlSum>");
  expect(text.startsWith("<?xml")).toBe(true);
  if (hasXmllint) {
    const schema = join(SCHEMAS, "pain.001.001.09.xsd");
    const run = spawnSync("xmllint", ["--noout", "--schema", schema, "-"], { input: text });
    expect(run.stderr.toString()).toContain("validates");
  }
  for (const id of ids) expect(await stateOf(engine, id)).toBe("inFile");
  expect(await verifyFile(desk, client, file.id)).toMatchObject({ faults: [] });
});

test("pain.001: a profile saved before that sends empty files leaves none", async () => {
  const profile = { layout: "pain-001", values: PAIN_VALUES, emptyFile: "send" };
  const client = await aBatchClient(engine, await aDirectory(), profile);

  const empty = await generate(client);
  await pendingCredits(engine, client, ["100.00"]);
  const full = await generate(client);

  expect(empty).toMatchObject({ state: "skipped", files: [] });
  expect(full).toMatchObject({ state: "cut", files: [{ sequence: 1n }] });
});

test("EBCDIC bytes are stored, hashed and rendered again as EBCDIC", async () => {
  const layout = {
    format: "fixedWidth",
    name: "mainframe",
    version: "1",
    encoding: "ebcdic-037",
    lineEnding: "none",
    detail: {
      fields: [
        { name: "line", from: "lineNumber", width: 5, pad: "0" },
        {
          name: "amount",
          from: "amount",
          width: 9,
          pad: "0",
          decimals: "implied",
          sign: "overpunch",
        },
      ],
    },
  };
  const client = await aBatchClient(engine, await aDirectory(), { layout });
  await pendingCredits(engine, client, ["100.00", "25.53"]);

  await generate(client);

  const [file] = (await filesOf(client)) as [FileRow];
  const bytes = await storedBytes(file);
  expect(bytes.subarray(0, 5).toString("hex")).toBe("f0f0f0f0f1");
  expect(decodeEbcdic(bytes)).toBe("0000100001000{0000200000255C");
  expect(await verifyFile(desk, client, file.id)).toMatchObject({ faults: [] });
});

test("a header that cannot be written leaves no file, and everything says why", async () => {
  const profile = {
    layout: "nacha-ppd",
    values: { ...NACHA_VALUES, destinationName: "A name that is much too long for it" },
  };
  const client = await aBatchClient(engine, await aDirectory(), profile);
  const ids = await pendingCredits(engine, client, ["1.00", "2.00"]);

  const done = await generate(client);

  expect(done).toMatchObject({ refused: 2, files: [] });
  for (const id of ids) expect(await stateOf(engine, id)).toBe("batchFailed");
});

test("what a layout asks for is there, also what few ask for", async () => {
  const asked = ["entryKind", "debitCollection", "creditCollection", "collection"];
  const lines: string[] = [];
  for (const from of [...asked, "plannedPostingDate", "fact.network"]) {
    const layout = {
      format: "delimited",
      name: "one-field",
      version: "1",
      titles: false,
      lineEnding: "lf",
      detail: { per: "entry", fields: [{ name: "it", from }] },
    };
    const client = await aBatchClient(engine, await aDirectory(), { layout });
    await pendingCredits(engine, client, ["100.00"]);
    await generate(client);
    const [file] = (await filesOf(client)) as [FileRow];
    lines.push((await storedBytes(file)).toString("utf8"));
    expect(await verifyFile(desk, client, file.id)).toMatchObject({ faults: [] });
  }

  expect(lines.map((line) => line.trim())).toEqual([
    "original",
    "suspense",
    "accountHolder",
    "accountHolder",
    "2026-11-16",
    "visa",
  ]);
});
