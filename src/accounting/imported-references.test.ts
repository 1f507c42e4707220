/** The same event of the outside counts once, imported with a history or recorded here. */
import { describe, expect, test } from "vitest";

import { aClient, aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";

const database = useDatabase();
const engine = testEngine(database);

const USED = { code: "reference-already-used" };

describe.each([
  ["a merchant's credit", "MerchantCredit", "recordMerchantCredit"],
  ["a chargeback", "Chargeback", "recordChargeback"],
])("%s", (_, rule, operation) => {
  const recorded = { amount: "100.00", reference: "R-1" };
  const imported = { movements: [{ rule, ...recorded }] };

  test("that was imported is not recorded again", async () => {
    const clientId = await aClient(engine);
    const [one, other] = [await aDisputeOf(engine, clientId), await aDisputeOf(engine, clientId)];
    await operate(engine, clientId, one, "importHistory", imported);

    for (const dispute of [one, other]) {
      await expect(operate(engine, clientId, dispute, operation, recorded)).rejects.toMatchObject(
        USED,
      );
    }
  });

  test("that was recorded is not imported again", async () => {
    const clientId = await aClient(engine);
    const [one, other] = [await aDisputeOf(engine, clientId), await aDisputeOf(engine, clientId)];
    await operate(engine, clientId, one, operation, recorded);

    await expect(operate(engine, clientId, other, "importHistory", imported)).rejects.toMatchObject(
      USED,
    );
  });
});

test("of a credit imported in part the rest is left to others", async () => {
  const clientId = await aClient(engine);
  const [one, other] = [await aDisputeOf(engine, clientId), await aDisputeOf(engine, clientId)];
  const part = { amount: "60.00", reference: "R-2", creditAmount: "100.00" };
  await operate(engine, clientId, one, "importHistory", {
    movements: [{ rule: "MerchantCredit", ...part }],
  });

  const record = (amount: string) =>
    operate(engine, clientId, other, "recordMerchantCredit", { ...part, amount });

  await expect(record("50.00")).rejects.toMatchObject({ code: "amount-exceeds-limit" });
  expect((await record("40.00")).status).toBe("done");
});

test("a reversal gives an imported credit back, each movement's own, and once", async () => {
  const clientId = await aClient(engine);
  const [one, other] = [await aDisputeOf(engine, clientId), await aDisputeOf(engine, clientId)];
  await operate(engine, clientId, one, "importHistory", {
    movements: [
      { rule: "ProvisionalCredit", amount: "10.00", reference: "R-3" },
      { rule: "MerchantCredit", amount: "30.00" },
      { rule: "MerchantCredit", amount: "60.00", reference: "R-4", creditAmount: "100.00" },
      { rule: "MerchantCredit", amount: "5.00", reference: "R-5" },
    ],
  });
  const record = (reference: string, amount: string) => {
    const creditAmount = reference === "R-4" ? "100.00" : "5.00";
    const input = { reference, amount, creditAmount };
    return operate(engine, clientId, other, "recordMerchantCredit", input);
  };

  await reverse(clientId, one, "MerchantCredit", 3000n);
  await expect(record("R-4", "50.00")).rejects.toMatchObject({ code: "amount-exceeds-limit" });
  await reverse(clientId, one, "MerchantCredit", 6000n);

  await expect(record("R-5", "5.00")).rejects.toMatchObject(USED);
  expect((await record("R-4", "100.00")).status).toBe("done");
  const uses = await database.query<{ reference: string; amount: bigint }>(sql`
    select reference, amount_minor as amount from merchant_credit_use
    where client_id = ${clientId} order by reference, id`);
  expect(uses.map((use) => `${use.reference} ${use.amount}`)).toEqual([
    "R-4 6000",
    "R-4 -6000",
    "R-4 10000",
    "R-5 500",
  ]);
});

async function reverse(clientId: string, dispute: string, rule: string, amountMinor: bigint) {
  const { id } = await database.one<{ id: string }>(sql`
    select a.id from adjustment a
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    where a.client_id = ${clientId} and d.number = ${dispute}
      and a.principal_rule = ${rule} and a.amount_minor = ${amountMinor}
      and a.reverses_adjustment_id is null`);
  return operate(engine, clientId, dispute, "reverseAdjustment", { adjustment: id });
}
