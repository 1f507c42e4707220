/** Must show: merchant money left holds a withdrawn dispute until its return is attested. */
import { expect, test } from "vitest";

import { useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";

const db = useDatabase();
const { get, opened, operate, post } = useCaseApi(db);

/** Paid, recovered from the merchant, then withdrawn by its holder; all posted by hand. */
async function withdrawnWithMerchantMoney() {
  const { claim, dispute } = await opened();
  await operate(dispute, "payDispute");
  await completeAll();
  await operate(dispute, "recordChargeback", { amount: "100.00", reference: `CB-${dispute}` });
  await operate(dispute, "withdrawDispute", { debitOn: "now" });
  await completeAll();
  return { claim, dispute };
}

async function completeAll(): Promise<void> {
  const { body } = await get("/v1/assignments?type=Execute%20Accounting%20Assignment");
  for (const one of body.items) {
    const done = await post(`/v1/assignments/${String(one["id"])}/completion`, {
      version: Number(one["version"]),
      body: { reference: "CORE-1", postingDate: "2026-11-16", attested: true },
    });
    expect(done.status).toBe(200);
  }
}

async function workOf(type: string) {
  const { body } = await get(`/v1/assignments?type=${encodeURIComponent(type)}`);
  return body.items;
}

const RETURNED = { reference: "WIRE-7", postingDate: "2026-11-16", attested: true };

test("cannot resolve until the disbursement is attested", async () => {
  const { dispute } = await withdrawnWithMerchantMoney();
  const [due] = await workOf("Merchant Funds Disbursement");

  const early = await operate(dispute, "resolve", { decision: "deny" });
  const [exception] = await workOf("Accounting Exception");
  const { body: explained } = await get(`/v1/disputes/${dispute}/gate/explanation?decision=deny`);
  const attested = await post(`/v1/assignments/${String(due?.["id"])}/disbursement`, {
    version: Number(due?.["version"]),
    body: RETURNED,
  });
  const resolved = await operate(dispute, "resolve", { decision: "deny" });

  expect(due).toMatchObject({ amount: { amount: "100.00" }, dispute, kind: "user" });
  expect([early.status, early.body["code"]]).toEqual([409, "gate-refused"]);
  expect(exception).toMatchObject({ dispute, amount: { amount: "100.00" } });
  expect(String(exception?.["reason"])).toContain("suspense is 100.00");
  expect(explained).toMatchObject({
    allowed: false,
    differences: [
      {
        collection: "suspense",
        value: { amount: "100.00" },
        entries: [{ rule: "WithdrawDispute", effect: { amount: "100.00" } }],
      },
      {
        collection: "merchant",
        value: { amount: "-100.00" },
        entries: [{ rule: "Chargeback", effect: { amount: "-100.00" } }],
      },
    ],
  });
  expect((explained["proposals"] as unknown[])[0]).toMatchObject({
    decision: "deny",
    steps: [{ operation: "disburseMerchantFunds", input: { amount: "100.00" } }],
  });
  expect(attested.body).toMatchObject({ outcome: "disbursed", actions: [] });
  expect(resolved.status).toBe(201);
  expect(await workOf("Accounting Exception")).toEqual([]);
  expect(await workOf("Merchant Funds Disbursement")).toEqual([]);
});

test("exactly one is open however often the gate refuses; a part leaves the rest", async () => {
  const { dispute } = await withdrawnWithMerchantMoney();
  await operate(dispute, "resolve", { decision: "deny" });
  await operate(dispute, "resolve", { decision: "pay" });
  const [due] = await workOf("Merchant Funds Disbursement");

  const part = await post(`/v1/assignments/${String(due?.["id"])}/disbursement`, {
    version: Number(due?.["version"]),
    body: { ...RETURNED, amount: "30.00" },
  });
  const tooMuch = await post(`/v1/assignments/${String(due?.["id"])}/disbursement`, {
    version: Number(part.body["version"]),
    body: { ...RETURNED, amount: "70.01" },
  });

  expect(await workOf("Accounting Exception")).toHaveLength(1);
  expect(await workOf("Merchant Funds Disbursement")).toMatchObject([
    { id: due?.["id"], amount: { amount: "70.00" } },
  ]);
  expect([part.status, tooMuch.status, tooMuch.body["code"]]).toEqual([
    200,
    422,
    "amount-exceeds-limit",
  ]);
});

test("the gate of every decision says what passes, what fails, what is in the way", async () => {
  const { dispute } = await opened();
  await operate(dispute, "payDispute");

  const { body } = await get(`/v1/disputes/${dispute}/gate`);

  expect(body).toMatchObject({
    dispute,
    state: "finalCredit",
    asked: "pay",
    inForce: false,
    underWay: [{ rule: "Paid", state: "pendingManual", amount: { amount: "100.00" } }],
  });
  const decisions = body["decisions"] as { decision: string; allowed: boolean; checks: object[] }[];
  expect(decisions.map((one) => [one.decision, one.allowed])).toEqual([
    ["pay", false],
    ["deny", false],
    ["partialDeny", false],
    ["writeOff", false],
  ]);
  expect(decisions[0]?.checks).toContainEqual(
    expect.objectContaining({
      collection: "suspense",
      mustBe: "zero",
      passes: false,
      value: { amount: "-100.00", currency: "USD" },
    }),
  );
  expect(decisions[0]?.checks).toContainEqual(
    expect.objectContaining({ collection: null, passes: true, mustBe: "zero" }),
  );
});

test("closes by itself when the network took the money back", async () => {
  const { dispute } = await withdrawnWithMerchantMoney();
  expect(await workOf("Merchant Funds Disbursement")).toHaveLength(1);

  await operate(dispute, "recordChargebackReversal", { amount: "100.00", reference: "CBR-1" });

  expect(await workOf("Merchant Funds Disbursement")).toEqual([]);
  expect((await operate(dispute, "resolve", { decision: "deny" })).status).toBe(201);
});

test("a reopening takes it away, and a denial of what was never paid has none", async () => {
  const { dispute } = await withdrawnWithMerchantMoney();
  await operate(dispute, "reopen", { reason: "reasserted" });
  const afterReopening = await workOf("Merchant Funds Disbursement");
  const other = await opened();
  await operate(other.dispute, "recordChargeback", { amount: "100.00", reference: "CB-2" });
  await operate(other.dispute, "denyDispute", { amount: "100.00", reason: "no error" });

  expect(afterReopening).toEqual([]);
  expect(await workOf("Merchant Funds Disbursement")).toEqual([]);
});

test("what does not fit is refused and books nothing", async () => {
  const { dispute } = await withdrawnWithMerchantMoney();
  const [due] = await workOf("Merchant Funds Disbursement");
  const url = `/v1/assignments/${String(due?.["id"])}/disbursement`;
  const version = Number(due?.["version"]);
  const sent = (body: unknown) => post(url, { version, body });

  const refused = [
    await sent({ ...RETURNED, attested: false }),
    await sent({ ...RETURNED, reference: " " }),
    await sent({ ...RETURNED, postingDate: "2026-11-17" }),
    await sent({ ...RETURNED, reference: "4111111111111111" }),
    await post(url, { version: version + 1, body: RETURNED }),
  ];

  expect(refused.map((one) => one.status)).toEqual([422, 422, 422, 422, 412]);
  const { body } = await get(`/v1/disputes/${dispute}/collections`);
  expect(body.items).toContainEqual(
    expect.objectContaining({
      collection: "suspense",
      booked: { amount: "100.00", currency: "USD" },
    }),
  );
});
