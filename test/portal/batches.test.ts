/** Batch accounting in a real browser: return files, two people's word, calendar, connection. */
import { Buffer } from "node:buffer";

import { beforeEach, describe, expect, test } from "vitest";

import { sql } from "../../src/database/sql.ts";
import { answerFile, aSentFile } from "../support/answers.ts";
import type { SentFile } from "../support/answers.ts";
import { filesIn, stateOf } from "../support/batch.ts";
import { batchDesk } from "../support/batch-desk.ts";
import { usePortal } from "../support/portal.ts";
import { useDatabase } from "../support/use-database.ts";

const db = useDatabase();
const site = usePortal(db);
/** What the page reads by itself comes within some seconds, also on a loaded machine. */
const SOON = { timeout: 20_000 };
let sent: SentFile;

async function aFile(profile: Readonly<Record<string, unknown>> = {}): Promise<SentFile> {
  const { engine } = site.server;
  return aSentFile(batchDesk(engine), engine, ["60.00", "61.00"], profile);
}

beforeEach(async () => {
  await site.person("amy");
});

describe("return files", { timeout: 120_000 }, () => {
  beforeEach(async () => {
    sent = await aFile({ basis: "onAcknowledgement" });
  });

  function theAnswer(): Buffer {
    const [first = ""] = sent.adjustments;
    return Buffer.from(
      answerFile("ACK-1", [
        { reference: first, amount: "60.00", side: "credit", status: "accepted" },
        { reference: "lost", amount: "61.00", side: "credit", status: "refused", code: "R02" },
      ]),
    );
  }

  test("one is brought in, its lines told apart, what fits nothing matched by hand", async () => {
    const page = await site.signedIn("amy", "/batches/returns");
    await page.getByText("No answer has come yet").waitFor();
    const file = { name: "ack.csv", mimeType: "text/csv", buffer: theAnswer() };
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByRole("button", { name: "Take it in" }).click();
    await page.getByText("ack.csv is stored: partly matched").waitFor();
    await page.getByText("Lines are unmatched").waitFor();
    await page.getByRole("link", { name: "What became of its 2 lines" }).click();

    const lines = page.getByRole("region", { name: "Lines of the return file" });
    await expect.poll(() => lines.innerText(), SOON).toContain("It names no adjustment");
    const totals = page.getByRole("region", { name: "Totals of the file" });
    await expect.poll(() => totals.innerText(), SOON).toContain("121.00");
    await page.getByRole("button", { name: /Decide about line/ }).click();
    await page.getByLabel("Match it to a line of ours").check();
    await page.getByLabel("Our file").selectOption(sent.fileId);
    await page.getByLabel("Line in it").fill("1");
    await page.getByLabel("Reason").fill("their desk named it");
    await page.getByRole("button", { name: "Process Actions" }).click();
    await page.getByText("does not fit the one chosen").waitFor();
    expect(await stateOf(site.server.engine, sent.adjustments[1] ?? "")).toBe("inFile");

    await page.getByLabel("Line in it").fill("2");
    await page.getByRole("button", { name: "Process Actions" }).click();

    await expect.poll(() => lines.innerText(), SOON).toContain("Batch failed");
    await page
      .getByRole("region", { name: "Decisions" })
      .getByText("their desk named it")
      .waitFor();
    expect(await stateOf(site.server.engine, sent.adjustments[1] ?? "")).toBe("batchFailed");
  });

  test("the same bytes again change nothing, and the page says so", async () => {
    const page = await site.signedIn("amy", "/batches/returns");
    const file = { name: "ack.csv", mimeType: "text/csv", buffer: theAnswer() };
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByRole("button", { name: "Take it in" }).click();
    await page.getByText("ack.csv is stored").waitFor();

    const again = { ...file, name: "again.csv" };
    await page.locator("input[type=file]").setInputFiles(again);
    await page.getByRole("button", { name: "Take it in" }).click();

    await page.getByText("nothing changed").waitFor();
    const { count } = await db.one<{ count: bigint }>(sql`
      select count(*) as count from inbound_file
    `);
    expect(count).toBe(1n);
  });

  test("whoever may only look is offered no way to bring one in", async () => {
    await site.person("vic", ["viewer"]);

    const page = await site.signedIn("vic", "/batches/returns");

    await page.getByText("No answer has come yet").waitFor();
    expect(await page.getByText("Bring in a file").isVisible()).toBe(false);
  });
});

