/** What a denial undone, declined or agreed to late leaves of credits that never left. */
import { expect, test } from "vitest";

import { approved } from "../../test/support/approved.ts";
import { aClient, aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { cancelWork } from "../manual/cancel.ts";
import { completeByHand } from "../manual/complete.ts";
import { listAssignments } from "../work/views.ts";
import { releaseDue } from "./release-due.ts";

const database = useDatabase();
const engine = testEngine(database);

type Case = Awaited<ReturnType<typeof aCase>>;

async function aCase(settings: object = {}) {
  const clientId = await aClient(engine, settings);
  const dispute = await aDisputeOf(engine, clientId);
  const run = (operation: string, input: Record<string, unknown> = {}) =>
    operate(engine, clientId, dispute, operation, input);
  return { clientId, dispute, run };
}

const adjustments = ({ clientId }: Case) =>
  database.query<{ operation: string; state: string; amount: bigint }>(sql`
    select operation, state, amount_minor as amount
    from adjustment where client_id = ${clientId} order by ordinal`);

const shown = async (one: Case) =>
  (await adjustments(one)).map(({ operation, state, amount }) => [operation, state, amount]);

const stateOf = async ({ clientId }: Case) =>
  (
    await database.one<{ state: string }>(sql`
      select state from dispute_book where client_id = ${clientId}`)
  ).state;

const holder = async ({ clientId }: Case) =>
  (
    await database.one<{ minor: bigint }>(sql`
      select coalesce(sum(case when credit_collection = 'accountHolder' then amount_minor
                               else -amount_minor end), 0)::bigint as minor
      from entry
      where client_id = ${clientId} and 'accountHolder' in (credit_collection, debit_collection)`)
  ).minor;

async function rowsOf({ clientId }: Case, operation: string) {
  const rows = await database.query<{ id: string }>(sql`
    select id from adjustment where client_id = ${clientId} and operation = ${operation}`);
  const ids = new Set(rows.map((row) => row.id));
  const { items } = await listAssignments(database, { clientIds: [clientId], limit: 20 });
  return items.filter((row) => ids.has(row.adjustmentId ?? ""));
}

async function posted(one: Case, operation: string): Promise<void> {
  const statement = { reference: "CORE-1", postingDate: "2026-11-16", attested: true } as const;
  for (const { clientId, id: assignmentId, version } of await rowsOf(one, operation)) {
    const seen = { clientId, assignmentId, version, actor: "amy" };
    const [result] = await completeByHand(engine, [{ ...seen, ...statement }]);
    expect(result).toMatchObject({ failure: null });
  }
}

async function cancelled(one: Case, operation: string): Promise<void> {
  for (const { clientId, id: assignmentId, version } of await rowsOf(one, operation)) {
    const order = { clientId, assignmentId, version, actor: "amy", reason: "mistaken" };
    const [result] = await cancelWork(engine, [order]);
    expect(result).toMatchObject({ failure: null });
  }
}

const decided = async (one: Case, operation: string, isApproved = true) =>
  approved(engine, await rowsOf(one, operation), isApproved);

const TIERS = [{ above: "0.00", levels: 1 }];

test.each([
  ["withdrawDispute", { debitOn: "now" }, "withdrawn"],
  ["withdrawDispute", { debitOn: "noticeDate" }, "withdrawn"],
  ["denyDispute", { debitOn: "now", amount: "100.00" }, "denied"],
  ["denyDispute", { debitOn: "noticeDate", amount: "100.00" }, "denied"],
] as const)(
  "%s %j agreed to late cancels the credit that was never sent, and posts neither",
  async (operation, input, state) => {
    const one = await aCase({ approvals: { [operation]: TIERS } });
    await one.run("issueProvisionalCredit");
    await one.run(operation, input);

    await decided(one, operation);

    expect(await shown(one)).toEqual([
      ["issueProvisionalCredit", "cancelled", 10_000n],
      [operation, "cancelled", 10_000n],
    ]);
    expect(await stateOf(one)).toBe(state);
    expect(await holder(one)).toBe(0n);
  },
);

test("with a part that was sent, the debit is of that part alone", async () => {
  const one = await aCase({ approvals: { withdrawDispute: TIERS } });
  await one.run("issueProvisionalCredit", { amount: "60.00" });
  await posted(one, "issueProvisionalCredit");
  await one.run("payDispute");
  await one.run("withdrawDispute", { debitOn: "now" });

  await decided(one, "withdrawDispute");

  expect(await shown(one)).toEqual([
    ["issueProvisionalCredit", "executed", 6000n],
    ["payDispute", "cancelled", 4000n],
    ["withdrawDispute", "cancelled", 10_000n],
    ["withdrawDispute", "pendingManual", 6000n],
  ]);
  expect(await stateOf(one)).toBe("withdrawn");
  expect(await holder(one)).toBe(0n);
});

test("a credit that left before they agreed is debited as any other", async () => {
  const one = await aCase({ approvals: { withdrawDispute: TIERS } });
  await one.run("issueProvisionalCredit");
  await one.run("withdrawDispute", { debitOn: "now" });
  await posted(one, "issueProvisionalCredit");

  await decided(one, "withdrawDispute");
  await releaseDue(engine);

  expect(await shown(one)).toEqual([
    ["issueProvisionalCredit", "executed", 10_000n],
    ["withdrawDispute", "pendingManual", 10_000n],
  ]);
});

test("a taking on notice with an offset waits as its letter says", async () => {
  const one = await aCase({ approvals: { denyDispute: TIERS } });
  await one.run("issueProvisionalCredit");
  await one.run("denyDispute", { debitOn: "offset", amount: "100.00" });

  await decided(one, "denyDispute");

  expect((await shown(one)).map(([, state]) => state)).toEqual([
    "pendingManual",
    "pendingManual",
    "planned",
  ]);
  expect(await stateOf(one)).toBe("denialPlanned");
});

/** 60.00 provisional credit that posted, 40.00 paid and never sent, all of it denied on notice. */
async function deniedOnNotice(): Promise<Case> {
  const one = await aCase();
  await one.run("issueProvisionalCredit", { amount: "60.00" });
  await posted(one, "issueProvisionalCredit");
  await one.run("payDispute");
  const denial = { debitOn: "noticeDate", amount: "100.00", reason: "it was theirs" };
  await one.run("denyDispute", denial);
  await decided(one, "denyDispute");
  return one;
}

test("a denial undone leaves no final credit whose payment it cancelled", async () => {
  const one = await deniedOnNotice();
  expect(await shown(one)).toContainEqual(["payDispute", "cancelled", 4000n]);
  expect(await stateOf(one)).toBe("denialPlanned");

  await one.run("cancelDenial");

  expect(await stateOf(one)).toBe("provisionallyCredited");
  expect(await holder(one)).toBe(6000n);
  expect((await one.run("payDispute")).status).toBe("done");
});

test("a denial declined leaves no credit in force that was cancelled meanwhile", async () => {
  const one = await aCase({ approvals: { denyDispute: TIERS } });
  await one.run("issueProvisionalCredit");
  await one.run("denyDispute", { debitOn: "noticeDate", amount: "100.00" });
  await cancelled(one, "issueProvisionalCredit");

  await decided(one, "denyDispute", false);

  expect(await stateOf(one)).toBe("open");
  expect((await one.run("payDispute")).status).toBe("done");
});
