/** The pages of the work, with the keyboard alone: Today, queues, cases, approvals, reconciling. */
import { beforeEach, describe, expect } from "vitest";

import { sql } from "../../src/database/sql.ts";
import { aClient, aDisputeOf, operate } from "../support/engine.ts";
import { walk } from "../support/keyboard.ts";
import { usePortal } from "../support/portal.ts";
import { useDatabase } from "../support/use-database.ts";

const db = useDatabase();
const site = usePortal(db);
const SOON = { timeout: 20_000 };
const PASSWORD = "correct horse battery staple";
let client = "";
let claim = "";

const amys = async () => site.signedIn("amy");
const bens = async () => site.signedIn("ben");

beforeEach(async () => {
  const approvals = { issueProvisionalCredit: [{ above: "100.00", levels: 1 }] };
  client = await aClient(site.server.engine, { approvals });
  const dispute = await aDisputeOf(site.server.engine, client, {}, "250.00");
  await operate(site.server.engine, client, dispute, "issueProvisionalCredit", { amount: "60.00" });
  const row = await db.one<{ number: string }>(sql`select number from claim`);
  claim = row.number;
  await site.person("amy");
});

/** Somebody asks for what needs another person's word. */
async function asked(...amounts: readonly string[]): Promise<void> {
  const { engine } = site.server;
  for (const amount of amounts) {
    const dispute = await aDisputeOf(engine, client, {}, amount);
    await operate(engine, client, dispute, "issueProvisionalCredit");
  }
  await site.person("ben", ["approver"]);
}

const requests = () =>
  db.query<{ state: string; settled: string }>(sql`
    select state, settled_by as settled from approval_request order by id`);

walk(
  ["/sign-in", "/"],
  "what is wrong is said, and what is right signs in",
  async () => {
    const page = await site.page();
    await page.goto("/sign-in");
    await page.getByRole("textbox", { name: "User" }).waitFor();
    return page;
  },
  async ({ page, press, type, tabTo, focused }) => {
    expect(await focused()).toBe("User");
    await type("amy");
    await tabTo(/^Password/);
    await type("wrong horse");
    await press("Enter");
    await page.getByRole("alert").waitFor();
    await tabTo(/^Password/);
    await press("Control+a");
    await type(PASSWORD);
    await press("Enter");

    await page.getByRole("heading", { name: "Today" }).waitFor();
    const { count } = await db.one<{ count: bigint }>(sql`select count(*) as count from session`);
    expect(count).toBe(1n);
  },
);

describe("the frame", () => {
  walk(
    ["/"],
    "the first stop skips to the content, the next press goes on in it",
    amys,
    async (keys) => {
      const { page, press, focused } = keys;
      await page.getByText("Next files").waitFor();
      await page.evaluate("document.activeElement.blur()");
      await press("Tab");
      expect(await focused()).toBe("Skip to the content");
      expect(await page.getByRole("link", { name: "Skip to the content" }).isVisible()).toBe(true);

      await press("Enter", "Tab");

      expect(await focused()).toMatch(/^Get next/);
    },
  );

  walk(
    ["/queues"],
    "the list of keys is true, keeps the focus inside, and gives it back",
    amys,
    async ({ page, press, tabTo, focused }) => {
      await press("g", "q");
      await page.getByRole("grid").waitFor();
      await tabTo(/^Get next/);
      await press("?");
      const list = page.getByRole("dialog", { name: "Keyboard" });
      await list.waitFor();
      await expect.poll(focused, SOON).toBe("Close");
      const stops = new Set<string>();
      for (let stop = 0; stop < 6; stop += 1) {
        stops.add(await focused());
        await press("Tab");
      }
      expect([...stops]).toEqual(["Close", "Single letters act outside fields"]);
      const keys = await list.locator("section").allInnerTexts();
      await press("Escape");
      await list.waitFor({ state: "hidden" });
      expect(await focused()).toMatch(/^Get next/);

      const goTo = /Go to\n([\s\S]*)/.exec(keys.find((text) => text.startsWith("Go to")) ?? "");
      const places = [...(goTo?.[1] ?? "").matchAll(/(\w+)\s+g\s*(\w)/g)];
      expect(places.length).toBe(10);
      for (const [, label = "", key = ""] of places) {
        await press("g", key);
        const link = page.getByRole("navigation", { name: "Main" }).getByRole("link", {
          name: label,
        });
        await expect.poll(() => link.getAttribute("data-status"), SOON).toBe("active");
      }
    },
  );

  walk(
    ["/approvals", "/reconciliation"],
    "on a phone every page is behind More, which closes and gives the focus back",
    () => site.signedIn("amy", "/", { viewport: { width: 390, height: 844 } }),
    async ({ page, press, tabTo, enter, focused }) => {
      await enter("More");
      const list = page.getByRole("dialog", { name: "All pages" });
      await list.waitFor();
      expect(await list.getByRole("link").count()).toBe(10);
      await press("Escape");
      await list.waitFor({ state: "hidden" });
      expect(await focused()).toBe("More");
      for (const [name, heading] of [
        ["Approvals", "Approvals"],
        ["Reconcile", "Reconciliation and ageing items"],
      ] as const) {
        await tabTo("More");
        await press("Enter");
        await list.waitFor();
        await enter(name);
        await page.getByRole("heading", { name: heading, exact: true }).waitFor();
      }
    },
  );
});

