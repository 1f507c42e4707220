import { expect, test } from "vitest";

import type { AnswerLine, SentFile } from "../../../test/support/answers.ts";
import { answerFile, aSentFile, bringIn, receive } from "../../../test/support/answers.ts";
import { stateOf } from "../../../test/support/batch.ts";
import { batchDesk } from "../../../test/support/batch-desk.ts";
import { testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { sql } from "../../database/sql.ts";
import { failpointsFrom } from "../../kernel/failpoints.ts";
import { listAlarms } from "../alarms.ts";
import { fileById } from "../views.ts";
import { redriveLine, releaseFile, setLineAside } from "./settle-by-hand.ts";
import { findInboundFile, linesOfInbound, repeatsOf } from "./views.ts";
import { inboundNext, workInbound } from "./work-inbound.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);
const WAITING = { basis: "onAcknowledgement" };

function line(adjustment: string | undefined, more: Partial<AnswerLine> = {}): AnswerLine {
  return {
    reference: adjustment ?? "",
    amount: "10.00",
    side: "credit",
    status: "accepted",
    ...more,
  };
}

async function statesOf({ adjustments }: SentFile): Promise<string[]> {
  return Promise.all(adjustments.map((id) => stateOf(engine, id)));
}

/** What each line of a return file did, in order. */
async function fates(client: string, id: string): Promise<string[]> {
  const lines = await linesOfInbound(db, { clientId: client, id }, { after: 0n, limit: 100 });
  return lines.map((one) =>
    [one.state, one.outcome ?? one.explanation].filter((word) => word !== null).join(" "),
  );
}

/** What the holders have, executed; and all that was written about money. */
async function books(): Promise<{ executed: string; executions: string; transitions: string }> {
  return db.one(sql`
    select (select coalesce(sum(executed_minor), 0)::text from balance
            where collection = 'accountHolder') as executed,
           (select count(*)::text from execution) as executions,
           (select count(*)::text from transition) as transitions
  `);
}

async function batchFile({ client, fileId }: SentFile) {
  const file = await fileById(db, client, fileId);
  if (file === undefined) throw new Error("the file is there");
  return file;
}

test("each line lands where it should, and the same file twice changes nothing", async () => {
  const sent = await aSentFile(desk, engine, ["10.00", "10.00", "10.00", "10.00"], WAITING);
  const [accepted, refused, unknown, wrong] = sent.adjustments;
  const text = answerFile("ACK-7", [
    line(accepted),
    line(refused, { status: "refused", code: "R02", reason: "account closed" }),
    line(unknown, { status: "unknown" }),
    line(accepted),
    line(wrong, { amount: "11.00" }),
    line("019a0000-0000-7000-8000-000000000000"),
    line(undefined),
  ]);

  const file = await bringIn(desk, sent.client, text);

  expect(file).toMatchObject({ state: "partlyMatched", problem: "3 lines are not matched" });
  expect(await fates(sent.client, file.id)).toEqual([
    "applied executed",
    "applied failed",
    "noted",
    "repeated",
    "unmatched amountDiffers",
    "unmatched notFound",
    "unmatched noReference",
  ]);
  expect(await statesOf(sent)).toEqual(["executed", "batchFailed", "inFile", "inFile"]);
  expect((await batchFile(sent)).state).toBe("handedOver");
  const before = await books();
  expect(before.executed).toBe("1000");
  const shown = await db.one<{ reason: string }>(sql`
    select reason from assignment where adjustment_id = ${refused} and is_open
  `);
  expect(shown.reason).toBe("R02 account closed");
  expect(await listAlarms(db, { clients: [sent.client], onlyOpen: true, limit: 9 })).toMatchObject([
    { kind: "linesUnmatched", subject: file.id, owner: "operator" },
  ]);

  const again = await receive(desk, sent.client, text);
  await workInbound(desk, sent.client, again.file.id);

  expect(again).toMatchObject({ isRepeat: true, file: { id: file.id } });
  expect(await repeatsOf(db, file)).toHaveLength(1);
  expect(await books()).toEqual(before);
  expect(await statesOf(sent)).toEqual(["executed", "batchFailed", "inFile", "inFile"]);
});

test("the same answers in other bytes and under another name move nothing twice", async () => {
  const sent = await aSentFile(desk, engine, ["10.00", "10.00"], WAITING);
  const [one, two] = sent.adjustments;
  const lines = [line(one), line(two, { status: "refused", code: "R02" })];
  await bringIn(desk, sent.client, answerFile("ACK-1", lines));
  const before = await books();

  const file = await bringIn(desk, sent.client, answerFile("ACK-2", lines));

  expect(await fates(sent.client, file.id)).toEqual(["repeated", "repeated"]);
  expect(file.state).toBe("matched");
  expect(await books()).toEqual(before);
  expect((await batchFile(sent)).state).toBe("acknowledged");
});

test("an identity that was taken before is refused", async () => {
  const sent = await aSentFile(desk, engine, ["10.00"], WAITING);
  const first = await bringIn(desk, sent.client, answerFile("ACK-1", []));

  const second = await bringIn(desk, sent.client, answerFile("ACK-1", [line(sent.adjustments[0])]));

  expect(second).toMatchObject({ state: "refused", duplicateOf: first.id });
  expect(await statesOf(sent)).toEqual(["inFile"]);
});

test("a file whose own totals are wrong is held until a person releases it", async () => {
  const sent = await aSentFile(desk, engine, ["10.00"], WAITING);
  const text = answerFile("ACK-1", [line(sent.adjustments[0])], { credit: "12.00" });

  const file = await bringIn(desk, sent.client, text);

  expect(file).toMatchObject({
    state: "held",
    totals: [
      { control: "count", agrees: true },
      { control: "debit", agrees: true },
      { control: "credit", said: "1200", counted: "1000", agrees: false },
    ],
  });
  expect(await statesOf(sent)).toEqual(["inFile"]);
  const request = { clientId: sent.client, fileId: file.id, reason: "they told us", actor: "bob" };
  await releaseFile(desk, request);
  expect(await workInbound(desk, sent.client, file.id)).toMatchObject({ state: "matched" });
  expect(await statesOf(sent)).toEqual(["executed"]);
  await expect(releaseFile(desk, request)).rejects.toThrow("is matched");
});

test("a file that cannot be read is refused with its places, and nothing is taken", async () => {
  const sent = await aSentFile(desk, engine, ["10.00"], WAITING);
  const text = answerFile("ACK-1", [
    line(sent.adjustments[0]),
    line(sent.adjustments[0], { status: "perhaps" }),
  ]);

  const file = await bringIn(desk, sent.client, text);

  expect(file).toMatchObject({
    state: "refused",
    faults: [{ line: 4, place: "status", reason: "the word perhaps is not known" }],
  });
  expect(await statesOf(sent)).toEqual(["inFile"]);
  const cut = await bringIn(desk, sent.client, text.slice(0, -20));
  expect(cut.faults).toContainEqual(expect.objectContaining({ place: "trailer" }));
});

test("on the assumed basis a refusal brings money back, an acceptance confirms it", async () => {
  const sent = await aSentFile(desk, engine, ["10.00", "10.00", "10.00"]);
  const [one, two] = sent.adjustments;
  expect((await books()).executed).toBe("3000");

  const file = await bringIn(
    desk,
    sent.client,
    answerFile("RET-1", [line(one), line(two, { status: "refused", code: "R03" })]),
  );

  expect(await fates(sent.client, file.id)).toEqual(["applied confirmed", "applied returned"]);
  expect(await statesOf(sent)).toEqual(["executed", "batchFailed", "executed"]);
  expect((await books()).executed).toBe("2000");
});

test("a return after an acknowledgement brings the money back too, once", async () => {
  const sent = await aSentFile(desk, engine, ["10.00"], WAITING);
  await bringIn(desk, sent.client, answerFile("ACK-1", [line(sent.adjustments[0])]));
  expect((await batchFile(sent)).state).toBe("acknowledged");
  const refusal = line(sent.adjustments[0], { status: "refused", code: "R10" });

  const first = await bringIn(desk, sent.client, answerFile("RET-1", [refusal, refusal]));

  expect(await fates(sent.client, first.id)).toEqual(["applied returned", "repeated"]);
  expect(await statesOf(sent)).toEqual(["batchFailed"]);
  expect((await books()).executed).toBe("0");
});

test("accepted and then refused in one file is an execution and a return", async () => {
  const sent = await aSentFile(desk, engine, ["10.00"], WAITING);
  const [one] = sent.adjustments;

  const file = await bringIn(
    desk,
    sent.client,
    answerFile("ACK-1", [line(one), line(one, { status: "refused", code: "R10" })]),
  );

  expect(await fates(sent.client, file.id)).toEqual(["applied executed", "applied returned"]);
  expect((await books()).executed).toBe("0");
});

test("a line is found by the end of its trace number, or by file and line", async () => {
  const sent = await aSentFile(desk, engine, ["10.00", "20.00", "30.00"], WAITING);

  const file = await bringIn(
    desk,
    sent.client,
    answerFile("ACK-1", [
      { traceNumber: "091000010000002", amount: "20.00", side: "credit", status: "accepted" },
      { fileId: "1", reference: "3", status: "accepted" },
      { fileId: sent.fileId, reference: "1", status: "refused", code: "R01" },
    ]),
  );

  expect(await fates(sent.client, file.id)).toEqual([
    "applied executed",
    "applied executed",
    "applied failed",
  ]);
  expect((await books()).executed).toBe("5000");
  expect((await batchFile(sent)).state).toBe("acknowledged");
});

test("a line that names only a file answers the whole of it", async () => {
  const sent = await aSentFile(desk, engine, ["10.00", "20.00"], WAITING);

  const file = await bringIn(
    desk,
    sent.client,
    answerFile("ACK-1", [{ fileId: sent.fileId, status: "accepted" }]),
  );

  expect(await fates(sent.client, file.id)).toEqual(["applied wholeFile"]);
  expect(await statesOf(sent)).toEqual(["executed", "executed"]);
  expect((await batchFile(sent)).state).toBe("acknowledged");
});

test("a debit where we sent a credit is not matched, nor is another currency", async () => {
  const sent = await aSentFile(desk, engine, ["10.00"], WAITING);

  const file = await bringIn(
    desk,
    sent.client,
    answerFile("ACK-1", [line(sent.adjustments[0], { side: "debit" })]),
  );

  expect(await fates(sent.client, file.id)).toEqual(["unmatched sideDiffers"]);
  expect(await statesOf(sent)).toEqual(["inFile"]);
});

test("an unmatched line is matched by hand to a chosen line, with amount and reason", async () => {
  const sent = await aSentFile(desk, engine, ["10.00", "20.00"], WAITING);
  const file = await bringIn(
    desk,
    sent.client,
    answerFile("ACK-1", [{ reference: "PHONE CALL", amount: "20.00", status: "accepted" }]),
  );
  const on = {
    clientId: sent.client,
    fileId: file.id,
    ordinal: 1n,
    reason: "the bank named it on the phone",
    actor: "bob",
  };

  await expect(
    redriveLine(desk, { ...on, to: { fileId: sent.fileId, lineNumber: 1n } }),
  ).rejects.toThrow("Its amount is not the amount of our line");
  const settled = await redriveLine(desk, { ...on, to: { fileId: sent.fileId, lineNumber: 2n } });

  expect(settled).toMatchObject({ state: "applied", outcome: "executed" });
  expect(await statesOf(sent)).toEqual(["inFile", "executed"]);
  await expect(redriveLine(desk, { ...on, to: null })).rejects.toThrow("is settled");
  expect(await workInbound(desk, sent.client, file.id)).toMatchObject({ state: "matched" });
  expect(await listAlarms(db, { clients: [sent.client], onlyOpen: true, limit: 9 })).toEqual([]);
});

test("a line is matched again, or set aside, alone", async () => {
  const sent = await aSentFile(desk, engine, ["10.00"], WAITING);
  const file = await bringIn(
    desk,
    sent.client,
    answerFile("ACK-1", [line(undefined), line(sent.adjustments[0], { status: "unknown" })]),
  );
  const on = { clientId: sent.client, fileId: file.id, reason: "looked at", actor: "bob" };

  expect(await redriveLine(desk, { ...on, ordinal: 1n, to: null })).toMatchObject({
    state: "unmatched",
    explanation: "noReference",
  });
  expect(await setLineAside(desk, { ...on, ordinal: 1n })).toMatchObject({ state: "setAside" });

  expect(await workInbound(desk, sent.client, file.id)).toMatchObject({ state: "matched" });
  expect(await fates(sent.client, file.id)).toEqual(["setAside noReference", "noted"]);
});

test("a file that we fail to work is put off and shown, and holds up no other", async () => {
  const sent = await aSentFile(desk, engine, ["10.00"], WAITING);
  const { file } = await receive(desk, sent.client, answerFile("ACK-1", [line("a")]));
  const failing = batchDesk(engine, failpointsFrom("batch.inbound.lines=fail"));

  const step = await inboundNext(failing);
  const good = await receive(desk, sent.client, answerFile("ACK-2", [line(sent.adjustments[0])]));
  const after = await workInbound(desk, sent.client, good.file.id);

  expect(step).toMatchObject({ fileId: file.id, step: "postponed" });
  expect(after.state).toBe("matched");
  expect(await findInboundFile(db, [sent.client], file.id)).toMatchObject({
    state: "received",
    problem: expect.stringContaining("failpoint") as string,
  });
  const open = async () =>
    (await listAlarms(db, { clients: [sent.client], onlyOpen: true, limit: 9 })).map(
      ({ kind, subject }) => ({ kind, subject }),
    );
  expect(await open()).toEqual([{ kind: "filePutOff", subject: file.id }]);
  engine.clock.advance({ minutes: 6 });
  expect(await workInbound(desk, sent.client, file.id)).toMatchObject({ state: "partlyMatched" });
  expect(await open()).toEqual([{ kind: "linesUnmatched", subject: file.id }]);
});
