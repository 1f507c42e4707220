/** Return files over HTTP: taken in, listed, settled by line; and two people's regeneration. */
import { expect, test } from "vitest";

import { answerFile } from "../../test/support/answers.ts";
import { useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";

const SETTINGS = {
  batchProfiles: {
    nightly: {
      layout: "generic-csv",
      marker: "TEST",
      delivery: { kind: "byHand" },
      basis: "onAcknowledgement",
      returnFile: { format: "csv" },
      regeneration: { secondPerson: true },
    },
  },
};

const db = useDatabase();
const { get, opened, operate, post, server } = useCaseApi(db, SETTINGS);

/** A generated file of so many credits of 60.00; its id and its adjustments. */
async function generated(count: number): Promise<{ id: string; adjustments: string[] }> {
  for (let ordinal = 0; ordinal < count; ordinal += 1) {
    const { dispute } = await opened();
    await operate(dispute, "issueProvisionalCredit", { amount: "60.00" });
  }
  const { body } = await post("/v1/batches", { body: { client: "harbor" } });
  const [one] = body["generated"] as { files: { id: string }[] }[];
  const id = one?.files[0]?.id ?? "";
  const lines = (await get(`/v1/batches/${id}/lines`)).body.items;
  return { id, adjustments: lines.map((line) => String(line["adjustment"])) };
}

function upload(text: string, key?: string, headers: Record<string, string> = {}) {
  const url = "/v1/inbound-files?client=harbor&profile=nightly&name=ack.csv";
  return post(url, { body: text, headers: { "content-type": "text/csv", ...headers } }, key);
}

test("an answer is uploaded, and a line of it matched by hand", async () => {
  const { id, adjustments } = await generated(2);
  const text = answerFile("ACK-1", [
    { reference: adjustments[0] ?? "", amount: "60.00", side: "credit", status: "accepted" },
    { reference: "lost", amount: "60.00", side: "credit", status: "refused", code: "R02" },
  ]);

  const taken = await upload(text);
  const again = await upload(text);

  expect(taken.status).toBe(201);
  expect(taken.body).toMatchObject({
    name: "ack.csv",
    state: "partlyMatched",
    identity: "ACK-1",
    counts: [
      { state: "applied", outcome: "executed", count: 1 },
      { state: "unmatched", outcome: null, count: 1 },
    ],
  });
  expect(again.status).toBe(200);
  expect(again.body).toMatchObject({ id: taken.body["id"], repeats: [{ name: "ack.csv" }] });
  const url = `/v1/inbound-files/${String(taken.body["id"])}`;
  const unmatched = await get(`${url}/lines?state=unmatched`);
  expect(unmatched.body.items).toMatchObject([
    {
      ordinal: 2,
      amount: { amount: "60.00", currency: "USD" },
      explanation: "noReference",
      explained: "It names no adjustment, no line and no file of ours.",
    },
  ]);
  const alarms = await get("/v1/batch-alarms");
  expect(alarms.body.items).toMatchObject([{ kind: "linesUnmatched", owner: "operator" }]);

  const unsaid = await post(`${url}/lines/2/decisions`, {
    body: { decision: "match", reason: "they said so" },
  });
  const settled = await post(`${url}/lines/2/decisions`, {
    body: { decision: "match", batch: id, batchLine: 2, reason: "they said so" },
  });

  expect(unsaid.body).toMatchObject({ code: "input-invalid" });
  expect(settled.body).toMatchObject({
    state: "applied",
    outcome: "failed",
    settledBy: "key:admin",
  });
  const after = await get(url);
  expect(after.body).toMatchObject({
    state: "matched",
    decisions: [{ line: 2, decision: "matched", batch: id, batchLine: 2 }],
  });
  expect((await get("/v1/batch-alarms")).body.items).toEqual([]);
  expect((await get("/v1/inbound-files?state=matched")).body.items).toHaveLength(1);
});

test("taking in and deciding need their right; another client's files are not there", async () => {
  await generated(1);
  const taken = await upload(answerFile("ACK-1", [], { count: 3 }));
  const url = `/v1/inbound-files/${String(taken.body["id"])}`;
  const analyst = await server().keyFor("analyst", ["analyst"]);
  const stranger = await server().keyFor("stranger", undefined, ["other"]);
  const release = { body: { decision: "release", reason: "so" }, version: 2 };

  expect((await upload("x", analyst)).body).toMatchObject({ code: "forbidden" });
  expect((await post(`${url}/decisions`, release, analyst)).body).toMatchObject({
    code: "forbidden",
  });
  expect((await get(url, stranger)).body).toMatchObject({ code: "not-found" });
  expect(taken.body).toMatchObject({ state: "held", version: 2 });
  expect((await post(`${url}/decisions`, release)).body).toMatchObject({ state: "matched" });
});

test("where two people are asked for, the second one regenerates", async () => {
  const { id } = await generated(1);
  const version = Number((await get(`/v1/batches/${id}`)).body["version"]);
  const said = { statement: "deleted", reason: "deleted there" };

  const waiting = await post(`/v1/batches/${id}/regenerations`, { body: said, version });

  expect(waiting.status).toBe(202);
  expect(waiting.body).toMatchObject({
    state: "waiting",
    by: "key:admin",
    difference: [{ fate: "comesBack", count: 1 }],
  });
  expect((await get(`/v1/batches/${id}`)).body).toMatchObject({
    state: "generated",
    statements: [{ id: waiting.body["id"], state: "waiting" }],
  });
  const url = `/v1/batch-statements/${String(waiting.body["id"])}/seconding`;
  const alone = await post(url, { body: { reason: "me again" } });
  const other = await server().keyFor("other");
  const done = await post(url, { body: { reason: "I looked too" } }, other);

  expect(alone.body).toMatchObject({ code: "self-approval" });
  expect(done.status).toBe(201);
  expect(done.body).toMatchObject({
    cameBack: 1,
    voided: { state: "void", voided: { by: "key:admin", secondedBy: "key:other" } },
  });
});
