/** The same event of the outside counts once, imported with a history or recorded here. */
import { describe, expect, test } from "vitest";

import { aClient, aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";

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
