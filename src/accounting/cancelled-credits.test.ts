/** A credit that is cancelled before it was sent leaves the dispute as if nobody had decided it. */
import { expect, test } from "vitest";

import { approved } from "../../test/support/approved.ts";
import { aClient, aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { cancelWork } from "../manual/cancel.ts";
import { listAssignments } from "../work/views.ts";

const database = useDatabase();
const engine = testEngine(database);

const openWork = async (clientId: string) =>
  (await listAssignments(database, { clientIds: [clientId], limit: 20 })).items;

/** Cancels what an operation opened, by whoever has it. */
async function cancelled(clientId: string, operation: string): Promise<void> {
  const rows = await database.query<{ id: string }>(sql`
    select id from adjustment
    where client_id = ${clientId} and operation = ${operation} and state <> 'cancelled'`);
  const ids = new Set(rows.map((row) => row.id));
  for (const row of await openWork(clientId)) {
    if (!ids.has(row.adjustmentId ?? "")) continue;
    const order = { assignmentId: row.id, version: row.version, actor: "amy", reason: "mistaken" };
    const [result] = await cancelWork(engine, [{ clientId, ...order }]);
    expect(result).toMatchObject({ failure: null, state: "cancelled" });
  }
}

const stateOf = async (clientId: string) =>
  (
    await database.one<{ state: string }>(sql`
      select state from dispute_book where client_id = ${clientId}`)
  ).state;

const CREDITS: readonly (readonly [string, Record<string, unknown>])[] = [
  ["issueProvisionalCredit", {}],
  ["payDispute", {}],
  ["payDispute", { fees: "5.00" }],
  ["payFromLoss", {}],
  ["payFromMerchant", {}],
  ["payByCheck", {}],
  ["creditFromAtmOverShort", { amount: "100.00" }],
  ["raiseProvisionalCredit", { amount: "10.00" }],
];

test.each(CREDITS)(
  "%s %j cancelled leaves the dispute open to be paid",
  async (operation, input) => {
    const clientId = await aClient(engine);
    const dispute = await aDisputeOf(engine, clientId);
    await operate(engine, clientId, dispute, operation, input);

    await cancelled(clientId, operation);

    expect(await stateOf(clientId)).toBe("open");
    expect((await operate(engine, clientId, dispute, "payDispute")).status).toBe("done");
  },
);

test("so does one that waits for approval, whoever cancels it", async () => {
  const tiers = [{ above: "0.00", levels: 1 }];
  const clientId = await aClient(engine, { approvals: { payDispute: tiers } });
  const dispute = await aDisputeOf(engine, clientId);
  await operate(engine, clientId, dispute, "payDispute");

  await cancelled(clientId, "payDispute");

  expect(await stateOf(clientId)).toBe("open");
});

test("a payment cancelled beside a provisional credit leaves that credit in force", async () => {
  const clientId = await aClient(engine);
  const dispute = await aDisputeOf(engine, clientId);
  await operate(engine, clientId, dispute, "issueProvisionalCredit", { amount: "60.00" });
  await operate(engine, clientId, dispute, "payDispute");

  await cancelled(clientId, "payDispute");

  expect(await stateOf(clientId)).toBe("provisionallyCredited");
});

test.each([
  ["issueProvisionalCredit", "payDispute"],
  ["payDispute", "issueProvisionalCredit"],
])("with %s cancelled and then %s, nothing is credited any more", async (first, second) => {
  const clientId = await aClient(engine);
  const dispute = await aDisputeOf(engine, clientId);
  await operate(engine, clientId, dispute, "issueProvisionalCredit", { amount: "60.00" });
  await operate(engine, clientId, dispute, "payDispute");

  await cancelled(clientId, first);
  await cancelled(clientId, second);

  expect(await stateOf(clientId)).toBe("open");
});

test("of two provisional credits both have to be cancelled, in any order", async () => {
  const clientId = await aClient(engine, {
    approvals: { issueProvisionalCredit: [{ above: "50.00", levels: 1 }] },
  });
  const dispute = await aDisputeOf(engine, clientId);
  await operate(engine, clientId, dispute, "issueProvisionalCredit", { amount: "60.00" });
  await operate(engine, clientId, dispute, "issueProvisionalCredit", { amount: "40.00" });
  const waiting = (await openWork(clientId)).filter((row) => row.type === "Approve Accounting");

  await approved(engine, waiting, false);
  const half = await stateOf(clientId);
  await cancelled(clientId, "issueProvisionalCredit");

  expect(half).toBe("provisionallyCredited");
  expect(await stateOf(clientId)).toBe("open");
});
