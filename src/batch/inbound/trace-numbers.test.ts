/** A trace number ends in a line's number, which every file of ours has: which one is meant? */
import { expect, test } from "vitest";

import { answerFile, aSentFile, bringIn } from "../../../test/support/answers.ts";
import { pendingCredits, stateOf } from "../../../test/support/batch.ts";
import { batchDesk, PROFILE, SENDING } from "../../../test/support/batch-desk.ts";
import { testEngine } from "../../../test/support/engine.ts";
import { NACHA_VALUES } from "../../../test/support/trial-file.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { sql } from "../../database/sql.ts";
import { generateNow } from "../generate.ts";
import { stateFate } from "../state-fate.ts";
import { transmitNext } from "../transmit.ts";
import { linesOfInbound } from "./views.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);

const NACHA = {
  layout: "nacha-ppd",
  values: NACHA_VALUES,
  returnFile: { format: "nacha-return" },
};

/** A return of the first entry of a file of ours, 10.00 to the holder. */
function returned(identification: string): string {
  const entry =
    `621121042882${"4000123412341234".padEnd(17)}0000001000` +
    `${identification.padEnd(15)}${"HOLDER".padEnd(24)}1231380100000001`;
  const addenda = `799R02121042880000001${" ".repeat(6)}23138010${" ".repeat(44)}231380100000001`;
  const sums = "0012104288000000000000000000001000";
  return [
    "101 121042882 2313801042611170900A094101ORIGIN                 DESTINATION",
    `5220${"North Bank".padEnd(36)}1234567890PPDDISPUTE   261116261117   1231380100000001`,
    entry,
    addenda,
    `8220000002${sums}1234567890${" ".repeat(25)}231380100000001`,
    `900000100000100000002${sums}`,
    "9".repeat(94),
  ].join("\n");
}

async function bring(client: string, text: string): Promise<string[]> {
  const file = await bringIn(desk, client, text);
  expect(file.faults).toEqual([]);
  const lines = await linesOfInbound(db, file, { after: 0n, limit: 100 });
  return lines.map((one) => `${one.state} ${one.outcome ?? one.explanation ?? ""}`.trim());
}

async function disputeOf(adjustment: string | undefined): Promise<string> {
  const row = await db.one<{ number: string }>(sql`
    select d.number
    from adjustment a
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    where a.id = ${adjustment}
  `);
  return row.number;
}

async function anotherFile(client: string, amounts: readonly string[]): Promise<string[]> {
  const adjustments = await pendingCredits(engine, client, amounts);
  await generateNow(desk, { clientId: client, profile: PROFILE, actor: "ann" });
  return adjustments;
}

function statesOf(adjustments: readonly (string | undefined)[]): Promise<string[]> {
  return Promise.all(adjustments.map((id) => stateOf(engine, id ?? "")));
}

test("Nacha: among lines of one number the entry's dispute is the one that came back", async () => {
  const { client, adjustments } = await aSentFile(desk, engine, ["10.00"], NACHA);
  engine.clock.advance({ hours: 24 });
  const later = await anotherFile(client, ["10.00"]);
  await transmitNext(desk, SENDING);
  const all = [adjustments[0], later[0]];

  const fates = await bring(client, returned(await disputeOf(adjustments[0])));

  expect(fates).toEqual(["applied returned"]);
  expect(await statesOf(all)).toEqual(["batchFailed", "executed"]);
});

test("Nacha: an entry of another dispute is none of ours, number and amount alike", async () => {
  const { client, adjustments } = await aSentFile(desk, engine, ["10.00"], NACHA);

  expect(await bring(client, returned("2405239999D"))).toEqual(["unmatched notFound"]);

  expect(await statesOf(adjustments)).toEqual(["executed"]);
});

test("a file that has not left yet is not what a number alone means", async () => {
  const { client, adjustments } = await aSentFile(desk, engine, ["10.00"]);
  engine.clock.advance({ hours: 24 });
  const waiting = await anotherFile(client, ["20.00"]);
  const line = { traceNumber: "091000010000001", side: "credit", status: "refused" };

  const other = await bring(client, answerFile("RET-1", [{ ...line, amount: "20.00" }]));
  const first = await bring(client, answerFile("RET-2", [{ ...line, amount: "10.00" }]));

  expect([...other, ...first]).toEqual(["unmatched amountDiffers", "applied returned"]);
  expect(await statesOf([adjustments[0], waiting[0]])).toEqual(["batchFailed", "inFile"]);
});

test("a number that fits another adjustment in a void file as well decides nothing", async () => {
  const { client, adjustments, fileId } = await aSentFile(desk, engine, [
    "10.00",
    "10.00",
    "10.00",
  ]);
  await bring(
    client,
    answerFile("ACK-1", [{ reference: adjustments[0] ?? "", status: "accepted" }]),
  );
  await stateFate(desk, {
    clientId: client,
    fileId,
    statement: "rejected",
    reason: "the rest was rejected",
    actor: "ann",
  });
  await transmitNext(desk, SENDING);

  const fates = await bring(
    client,
    // Line 2 was the second adjustment, and is the third one in the new file.
    answerFile("RET-1", [
      { traceNumber: "091000010000002", amount: "10.00", side: "credit", status: "refused" },
    ]),
  );

  expect(fates).toEqual(["unmatched inSeveralFiles"]);
  expect(await statesOf(adjustments)).toEqual(["executed", "executed", "executed"]);
});
