/** A manual adjustment: the rules with their sides in words, and the balances before Apply. */
import { expect, test } from "vitest";

import { useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";

const db = useDatabase();
const { get, opened, operate, post } = useCaseApi(db, { tracked: ["Paid"] });

const usd = (amount: string) => ({ amount, currency: "USD" });

async function paid() {
  const { dispute } = await opened();
  await operate(dispute, "payDispute");
  return dispute;
}

test("the rules that lower what stands come first, with both sides in words", async () => {
  const dispute = await paid();

  const { body } = await get(`/v1/disputes/${dispute}/manual-rules`);

  const [first] = body.items;
  expect(first).toMatchObject({
    debit: "accountHolder",
    credit: "suspense",
    clears: usd("100.00"),
  });
  expect(String(first?.["words"])).toMatch(/^Takes from Account Holder, gives to Suspense: \w+/);
  expect(body.items.find((one) => one["rule"] === "LossAdjustment")).toMatchObject({
    clears: null,
    words: expect.stringContaining("Takes from Loss, gives to Suspense"),
  });
});

test.each([true, false])("balances before and after, tracking only: %s", async (trackingOnly) => {
  const dispute = await paid();
  const input = { rule: "LossAdjustment", amount: "100.00", reason: "cost", trackingOnly };

  const preview = await post(`/v1/disputes/${dispute}/preview`, {
    body: { operation: "adjustManually", input },
  });
  const applied = await operate(dispute, "adjustManually", input);

  expect(preview.body).toMatchObject({
    entries: [
      {
        rule: "LossAdjustment",
        debit: { collection: "loss" },
        credit: { collection: "suspense" },
        amount: usd("100.00"),
        processing: trackingOnly ? "track" : "execute",
      },
    ],
    balances: [
      {
        collection: "accountHolder",
        account: "400012••••1234",
        before: usd("100.00"),
        after: usd("100.00"),
      },
      { collection: "suspense", before: usd("-100.00"), after: usd("0.00") },
      { collection: "loss", before: usd("0.00"), after: usd("-100.00") },
    ],
    stateAfter: "finalCredit",
  });
  const gate = preview.body["gate"] as { decision: string; allowed: boolean }[];
  expect(gate.find((one) => one.decision === "writeOff")?.allowed).toBe(true);
  // Applied, it waits for another person all the same.
  expect(applied.body).toMatchObject({ adjustments: [{ state: "awaitingApproval" }] });
});

test("a preview writes nothing, and says what it would be refused with", async () => {
  const dispute = await paid();
  const before = await db.query(sql`select count(*) as n from operation`);
  const ask = (operation: string, input: Record<string, unknown>) =>
    post(`/v1/disputes/${dispute}/preview`, { body: { operation, input } });

  const fine = await ask("writeOff", { amount: "100.00" });
  const refused = [
    await ask("payDispute", {}),
    await ask("disburseMerchantFunds", { amount: "1.00" }),
    await ask("adjustManually", { rule: "Nothing", amount: "1.00" }),
    await ask("nothing", {}),
  ];

  expect(fine.status).toBe(200);
  expect(refused.map((one) => one.body["code"])).toEqual([
    "operation-not-allowed",
    "amount-exceeds-limit",
    "unknown-rule",
    "unknown-operation",
  ]);
  expect(await db.query(sql`select count(*) as n from operation`)).toEqual(before);
});
