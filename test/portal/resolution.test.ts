/**
 * Gate, exception, disbursement, evidence and reconciliation in a real browser, each to its end by
 * what a person sees: forms filled in by one click, balances before Apply, both colour schemes.
 */
import { beforeEach, describe, expect, test } from "vitest";

import { aClient, aDisputeOf, operate } from "../support/engine.ts";
import { usePortal } from "../support/portal.ts";
import { useDatabase } from "../support/use-database.ts";
import { sql } from "../../src/database/sql.ts";
import { keepEvidence } from "../../src/manual/evidence.ts";
import { listAssignments } from "../../src/work/views.ts";
import { TEST_KEYS } from "../support/engine.ts";
import { glance } from "../support/glance.ts";

const db = useDatabase();
const site = usePortal(db);
let client = "";
let dispute = "";
let claim = "";

const TRACKED = ["Paid", "WithdrawDispute", "DenyDispute"];

beforeEach(async () => {
  const { engine } = site.server;
  client = await aClient(engine, { tracked: TRACKED });
  dispute = await aDisputeOf(engine, client, {}, "320.10");
  const row = await db.one<{ number: string }>(sql`
    select c.number from claim c where c.client_id = ${client}
  `);
  claim = row.number;
  await site.person("amy");
});

async function withdrawnWithMerchantMoney(): Promise<void> {
  const { engine } = site.server;
  await operate(engine, client, dispute, "payDispute");
  await operate(engine, client, dispute, "recordChargeback", {
    amount: "320.10",
    reference: `CB-${dispute}`,
  });
  await operate(engine, client, dispute, "withdrawDispute", { debitOn: "now" });
  await expect(
    operate(engine, client, dispute, "resolve", { decision: "deny" }),
  ).rejects.toMatchObject({ code: "gate-refused" });
}

async function assignmentOf(type: string): Promise<string> {
  const page = await listAssignments(db, { clientIds: [client], type, limit: 5 });
  return page.items[0]?.id ?? "";
}

describe("a dispute that does not resolve", { timeout: 120_000 }, () => {
  test("the exception explains the difference, and one click fills in the cure", async () => {
    await withdrawnWithMerchantMoney();
    const exception = await assignmentOf("Accounting Exception");

    const page = await site.signedIn("amy", `/cases/${client}/${claim}?assignment=${exception}`);
    const why = page.getByRole("region", { name: "Explanation of the difference" });
    await why.getByText("What would cure it").waitFor();
    await expect.poll(() => why.innerText()).toContain("Withdraw");
    await expect.poll(() => why.innerText()).toContain("320.10");
    await glance(page, "exception");
    await why.getByRole("link", { name: "Fill it in" }).first().click();
    const form = page.getByRole("form", { name: "Disburse Merchant Funds" });
    await form.waitFor({ state: "attached" });

    expect(await form.getByLabel("Amount, USD").inputValue()).toBe("320.10");
  });

  test("the disbursement is attested, and the exception's books are right", async () => {
    await withdrawnWithMerchantMoney();
    const due = await assignmentOf("Merchant Funds Disbursement");

    const page = await site.signedIn(
      "amy",
      `/cases/${client}/${claim}?assignment=${due}&action=disbursement`,
    );
    await page.getByLabel("Reference of the payment").fill("WIRE-7");
    await page.getByLabel("Returned on").fill("2026-11-16");
    await page.getByLabel("I certify that the money was returned").check();
    await page.getByRole("button", { name: "Apply" }).click();
    await glance(page, "disbursement");
    await page.getByRole("button", { name: "Process Actions" }).click();
    await page.getByText("The disbursement is attested and booked").waitFor();

    expect(await assignmentOf("Merchant Funds Disbursement")).toBe("");
    await operate(site.server.engine, client, dispute, "resolve", { decision: "deny" });
  });

  test("the gate shows each test and what stands there", async () => {
    await operate(site.server.engine, client, dispute, "payDispute");

    const page = await site.signedIn("amy", `/cases/${client}/${claim}?tab=positions`);
    const gate = page.getByRole("region", { name: "Resolution gate" });
    const pay = gate.getByRole("region", { name: "Gate of Pay" });
    await pay.waitFor();

    const row = pay.getByRole("row").filter({ hasText: /^Suspense/ });
    await expect.poll(() => row.innerText()).toContain("320.10");
    await expect.poll(() => row.innerText()).toContain("Fails");
    await glance(page, "gate");
  });

  test("an override asks for owner and date, and another person", async () => {
    await operate(site.server.engine, client, dispute, "payDispute");
    await expect(
      operate(site.server.engine, client, dispute, "resolve", { decision: "pay" }),
    ).rejects.toMatchObject({ code: "gate-refused" });
    const exception = await assignmentOf("Accounting Exception");

    const page = await site.signedIn(
      "amy",
      `/cases/${client}/${claim}?assignment=${exception}&action=resolved`,
    );
    await page.getByLabel("Reason").fill("below the cost of looking");
    await page.getByLabel("Resolve it all the same").check();
    await page.getByLabel("Who sees to what is left").fill("olga");
    await page.getByLabel("Until when").fill("2026-11-30");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("button", { name: "Process Actions" }).click();
    await page.getByText("Recorded: the exception is closed, or waits").waitFor();

    const waiting = await db.query(sql`
      select subject_kind as kind, payload->>'owner' as owner from approval_request`);
    expect(waiting).toEqual([{ kind: "overrideGate", owner: "olga" }]);
  });
});

