/** The pages of what runs by itself, with the keyboard alone: files, answers, services, jobs. */
import { afterEach, beforeEach, describe, expect } from "vitest";

import type { Core } from "../../examples/stand-in-core/core.ts";
import { startCore } from "../../examples/stand-in-core/core.ts";
import { standInService } from "../../examples/stand-in-core/service.ts";
import { sql } from "../../src/database/sql.ts";
import { answerFile, aSentFile } from "../support/answers.ts";
import type { SentFile } from "../support/answers.ts";
import { aBatchClient, aDirectory, filesIn, pendingCredits, stateOf } from "../support/batch.ts";
import { batchDesk } from "../support/batch-desk.ts";
import { aClient } from "../support/engine.ts";
import { walk } from "../support/keyboard.ts";
import type { Keys } from "../support/keyboard.ts";
import { usePortal } from "../support/portal.ts";
import {
  failEvery,
  pendingCredits as serviceCredits,
  runRound,
  serviceDesk,
} from "../support/service.ts";
import { useDatabase } from "../support/use-database.ts";

const db = useDatabase();
const site = usePortal(db);
const SOON = { timeout: 20_000 };

const amys = async () => site.signedIn("amy");

beforeEach(() => site.person("amy"));

describe("files", () => {
  let sent: SentFile;
  beforeEach(async () => {
    const { engine } = site.server;
    const profile = { basis: "onAcknowledgement" };
    sent = await aSentFile(batchDesk(engine), engine, ["60.00", "61.00"], profile);
  });

  walk(
    ["/batches", "/batches/$batch"],
    "a file is opened and its content read",
    amys,
    async ({ page, press, enter }) => {
      await press("g", "b");
      await page.getByRole("heading", { name: "Batches" }).waitFor();
      await enter(/^nightly-/);
      await page.getByText("Control totals").waitFor();
      await enter("Show the content");

      const content = page.getByLabel("Content of the file");
      await expect.poll(() => content.innerText(), SOON).toContain("60.00");
    },
  );

  walk(
    ["/batches/calendar", "/batches/$batch"],
    "a month is turned and back, and its file opened",
    amys,
    async ({ page, press, enter }) => {
      await press("g", "b");
      await enter("Calendar");
      const days = page.getByRole("list", { name: "Days of the month" });
      await expect.poll(() => days.getByRole("link").count(), SOON).toBe(1);
      await enter(/month before|previous|earlier/i);
      await expect.poll(() => page.url(), SOON).toContain("month=2026-10");
      await enter("This month");
      await expect.poll(() => days.getByRole("link").count(), SOON).toBe(1);
      await enter(/121\.00/);

      await page.getByText("SHA-256 of the clear bytes").waitFor();
    },
  );

  walk(
    ["/batches/profiles"],
    "the way to the destination is tested",
    amys,
    async ({ page, press, enter }) => {
      await press("g", "b");
      await enter("Profiles");
      await page.getByText("Next posting date").waitFor();
      await enter(/^Test connection/);

      await page.getByText("The way to the destination is open").waitFor();
      expect(Object.keys(await filesIn(sent.directory))).toHaveLength(1);
    },
  );

  walk(
    ["/batches/layout"],
    "a layout is written, left by Tab, compared and saved",
    amys,
    async ({ page, press, type, enter, tabTo, focused }) => {
      await press("g", "b");
      await enter("Profiles");
      await page.getByText("Next posting date").waitFor();
      await enter("See, try and change it");
      const text = page.getByLabel("Layout, as YAML or JSON");
      await expect.poll(() => text.inputValue(), SOON).toContain("name: generic-csv");
      await tabTo("Layout, as YAML or JSON");
      await press("Control+a");
      await type('{"format":"delimited","name":"own","version":"1","detail":{"per":"entry",');
      await type('"fields":[{"name":"sum","from":"amount"}]}}');
      await enter("Apply");
      await page.getByText("own 1 takes its place").waitFor();
      expect(await focused()).toBe("Process Actions");
      await press("Enter");
      await page.getByText("The next file is written by it").waitFor();

      const kept = await db.query(sql`select version from batch_layout where name = 'own'`);
      expect(kept).toEqual([{ version: "1" }]);
    },
  );

  walk(
    ["/batches/returns", "/batches/returns/$return"],
    "an answer is brought in, and what fits nothing matched by hand",
    amys,
    async (keys) => {
      const { page, press, enter, fill, tabTo, focused } = keys;
      await press("g", "b");
      await enter("Return files");
      await page.getByText("No answer has come yet").waitFor();
      await bringInByKeys(keys, sent);
      await enter(/^What became of its 2 lines/);
      const lines = page.getByRole("region", { name: "Lines of the return file" });
      await expect.poll(() => lines.innerText(), SOON).toContain("It names no adjustment");
      await enter(/^Decide about line/);
      await expect.poll(focused, SOON).not.toMatch(/^Decide/);
      await choose(keys, "Match it to a line of ours");
      await tabTo("Our file");
      const ours = page.getByLabel("Our file");
      await expect.poll(() => ours.locator("option").count(), SOON).toBeGreaterThan(1);
      await press("ArrowDown");
      await fill("Line in it", "2");
      await fill("Reason", "their desk named it");
      await enter("Process Actions");

      await expect.poll(() => lines.innerText(), SOON).toContain("Batch failed");
      expect(await stateOf(site.server.engine, sent.adjustments[1] ?? "")).toBe("batchFailed");
    },
  );
});

