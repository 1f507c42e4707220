/** The work by keyboard alone: pend, mark, assign, all that match, any past moment, groups. */
import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";

import { runTurn } from "../../src/work/run-jobs.ts";
import { noFailpoints } from "../../src/kernel/failpoints.ts";
import { allJobKinds } from "../../src/job-kinds.ts";
import { sql } from "../../src/database/sql.ts";
import { assignAssignmentsTo } from "../../src/work/assign.ts";
import { listAssignments } from "../../src/work/views.ts";
import { aClient, aDisputeOf, operate } from "../support/engine.ts";
import { signIn, tabTo, usePortal } from "../support/portal.ts";
import { useDatabase } from "../support/use-database.ts";

const db = useDatabase();
const site = usePortal(db);
let client = "";

beforeEach(async () => {
  const { engine } = site.server;
  client = await aClient(engine);
  for (const amount of ["250.00", "75.00"]) {
    const dispute = await aDisputeOf(engine, client, {}, amount);
    await operate(engine, client, dispute, "issueProvisionalCredit");
  }
  await site.person("amy");
});

describe("by keyboard alone", { timeout: 180_000 }, () => {
  test("work is taken, its claim shown as open, pended, and brought back", async () => {
    const page = await site.page();
    await page.goto("/");
    await signIn(page, "amy");
    await press(page, "g", "q");
    await page.getByRole("grid").waitFor();
    await press(page, "n");
    await page.getByText("With amy").waitFor();
    await expect.poll(() => locks()).toEqual(["amy"]);

    await press(page, "w");
    await page.getByRole("form", { name: "Pend until" }).waitFor();
    await page.keyboard.type("12012026");
    await press(page, "Tab");
    await page.keyboard.type("0930AM");
    await tabTo(page, "textarea[name=reason]");
    await page.keyboard.type("waits for the acquirer");
    await tabTo(page, "button[type=submit]");
    await press(page, "Enter");
    await processed(page);
    await page.getByText("It waits").waitFor();

    expect(await standing()).toMatchObject([
      { assignee: "amy", pended: true, reason: "waits for the acquirer" },
    ]);
    await page.getByRole("button", { name: "Bring back" }).waitFor();
    await press(page, "b");
    await tabTo(page, "button[type=submit]");
    await press(page, "Enter");
    await processed(page);
    await page.getByText("It is back").waitFor();
    expect(await standing()).toMatchObject([{ assignee: "amy", pended: false }]);
  });

  test("whoever has nothing in hand is told how to get work", async () => {
    const page = await site.signedIn("amy", "/queues?assignee=me");

    await page.getByText("You have nothing in hand").waitFor();
    const hint = page.getByText("gives you the most urgent assignment");
    await hint.waitFor();

    expect(await hint.innerText()).toContain("Get next");
  });

  test("what nobody can do goes to the supervisors' list and is restored from there", async () => {
    const page = await site.signedIn("amy", "/queues");
    await press(page, "n");
    await page.getByText("With amy").waitFor();
    await press(page, "d");
    await tabTo(page, "textarea[name=reason]");
    await page.keyboard.type("no such account");
    await tabTo(page, "button[type=submit]");
    await press(page, "Enter");
    await processed(page);
    await page.getByRole("button", { name: "Restore" }).waitFor();

    await press(page, "b");
    await tabTo(page, "textarea[name=reason]");
    await tabTo(page, "button[type=submit]");
    await press(page, "Enter");
    await processed(page);
    await page.getByText("Restored", { exact: true }).waitFor();

    expect(await kinds()).toEqual(["taken", "unworkable", "restored"]);
  });

  test("all that match are assigned as a job, counted before", async () => {
    await site.person("ben");
    const page = await site.signedIn("amy", "/queues");
    await page.getByRole("grid").waitFor();

    await press(page, "v");
    const bulk = page.getByRole("region", { name: "Do it to all that match" });
    await bulk.waitFor();
    await bulk.locator("select").focus();
    await page.keyboard.type("Assign");
    await tabTo(page, "input[name=person]");
    await page.keyboard.type("ben");
    await tabTo(page, "button[type=submit]");
    await press(page, "Enter");
    await bulk.getByText("2 assignments.").waitFor();
    await press(page, "Enter");
    await bulk.getByRole("progressbar").waitFor();
    await runJobs();

    await bulk.getByText("100% of 2 items").waitFor();
    expect(await standing()).toMatchObject([{ assignee: "ben" }, { assignee: "ben" }]);
  });

  test("a work group narrows list, counts and all that match alike", async () => {
    await moveOneTo("Specialist");
    const page = await site.signedIn("amy", "/queues");
    const queues = page.getByRole("navigation", { name: "Queues" });
    await queues.getByRole("link", { name: /Execute Accounting.*2/ }).waitFor();

    await queues.locator("select").focus();
    await page.keyboard.type("Specialist");
    await queues.getByRole("link", { name: /Execute Accounting.*1/ }).waitFor();
    await page.getByRole("grid", { name: /Specialist/ }).waitFor();
    expect(await page.getByRole("grid").getByRole("row").count()).toBe(2);
    await page.getByRole("grid").focus();
    await press(page, "v");
    const bulk = page.getByRole("region", { name: "Do it to all that match" });
    await bulk.getByText("work of Specialist").waitFor();
    await bulk.locator("select").focus();
    await page.keyboard.type("Restore");
    await tabTo(page, "button[type=submit]");
    await press(page, "Enter");
    await bulk.getByText("1 assignment.").waitFor();

    expect(page.url()).toContain("workGroup=Specialist");
    expect(site.complaints).toEqual([]);
  });

  test("a past moment shows what was then, and a plot with its figures", async () => {
    const page = await site.signedIn("amy", "/queues");
    await page.getByRole("grid").waitFor();

    await press(page, "i");
    const past = page.getByRole("region", { name: "As of another time" });
    await past.waitFor();
    await past.getByRole("table").waitFor();
    expect(page.url()).toContain("asOf=");
    await press(page, "i");
    await expect.poll(() => past.count()).toBe(0);

    expect(page.url()).not.toContain("asOf=");
    expect(site.complaints).toEqual([]);
  });

  test("on a phone the list of queues leads to all of them at once", async () => {
    const viewport = { width: 390, height: 844 };
    const page = await site.signedIn("amy", "/queues", { viewport });
    const list = page.getByRole("navigation", { name: "Queues" });
    await list.getByText("Execute Accounting").waitFor();
    expect(await page.getByRole("grid").isVisible()).toBe(false);

    await list.getByRole("link", { name: "All queues" }).click();

    await page.getByRole("grid").getByText("250.00").waitFor();
    expect(await list.isVisible()).toBe(false);
  });

  test("a claim is opened for work on its page, and the other person sees who has it", async () => {
    await site.person("ben");
    const { claim } = await db.one<{ claim: string }>(sql`
      select number as claim from claim order by number limit 1`);
    const path = `/cases/${client}/${claim}`;
    const amys = await site.signedIn("amy", path);
    await amys.getByText("Nobody has this claim open.").waitFor();

    await press(amys, "l");
    await amys.getByText("You have this claim open for work.").waitFor();
    const bens = await site.signedIn("ben", path);

    await bens.getByText("has this claim open for work").waitFor();
    await bens.getByRole("textbox", { name: "Why the lock is broken" }).focus();
    await bens.keyboard.type("amy went home");
    await press(bens, "Tab", "Enter");
    await bens.getByText("Nobody has this claim open.").waitFor();

    const broken = await db.query(sql`
      select actor, holder, reason from claim_lock_event where kind = 'broken'`);
    expect(broken).toEqual([{ actor: "ben", holder: "amy", reason: "amy went home" }]);
  });

  test("a work group is set up with its people", async () => {
    const page = await site.signedIn("amy", "/administration?do=work-groups");
    await page.getByRole("table").waitFor();
    await tabToText(page, "Accounting");
    await press(page, "Enter");
    await page.getByRole("form", { name: "Group" }).waitFor();
    await tabToLabel(page, "People");
    await page.keyboard.type("amy");
    await tabTo(page, "button[type=submit]");
    await press(page, "Enter");
    await page.getByText("Accounting is saved").waitFor();

    const members = await db.query(sql`select name, person from staff_group_member`);
    expect(members).toEqual([{ name: "Accounting", person: "amy" }]);
  });
});

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** The button has the focus when it is shown. */
async function processed(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Process Actions" }).waitFor();
  await page.keyboard.press("Enter");
}

