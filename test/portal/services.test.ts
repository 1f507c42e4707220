/** Services in a real browser: the monitor, retry all as a job, tests, settings, attempts. */
import type { Page } from "playwright-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Core } from "../../examples/stand-in-core/core.ts";
import { startCore } from "../../examples/stand-in-core/core.ts";
import { standInService } from "../../examples/stand-in-core/service.ts";
import { sql } from "../../src/database/sql.ts";
import { noFailpoints } from "../../src/kernel/failpoints.ts";
import { serviceJobKinds } from "../../src/service/job-kinds.ts";
import { jobKinds } from "../../src/work/job-kinds.ts";
import { runTurn } from "../../src/work/run-jobs.ts";
import { aClient } from "../support/engine.ts";
import { tabTo, usePortal } from "../support/portal.ts";
import {
  failEvery,
  onlyStanding,
  pendingCredits,
  runRound,
  serviceDesk,
  standing,
} from "../support/service.ts";
import { useDatabase } from "../support/use-database.ts";

const db = useDatabase();
const site = usePortal(db);
let core: Core;
let client = "";

beforeEach(async () => {
  core = await startCore();
  const service = { ...standInService(core.address, { callSeconds: 0.3 }), concurrency: 100 };
  client = await aClient(site.server.engine, { services: { core: service } });
  await site.person("amy");
});
afterEach(() => core.stop());

async function failed(amounts: readonly string[]): Promise<string[]> {
  failEvery(core, "refuse");
  const ids = await pendingCredits(site.server.engine, client, amounts);
  await runRound(serviceDesk(site.server.engine));
  failEvery(core, null);
  return ids;
}

async function runJobs(chunk = 100, turns = 100): Promise<void> {
  const { engine } = site.server;
  const desk = { ...engine, failpoints: noFailpoints, report: () => undefined };
  const kinds = jobKinds(serviceJobKinds(engine));
  for (let turn = 0; turn < turns; turn += 1) {
    if (!(await runTurn(desk, kinds, { worker: "test", chunk }))) return;
  }
}

/** What the page reads by itself comes within some seconds, also on a loaded machine. */
const SOON = { timeout: 20_000 };

const monitor = (name = "amy"): Promise<Page> => site.signedIn(name, `/services/${client}/core`);

describe("the list of services", { timeout: 120_000 }, () => {
  test("is reached by keyboard, shows the state in words and leads to the monitor", async () => {
    await failed(["31.00"]);
    const page = await site.signedIn("amy", "/");
    await page.keyboard.press("g");
    await page.keyboard.press("s");

    const row = page.getByRole("region", { name: "Services" }).getByRole("row").nth(1);
    await expect.poll(() => row.innerText(), SOON).toContain("Healthy");
    await expect
      .poll(() => row.getByRole("img").getAttribute("aria-label"), SOON)
      .toContain("1 calls");
    await row.getByRole("link").click();
    await page.getByRole("heading", { name: "core" }).waitFor();
    await page.getByText("Calls a minute").first().waitFor();
  });
});

describe("the monitor", { timeout: 120_000 }, () => {
  test("goes on by itself: what fails now appears without loading again", async () => {
    const page = await monitor();
    await page.getByText("Nothing failed").waitFor();

    await failed(["31.00"]);

    const table = page.getByRole("region", { name: "Failed at this service" });
    await table.getByText("INSUFFICIENT_FUNDS").waitFor();
    await expect
      .poll(() => page.getByRole("region", { name: "Outcomes by code" }).innerText(), SOON)
      .toContain("INSUFFICIENT_FUNDS");
  });

  test("says what the circuit means, and leads to the oldest unknown", async () => {
    failEvery(core, "dropAnswerAfterPosting");
    const [id = ""] = await pendingCredits(site.server.engine, client, ["31.00"]);
    await runRound(serviceDesk(site.server.engine));

    const page = await monitor();
    await page.getByText("The last call did not get through").waitFor();
    await page.getByRole("link", { name: "Open its assignment" }).click();

    const { assignmentId } = await onlyStanding(db, id);
    await page.getByRole("article", { name: "Pending Accounting Service" }).waitFor();
    expect(page.url()).toContain(assignmentId);
  });
});

test("its plots turn with the machine's scheme", { timeout: 120_000 }, async () => {
  await failed(["31.00"]);
  const page = await monitor();
  const inks = (): Promise<string> => page.evaluate(INKS);
  await page.locator(".u-wrap canvas").first().waitFor();
  await expect.poll(inks, SOON).toBe("light");

  await page.emulateMedia({ colorScheme: "dark" });

  await expect.poll(inks, SOON).toBe("dark");
});

