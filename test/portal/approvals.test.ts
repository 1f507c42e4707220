/** Approvals in a real browser: what waits for me, one in full, several at once, lent rights. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";

import { approvalDesk } from "../../src/approval-desk.ts";
import { noFailpoints } from "../../src/kernel/failpoints.ts";
import { decisionJobKind } from "../../src/work/approvals/job-kind.ts";
import { jobKinds } from "../../src/work/job-kinds.ts";
import { runTurn } from "../../src/work/run-jobs.ts";
import { aClient, aDisputeOf, operate } from "../support/engine.ts";
import { tabTo, usePortal } from "../support/portal.ts";
import { useDatabase } from "../support/use-database.ts";

const db = useDatabase();
const site = usePortal(db);
const SOON = { timeout: 20_000 };
/** Where to keep pictures of the pages, for whoever wants to look at them. */
const SHOTS = process.env["REDRESS_SHOTS"];
let client = "";

beforeEach(async () => {
  const approvals = {
    issueProvisionalCredit: [
      { above: "20.00", levels: 1 },
      { above: "80.00", levels: 2, rights: ["assignment:approve", "assignment:approveHigh"] },
    ],
  };
  client = await aClient(site.server.engine, { approvals });
  await site.person("ben", ["approver"]);
  await site.person("olga", ["seniorApprover"]);
});

async function asked(...amounts: readonly string[]): Promise<void> {
  for (const amount of amounts) {
    const dispute = await aDisputeOf(site.server.engine, client, {}, amount);
    await operate(site.server.engine, client, dispute, "issueProvisionalCredit");
  }
}

async function look(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  await mkdir(SHOTS, { recursive: true });
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const width of [1400, 420]) {
      await page.setViewportSize({ width, height: 1000 });
      const path = join(SHOTS, `${name}-${scheme}-${width}.png`);
      await page.screenshot({ path, fullPage: true });
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

describe("approvals", { timeout: 120_000 }, () => {
  test("are reached by keyboard, and one is approved from its page", async () => {
    await asked("60.00", "90.00");
    const page = await site.signedIn("ben", "/");
    await page.keyboard.press("g");
    await page.keyboard.press("p");
    const table = page.getByRole("region", { name: "Requests for approval" });
    await table.getByText("Issue provisional credit of 60.00 USD").waitFor();
    await look(page, "mine");
    await table.getByRole("link", { name: "Operation" }).first().click();
    await page.getByRole("heading", { name: "What will happen" }).waitFor();
    await page.getByText("Issue provisional credit above 20.00 USD: 1 other person").waitFor();
    await look(page, "one");
    await tabTo(page, "textarea");
    await page.keyboard.type("seen");

    await page.getByRole("button", { name: "Approve", exact: true }).click();

    await page.getByRole("heading", { name: "Approved" }).waitFor(SOON);
    await look(page, "approved");
    expect(site.complaints).toEqual([]);
  });

  test("what is not mine says why, and who is still needed", async () => {
    await asked("90.00");
    await site.person("vic", ["viewer"]);
    const page = await site.signedIn("vic", "/approvals");
    await page.getByText("Nothing waits for you").waitFor();
    await look(page, "nothing");
    await page.getByRole("link", { name: "All that wait" }).first().click();

    const table = page.getByRole("region", { name: "Requests for approval" });
    await expect.poll(() => table.innerText(), SOON).toContain("0 of 2 agreed");
    await table.getByRole("link", { name: "Operation" }).click();
    await page.getByText("You may not approve it").waitFor();
    await page.getByText("such as ben, olga").first().waitFor();
    expect(await page.getByRole("button", { name: "Approve", exact: true }).count()).toBe(0);
    await look(page, "not-mine");
  });

  test("several are decided as a job with a result each", async () => {
    await asked("30.00", "31.00");
    const page = await site.signedIn("ben", "/approvals");
    await page.getByRole("checkbox", { name: "Choose all that you may decide" }).check();
    await page.getByRole("textbox", { name: "Reason" }).fill("too many");
    await page.getByRole("button", { name: "Decline 2" }).click();
    await page.getByRole("link", { name: "What becomes of each" }).click();
    const { engine } = site.server;
    const desk = { ...engine, failpoints: noFailpoints, report: () => undefined };
    const kinds = jobKinds([decisionJobKind(approvalDesk(engine))]);
    while (await runTurn(desk, kinds, { worker: "test" }));

    const items = page.getByRole("region", { name: "Items of the job" });
    await expect.poll(() => items.innerText(), SOON).toMatch(/Done[\s\S]*Done/);
    await look(page, "job");
  });

  test("a right is lent by its form, and ended", async () => {
    await site.person("dan", ["viewer"]);
    const page = await site.signedIn("ben", "/approvals/delegations");
    await page.getByText("Nobody has lent their right").waitFor();
    await page.getByRole("textbox", { name: "To", exact: true }).fill("dan");
    await page.getByLabel("Until").fill("2026-11-20T09:00");
    await page.getByRole("textbox", { name: "Reason" }).fill("leave");
    await page.getByRole("button", { name: "Lend it" }).click();
    await page.getByText("dan may approve").waitFor();
    await look(page, "delegations");

    await page.getByRole("button", { name: "Revoke" }).click();

    const table = page.getByRole("region", { name: "Delegations" });
    await expect.poll(() => table.innerText(), SOON).toContain("Revoked");
    expect(await page.getByText("dan may approve").count()).toBe(0);
  });
});