describe("the work", () => {
  walk(["/"], "Today gives the next assignment", amys, async ({ page, press, tabTo }) => {
    await page.getByText("Next files").waitFor();
    await tabTo(/^Get next/);
    await press("Enter");

    await page.getByText("With amy").waitFor();
    const row = await db.one(sql`select assignee from assignment where is_open`);
    expect(row).toEqual({ assignee: "amy" });
  });

  walk(
    ["/queues"],
    "a row is opened and noted, and the focus comes back with each thing closed",
    amys,
    async ({ page, press, type, enter, backTo, focused }) => {
      await press("g", "q");
      await page.getByRole("grid").waitFor();
      await press("j", "Enter");
      await page.getByRole("article").waitFor();
      await press("o");
      await page.getByRole("form", { name: "Note" }).waitFor();
      await enter("Close");
      expect(await focused()).toMatch(/^Note/);
      await press("o");
      await page.getByRole("form", { name: "Note" }).waitFor();
      await type("asked the branch");
      await enter("Apply");
      await page.getByRole("button", { name: "Process Actions" }).waitFor();
      await press("Enter");
      await page.getByRole("article").getByText("The server has recorded it.").waitFor();
      const notes = await db.query(sql`
        select reason from assignment_event where kind = 'note' or kind = 'noted'`);
      expect(notes).toEqual([{ reason: "asked the branch" }]);

      await backTo("Close the detail");
      await press("Enter");

      await page.getByRole("article").waitFor({ state: "hidden" });
      expect(await page.locator("[role=grid]:focus").count()).toBe(1);
    },
  );

  walk(
    ["/cases", "/cases/$client/$claim"],
    "a case is found, its assignment opened and closed, an operation run",
    amys,
    async ({ page, press, type, enter, fill, tabTo, focused }) => {
      await press("g", "c");
      await page.getByText("Notice received").waitFor();
      await enter(claim);
      await page.getByRole("region", { name: "Case Rollup" }).waitFor();
      await enter(/^Complete/);
      const dialog = page.getByRole("dialog");
      await dialog.getByText("I certify").waitFor();
      await expect.poll(focused, SOON).toMatch(/^Reference in the system of record/);
      for (let stop = 0; stop < 40; stop += 1) await press("Tab");
      expect(await dialog.locator(":focus").count()).toBe(1);
      await press("Escape");
      await dialog.waitFor({ state: "hidden" });
      await expect.poll(focused, SOON).toMatch(/^Complete/);

      await enter("Run an operation");
      await fill("Operation", "Issue");
      await tabTo(/^Amount/);
      await type("12.50");
      await enter("Apply");
      await page.getByText("This would happen").waitFor();
      expect(await focused()).toBe("Process Actions");
      await press("Enter");
      await page.getByRole("heading", { name: /: done$/ }).waitFor();

      const entries = await db.query(sql`
        select amount_minor as amount from entry order by id`);
      expect(entries).toEqual([{ amount: 6000n }, { amount: 1250n }]);
    },
  );

  walk(
    ["/reconciliation"],
    "a feed is brought in and its lines read",
    amys,
    async ({ page, press, enter, tabTo }) => {
      await press("g", "e");
      await page.getByText("No feed was compared yet").waitFor();
      await tabTo("Format");
      await press("ArrowDown", "ArrowUp");
      const choosing = page.waitForEvent("filechooser");
      await enter(/^File/);
      await (
        await choosing
      ).setFiles({
        name: "core.csv",
        mimeType: "text/csv",
        buffer: Buffer.from(
          "reference,amount,currency,side,bookedOn\nCORE-9,12.00,USD,debit,2026-11-16\n",
        ),
      });
      await enter("Compare");
      await page.getByText("1 lines compared").waitFor();
      await enter("core.csv");

      await page.getByRole("region", { name: "Lines of the feed" }).waitFor();
      const rows = await db.query(sql`select outcome from reconciliation_line`);
      expect(rows).toContainEqual({ outcome: "missingHere" });
    },
  );
});

describe("approvals", () => {
  beforeEach(() => asked("150.00", "160.00"));

  walk(
    ["/approvals"],
    "several are declined at once, as a job",
    bens,
    async ({ page, press, fill, enter, tabTo }) => {
      await press("g", "p");
      await page.getByRole("region", { name: "Requests for approval" }).waitFor();
      await tabTo("Choose all that you may decide");
      await press("Space");
      await page.keyboard.press("Shift+Tab");
      await page.evaluate("document.activeElement.blur()");
      await fill(/^Reason/, "too many");
      await enter("Decline 2");
      await page.getByRole("link", { name: "What becomes of each" }).waitFor();

      const jobs = await db.query(sql`select kind from job`);
      expect(jobs).toHaveLength(1);
    },
  );

  walk(
    ["/approvals/$approval"],
    "one is read and approved",
    bens,
    async ({ page, press, fill, enter }) => {
      await press("g", "p");
      await page.getByRole("region", { name: "Requests for approval" }).waitFor();
      await enter("Operation");
      await page.getByRole("heading", { name: "What will happen" }).waitFor();
      await fill(/^Reason/, "seen");
      await enter("Approve");
      await page.getByRole("heading", { name: "Approved" }).waitFor();

      expect((await requests()).filter((one) => one.state === "approved")).toHaveLength(1);
    },
  );

  walk(
    ["/approvals/delegations"],
    "a right is lent, and ended",
    bens,
    async ({ page, press, fill, enter }) => {
      await site.person("dan", ["viewer"]);
      await press("g", "p");
      await enter("Delegations");
      await page.getByText("Nobody has lent their right").waitFor();
      await fill(/^To$/, "dan");
      await fill(/^Until/, "11202026");
      await press("Tab");
      await page.keyboard.type("0900AM");
      await fill(/^Reason/, "leave");
      await enter("Lend it");
      await page.getByText("dan may approve").waitFor();
      await enter("Revoke");

      const ended = () =>
        db.query(sql`
          select delegate, revoked_at is not null as revoked from approval_delegation`);
      await expect.poll(ended, SOON).toEqual([{ delegate: "dan", revoked: true }]);
    },
  );
});
