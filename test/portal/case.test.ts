/** The case page in a real browser: the rollup, the books, an operation from preview to entry. */
import { beforeEach, describe, expect, test } from "vitest";

import { aClient, aDisputeOf, operate } from "../support/engine.ts";
import { signIn, usePortal } from "../support/portal.ts";
import { useDatabase } from "../support/use-database.ts";
import { sql } from "../../src/database/sql.ts";

const db = useDatabase();
const site = usePortal(db);
let client = "";
let dispute = "";
let claim = "";

beforeEach(async () => {
  const { engine } = site.server;
  client = await aClient(engine);
  dispute = await aDisputeOf(engine, client, {}, "320.10");
  const row = await db.one<{ number: string }>(sql`
    select c.number from claim c where c.client_id = ${client}
  `);
  claim = row.number;
  await site.person("amy");
});

describe("the case page", { timeout: 120_000 }, () => {
  test("shows the stages, and the assignment in the Accounting step with its actions", async () => {
    await operate(site.server.engine, client, dispute, "issueProvisionalCredit");

    const page = await site.signedIn("amy", `/cases/${client}/${claim}`);
    const rollup = page.getByRole("region", { name: "Case Rollup" });
    await rollup.waitFor();

    await expect
      .poll(() => rollup.getByRole("heading").allInnerTexts())
      .toEqual(["Collect", "Analyze", "Execute", "Resolve"]);
    const step = rollup.getByRole("listitem").filter({ hasText: "Accounting" }).first();
    await expect.poll(() => step.innerText()).toContain("Execute Accounting Assignment");
    await expect.poll(() => step.innerText()).toContain("320.10");
    await step.getByRole("button", { name: "Complete" }).click();
    await page.getByRole("dialog").getByText("I certify").waitFor();
    expect(page.url()).toContain("action=completion");
  });

  test("previews an operation, books it once, shows its entry in debit and credit", async () => {
    const page = await site.signedIn("amy", `/cases/${client}/${claim}?tab=operation`);
    await page.getByLabel("Operation").selectOption("issueProvisionalCredit");
    await page.getByLabel("Amount, USD").fill("120.10");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("This would happen").waitFor();
    expect(await entries()).toEqual([]);

    await page.getByRole("button", { name: "Process Actions" }).click();
    await page.getByRole("heading", { name: /: done$/ }).waitFor();
    await page.getByRole("link", { name: "Entries" }).click();
    const table = page.getByRole("region", { name: "Entries" });
    await table.getByText("Provisional Credit").waitFor();

    expect(await entries()).toEqual([{ rule: "ProvisionalCredit", amount: 12010n }]);
    await expect.poll(() => table.getByText("120.10").count()).toBe(2);
    await table.getByRole("button", { name: "Why Provisional Credit" }).click();
    await table.getByText("Accounts chosen by").waitFor();
  });

  test("says what to do when an operation is refused", async () => {
    const page = await site.signedIn("amy", `/cases/${client}/${claim}?tab=operation`);
    await page.getByLabel("Operation").selectOption("issueProvisionalCredit");
    await page.getByLabel("Amount, USD").fill("320.11");
    await page.getByRole("button", { name: "Apply" }).click();

    const alert = page.getByRole("alert");
    await alert.waitFor();

    await expect.poll(() => alert.innerText()).toContain("amount-exceeds-limit");
    await expect.poll(() => alert.innerText()).toContain("What to do");
    expect(await page.getByRole("button", { name: "Process Actions" }).count()).toBe(0);
  });

  test("says of an operation that a link leads to that the state refuses it", async () => {
    const page = await site.signedIn(
      "amy",
      `/cases/${client}/${claim}?tab=operation&operation=reopen`,
    );

    await page.getByText("Reopen is not possible now").waitFor();
    await page.getByLabel("Operation").selectOption("issueProvisionalCredit");

    await page.getByLabel("Amount, USD").waitFor();
    expect(await page.getByText("is not possible now").count()).toBe(0);
  });

  test("shows a whole account number only for a reason, which is recorded", async () => {
    await operate(site.server.engine, client, dispute, "issueProvisionalCredit");
    const page = await site.signedIn("amy", "/queues");
    await page.getByRole("row").filter({ hasText: dispute }).click();
    await page.getByText("400012••••1234").waitFor();
    expect(await page.getByText("4000123412341234").count()).toBe(0);

    await page.getByRole("button", { name: "Show the number" }).click();
    await page.getByLabel("Why do you need the whole number?").fill("posting by hand");
    await page.keyboard.press("Enter");
    await page.getByText("4000123412341234").waitFor();

    const audit = await db.query(sql`
      select actor, reason from audit where action = 'revealAccount'
    `);
    expect(audit).toEqual([{ actor: "amy", reason: "posting by hand" }]);
  });

  test("leads from an entry to its reversal, filled in", async () => {
    const { engine } = site.server;
    await operate(engine, client, dispute, "recordChargeback", {
      amount: "320.10",
      reference: "CB1",
    });
    const page = await site.signedIn("amy", `/cases/${client}/${claim}`);
    await page.getByRole("button", { name: /^Why / }).click();
    await page.getByRole("link", { name: "Reverse this adjustment" }).click();
    await page.getByLabel("Reason").fill("booked twice");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("This would happen").waitFor();
    await page.getByRole("button", { name: "Process Actions" }).click();
    await page.getByRole("heading", { name: /: done$/ }).waitFor();

    expect(await entries()).toHaveLength(2);
  });

  test("says that the connection is lost, and goes on by itself", async () => {
    const page = await site.signedIn("amy", "/");
    const link = page.getByRole("navigation", { name: "Main" }).getByText("Clocks");
    // What the page is made of is read as soon as the pointer is near.
    await link.hover();
    await page.waitForLoadState("networkidle");

    await page.context().setOffline(true);
    await link.click();
    await page.getByRole("status").getByText("This device is offline").waitFor();
    await page.context().setOffline(false);

    await page.getByText("No clock is running").waitFor();
    expect(await page.getByText("This device is offline").count()).toBe(0);
  });

  test("is found by the number of its dispute", async () => {
    const page = await site.signedIn("amy", "/");
    await page.getByLabel("Search cases by claim or dispute number").fill(dispute);
    await page.keyboard.press("Enter");

    await page.getByRole("heading", { name: `Claim ${claim}` }).waitFor();

    expect(new URL(page.url()).pathname).toBe(`/cases/${client}/${claim}`);
  });

  test("comes back after a sign-in that was needed on the way", async () => {
    const page = await site.page();
    await page.goto(`/cases/${client}/${claim}?tab=balances`);
    await signIn(page, "amy");

    await page.getByText("No balances yet").waitFor();

    expect(page.url()).toContain(`/cases/${client}/${claim}?tab=balances`);
  });

  test("shows a person without the right why an action is refused, not hiding it", async () => {
    await operate(site.server.engine, client, dispute, "issueProvisionalCredit");
    await site.person("vera", ["viewer"]);

    const page = await site.signedIn("vera", "/queues");
    await page.getByRole("row").filter({ hasText: dispute }).click();
    const actions = page.getByRole("group", { name: "Actions" });
    await actions.waitFor();

    const complete = actions.getByRole("button", { name: /^Complete/ });
    expect(await complete.getAttribute("aria-disabled")).toBe("true");
    await page.getByText("Your role does not allow this").first().waitFor();
  });
});

function entries() {
  return db.query(sql`
    select rule, amount_minor as amount from entry where client_id = ${client} order by id
  `);
}
