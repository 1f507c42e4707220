/** A person's word on a whole file takes the tier that a word on one adjustment takes. */
import { expect, test } from "vitest";

import { aBatchClient, aDirectory, pendingCredits, stateOf } from "../../test/support/batch.ts";
import { batchDesk, PROFILE, SENDING } from "../../test/support/batch-desk.ts";
import { testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { approvalDesk } from "../approval-desk.ts";
import { sql } from "../database/sql.ts";
import { decideApproval } from "../work/approvals/decide.ts";

import { acknowledge } from "./acknowledge.ts";
import { attestFile } from "./attest-file.ts";
import { generateNow } from "./generate.ts";
import { regenerate } from "./regenerate.ts";
import { transmitNext } from "./transmit.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);

/** Three credits that are in a file which has left, basis on acknowledgement. */
async function aFile() {
  const clientId = await aBatchClient(engine, await aDirectory(), { basis: "onAcknowledgement" });
  await db.owner.execute(sql`
    update client set version = version + 1, settings = jsonb_set(settings::jsonb, '{approvals}',
      '{"attestation": [{"above": "50.00", "levels": 1}]}')::json
    where id = ${clientId}`);
  const adjustments = await pendingCredits(engine, clientId, ["10.00", "20.00", "30.00"]);
  const { files } = await generateNow(desk, { clientId, profile: PROFILE, actor: "ann" });
  await transmitNext(desk, SENDING);
  const fileId = files[0]?.id ?? "";
  const told = { clientId, fileId, reference: "ACK-1", actor: "bob", answer: "accepted" } as const;
  return { clientId, adjustments, fileId, told };
}

const request = () =>
  db.one<{ id: string; state: string; rule: string; because: string | null }>(sql`
    select id, state, rule, settled_because as because from approval_request`);

const decide = async (clientId: string, name: string, approved = true) =>
  decideApproval(approvalDesk(engine, desk), {
    clientId,
    requestId: (await request()).id,
    approved,
    reason: approved ? "" : "their log says otherwise",
    by: { name, rights: new Set(["assignment:approve"]) },
  });

test("all of it is above the tier: it waits, then counts in the first one's name", async () => {
  const { clientId, adjustments, told } = await aFile();

  const asked = await attestFile(desk, { ...told, adjustmentIds: null });
  const before = await Promise.all(adjustments.map((id) => stateOf(engine, id)));
  for (const own of ["bob", "ann", "test", "cli:bob"]) {
    await expect(decide(clientId, own)).rejects.toMatchObject({ code: "self-approval" });
  }
  await decide(clientId, "carl");

  expect(asked).toMatchObject({ waits: true, rule: "approvals.attestation.0" });
  expect(before).toEqual(["inFile", "inFile", "inFile"]);
  expect(await Promise.all(adjustments.map((id) => stateOf(engine, id)))).toEqual(
    adjustments.map(() => "executed"),
  );
  const actors = await db.query(sql`
    select distinct actor from transition where to_state = 'executed'`);
  expect(actors).toEqual([{ actor: "bob" }]);
});

test("lines below it are attested by one person, and a refusal takes nobody's word", async () => {
  const { adjustments, told } = await aFile();
  const [first = "", second = ""] = adjustments;

  const attested = await attestFile(desk, { ...told, adjustmentIds: [first, second] });
  const refused = await attestFile(desk, { ...told, adjustmentIds: null, answer: "refused" });

  expect(attested).toMatchObject({ waits: false, settled: 2 });
  expect(refused).toMatchObject({ waits: false, settled: 1 });
});

test("asked for once at a time, and declined it changes nothing", async () => {
  const { clientId, adjustments, told } = await aFile();
  await attestFile(desk, { ...told, adjustmentIds: null });
  const again = attestFile(desk, { ...told, adjustmentIds: null });
  await expect(again).rejects.toMatchObject({ code: "transition-refused" });

  await decide(clientId, "carl", false);

  expect(await stateOf(engine, adjustments[0] ?? "")).toBe("inFile");
});

test("the destination's own answer ends what waits about the file", async () => {
  const { told } = await aFile();
  await attestFile(desk, { ...told, adjustmentIds: null });

  await acknowledge(desk, { ...told, adjustmentIds: null, actor: "redress" });

  expect(await request()).toMatchObject({
    state: "withdrawn",
    because: "every line was answered",
  });
});

test("so does a statement that it never arrived", async () => {
  const { clientId, fileId, told } = await aFile();
  await attestFile(desk, { ...told, adjustmentIds: null });

  await regenerate(desk, {
    clientId,
    fileId,
    statement: "notReceived",
    reason: "their inbox was empty",
    actor: "dora",
    secondPerson: null,
  });

  expect(await request()).toMatchObject({ state: "withdrawn" });
});
