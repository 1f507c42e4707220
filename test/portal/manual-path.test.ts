/** The whole manual path by keyboard alone: no test of this file touches a pointer. */
import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";

import { aClient, aDisputeOf, operate } from "../support/engine.ts";
import { signIn, tabTo, usePortal } from "../support/portal.ts";
import { useDatabase } from "../support/use-database.ts";
import { sql } from "../../src/database/sql.ts";

const db = useDatabase();
const site = usePortal(db);
let client = "";
let disputes: string[] = [];

beforeEach(async () => {
  const { engine } = site.server;
  client = await aClient(engine);
  disputes = [];
  for (const amount of ["250.00", "75.00"]) {
    const dispute = await aDisputeOf(engine, client, {}, amount);
    await operate(engine, client, dispute, "issueProvisionalCredit");
    disputes.push(dispute);
  }
  await site.person("amy");
});

describe("by keyboard alone", { timeout: 180_000 }, () => {
  test("a person signs in, gets the next assignment, attests it, gets the one after", async () => {
    const page = await site.page();
    await page.goto("/");
    await signIn(page, "amy");
    await press(page, "g", "q");
    await page.getByRole("grid").waitFor();

    await press(page, "n");
    await page.getByText("With amy").waitFor();
    expect(await detailOf(page)).toContain("250.00");
    await attest(page, "CORE-4711", "11162026");
    await page.getByText("Attested and executed").waitFor();
    await press(page, "n");
    await page.getByRole("article").getByText("75.00").first().waitFor();
    await attest(page, "CORE-4712", "11162026");
    await page.getByText("Attested and executed").waitFor();
    await press(page, "n");
    await page.getByText("Nothing waits that you may work.").waitFor();

    expect(await executions()).toEqual([
      { amount: 25000n, basis: "attested", reference: "CORE-4711", actor: "amy" },
      { amount: 7500n, basis: "attested", reference: "CORE-4712", actor: "amy" },
    ]);
  });

  test("an assignment is taken and given back with single letters", async () => {
    const page = await site.signedIn("amy", "/queues");
    await page.getByRole("grid").focus();
    await press(page, "j", "Enter");
    await page.getByText("Nobody has it", { exact: true }).waitFor();

    await press(page, "c");
    await page.getByText("With amy").waitFor();
    await press(page, "u");

    const state = page.getByText("Nobody has it", { exact: true });
    await expect.poll(() => state.isVisible()).toBe(true);
  });

  test("what is missing is said, and nothing is sent before Process Actions", async () => {
    const page = await site.signedIn("amy", "/queues");
    await press(page, "n");
    await page.getByText("With amy").waitFor();
    await press(page, "e");
    await tabTo(page, "button[type=submit]");
    await press(page, "Enter");
    await page.getByText("Fill this in").waitFor();
    await page.getByText("Needed to go on").waitFor();
    expect(await page.locator(":focus").getAttribute("name")).toBe("reference");

    await fill(page, "CORE-1", "11162026");
    await page.getByRole("button", { name: "Process Actions" }).waitFor();

    expect(await executions()).toEqual([]);
  });

  test("what the server refuses is shown with what to do", async () => {
    const page = await site.signedIn("amy", "/queues");
    await press(page, "n");
    await page.getByText("With amy").waitFor();

    await attest(page, "CORE-1", "11162028");

    const alert = page.getByRole("alert");
    await alert.waitFor();
    await expect.poll(() => alert.innerText()).toContain("What to do");
    await expect.poll(() => alert.innerText()).toContain("date-invalid");
    expect(await executions()).toEqual([]);
  });

  test("letters typed into a field are text, and shortcuts can be switched off", async () => {
    const page = await site.signedIn("amy", "/queues");
    await press(page, "/");
    await page.keyboard.type("nge");
    expect(await page.locator("#search").inputValue()).toBe("nge");
    await press(page, "Escape");
    await page.locator("#search").blur();

    await press(page, "?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    await tabTo(page, "input[type=checkbox]");
    await press(page, "Space", "Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await press(page, "n");
    await page.waitForTimeout(300);

    expect(await page.getByText("With amy").count()).toBe(0);
  });
});

async function attest(page: Page, reference: string, date: string): Promise<void> {
  await press(page, "e");
  await fill(page, reference, date);
  await page.getByRole("button", { name: "Process Actions" }).waitFor();
  // The button has the focus already: reviewing and going on is one key.
  await press(page, "Enter");
}

async function fill(page: Page, reference: string, date: string): Promise<void> {
  await tabTo(page, "input[name=reference]");
  await page.keyboard.type(reference);
  await page.keyboard.press("Tab");
  await page.keyboard.type(date);
  await tabTo(page, "input[name=attested]");
  await page.keyboard.press("Space");
  await tabTo(page, "button[type=submit]");
  await page.keyboard.press("Enter");
}

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

function detailOf(page: Page): Promise<string> {
  return page.getByRole("article").innerText();
}

function executions() {
  return db.query(sql`
    select a.amount_minor as amount, x.basis, x.reference, x.actor
    from execution x
    join adjustment a on a.client_id = x.client_id and a.id = x.adjustment_id
    where x.client_id = ${client}
    order by a.amount_minor desc
  `);
}
