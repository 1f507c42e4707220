/** Letters are issued again for everybody, whatever is wrong with one of them. */
import { expect, test } from "vitest";

import { approved } from "../../../test/support/approved.ts";
import { aClient, aDisputeOf, operate, testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { sql } from "../../database/sql.ts";
import { listAssignments } from "../../work/views.ts";

import { lettersOf, reissueLetters } from "./issue-letters.ts";

const database = useDatabase();
const engine = testEngine(database);

async function denied() {
  const clientId = await aClient(engine);
  const dispute = await aDisputeOf(engine, clientId);
  await operate(engine, clientId, dispute, "denyDispute", { debitOn: "noticeDate" });
  return clientId;
}

const versions = () =>
  database.query<{ clientId: string; version: number }>(sql`
    select client_id as "clientId", version from letter order by client_id`);

test("a letter that cannot be written holds up no other client's", async () => {
  const broken = await denied();
  await reissueLetters(engine);
  // The version in force is not known any more: the next one finds its place taken.
  await database.owner.execute(sql`
    update letter set version = 0, is_watched = true where client_id = ${broken}`);
  const sound = await denied();
  const problems: string[] = [];

  await reissueLetters(engine, { report: (problem) => problems.push(problem) });

  expect(problems).toHaveLength(1);
  expect((await versions()).find((one) => one.clientId === sound)?.version).toBe(1);
});

test("no letter says what nobody has agreed to yet", async () => {
  const tiers = [{ above: "0.00", levels: 1 }];
  const approvals = { issueProvisionalCredit: tiers, denyDispute: tiers };
  const clientId = await aClient(engine, { approvals });
  const dispute = await aDisputeOf(engine, clientId);
  const disputeId = (
    await database.one<{ id: string }>(sql`select id from dispute where client_id = ${clientId}`)
  ).id;
  const facts = async () => (await lettersOf(engine, { clientId, disputeId })).current;
  const agree = async () => {
    const { items } = await listAssignments(database, { clientIds: [clientId], limit: 9 });
    await approved(
      engine,
      items.filter((one) => one.type === "Approve Accounting"),
    );
  };

  await operate(engine, clientId, dispute, "issueProvisionalCredit");
  const asked = await facts();
  await agree();
  const given = await facts();
  await operate(engine, clientId, dispute, "denyDispute", { amount: "100.00", reason: "theirs" });
  const denialAsked = await facts();
  await agree();
  const deniedNow = await facts();

  expect(asked.provisionalCreditAmount).toBeNull();
  expect(given.provisionalCreditAmount).toBe("100.00");
  expect(denialAsked).toMatchObject({ denied: "0.00", denialReason: null, noticeModel: null });
  expect(deniedNow).toMatchObject({ denied: "100.00", denialReason: "theirs" });
});