/** In a group of choices the arrows choose; the focus stands on the chosen or first one. */
async function choose({ press, focused }: Keys, name: string): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    if ((await focused()) === name) return press("Space");
    await press("ArrowDown");
  }
  expect.fail(`${name} is no choice here`);
}

async function bringInByKeys({ page, enter }: Keys, sent: SentFile): Promise<void> {
  const [first = ""] = sent.adjustments;
  const text = answerFile("ACK-1", [
    { reference: first, amount: "60.00", side: "credit", status: "accepted" },
    { reference: "lost", amount: "61.00", side: "credit", status: "refused", code: "R02" },
  ]);
  const choosing = page.waitForEvent("filechooser");
  await enter(/^File(?!s)/);
  const file = { name: "ack.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
  await (await choosing).setFiles(file);
  await enter("Take it in");
  await page.getByText("ack.csv is stored: partly matched").waitFor();
}

describe("administration", () => {
  let client = "";
  beforeEach(async () => {
    const { engine } = site.server;
    client = await aBatchClient(engine, await aDirectory());
    await pendingCredits(engine, client, ["100.00", "40.50"]);
  });

  const files = () =>
    db.query(sql`select sequence, state from batch_file where client_id = ${client} order by 1`);

  walk(["/administration"], "files are generated, and one made again", amys, async (keys) => {
    const { page, press, enter, fill, tabTo, focused } = keys;
    await press("g", "a");
    await page.getByRole("heading", { name: "Generate Accounting File(s)" }).waitFor();
    await enter("Apply");
    await page.getByText("This would leave now").waitFor();
    expect(await focused()).toBe("Process Actions");
    expect(await files()).toEqual([]);
    await press("Enter");
    await page.getByText("One file is made").waitFor();

    await press("g", "a");
    await enter("Regenerate Accounting Batch");
    await tabTo("Which file?");
    await press("ArrowDown");
    await tabTo(/^It was never received/);
    await choose(keys, "It was received and rejected as a whole");
    await fill(/^How do you know/, "their operations desk called");
    await enter("Apply");
    await page.getByText("go into the new file").first().waitFor();
    expect(await focused()).toBe("Process Actions: Regenerate");
    await press("Enter");
    await page.getByText("The old file is void").waitFor();

    expect(await files()).toMatchObject([
      { sequence: 1n, state: "void" },
      { sequence: 2n, state: "generated" },
    ]);
  });

  walk(
    ["/administration"],
    "the holds are changed, and the focus goes into their text and back",
    amys,
    async ({ page, press, type, enter, focused }) => {
      await press("g", "a");
      await enter("Holds");
      await page.getByText("No hold is switched on").waitFor();
      await enter("Change");
      expect(await focused()).toBe("Settings, as JSON");
      await enter("Close");
      expect(await focused()).toBe("Change");
      await press("Enter", "Control+a");
      await type('{"holds":{"newAccountDelay":{"days":10}},"lookUps":{}}');
      await enter("Apply");
      await page.getByText("This changes").waitFor();
      expect(await focused()).toBe("Process Actions");
      await press("Enter");
      await page.getByText("Saved").waitFor();
      await enter("Deny debits");

      await page.getByRole("heading", { name: "Deny debits" }).waitFor();
      const kept = await db.one(sql`
        select settings->'holds'->'newAccountDelay'->>'days' as days from client`);
      expect(kept).toEqual({ days: "10" });
    },
  );
});

describe("services and jobs", () => {
  let core: Core;
  beforeEach(async () => {
    core = await startCore();
    const { engine } = site.server;
    const service = standInService(core.address, { callSeconds: 0.3 });
    const client = await aClient(engine, { services: { core: service } });
    failEvery(core, "refuse");
    await serviceCredits(engine, client, ["31.00", "32.00"]);
    await runRound(serviceDesk(engine));
    failEvery(core, null);
  });
  afterEach(() => core.stop());

  walk(
    ["/services", "/services/$of/$service"],
    "a service is paused, tested and its settings changed",
    amys,
    async ({ page, press, type, enter, tabTo }) => {
      await press("g", "s");
      await page.getByRole("region", { name: "Services" }).waitFor();
      await enter("core");
      await page.getByText("Calls a minute").first().waitFor();
      await press("p");
      await page.getByRole("button", { name: "Paused: go on" }).waitFor();
      await press("2");
      await page.getByText("Try a request").first().waitFor();
      await enter("Test connection");
      await page.getByText("The way to the core is open").waitFor();
      await press("3");
      await enter("Change");
      const text = page.getByLabel("Settings, as JSON");
      const written = JSON.parse(await text.inputValue()) as object;
      await tabTo("Settings, as JSON");
      await press("Control+a");
      await type(JSON.stringify({ ...written, concurrency: 7 }));
      await enter("Apply");
      await page.getByRole("button", { name: "Process Actions" }).waitFor();
      await press("Enter");
      await page.getByText("Running workers use it within a second").waitFor();

      const kept = await db.one(sql`
        select settings->'services'->'core'->>'concurrency' as concurrency from client`);
      expect(kept).toEqual({ concurrency: "7" });
    },
  );

  walk(
    ["/services/$of/$service", "/jobs", "/jobs/$job"],
    "all that failed are retried as a job, whose rest is cancelled from its page",
    amys,
    async ({ page, press, type, enter, tabTo, focused }) => {
      await press("g", "s");
      await page.getByRole("region", { name: "Services" }).waitFor();
      await enter("core");
      await page.getByText("Calls a minute").first().waitFor();
      await enter(/^Retry all/);
      expect(await focused()).toBe("Which of them?");
      await enter("Apply");
      await page.getByText("2 movements would be retried").waitFor();
      expect(await focused()).toBe("Process Actions");
      await press("Enter");
      await page.getByRole("progressbar").waitFor();
      await press("g", "j");
      await page.getByRole("region", { name: "Jobs" }).waitFor();
      await enter("Retry failed service calls");
      await page.getByRole("region", { name: "Items of the job" }).waitFor();
      await tabTo("Which items");
      await type("Done");
      await page.getByText("No such item").waitFor();
      await page.evaluate("document.activeElement.blur()");
      await enter("Cancel the rest");

      const asked = () => db.query(sql`select cancelled_by is not null as cancelled from job`);
      await expect.poll(asked, SOON).toEqual([{ cancelled: true }]);
    },
  );
});
