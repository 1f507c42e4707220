/** Adjustments with several entries, each a line of its own at the destination. */
import { expect, test } from "vitest";

import { answerFile, bringIn, READS_ANSWERS } from "../../../test/support/answers.ts";
import { aBatchClient, aDirectory, pendingCredits, stateOf } from "../../../test/support/batch.ts";
import { batchDesk, PROFILE, SENDING } from "../../../test/support/batch-desk.ts";
import { aDisputeOf, operate, testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { sql } from "../../database/sql.ts";
import { acknowledge } from "../acknowledge.ts";
import { generateNow } from "../generate.ts";
import { linesOfFile } from "../line-views.ts";
import { askNextFile } from "../next-file.ts";
import { regenerate } from "../regenerate.ts";
import { transmitNext } from "../transmit.ts";
import { linesOfInbound } from "./views.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);

/** One adjustment of 100.00 and 5.00 in a file that was handed over. */
async function twoDetails(profile: Record<string, unknown> = {}) {
  const settings = { ...READS_ANSWERS, ...profile };
  const client = await aBatchClient(engine, await aDirectory(), settings);
  const dispute = await aDisputeOf(engine, client);
  const input = { amount: "100.00", fees: "5.00" };
  const done = await operate(engine, client, dispute, "issueProvisionalCredit", input);
  const id = done.adjustments[0]?.id ?? "";
  const fileId = await nextFile(client);
  return { client, id, fileId };
}

async function nextFile(client: string): Promise<string> {
  const { files } = await generateNow(desk, { clientId: client, profile: PROFILE, actor: "ann" });
  await transmitNext(desk, SENDING);
  return files[0]?.id ?? "";
}

async function executed(): Promise<string> {
  const row = await db.one<{ sum: string }>(sql`
    select coalesce(sum(executed_minor), 0)::text as sum from balance
    where account ~ '^[0-9a-f]{8}-[0-9a-f]{4}-'
  `);
  return row.sum;
}

async function bring(client: string, identity: string, lines: Parameters<typeof answerFile>[1]) {
  const file = await bringIn(desk, client, answerFile(identity, lines));
  const found = await linesOfInbound(db, file, { after: 0n, limit: 9 });
  return found.map((line) => `${line.state} ${line.outcome ?? line.explanation ?? ""}`.trim());
}

const WAITING = { basis: "onAcknowledgement" };

test("an answer to the whole adjustment answers both", async () => {
  const { client, id } = await twoDetails(WAITING);

  const fates = await bring(client, "ACK-1", [
    { reference: id, amount: "105.00", status: "accepted" },
  ]);

  expect(fates).toEqual(["applied executed"]);
  expect(await executed()).toBe("10500");
});

test("each detail accepted, in two files: executed with the last one", async () => {
  const { client, id } = await twoDetails(WAITING);

  const first = await bring(client, "ACK-1", [
    { reference: id, amount: "100.00", status: "accepted" },
  ]);
  const between = await stateOf(engine, id);
  const second = await bring(client, "ACK-2", [
    { reference: id, amount: "100.00", status: "accepted" },
    { fileId: "1", reference: "2", amount: "5.00", status: "accepted" },
  ]);

  expect(first).toEqual(["applied counted"]);
  expect(between).toBe("inFile");
  expect(second).toEqual(["repeated", "applied executed"]);
  expect(await executed()).toBe("10500");
});

test("one accepted, one refused: partly executed, and only the rest leaves next", async () => {
  const { client, id } = await twoDetails(WAITING);

  const fates = await bring(client, "ACK-1", [
    { reference: id, amount: "100.00", status: "accepted" },
    { reference: id, amount: "5.00", status: "refused", code: "R02" },
  ]);

  expect(fates).toEqual(["applied counted", "applied partly"]);
  expect(await stateOf(engine, id)).toBe("partlyExecuted");
  expect(await executed()).toBe("10000");
  await askNextFile(engine, [
    { clientId: client, adjustmentId: id, reason: "again", actor: "ann" },
  ]);
  engine.clock.advance({ minutes: 1 });
  const fileId = await nextFile(client);
  const [line] = await linesOfFile(db, { clientId: client, fileId }, 0n, 9);
  expect(line).toMatchObject({ amountMinor: 500n, detailCount: 1 });
  const last = await bring(client, "ACK-2", [
    { reference: `${id}-2`, amount: "5.00", status: "accepted" },
  ]);
  expect(last).toEqual(["applied executed"]);
  expect(await stateOf(engine, id)).toBe("executed");
  expect(await executed()).toBe("10500");
});

test("what is left of an adjustment is refused: what was executed stays executed", async () => {
  const { client, id } = await twoDetails(WAITING);
  await bring(client, "ACK-1", [
    { reference: id, amount: "100.00", status: "accepted" },
    { reference: id, amount: "5.00", status: "refused", code: "R02" },
  ]);
  await askNextFile(engine, [
    { clientId: client, adjustmentId: id, reason: "again", actor: "ann" },
  ]);
  engine.clock.advance({ minutes: 1 });
  await nextFile(client);

  await bring(client, "ACK-2", [{ reference: `${id}-2`, status: "refused", code: "R02" }]);

  expect(await stateOf(engine, id)).toBe("partlyExecuted");
  expect(await executed()).toBe("10000");
});

test("a whole file accepted executes what is left alone, and it can come back alone", async () => {
  const { client, id } = await twoDetails(WAITING);
  await bring(client, "ACK-1", [
    { reference: id, amount: "100.00", status: "accepted" },
    { reference: id, amount: "5.00", status: "refused", code: "R02" },
  ]);
  await askNextFile(engine, [
    { clientId: client, adjustmentId: id, reason: "again", actor: "ann" },
  ]);
  const [other = ""] = await pendingCredits(engine, client, ["7.00"]);
  engine.clock.advance({ minutes: 1 });
  const fileId = await nextFile(client);
  const answer = { clientId: client, fileId, reference: "OK", actor: "ann" } as const;

  const all = await acknowledge(desk, { ...answer, adjustmentIds: null, answer: "accepted" });

  expect(all).toMatchObject({ settled: 2, moved: 2, file: { state: "acknowledged" } });
  expect([await stateOf(engine, id), await stateOf(engine, other)]).toEqual([
    "executed",
    "executed",
  ]);
  expect(await executed()).toBe("11200");
  const again = await acknowledge(desk, { ...answer, adjustmentIds: [id], answer: "accepted" });
  expect(again).toMatchObject({ settled: 0, moved: 0 });
  const back = await acknowledge(desk, { ...answer, adjustmentIds: [id], answer: "refused" });
  expect(back).toMatchObject({ settled: 1, moved: 1 });
  expect(await stateOf(engine, id)).toBe("partlyExecuted");
  expect(await executed()).toBe("10700");
});

test("assumed at hand-over: one detail returned brings back that one alone", async () => {
  const { client, id } = await twoDetails();
  expect(await executed()).toBe("10500");

  const fates = await bring(client, "RET-1", [
    { reference: id, amount: "5.00", status: "refused", code: "R03" },
  ]);

  expect(fates).toEqual(["applied partly"]);
  expect(await stateOf(engine, id)).toBe("partlyExecuted");
  expect(await executed()).toBe("10000");
  await askNextFile(engine, [
    { clientId: client, adjustmentId: id, reason: "again", actor: "ann" },
  ]);
  engine.clock.advance({ minutes: 1 });
  const fileId = await nextFile(client);
  const [line] = await linesOfFile(db, { clientId: client, fileId }, 0n, 9);
  expect(line).toMatchObject({ amountMinor: 500n });
  expect(await executed()).toBe("10500");
  const back = { clientId: client, fileId, statement: "notReceived", reason: "so" } as const;
  await regenerate(desk, { ...back, actor: "ann", secondPerson: null });
  expect(await executed()).toBe("10000");
});

test("both returned: all of it comes back", async () => {
  const { client, id } = await twoDetails();

  const fates = await bring(client, "RET-1", [
    { reference: id, amount: "100.00", status: "refused", code: "R03" },
    { reference: id, amount: "5.00", status: "refused", code: "R03" },
  ]);

  expect(fates).toEqual(["applied counted", "applied returned"]);
  expect(await stateOf(engine, id)).toBe("batchFailed");
  expect(await executed()).toBe("0");
});

test("a file is not regenerated while one of its lines is answered in part", async () => {
  const { client, id, fileId } = await twoDetails(WAITING);
  await bring(client, "ACK-1", [{ reference: id, amount: "100.00", status: "accepted" }]);
  const request = { clientId: client, fileId, statement: "rejected", reason: "so" } as const;

  await expect(regenerate(desk, { ...request, actor: "ann", secondPerson: null })).rejects.toThrow(
    "1 lines of file",
  );

  expect(await stateOf(engine, id)).toBe("inFile");
});

test.each([
  ["accepted", "refused"],
  ["refused", "accepted"],
] as const)("a whole file %s passes over a line of which a part was %s", async (all, part) => {
  const { client, id, fileId } = await twoDetails(WAITING);
  await bring(client, "ACK-1", [{ reference: id, amount: "5.00", status: part, code: "R02" }]);
  const answer = { clientId: client, fileId, reference: "OK", actor: "ann", answer: all } as const;

  const told = await acknowledge(desk, { ...answer, adjustmentIds: null });
  const fates = await bring(client, "ACK-2", [{ fileId, status: all }]);

  expect(told).toMatchObject({ settled: 0, moved: 0, file: { state: "handedOver" } });
  expect(fates).toEqual(["unmatched isPartOnly"]);
  await expect(acknowledge(desk, { ...answer, adjustmentIds: [id] })).rejects.toThrow(
    "answered in part otherwise",
  );
  expect(await stateOf(engine, id)).toBe("inFile");
  expect(await executed()).toBe("0");
  const last = await bring(client, "ACK-3", [{ reference: id, amount: "100.00", status: all }]);
  expect(last).toEqual(["applied partly"]);
  expect(await executed()).toBe(all === "accepted" ? "10000" : "500");
});