describe("by hand", { timeout: 120_000 }, () => {
  test("a manual adjustment is a rule in words, with the balances before Apply", async () => {
    await operate(site.server.engine, client, dispute, "payDispute");

    const page = await site.signedIn(
      "amy",
      `/cases/${client}/${claim}?tab=operation&operation=adjustManually`,
    );
    await page.getByLabel("Rule").selectOption("LossAdjustment");
    await page.getByText("Takes from Loss, gives to Suspense").waitFor();
    await page.getByLabel("Amount, USD").fill("320.10");
    await page.getByLabel("Tracking only").check();
    await page.getByRole("button", { name: "Apply" }).click();
    const balances = page.getByRole("region", { name: "Balances before and after" });
    await balances.waitFor();

    const suspense = balances.getByRole("row").filter({ hasText: "Suspense" });
    await expect.poll(() => suspense.innerText()).toMatch(/320\.10[^]*0\.00/);
    await glance(page, "manual-adjustment");
  });

  test("evidence is attached, and the attestation rests on it", async () => {
    await operate(site.server.engine, client, dispute, "writeOff", {
      amount: "320.10",
      justification: "cost",
    });
    const work = await assignmentOf("Execute Accounting Assignment");

    const page = await site.signedIn("amy", `/cases/${client}/${claim}?assignment=${work}`);
    const evidence = page.getByRole("region", { name: "Evidence" });
    await evidence.getByText("Nothing is attached").waitFor();
    const choosing = page.waitForEvent("filechooser");
    await evidence.getByRole("button", { name: "Attach a file" }).click();
    await (
      await choosing
    ).setFiles({
      name: "screen.pdf",
      mimeType: "application/pdf",
      buffer: Buffer.from("%PDF-1.7 posted"),
    });
    await evidence.getByRole("button", { name: "Attach", exact: true }).click();
    await evidence.getByRole("link", { name: "screen.pdf" }).waitFor();
    await glance(page, "evidence");
    await page.getByRole("button", { name: "Complete e" }).click();
    await page.getByLabel("Reference in the system of record").fill("CORE-1");
    await page.getByLabel("Posting date").fill("2026-11-16");
    await page.getByLabel("I certify").check();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("button", { name: "Process Actions" }).click();
    await page.getByText("Attested and executed").waitFor();

    const rows = await db.query(sql`select 1 as one from attestation_evidence`);
    expect(rows).toHaveLength(1);
  });
});

describe("reconciliation", { timeout: 120_000 }, () => {
  test("a feed is compared, and its lines say what became of them", async () => {
    const page = await site.signedIn("amy", "/reconciliation");
    await page.getByText("No feed was compared yet").waitFor();
    await page.getByText("Nothing ages").waitFor();
    await page.getByLabel("Whose movements").selectOption(client);
    const choosing = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "File" }).click();
    await (
      await choosing
    ).setFiles({
      name: "core.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(
        "reference,amount,currency,side,bookedOn\nCORE-9,12.00,USD,debit,2026-11-16\n",
      ),
    });
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText("1 lines compared").waitFor();
    await page.getByRole("link", { name: "core.csv" }).click();
    const lines = page.getByRole("region", { name: "Lines of the feed" });

    await expect.poll(() => lines.innerText()).toContain("no movement of ours has this reference");
    await glance(page, "reconciliation");
    expect(site.complaints).toEqual([]);
  });

  test("evidence that was kept stands with its hash", async () => {
    await operate(site.server.engine, client, dispute, "writeOff", {
      amount: "320.10",
      justification: "cost",
    });
    const assignmentId = await assignmentOf("Execute Accounting Assignment");
    await keepEvidence(
      { engine: site.server.engine, keys: TEST_KEYS },
      { clientId: client, assignmentId, name: "a.txt", bytes: Buffer.from("seen"), actor: "ben" },
    );

    const page = await site.signedIn("amy", `/cases/${client}/${claim}?assignment=${assignmentId}`);
    const evidence = page.getByRole("region", { name: "Evidence" });
    await expect.poll(() => evidence.innerText()).toContain("sha-256");
  });
});