async function tabUntil(page: Page, isThere: () => Promise<boolean>): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await isThere()) return;
    await page.keyboard.press("Tab");
  }
  expect.fail("it cannot be reached by Tab");
}

const tabToText = (page: Page, text: string): Promise<void> =>
  tabUntil(page, async () => (await page.locator("button:focus").allInnerTexts())[0] === text);

const tabToLabel = (page: Page, label: string): Promise<void> =>
  tabUntil(page, async () => {
    const id = await page.getByLabel(label).first().getAttribute("id");
    return (await page.locator(`[id="${id ?? ""}"]:focus`).count()) > 0;
  });

async function locks(): Promise<string[]> {
  const rows = await db.query<{ holder: string }>(sql`select holder from claim_lock`);
  return rows.map((row) => row.holder);
}

function standing() {
  return db.query(sql`
    select assignee, pended_until is not null as pended, pend_reason as reason
    from assignment where assignee is not null order by id`);
}

async function kinds(): Promise<string[]> {
  const rows = await db.query<{ kind: string }>(sql`
    select kind from assignment_event where kind <> 'opened' order by id`);
  return rows.map((row) => row.kind);
}

async function runJobs(): Promise<void> {
  const { engine } = site.server;
  const report = (problem: string, error: unknown): never => {
    throw new Error(problem, { cause: error });
  };
  const desk = { ...engine, failpoints: noFailpoints, report };
  while (await runTurn(desk, allJobKinds(engine), { worker: "test" }));
}

/** One of what is open, given to a work group by a supervisor. */
async function moveOneTo(workGroup: string): Promise<void> {
  const { engine } = site.server;
  const [row] = (await listAssignments(db, { clientIds: [client], limit: 1 })).items;
  const one = [{ clientId: client, id: String(row?.id), version: null }];
  await assignAssignmentsTo(engine, "sue", one, { workGroup });
}
