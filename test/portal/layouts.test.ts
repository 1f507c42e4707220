/** The layout editor in a real browser: typed, seen, its faults by line, saved as a new version. */
import { expect, test } from "vitest";

import { sql } from "../../src/database/sql.ts";
import { aBatchClient, aDirectory, pendingCredits } from "../support/batch.ts";
import { usePortal } from "../support/portal.ts";
import { useDatabase } from "../support/use-database.ts";

const db = useDatabase();
const site = usePortal(db);
const SOON = { timeout: 20_000 };
const SHOTS = process.env["SCREENSHOTS"];

const OWN = `format: delimited
name: own
version: "1"
detail:
  per: entry
  fields:
    - { name: case, from: claim }
    - { name: sum, from: amount }
`;

test("a layout is typed, tried on pending rows and saved", { timeout: 180_000 }, async () => {
  await site.person("amy");
  const { engine } = site.server;
  const client = await aBatchClient(engine, await aDirectory());
  await pendingCredits(engine, client, ["60.00", "61.00"]);
  const page = await site.signedIn("amy", `/batches/layout?of=${client}+nightly`);
  const text = page.getByLabel("Layout, as YAML or JSON");
  const file = page.getByLabel("The file");

  await expect.poll(() => text.inputValue(), SOON).toContain("name: generic-csv");
  await expect.poll(() => file.innerText(), SOON).toContain("DT,1,");
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/layout.png`, fullPage: true });

  await text.fill(OWN.replace("from: claim", "from: clam"));
  await page.getByRole("button", { name: /Line 7: \/detail\/fields\/0/ }).click();
  expect(await page.getByRole("button", { name: "Apply" }).isDisabled()).toBe(true);

  await text.fill(OWN);
  await expect.poll(() => file.innerText(), SOON).toContain("case,sum");
  await page.getByText("What is pending").click();
  await expect.poll(() => file.innerText(), SOON).toMatch(/C,60\.00\n.*C,61\.00/);
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("own 1 takes its place").waitFor();
  const difference = page.getByLabel("Difference to the layout before");
  expect(await difference.innerText()).toContain("- name: generic-csv");
  if (SHOTS !== undefined) {
    await page.screenshot({ path: `${SHOTS}/layout-review.png`, fullPage: true });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 420, height: 900 });
    await page.screenshot({ path: `${SHOTS}/layout-narrow.png`, fullPage: true });
    await page.setViewportSize({ width: 1400, height: 900 });
    await page.screenshot({ path: `${SHOTS}/layout-dark.png`, fullPage: true });
  }
  await page.getByRole("button", { name: "Process Actions" }).click();

  await page.getByText("The next file is written by it").waitFor();
  const row = await db.one<{ version: string }>(sql`
    select version from batch_layout where client_id = ${client} and name = 'own'
  `);
  expect(row.version).toBe("1");
  expect(site.complaints).toEqual([]);
});