describe("two people's word", { timeout: 120_000 }, () => {
  test("one says what became of the file, another seconds it, and it is regenerated", async () => {
    const { fileId } = await aFile({ regeneration: { secondPerson: true } });
    await site.person("bea");
    const address = `/administration?do=regenerate&file=${fileId}`;
    const first = await site.signedIn("amy", address);
    await first.getByLabel("It was never received").check();
    await first.getByLabel("How do you know?").fill("call 4471");
    await first.getByRole("button", { name: "Apply" }).click();
    await first.getByRole("button", { name: "Process Actions: Regenerate" }).click();
    await first.getByText("a second person has to say the same").waitFor();
    await first.goto(`/batches/${fileId}`);
    await first.getByText("somebody else has to second it").waitFor();
    await first.getByLabel("Why is it withdrawn?").fill("I try it myself");
    const own = first.getByRole("button", { name: "Second it" });
    expect(await own.isDisabled()).toBe(true);

    const second = await site.signedIn("bea", `/batches/${fileId}`);
    await second.getByLabel("How do you know?").fill("I asked them too");
    await second.getByRole("button", { name: "Second it" }).click();

    await second.getByText("the file that took its place").waitFor();
    await second.getByText("Seconded", { exact: true }).waitFor();
    expect(await second.getByRole("link", { name: "Regenerate Accounting" }).count()).toBe(0);
    const files = await db.query<{ state: string }>(sql`
      select state from batch_file order by sequence
    `);
    expect(files.map((file) => file.state)[0]).toBe("void");
    expect(files).toHaveLength(2);
  });
});

describe("a profile", { timeout: 120_000 }, () => {
  test("its calendar shows the file that left and leads to it", async () => {
    const { fileId } = await aFile();
    const page = await site.signedIn("amy", "/batches/calendar");

    const file = page.getByRole("list", { name: "Days of the month" }).getByRole("link");
    await expect.poll(() => file.innerText(), SOON).toContain("121.00 USD");
    await file.click();

    await page.getByText("SHA-256 of the clear bytes").waitFor();
    expect(page.url()).toContain(fileId);
  });

  test("the way to its destination is tested step by step, and no file is left there", async () => {
    const { directory } = await aFile();
    const page = await site.signedIn("amy", "/batches/profiles");
    await page.getByRole("button", { name: "Test connection" }).click();

    await page.getByText("The way to the destination is open").waitFor();
    await page.getByText("Writing, renaming, removing").waitFor();
    expect(Object.keys(await filesIn(directory))).toHaveLength(1);
  });
});

describe("a file of which it is not known whether it arrived", { timeout: 120_000 }, () => {
  async function anUnknownFile(): Promise<SentFile> {
    const file = await aFile({ basis: "onAcknowledgement" });
    await db.owner.execute(sql`
      update batch_file
      set state = 'deliveryUnknown', problem = 'gone since 2026-11-16T15:03:01Z'
      where id = ${file.fileId}
    `);
    return file;
  }

  test("leads out: a person who looked says that it was processed", async () => {
    const { fileId, adjustments } = await anUnknownFile();
    const page = await site.signedIn("amy", `/batches/${fileId}`);
    await page.getByText("whether it arrived is not known").waitFor();
    await page.getByText("Gone since 2026-11-16 10:03 EST").waitFor();
    await page.getByRole("button", { name: "It was processed…" }).click();
    await page.keyboard.type("call 4471");
    await page.keyboard.press("Enter");
    await page.getByText("Each line that has no answer yet counts as executed").waitFor();
    expect(await stateOf(site.server.engine, adjustments[0] ?? "")).toBe("inFile");

    await page.getByRole("button", { name: "Process Actions" }).click();

    const lines = page.getByRole("region", { name: "Lines of the file" });
    await expect.poll(() => lines.innerText(), SOON).toContain("call 4471");
    await page.getByText("Each line has its answer since").waitFor();
    expect(await stateOf(site.server.engine, adjustments[0] ?? "")).toBe("executed");
    expect(await page.getByRole("link", { name: "Regenerate Accounting Batch" }).count()).toBe(0);
  });

  test("whoever may not answer is told so by the button", async () => {
    const { fileId } = await anUnknownFile();
    await site.person("vic", ["viewer"]);

    const page = await site.signedIn("vic", `/batches/${fileId}`);

    const button = page.getByRole("button", { name: "It was processed…" });
    await button.waitFor();
    expect(await button.isDisabled()).toBe(true);
  });
});
