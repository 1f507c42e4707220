import { expect, test } from "vitest";

import { aClient, aDisputeOf, operate, START, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";
import { closePeriod } from "../ledger/store.ts";
import { cancelAdjustments } from "./cancel-adjustments.ts";
import { executeAccounting } from "./execute-accounting.ts";
import { moveAdjustments } from "./move-adjustments.ts";
import { releaseDue } from "./release-due.ts";

const db = useDatabase();
const engine = testEngine(db);

const SERVICE = { services: { core: {} } };
const BATCH = { batchProfiles: { nightly: {} } };

async function balances(): Promise<Record<string, string>> {
  const rows = await db.query<{ collection: string; booked: bigint; executed: bigint }>(sql`
    select collection, sum(booked_minor)::bigint as booked, sum(executed_minor)::bigint as executed
    from balance group by collection order by collection
  `);
  return Object.fromEntries(rows.map((row) => [row.collection, `${row.booked} ${row.executed}`]));
}

async function adjustments(): Promise<
  { rule: string | null; state: string; shown: string | null }[]
> {
  return db.query(sql`
    select a.principal_rule as rule, a.state, s.type as shown
    from adjustment a
    left join assignment s on s.client_id = a.client_id and s.id = a.open_assignment_id
    order by a.created_at, a.ordinal
  `);
}

test.each([
  { settings: {}, state: "pendingManual", shown: "Execute Accounting Assignment" },
  { settings: BATCH, state: "pendingBatch", shown: "Pending Batch Accounting" },
  { settings: SERVICE, state: "pendingService", shown: "Pending Accounting Service" },
  {
    settings: { ...SERVICE, ...BATCH },
    state: "pendingService",
    shown: "Pending Accounting Service",
  },
])(
  "a provisional credit takes the configured route: $shown",
  async ({ settings, state, shown }) => {
    const client = await aClient(engine, settings);
    const dispute = await aDisputeOf(engine, client);

    const result = await operate(engine, client, dispute, "issueProvisionalCredit");

    expect(result.adjustments).toMatchObject([{ state, assignment: shown, amount: "100.00" }]);
    expect(result.balances).toEqual({ accountHolder: "100.00", suspense: "-100.00" });
    expect(await adjustments()).toEqual([{ rule: "ProvisionalCredit", state, shown }]);
    expect(await balances()).toEqual({ accountHolder: "10000 0", suspense: "-10000 0" });
  },
);

test("operations of one dispute in one set apply in order", async () => {
  const client = await aClient(engine);
  const dispute = await aDisputeOf(engine, client);
  const request = (key: string, operation: string, input: Record<string, unknown> = {}) => {
    return { clientId: client, key, source: "import", actor: "test", dispute, operation, input };
  };

  const results = await executeAccounting(engine, [
    request("a", "issueProvisionalCredit") as never,
    request("b", "recordChargeback", { amount: "100.00", reference: "arn-1" }) as never,
    request("c", "issueProvisionalCredit", { amount: "1.00" }) as never,
    request("a", "issueProvisionalCredit") as never,
    request("a", "payDispute") as never,
    request("d", "recordChargeback", { amount: "1.00", reference: "arn-1" }) as never,
  ]);

  expect(results.map((one) => [one.status, one.failure?.code ?? null])).toEqual([
    ["done", null],
    ["done", null],
    ["refused", "amount-exceeds-limit"],
    ["duplicate", null],
    ["refused", "key-reused"],
    ["refused", "reference-already-used"],
  ]);
  expect(await balances()).toMatchObject({ merchant: "-10000 0", suspense: "0 0" });
});

test("the same key in two sets at once is one operation", async () => {
  const client = await aClient(engine);
  const dispute = await aDisputeOf(engine, client);
  const once = () =>
    executeAccounting(engine, [
      {
        clientId: client,
        key: "same",
        source: "api",
        actor: "test",
        dispute,
        operation: "issueProvisionalCredit",
        input: {},
      },
    ]);

  const results = (await Promise.all([once(), once(), once(), once()])).flat();

  expect(results.map((one) => one.status).sort()).toEqual([
    "done",
    "duplicate",
    "duplicate",
    "duplicate",
  ]);
  expect(await balances()).toEqual({ accountHolder: "10000 0", suspense: "-10000 0" });
});

test("an executed adjustment closes its assignment and frees what waited for it", async () => {
  const client = await aClient(engine);
  const dispute = await aDisputeOf(engine, client);
  const { adjustments: opened } = await operate(engine, client, dispute, "writeOff");
  expect(await adjustments()).toMatchObject([
    { rule: "WriteOff", state: "pendingManual" },
    { rule: "LossAdjustment", state: "planned", shown: "Pending Accounting Hold" },
  ]);

  const [moved] = await db.transaction((tx) =>
    moveAdjustments(tx, engine, [
      {
        clientId: client,
        adjustmentId: opened[0]?.id as string,
        from: "pendingManual",
        event: "attested",
        actor: "ann",
        execution: { basis: "attested", reference: "T-1", postingDate: "2026-11-16" },
      },
    ]),
  );
  const released = await releaseDue(engine);

  expect(moved).toMatchObject({ moved: true, state: "executed" });
  expect(released).toBe(1);
  expect(await adjustments()).toMatchObject([
    { rule: "WriteOff", state: "executed", shown: null },
    { rule: "LossAdjustment", state: "pendingManual", shown: "Execute Accounting Assignment" },
  ]);
  expect(await balances()).toEqual({
    accountHolder: "10000 10000",
    loss: "-10000 0",
    suspense: "0 -10000",
  });
});

test("a move from a state that is over changes nothing", async () => {
  const client = await aClient(engine);
  const dispute = await aDisputeOf(engine, client);
  const { adjustments: opened } = await operate(engine, client, dispute, "issueProvisionalCredit");

  const [late] = await db.transaction((tx) =>
    moveAdjustments(tx, engine, [
      {
        clientId: client,
        adjustmentId: opened[0]?.id as string,
        from: "sending",
        event: "posted",
        actor: "core",
      },
    ]),
  );

  expect(late).toMatchObject({ moved: false, state: "pendingManual" });
});

test("cancelling writes contra entries and leaves nothing open", async () => {
  const client = await aClient(engine, BATCH);
  const dispute = await aDisputeOf(engine, client);
  const { adjustments: opened } = await operate(engine, client, dispute, "issueProvisionalCredit");
  const order = {
    clientId: client,
    adjustmentId: opened[0]?.id as string,
    actor: "ann",
    reason: "keyed by mistake",
  };

  const [first] = await cancelAdjustments(engine, [order]);
  const [again] = await cancelAdjustments(engine, [order]);

  expect(first?.failure).toBeNull();
  expect(again?.failure).toMatchObject({ code: "transition-refused" });
  expect(await balances()).toEqual({ accountHolder: "0 0", suspense: "0 0" });
  expect(await adjustments()).toMatchObject([{ state: "cancelled", shown: null }]);
});

test("a denial on notice debits on its date and not before", async () => {
  const client = await aClient(engine, { tracked: ["ProvisionalCredit"] });
  const dispute = await aDisputeOf(engine, client);
  await operate(engine, client, dispute, "issueProvisionalCredit");
  await operate(engine, client, dispute, "denyDispute");
  await operate(engine, client, dispute, "recordNoticeSent");

  engine.clock.advance({ hours: 24 * 6 });
  const early = await releaseDue(engine);
  engine.clock.advance({ hours: 24 });
  const onTheDay = await releaseDue(engine);

  expect([early, onTheDay]).toEqual([0, 1]);
  expect(await adjustments()).toMatchObject([
    { rule: "ProvisionalCredit", state: "tracked" },
    { rule: "DenyDispute", state: "pendingManual" },
  ]);
  const [book] = await db.query<{ state: string }>(sql`select state from dispute_book`);
  expect(book?.state).toBe("denied");
});

test("a take-back cancels a credit that was never sent", async () => {
  const client = await aClient(engine, BATCH);
  const dispute = await aDisputeOf(engine, client, { regulation: "Z" });
  await operate(engine, client, dispute, "issueProvisionalCredit", { fees: "35.00" });

  const result = await operate(engine, client, dispute, "denyDispute");

  expect(result.entries.map((entry) => entry.kind)).toEqual(["contra", "contra"]);
  expect(result.balances).toEqual({});
  expect(await adjustments()).toMatchObject([{ state: "cancelled" }]);
});

test("what does not exist is refused by name", async () => {
  const client = await aClient(engine);

  const unknown = operate(engine, client, "2611160001D", "payDispute");

  await expect(unknown).rejects.toThrow(Failure);
  await expect(unknown).rejects.toMatchObject({ code: "not-found" });
});

test.each([
  ["recordMerchantCredit", { reference: "R 4111 1111 1111 1111", amount: "1.00" }],
  ["recordRegulatoryFact", { fact: "exemption", value: "4111111111111111" }],
  ["recordChargeback", { reference: "4111-1111-1111-1111", amount: "1.00" }],
  ["refundFee", { source: "4111111111111111", amount: "1.00" }],
  ["denyDispute", { reason: "card 4111111111111111" }],
  [
    "importHistory",
    { movements: [{ rule: "Paid", amount: "1.00", reference: "4111111111111111" }] },
  ],
])("no card number in any text of %s, and nothing is kept of it", async (operation, input) => {
  const client = await aClient(engine);
  const dispute = await aDisputeOf(engine, client);

  await expect(operate(engine, client, dispute, operation, input)).rejects.toMatchObject({
    code: "card-number-in-text",
  });

  expect(await db.query(sql`select id from operation`)).toEqual([]);
});

test("no card number among the facts of a dispute", async () => {
  const client = await aClient(engine);

  const opened = aDisputeOf(engine, client, { exemption: "4111111111111111" });

  await expect(opened).rejects.toThrow(/disputes\/0\/facts\/exemption .*card number/);
});

test("in a closed period nothing is booked, and the caller is told so", async () => {
  const clientId = await aClient(engine, BATCH);
  const dispute = await aDisputeOf(engine, clientId);
  await operate(engine, clientId, dispute, "issueProvisionalCredit", { amount: "60.00" });
  await db.transaction((tx) =>
    closePeriod(tx, { clientId, startsOn: "2026-11-01", closedBy: "test", closedAt: START }),
  );

  const late = operate(engine, clientId, dispute, "issueProvisionalCredit", { amount: "40.00" });

  await expect(late).rejects.toMatchObject({
    code: "period-closed",
    message: expect.stringContaining("dated 2026-11-") as string,
  });
  expect(await adjustments()).toHaveLength(1);
});
