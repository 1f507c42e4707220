/** Regulatory clocks in a real browser: found, read and approved by keyboard; accessible. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { Temporal } from "temporal-polyfill";

import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";

import { sql } from "../../src/database/sql.ts";
import { workInbox } from "../../src/accounting/work-inbox.ts";
import { lookAtClocks } from "../../src/resolution/regulatory-clocks/look-at-clocks.ts";
import { aClient, aDisputeOf, operate, START } from "../support/engine.ts";
import { walk } from "../support/keyboard.ts";
import { usePortal } from "../support/portal.ts";
import { useDatabase } from "../support/use-database.ts";

const db = useDatabase();
const site = usePortal(db);
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const NARROW = { width: 390, height: 844 };

let client = "";
let claim = "";
let dispute = "";

/** One credit by the machine, one clock that was missed, one that is near. */
beforeEach(async () => {
  const { engine } = site.server;
  engine.clock.set(Temporal.Instant.from(START));
  client = await aClient(engine, { clocks: { automaticProvisionalCredit: true } });
  const other = await aClient(engine);
  const known = { pointOfSale: false, newAccount: false, outOfState: false };
  dispute = await aDisputeOf(engine, client, known);
  const missed = await aDisputeOf(engine, other, known);
  await operate(engine, other, missed, "issueProvisionalCredit", { amount: "60.00" });
  engine.clock.advance({ hours: 24 * 16 });
  await lookAtClocks(engine);
  await workInbox(engine);
  await lookAtClocks(engine);
  const [row] = await db.query<{ number: string }>(sql`
    select number from claim where client_id = ${client}`);
  claim = row?.number ?? "";
  await site.person("amy");
});

const SCREENS = (): readonly (readonly [path: string, shows: string])[] => [
  ["/clocks", "Finish the investigation"],
  ["/clocks?show=missed", "12 CFR 1005.11(c)(1), (c)(2)(i)"],
  ["/clocks?show=machine", "Issue provisional credit"],
  [`/cases/${client}/${claim}?tab=clocks`, "Tell the holder of the provisional credit"],
  ["/queues", "For a person"],
];

describe.each(["light", "dark"] as const)("in the %s scheme", (colorScheme) => {
  test("every screen of clocks is accessible and complains of nothing", async () => {
    site.complaints.length = 0;
    const page = await site.signedIn("amy", "/", { colorScheme });
    for (const [path, shows] of SCREENS()) {
      await page.goto(path);
      await page.getByText(shows).first().waitFor();

      expect(await violations(page), path).toEqual([]);
    }
    expect(site.complaints).toEqual([]);
  });
});

test("on a narrow page nothing hangs over the edge", async () => {
  const page = await site.signedIn("amy", "/", { viewport: NARROW });
  for (const [path, shows] of SCREENS()) {
    await page.goto(path);
    await page.getByText(shows).first().waitFor();
    const width = await page
      .locator("html")
      .evaluate((html: { scrollWidth: number }) => html.scrollWidth);

    expect(width, path).toBeLessThanOrEqual(NARROW.width);
  }
});

walk(
  ["/clocks"],
  "to the credits by the machine, and one of them approved",
  () => site.signedIn("amy"),
  async ({ page, press, enter, tabTo }) => {
    await page.getByText("Regulatory clocks").first().waitFor();
    await press("g", "r");
    await page.getByRole("heading", { name: "Regulatory clocks" }).waitFor();
    await enter("Credits by the machine");
    await page.getByText("Issue provisional credit").waitFor();
    await tabTo(dispute);
    await enter(/^Approve/);

    const approved = page.getByText(/Approved by/);
    await approved.waitFor();
    expect(await approved.innerText()).toMatch(/amy/);
  },
);

test("a case shows each clock with its day, what is left and its paragraph", async () => {
  const page = await site.signedIn("amy", `/cases/${client}/${claim}?tab=clocks`);

  const row = page.getByRole("row", { name: /Finish the investigation/ });
  await row.waitFor();

  expect(await row.innerText()).toMatch(/Running[\s\S]*2026-12-31[\s\S]*business days left/);
  expect(await row.innerText()).toContain("12 CFR 1005.11(c)(2)");
  expect(await page.getByRole("row", { name: /Provisional credit Reg E/ }).innerText()).toMatch(
    /Missed[\s\S]*2026-12-01[\s\S]*1 business day late/,
  );
});

async function violations(page: Page): Promise<string[]> {
  await page.waitForLoadState("networkidle");
  await page.evaluate(AXE);
  const results = await page.evaluate<AxeResults>(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`,
  );
  return results.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 120)}`),
  );
}
