/** Accounts › Generate Accounting File(s) and Regenerate Accounting Batch, in a real browser. */
import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";

import { sql } from "../../src/database/sql.ts";
import { aBatchClient, aDirectory, pendingCredits } from "../support/batch.ts";
import { aClient } from "../support/engine.ts";
import { usePortal } from "../support/portal.ts";
import { useDatabase } from "../support/use-database.ts";

const db = useDatabase();
const site = usePortal(db);
let byBatch = "";
let byHand = "";

const GENERATE = "Generate Accounting File(s)";
const REGENERATE = "Regenerate Accounting Batch";

beforeEach(async () => {
  const { engine } = site.server;
  byBatch = await aBatchClient(engine, await aDirectory());
  byHand = await aClient(engine);
  await pendingCredits(engine, byBatch, ["100.00", "40.50"]);
  await site.person("amy");
});

describe("the two actions", { timeout: 120_000 }, () => {
  test("are there for a client with batch", async () => {
    const page = await site.signedIn("amy", `/administration?client=${byBatch}`);

    await page.getByRole("heading", { name: GENERATE }).waitFor();

    await expect.poll(() => actionsOn(page)).toEqual([GENERATE, REGENERATE]);
  });

  test.each(["/", "/batches", "/administration", "/administration?do=regenerate"])(
    "are nowhere on %s for a client without",
    async (path) => {
      const query = path.includes("?") ? "&" : "?";
      const page = await site.signedIn("amy", `${path}${query}client=${byHand}`);
      await page.waitForLoadState("networkidle");

      expect(await page.getByText(/Generate Accounting File|Regenerate Accounting/).count()).toBe(
        0,
      );
    },
  );

  test("are nowhere for a person who sees no client with batch", async () => {
    await site.person("bob", ["operator"], [byHand]);

    const page = await site.signedIn("bob", "/administration");
    await page.getByText("Nothing to administer here").waitFor();

    expect(await actionsOn(page)).toEqual([]);
  });
});

describe("generating", { timeout: 120_000 }, () => {
  test("shows what would leave, makes nothing until processed, then makes it once", async () => {
    const page = await site.signedIn("amy", `/administration?client=${byBatch}`);
    await page.getByRole("button", { name: "Apply" }).click();
    const preview = page.getByRole("region", { name: "What would leave" });
    await preview.waitFor();
    await expect.poll(() => preview.innerText()).toContain("2 · 140.50");
    expect(await files()).toEqual([]);

    await page.getByRole("button", { name: "Process Actions" }).click();
    await page.getByText("One file is made").waitFor();

    expect(await files()).toMatchObject([{ sequence: 1n, state: "generated" }]);
    await page.getByRole("status").getByRole("link").click();
    await page.getByText("Control totals").waitFor();
    const lines = page.getByRole("region", { name: "Lines of the file" });
    await expect.poll(() => lines.locator("tbody tr").count()).toBe(2);
    await page.getByRole("button", { name: "Show the content" }).click();
    const content = page.getByLabel("Content of the file");
    await expect.poll(() => content.innerText()).toContain("140.50");
  });

  test("says that an empty file leaves, and makes it", async () => {
    const { engine } = site.server;
    const sends = await aBatchClient(engine, await aDirectory(), { emptyFile: "send" });
    const page = await site.signedIn("amy", `/administration?client=${sends}`);

    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("This would leave now").waitFor();
    const preview = page.getByRole("region", { name: "What would leave" });
    await expect.poll(() => preview.innerText()).toContain("an empty file");
    await page.getByRole("button", { name: "Process Actions" }).click();
    await page.getByText("One file is made").waitFor();

    expect(await files(sends)).toMatchObject([{ sequence: 1n, state: "generated" }]);
  });
});

describe("regenerating", { timeout: 120_000 }, () => {
  test("asks what became of the old file, shows the difference, and supersedes it", async () => {
    const page = await site.signedIn("amy", `/administration?client=${byBatch}`);
    await generate(page);
    await page.getByRole("link", { name: REGENERATE }).click();
    await page.getByLabel("Which file?").selectOption({ index: 1 });
    await page.getByLabel("It was received and rejected as a whole").check();
    await page.getByLabel("How do you know?").fill("their operations desk called");
    await page.getByRole("button", { name: "Apply" }).click();

    const difference = page.getByRole("region", { name: "What becomes of the lines" });
    await difference.waitFor();
    await expect.poll(() => difference.innerText()).toContain("go into the new file");
    expect(await files()).toHaveLength(1);
    await page.getByRole("button", { name: "Process Actions: Regenerate" }).click();
    await page.getByText("The old file is void").waitFor();

    expect(await files()).toMatchObject([
      { sequence: 1n, state: "void" },
      { sequence: 2n, state: "generated", supersedes: true },
    ]);
  });

  test("offers the very same file again where it may still arrive", async () => {
    const page = await site.signedIn("amy", `/administration?client=${byBatch}`);
    await generate(page);
    await db.execute(sql`
      update batch_file set state = 'transmissionFailed' where client_id = ${byBatch}
    `);
    await page.getByRole("link", { name: REGENERATE }).click();
    await page.getByLabel("Which file?").selectOption({ index: 1 });
    await page.getByLabel("It did not arrive; the very same file can still be taken").check();
    await page.getByLabel("How do you know?").fill("their directory is empty");
    await page.getByRole("button", { name: "Apply" }).click();

    await page.getByRole("button", { name: "Process Actions: Resend" }).click();
    await page.getByText("The same file is being sent again").waitFor();

    expect(await files()).toMatchObject([{ sequence: 1n, state: "sending" }]);
  });
});

test("of a file that is settled nothing is asked, and the reason stands there", async () => {
  const page = await site.signedIn("amy", `/administration?client=${byBatch}`);
  await generate(page);
  await db.execute(sql`
    update batch_file set state = 'acknowledged' where client_id = ${byBatch}
  `);

  await page.getByRole("link", { name: REGENERATE }).click();
  await page.getByLabel("Which file?").selectOption({ index: 1 });

  await page.getByText("what was posted is never sent again").waitFor();
  const choice = page.getByLabel("Which file?").locator("option").nth(1);
  expect(await choice.innerText()).toMatch(/· Acknowledged$/);
  expect(await page.getByLabel("How do you know?").count()).toBe(0);
});

async function generate(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("button", { name: "Process Actions" }).click();
  await page.getByText("One file is made").waitFor();
}

function actionsOn(page: Page): Promise<string[]> {
  return page.getByRole("group", { name: "Accounts" }).getByRole("link").allInnerTexts();
}

function files(client = byBatch) {
  return db.query(sql`
    select sequence, state, supersedes_id is not null as supersedes
    from batch_file
    where client_id = ${client}
    order by sequence
  `);
}