describe("retry all", { timeout: 120_000 }, () => {
  test("says how many, does them as a job, and shows what became of each", async () => {
    const ids = await failed(["31.00", "32.00"]);
    const page = await monitor();
    await page.getByRole("button", { name: "Retry all" }).click();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("2 movements would be retried").waitFor();
    expect(await db.query(sql`select id from job`)).toEqual([]);

    await page.getByRole("button", { name: "Process Actions" }).click();
    const bar = page.getByRole("progressbar");
    await expect.poll(() => bar.getAttribute("aria-valuetext"), SOON).toBe("0 of 2");
    await runJobs();

    await expect.poll(() => bar.getAttribute("aria-valuetext"), SOON).toBe("2 of 2");
    const states = (await standing(db, ids)).map((one) => one.state);
    expect(states).toEqual(["pendingService", "pendingService"]);
    await page.getByRole("link", { name: "What became of each" }).click();
    const items = page.getByRole("region", { name: "Items of the job" });
    await expect.poll(() => items.locator("tbody tr").count(), SOON).toBe(2);
    await expect.poll(() => items.innerText(), SOON).toContain("Done");
  });

  test("is undone by cancelling the rest", async () => {
    await failed(Array<string>(12).fill("31.00"));
    const page = await monitor();
    await page.getByRole("button", { name: "Retry all" }).click();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("button", { name: "Process Actions" }).click();
    const bar = page.getByRole("progressbar");
    await bar.waitFor();
    await runJobs(1, 1);
    await expect.poll(() => bar.getAttribute("aria-valuetext"), SOON).toBe("10 of 12");

    await page.getByRole("button", { name: "Cancel the rest" }).click();

    await page.getByText("never begun").waitFor();
    await runJobs();
    const left = await db.one<{ count: bigint }>(sql`
      select count(*) as count from adjustment where state = 'serviceFailed'
    `);
    expect(left.count).toBe(2n);
  });

  test("is shown and refused with the reason to whoever may not", async () => {
    await failed(["31.00"]);
    await site.person("vic", ["viewer"]);

    const page = await monitor("vic");

    const button = page.getByRole("button", { name: "Retry all" });
    await button.waitFor();
    expect(await button.isDisabled()).toBe(true);
    expect(await button.getAttribute("title")).toContain("role");
  });
});

describe("tests and settings", { timeout: 120_000 }, () => {
  test("shows how far the connection goes, and a request without sending it", async () => {
    const [adjustment = ""] = await pendingCredits(site.server.engine, client, ["31.00"]);
    const page = await site.signedIn(
      "amy",
      `/services/${client}/core?tab=tests&adjustment=${adjustment}`,
    );
    await page.getByRole("button", { name: "Test connection" }).click();
    await page.getByText("The way to the core is open").waitFor();

    await page.getByRole("button", { name: "Show the request" }).click();

    const body = page.getByLabel("Body, content");
    await expect.poll(() => body.innerText(), SOON).toContain(adjustment);
    await expect.poll(() => body.innerText(), SOON).toContain("31.00");
    expect(core.calls()).toBe(0);
  });

  test("changes settings, with faults by place, and the difference beforehand", async () => {
    await pendingCredits(site.server.engine, client, ["31.00"]);
    const page = await site.signedIn("amy", `/services/${client}/core?tab=settings`);
    await page.getByRole("button", { name: "Change" }).click();
    const text = page.getByLabel("Settings, as JSON");
    const written = await text.inputValue();

    await text.fill(written.slice(1));
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("It is not JSON").waitFor();
    await text.fill(written.replace('"rest-json"', '"carrier-pigeon"'));
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("/protocol").first().waitFor();
    await text.fill(written.replace("127.0.0.1", "localhost"));
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("This service is live").waitFor();
    expect(await versionOf()).toBe(1);
    await page.getByRole("button", { name: "Process Actions" }).click();

    await page.getByText("Running workers use it within a second").waitFor();
    expect(await versionOf()).toBe(2);
    await expect
      .poll(() => page.getByLabel("services.core, content").innerText(), SOON)
      .toContain("localhost");
  });
});

describe("the attempts of an adjustment", { timeout: 120_000 }, () => {
  test("open by keyboard to the masked request and answer, with key and worker", async () => {
    const [id = ""] = await failed(["31.00"]);
    const { assignmentId } = await onlyStanding(db, id);
    const page = await site.signedIn("amy", `/queues?assignment=${assignmentId}`);
    const head = page.getByRole("button", { name: /Posting/ });
    await head.waitFor();
    await head.focus();
    await page.keyboard.press("Enter");

    const request = page.getByLabel("Request, content");
    await expect.poll(() => request.innerText(), SOON).toContain('"amount": "31.00"');
    expect(await request.innerText()).not.toContain("4000123412341234");
    await expect
      .poll(() => page.getByLabel("Response, content").innerText(), SOON)
      .toContain("INSUFFICIENT_FUNDS");
    for (const fact of ["Key revision", "Fence", "Worker"]) {
      await page.getByText(fact, { exact: true }).waitFor();
    }
    await tabTo(page, "[aria-label='Copy request']");
  });
});

/**
 * Which scheme a plot is drawn for: its lines are pale on a pale page, dim on a dark one. Given as
 * text: these tests know no document.
 */
const INKS = `(() => {
  const canvas = document.querySelector(".u-wrap canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const counts = { light: 0, dark: 0 };
  // A line between two pixels is half of its colour in each: its alpha says so, not its hue.
  const is = (at, ...colour) =>
    data[at + 3] > 40 && colour.every((part, index) => Math.abs(data[at + index] - part) < 7);
  for (let at = 0; at < data.length; at += 4) {
    if (is(at, 0xdc, 0xdc, 0xd5)) counts.light += 1;
    if (is(at, 0x2c, 0x33, 0x32)) counts.dark += 1;
  }
  return counts.light > counts.dark ? "light" : counts.dark > 0 ? "dark" : "neither";
})()`;

async function versionOf(): Promise<number> {
  const row = await db.one<{ version: number }>(sql`
    select version from client where id = ${client}
  `);
  return row.version;
}
