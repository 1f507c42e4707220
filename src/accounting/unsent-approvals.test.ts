/** Taking back what was never sent is a taking all the same: it waits for whoever has to agree. */
import { expect, test } from "vitest";

import { approved } from "../../test/support/approved.ts";
import { aClient, aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { listAssignments } from "../work/views.ts";

const database = useDatabase();
const engine = testEngine(database);

const adjustments = (clientId: string) =>
  database.query<{ operation: string; state: string }>(sql`
    select operation, state from adjustment where client_id = ${clientId} order by ordinal`);

test.each([
  ["denyDispute", { debitOn: "now", amount: "100.00" }],
  ["withdrawDispute", { debitOn: "now" }],
])(
  "%s above a tier leaves unsent credits alone until it is agreed to, then cancels them",
  async (operation, input) => {
    const tiers = [{ above: "0.00", levels: 1 }];
    const clientId = await aClient(engine, { approvals: { [operation]: tiers } });
    const dispute = await aDisputeOf(engine, clientId);
    await operate(engine, clientId, dispute, "issueProvisionalCredit");

    await operate(engine, clientId, dispute, operation, input);
    const waiting = await adjustments(clientId);
    const { items } = await listAssignments(database, { clientIds: [clientId], limit: 9 });
    await approved(
      engine,
      items.filter((one) => one.type === "Approve Accounting"),
    );

    expect(waiting).toEqual([
      { operation: "issueProvisionalCredit", state: "pendingManual" },
      { operation, state: "awaitingApproval" },
    ]);
    expect(await adjustments(clientId)).toEqual([
      { operation: "issueProvisionalCredit", state: "cancelled" },
      { operation, state: "cancelled" },
    ]);
  },
);

test.each([
  ["withdrawDispute", { debitOn: "now" }],
  ["denyDispute", { debitOn: "now", amount: "100.00" }],
  ["takeBackDuplicateCredit", { amount: "100.00" }],
])("%s asks for what cancelling the booked credit would ask", async (operation, input) => {
  const clientId = await aClient(engine, {
    approvals: { cancelBooked: [{ above: "50.00", levels: 2 }] },
  });
  const dispute = await aDisputeOf(engine, clientId);
  await operate(engine, clientId, dispute, "issueProvisionalCredit");
  if (operation === "takeBackDuplicateCredit") {
    // What the merchant gave back too is credited twice.
    const credit = { amount: "100.00", reference: "MC-1" };
    await operate(engine, clientId, dispute, "recordMerchantCredit", credit);
  }

  await operate(engine, clientId, dispute, operation, input);

  const states = (await adjustments(clientId)).filter(({ state }) => state !== "tracked");
  expect(states).toEqual([
    { operation: "issueProvisionalCredit", state: "pendingManual" },
    { operation, state: "awaitingApproval" },
  ]);
  expect(
    await database.query(sql`
      select rule, levels from approval_request where client_id = ${clientId}`),
  ).toEqual([{ rule: "approvals.cancelBooked.0", levels: 2 }]);
});

test("a withdrawal below that tier cancels the credit at once", async () => {
  const clientId = await aClient(engine, {
    approvals: { cancelBooked: [{ above: "100.00", levels: 1 }] },
  });
  const dispute = await aDisputeOf(engine, clientId);
  await operate(engine, clientId, dispute, "issueProvisionalCredit");

  await operate(engine, clientId, dispute, "withdrawDispute", { debitOn: "now" });

  expect(await adjustments(clientId)).toEqual([
    { operation: "issueProvisionalCredit", state: "cancelled" },
  ]);
});

test("denying a final credit that was never sent takes the second person too", async () => {
  const clientId = await aClient(engine);
  const dispute = await aDisputeOf(engine, clientId);
  await operate(engine, clientId, dispute, "payDispute");

  const input = { debitOn: "now", amount: "100.00", reason: "it was theirs" };
  await operate(engine, clientId, dispute, "denyDispute", input);

  expect(await adjustments(clientId)).toEqual([
    { operation: "payDispute", state: "pendingManual" },
    { operation: "denyDispute", state: "awaitingApproval" },
  ]);
});

const stateOf = async (clientId: string) =>
  (
    await database.one<{ state: string }>(sql`
      select state from dispute_book where client_id = ${clientId}`)
  ).state;

test.each(["issueProvisionalCredit", "payDispute"])(
  "%s that is declined leaves the dispute where it was, with its clocks running",
  async (operation) => {
    const tiers = [{ above: "0.00", levels: 1 }];
    const clientId = await aClient(engine, { approvals: { [operation]: tiers } });
    const dispute = await aDisputeOf(engine, clientId);
    await operate(engine, clientId, dispute, operation);
    const { items } = await listAssignments(database, { clientIds: [clientId], limit: 9 });

    await approved(engine, items, false);

    expect(await stateOf(clientId)).toBe("open");
    expect((await operate(engine, clientId, dispute, "payDispute")).status).toBe("done");
  },
);

test("nothing is paid on the strength of a credit that may be declined", async () => {
  const tiers = [{ above: "0.00", levels: 1 }];
  const clientId = await aClient(engine, { approvals: { issueProvisionalCredit: tiers } });
  const dispute = await aDisputeOf(engine, clientId);
  await operate(engine, clientId, dispute, "issueProvisionalCredit");

  await expect(operate(engine, clientId, dispute, "payDispute")).rejects.toMatchObject({
    code: "operation-not-allowed",
  });
});
