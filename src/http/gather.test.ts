/** Group commit: many arrive, few transactions, everybody gets their own answer. */
import { beforeEach, expect, test } from "vitest";

import type { TestEngine } from "../../test/support/engine.ts";
import { aClient, aDisputeOf, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import type { OperationResult } from "../accounting/execute-accounting.ts";
import { sql } from "../database/sql.ts";
import type { GatheredOperation } from "./gather.ts";
import { operationGatherer } from "./gather.ts";

const db = useDatabase();
let engine: TestEngine;
let disputes: string[];

beforeEach(async () => {
  engine = testEngine(db);
  const client = await aClient(engine);
  disputes = [];
  for (let count = 0; count < 20; count += 1) disputes.push(await aDisputeOf(engine, client));
});

const present = (result: OperationResult): string => JSON.stringify(result.balances);

const operation = (dispute: string, key: string, amount = "1.00"): GatheredOperation => ({
  request: {
    key: `api/test/${key}`,
    source: "api",
    actor: "test",
    dispute,
    operation: "issueProvisionalCredit",
    input: { amount },
  },
  clients: null,
  answer: { caller: "test", key, requestHash: Buffer.alloc(32, 1) },
});

const transactions = async () =>
  (await db.one<{ count: bigint }>(sql`select count(distinct xmin::text) from operation`)).count;

test("what arrives while one is written is written together", async () => {
  const gatherer = operationGatherer(engine, present);

  const results = await Promise.all(
    disputes.map((dispute, index) =>
      gatherer.submit(operation(dispute, `k${index}`, `${index + 1}.00`)),
    ),
  );

  results.forEach((one, index) => {
    const { body } = one as { body: string };
    expect(JSON.parse(body)).toMatchObject({ accountHolder: `${index + 1}.00` });
  });
  expect(await transactions()).toBe(2n);
});

test("operations of one dispute apply in the order they came", async () => {
  const gatherer = operationGatherer(engine, present);
  const [dispute = ""] = disputes;

  const results = await Promise.all(
    Array.from({ length: 10 }, (_, index) => gatherer.submit(operation(dispute, `k${index}`))),
  );

  const totals = results.map((one) => {
    const balances = JSON.parse((one as { body: string }).body) as Record<string, string>;
    return balances["accountHolder"];
  });
  expect(totals).toEqual(totals.map((_, index) => `${index + 1}.00`));
});

test("one that breaks fails itself and nobody who came with it", async () => {
  const gatherer = operationGatherer(engine, (result) => {
    if (result.balances["accountHolder"] === "13.00") throw new Error("broken");
    return present(result);
  });

  const settled = await Promise.allSettled(
    disputes.map((dispute, index) =>
      gatherer.submit(operation(dispute, `k${index}`, `${index + 1}.00`)),
    ),
  );

  expect(settled.map((one) => one.status === "fulfilled")).toEqual(
    settled.map((_, index) => index !== 12),
  );
  const entries = await db.query(sql`select amount_minor from entry where amount_minor = 1300`);
  expect(entries).toEqual([]);
});

test("the same key at once is done once, and both are answered alike", async () => {
  const gatherer = operationGatherer(engine, present);
  const [dispute = ""] = disputes;

  const results = await Promise.all(
    Array.from({ length: 5 }, () => gatherer.submit(operation(dispute, "same"))),
  );

  for (const one of results) {
    const text = "kept" in one ? one.kept.body : one.body;
    expect(JSON.parse(text ?? "")).toMatchObject({ accountHolder: "1.00" });
  }
  expect(await db.query(sql`select 1 from entry`)).toHaveLength(1);
});

test("a dispute outside the caller's clients does not exist, beside one who may", async () => {
  const gatherer = operationGatherer(engine, present);
  const [dispute = ""] = disputes;

  const [mine, theirs] = await Promise.allSettled([
    gatherer.submit(operation(dispute, "a")),
    gatherer.submit({ ...operation(dispute, "b"), clients: ["elsewhere"] }),
  ]);

  expect(mine?.status).toBe("fulfilled");
  expect(theirs).toMatchObject({ status: "rejected", reason: { code: "not-found" } });
});
