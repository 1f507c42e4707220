import { expect, test } from "vitest";

import { aClient, aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import type { TestEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { aPerson } from "../../test/support/work.ts";
import { completion } from "../../test/support/work-by-hand.ts";
import type { Database } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { completeByHand } from "../manual/complete.ts";
import { listAssignments } from "../work/views.ts";

import type { CaseRollup } from "./case-rollup.ts";
import { caseRollup } from "./case-rollup.ts";

const database = useDatabase();
const engine = testEngine(database);

async function aCase() {
  const clientId = await aClient(engine);
  const dispute = await aDisputeOf(engine, clientId);
  const [row] = await database.query<{ number: string }>(sql`
    select number from claim where client_id = ${clientId}`);
  return { clientId, dispute, claim: row?.number ?? "" };
}

function rollup(given: { clientId: string; claim: string }, by: TestEngine = engine) {
  return caseRollup(by, {
    clientIds: [given.clientId],
    claim: given.claim,
    person: aPerson(),
  });
}

function icons({ stages }: CaseRollup): Record<string, string> {
  return Object.fromEntries(
    stages.flatMap((stage) => stage.steps.map((step) => [`${stage.name}/${step.name}`, step.icon])),
  );
}

async function completeAll(clientId: string): Promise<void> {
  const { items } = await listAssignments(database, { clientIds: [clientId], limit: 50 });
  await completeByHand(
    engine,
    items.map((row) => completion(row)),
  );
}

test("a fresh case: collected, to be decided, nothing to execute or resolve yet", async () => {
  const given = await aCase();

  const result = await rollup(given);

  expect(result.claim).toMatchObject({ id: given.claim, client: given.clientId });
  expect(result.disputes).toEqual([
    { id: given.dispute, state: "open", amount: { amount: "100.00", currency: "USD" } },
  ]);
  expect(icons(result)).toEqual({
    "Collect/Notice": "done",
    "Collect/Disputes": "done",
    "Analyze/Disposition": "ready",
    "Execute/Accounting": "ahead",
    "Resolve/Paid or Denied": "ahead",
  });
  expect(result.stages.map((stage) => stage.icon)).toEqual(["done", "ready", "ahead", "ahead"]);
});

test("the Accounting step shows the assignment and its actions, and comes next", async () => {
  const given = await aCase();
  await operate(engine, given.clientId, given.dispute, "issueProvisionalCredit");

  const step = (await rollup(given)).stages[2]?.steps[0];

  expect(step).toMatchObject({ name: "Accounting", icon: "next", note: "1 open, 1 for a person" });
  expect(step?.assignments).toMatchObject([
    { type: "Execute Accounting Assignment", dispute: given.dispute, closedAt: null },
  ]);
  expect(step?.assignments[0]?.actions.find((one) => one.name === "completion")?.allowed).toBe(
    true,
  );
});

test("past the deadline it is overdue; what is done stays visible", async () => {
  const given = await aCase();
  await operate(engine, given.clientId, given.dispute, "payDispute");
  engine.clock.advance({ hours: 24 * 7 });
  const late = (await rollup(given)).stages[2];
  engine.clock.advance({ hours: -24 * 7 });
  await completeAll(given.clientId);

  const done = await rollup(given);

  expect(late?.icon).toBe("overdue");
  expect(late?.steps[0]?.note).toContain("1 overdue");
  expect(done.stages[2]?.steps[0]).toMatchObject({
    icon: "done",
    note: "1 movement, done",
    assignments: [{ type: "Execute Accounting Assignment", outcome: "executed", actions: [] }],
  });
});

test("a machine's work is pending, not ready", async () => {
  const clientId = await aClient(engine, { services: { core: {} } });
  const dispute = await aDisputeOf(engine, clientId);
  await operate(engine, clientId, dispute, "issueProvisionalCredit");
  const [row] = await database.query<{ number: string }>(sql`
    select number from claim where client_id = ${clientId}`);

  const result = await rollup({ clientId, claim: row?.number ?? "" });

  expect(result.stages[2]?.steps[0]).toMatchObject({
    icon: "pending",
    assignments: [{ type: "Pending Accounting Service" }],
  });
});

test("the gate is live: out of balance says what and why, in balance it lets pass", async () => {
  const given = await aCase();
  await operate(engine, given.clientId, given.dispute, "payDispute");
  const blocked = (await rollup(given)).stages[3]?.steps[0];
  await completeAll(given.clientId);
  const unbalanced = (await rollup(given)).stages[3]?.steps[0];
  await operate(engine, given.clientId, given.dispute, "writeOff", {
    justification: "cost",
    amount: "100.00",
  });
  await completeAll(given.clientId);

  const balanced = (await rollup(given)).stages[3]?.steps[0];

  expect(blocked?.icon).toBe("pending");
  expect(blocked?.gates?.[0]?.gate[0]?.because).toContain("an adjustment is pendingManual");
  expect(unbalanced?.icon).toBe("pending");
  expect(unbalanced?.gates).toMatchObject([
    {
      dispute: given.dispute,
      gate: [{ decision: "pay", outOfBalance: { suspense: "-100.00" } }, {}, {}, {}],
    },
  ]);
  expect(balanced?.icon).toBe("ready");
});

test("another client's claim does not exist", async () => {
  const given = await aCase();
  const other = await aCase();

  const foreign = () => rollup({ clientId: other.clientId, claim: `9${given.claim.slice(1)}` });

  await expect(foreign()).rejects.toMatchObject({ code: "not-found" });
});

test("a number that several of the caller's clients use needs the client", async () => {
  const one = await aCase();
  const two = await aCase();

  const ambiguous = () =>
    caseRollup(engine, {
      clientIds: [one.clientId, two.clientId],
      claim: one.claim,
      person: aPerson(),
    });

  expect(one.claim).toBe(two.claim);
  await expect(ambiguous()).rejects.toMatchObject({ code: "input-invalid" });
});

test("the number of queries does not grow with the disputes", async () => {
  const given = await aCase();
  await operate(engine, given.clientId, given.dispute, "payDispute");
  const few = await queriesOf(given);
  await database.owner.execute(sql`
    with added as (
      insert into dispute (client_id, id, claim_id, number, amount_minor, currency, account_id,
        facts, created_at)
      select d.client_id, gen_random_uuid(), d.claim_id, '261116' || (9000 + n) || 'D',
             d.amount_minor, d.currency, d.account_id, d.facts, d.created_at
      from dispute d, generate_series(1, 30) n
      where d.client_id = ${given.clientId}
      returning client_id, id, created_at)
    insert into dispute_book (client_id, dispute_id, state, updated_at)
    select client_id, id, 'open', created_at from added`);

  const many = await queriesOf(given);

  expect((await rollup(given)).disputes).toHaveLength(31);
  expect(many).toBe(few);
});

async function queriesOf(given: { clientId: string; claim: string }): Promise<number> {
  let count = 0;
  const counting: Database = {
    ...database,
    query: (statement) => {
      count += 1;
      return database.query(statement);
    },
  };
  await rollup(given, { ...engine, database: counting });
  return count;
}
