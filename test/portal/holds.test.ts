/** Holds and denials in a real browser: a review, the denial with its letters, the settings. */
import { beforeEach, describe, expect, test } from "vitest";

import { aClient, aDisputeOf, operate } from "../support/engine.ts";
import { usePortal } from "../support/portal.ts";
import { useDatabase } from "../support/use-database.ts";
import { sql } from "../../src/database/sql.ts";

const db = useDatabase();
const site = usePortal(db);

async function aCase(settings: object) {
  const { engine } = site.server;
  const client = await aClient(engine, settings);
  const dispute = await aDisputeOf(engine, client, {}, "320.10");
  const { number } = await db.one<{ number: string }>(sql`
    select c.number from claim c where c.client_id = ${client}
  `);
  const run = (operation: string, input: Record<string, unknown> = {}) =>
    operate(engine, client, dispute, operation, input);
  return { client, dispute, run, address: `/cases/${client}/${number}` };
}

beforeEach(() => site.person("amy"));

describe("holds and denials", { timeout: 120_000 }, () => {
  test("a review shows what holds it, and supplies the card number", async () => {
    const one = await aCase({ holds: { activeCardNumber: {} } });
    await one.run("issueProvisionalCredit");

    const page = await site.signedIn("amy", one.address);
    await page.getByRole("button", { name: "Supply the card number" }).first().click();
    const dialog = page.getByRole("dialog");
    const hold = dialog.getByRole("region", { name: "Hold" });
    await hold.getByText("A person is asked").waitFor();
    expect(await hold.innerText()).toContain("12 CFR 1005.11");
    await dialog.getByLabel("Card number that is in use").fill("4000123412345678");
    await dialog.getByLabel("A card", { exact: true }).check();
    await dialog.getByRole("button", { name: "Apply" }).click();
    await dialog.getByRole("button", { name: "Process Actions" }).click();

    await dialog.getByText("Supplied").waitFor();
    expect(await dialog.innerText()).not.toContain("4000123412345678");
  });

  test("the denial says its day, why an action is refused, and issues letter data", async () => {
    const one = await aCase({ tracked: ["ProvisionalCredit"] });
    await one.run("issueProvisionalCredit");
    await one.run("denyDispute", { reason: "noError" });

    const page = await site.signedIn("amy", `${one.address}?tab=denial`);
    await page.getByText("The notice has to be sent first").waitFor();
    await page.getByRole("button", { name: "Issue" }).click();
    const versions = page.getByRole("region", { name: "Versions of the letter data" });
    await versions.waitFor();
    await page.getByRole("link", { name: "Record Notice Sent" }).click();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("button", { name: "Process Actions" }).click();
    await page.getByText("Record Notice Sent: done").waitFor();
    await page.getByRole("link", { name: "Denial and letters" }).click();

    await page.getByText("The day that the notice names").waitFor();
    expect(await page.getByRole("link", { name: "Perform Debit Now" }).count()).toBe(1);
    await page.goto(`${site.address}/administration?do=denyDebits`);
    await page.getByRole("region", { name: "Deny debits" }).getByText("Planned").first().waitFor();
  });

  test("the holds of a client are changed, refused with their place and saved", async () => {
    const { client } = await aCase({});
    const page = await site.signedIn("amy", `/administration?do=holds&client=${client}`);
    await page.getByText("No hold is switched on").waitFor();
    await page.getByRole("button", { name: "Change" }).click();
    const field = page.getByLabel("Settings, as JSON");
    await field.fill(
      '{"holds": {"custom": [{"name": "x", "label": "x", "when": {"no": "1"}, "days": 1}]}}',
    );
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("/holds/custom/0/when").first().waitFor();

    await field.fill('{"holds": {"newAccountDelay": {"days": 10}}, "lookUps": {}}');
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("This changes").waitFor();
    await page.getByRole("button", { name: "Process Actions" }).click();

    await page.getByText("Saved").waitFor();
    await expect.poll(() => page.innerText("main")).toContain("newAccountDelay");
  });
});
