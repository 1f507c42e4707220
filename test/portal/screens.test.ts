/** Every screen in light and dark, wide and narrow: accessible, and without a complaint. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";

import { startCore } from "../../examples/stand-in-core/core.ts";
import { standInService } from "../../examples/stand-in-core/service.ts";
import { answerFile, aSentFile, bringIn } from "../support/answers.ts";
import { aBatchClient, aDirectory, pendingCredits } from "../support/batch.ts";
import { aClient, aDisputeOf, operate } from "../support/engine.ts";
import { call } from "../support/http.ts";
import { signIn, usePortal } from "../support/portal.ts";
import {
  failEvery,
  onlyStanding,
  pendingCredits as serviceCredits,
  runRound,
  serviceDesk,
} from "../support/service.ts";
import { useDatabase } from "../support/use-database.ts";
import { generateNow } from "../../src/batch/generate.ts";
import { stateFate } from "../../src/batch/state-fate.ts";
import { sql } from "../../src/database/sql.ts";
import { batchDesk, PROFILE } from "../support/batch-desk.ts";

const db = useDatabase();
const site = usePortal(db);
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const FIRST_LOAD_KIB = 235;
const STYLES_KIB = 25;

interface Place {
  readonly byService: string;
  readonly job: string;
  readonly failed: string;
  readonly byHand: string;
  readonly byBatch: string;
  readonly claim: string;
  readonly file: string;
  readonly answer: string;
  readonly refused: string;
  readonly stated: string;
  /** The request that the statement made. */
  readonly approval: string;
  readonly assignment: string;
}
let place: Place = {
  byService: "",
  job: "",
  failed: "",
  byHand: "",
  byBatch: "",
  claim: "",
  file: "",
  answer: "",
  refused: "",
  stated: "",
  approval: "",
  assignment: "",
};

beforeEach(async () => {
  const { engine } = site.server;
  const byHand = await aClient(engine);
  const byBatch = await aBatchClient(engine, await aDirectory());
  const dispute = await aDisputeOf(engine, byHand, {}, "320.10");
  await operate(engine, byHand, dispute, "issueProvisionalCredit");
  await operate(engine, byHand, dispute, "recordChargeback", {
    amount: "320.10",
    reference: "CB1",
  });
  await pendingCredits(engine, byBatch, ["100.00", "40.50"]);
  const desk = batchDesk(engine);
  const { files } = await generateNow(desk, { clientId: byBatch, profile: PROFILE, actor: "amy" });
  await pendingCredits(engine, byBatch, ["12.00"]);
  await site.person("amy");
  const { items } = await asAmy<{ items: { id: string; claim: string; client: string }[] }>(
    `/v1/assignments?client=${byHand}`,
  );
  place = {
    ...(await aServiceThatFails()),
    ...(await answers()),
    byHand,
    byBatch,
    claim: items[0]?.claim ?? "",
    file: files[0]?.id ?? "",
    assignment: items[0]?.id ?? "",
  };
});

/** A client whose core refuses everything: one movement failed, and a job was asked for it. */
async function aServiceThatFails(): Promise<Pick<Place, "byService" | "job" | "failed">> {
  const { app, engine } = site.server;
  const core = await startCore();
  failEvery(core, "refuse");
  const service = standInService(core.address);
  const byService = await aClient(engine, { services: { core: service } });
  const [failed = ""] = await serviceCredits(engine, byService, ["31.00"]);
  await runRound(serviceDesk(engine));
  await core.stop();
  const key = await site.server.keyFor("asker");
  const asked = await call(app, key, "POST", "/v1/jobs", {
    body: { kind: "retryFailedServiceCalls", filter: { client: byService } },
  });
  const { assignmentId } = await onlyStanding(db, failed);
  return { byService, job: String(asked.body["id"]), failed: assignmentId ?? "" };
}

/** A return file with a line that fits nothing, one that is refused, and one person's statement. */
async function answers(): Promise<Pick<Place, "answer" | "refused" | "stated" | "approval">> {
  const { engine } = site.server;
  const desk = batchDesk(engine);
  const profile = { regeneration: { secondPerson: true } };
  const { client, fileId } = await aSentFile(desk, engine, ["70.00", "80.00"], profile);
  const lost = { reference: "lost", amount: "9.00", side: "credit", status: "accepted" };
  const answer = await bringIn(desk, client, answerFile("ACK-1", [lost]));
  const refused = await bringIn(desk, client, "AH,ACK-2,,,USD\r\n");
  const fate = {
    statement: "notReceived",
    reason: "their desk says so",
    actor: "key:bea",
  } as const;
  await stateFate(desk, { clientId: client, fileId, ...fate });
  const { id: approval } = await db.one<{ id: string }>(sql`select id from approval_request`);
  return { answer: answer.id, refused: refused.id, stated: fileId, approval };
}

type Screen = readonly [name: string, path: (at: Place) => string, shows: string];

const SCREENS: readonly Screen[] = [
  ["Today", () => "/", "Next files"],
  ["Queues", () => "/queues", "For a person"],
  ["an assignment", (at) => `/queues?assignment=${at.assignment}&action=completion`, "I certify"],
  ["Cases", () => "/cases", "Notice received"],
  ["a search without an answer", () => "/cases?q=999", "No claim or dispute matches"],
  ["a case", (at) => `/cases/${at.byHand}/${at.claim}`, "Chargeback"],
  ["balances", (at) => `/cases/${at.byHand}/${at.claim}?tab=balances`, "Adds up to zero"],
  ["positions", (at) => `/cases/${at.byHand}/${at.claim}?tab=positions`, "Which decisions"],
  ["a timeline", (at) => `/cases/${at.byHand}/${at.claim}?tab=timeline`, "Routed to manual"],
  [
    "an operation",
    (at) => `/cases/${at.byHand}/${at.claim}?tab=operation&operation=writeOff`,
    "Justification",
  ],
  ["Approvals", () => "/approvals", "Who is still needed"],
  ["an approval", (at) => `/approvals/${at.approval}`, "Who may not"],
  ["no approvals", () => "/approvals?show=declined", "There are none"],
  ["Delegations", () => "/approvals/delegations", "Nobody has lent"],
  ["Batches", () => "/batches", "Posting date"],
  ["a batch", (at) => `/batches/${at.file}`, "Control totals"],
  ["a calendar", () => "/batches/calendar", "Windows cut"],
  ["a calendar without files", (at) => `/batches/calendar?client=${at.byHand}`, "No batch files"],
  ["batch profiles", () => "/batches/profiles", "Next posting date"],
  ["Return files", () => "/batches/returns", "Lines are unmatched"],
  ["no return files", (at) => `/batches/returns?client=${at.byHand}`, "No answer has come"],
  ["a return file", (at) => `/batches/returns/${at.answer}`, "What became of it"],
  ["a refused return file", (at) => `/batches/returns/${at.refused}`, "Read it again"],
  ["a statement", (at) => `/batches/${at.stated}`, "Waits for a second person"],
  ["Generate", () => "/administration", "takes what is pending"],
  ["Regenerate", (at) => `/administration?do=regenerate&file=${at.file}`, "What became of"],
  ["Services", () => "/services", "In flight"],
  ["no services", (at) => `/services?client=${at.byHand}`, "No accounting service here"],
  ["a service", (at) => `/services/${at.byService}/core`, "Calls a minute"],
  ["tests of a service", (at) => `/services/${at.byService}/core?tab=tests`, "Try a request"],
  ["settings of a service", (at) => `/services/${at.byService}/core?tab=settings`, "references"],
  ["Jobs", () => "/jobs", "Retry failed service calls"],
  ["a job", (at) => `/jobs/${at.job}`, "What became of it"],
  ["a failed call", (at) => `/queues?assignment=${at.failed}`, "Calls to the system of record"],
  ["an address that leads nowhere", () => "/nowhere", "This address leads nowhere"],
];

const SCHEMES = ["light", "dark"] as const;
const NARROW = { width: 390, height: 844 };

describe.each(SCHEMES)("in the %s scheme", (colorScheme) => {
  test("every screen is accessible and complains of nothing", { timeout: 300_000 }, async () => {
    site.complaints.length = 0;
    const page = await site.page({ colorScheme });
    await page.goto("/");
    const found = { "sign-in": await violations(page) } as Record<string, string[]>;
    await signIn(page, "amy");

    for (const [name, path, shows] of SCREENS) {
      await page.goto(path(place));
      await page.getByText(shows).first().waitFor();
      found[name] = await violations(page);
    }

    const clean = ["sign-in", ...SCREENS.map(([name]) => name)].map((name) => [name, []]);
    expect(found).toEqual(Object.fromEntries(clean));
    expect(site.complaints).toEqual([]);
  });
});

test("on a narrow page nothing hangs over the edge", { timeout: 300_000 }, async () => {
  const page = await site.signedIn("amy", "/", { viewport: NARROW });
  const wide: string[] = [];

  for (const [name, path, shows] of SCREENS) {
    await page.goto(path(place));
    // A queue without a choice shows its list alone.
    await page.getByText(shows).first().waitFor();
    const width = await page
      .locator("html")
      .evaluate((html: { scrollWidth: number }) => html.scrollWidth);
    if (width > NARROW.width) wide.push(`${name}: ${width}`);
  }

  expect(wide).toEqual([]);
});

/**
 * Where the focus is, `hidden` where nothing shows it, and where a positive tab index takes it out
 * of the reading order. Given as text: these tests know no document.
 */
const STOP = `(() => {
  const one = document.activeElement;
  if (one === null || one === document.body) return "";
  one.dataset.stop ??= String((window.stops = (window.stops ?? 0) + 1));
  const box = one.getBoundingClientRect();
  const isSeen = box.width > 0 && box.bottom > 0 && box.top < innerHeight &&
    box.right > 0 && box.left < innerWidth;
  const isMarked = getComputedStyle(one).outlineStyle !== "none";
  const sign = !isSeen || !isMarked || one.tabIndex > 0
    ? " hidden: " + one.outerHTML.slice(0, 90) : "";
  return one.dataset.stop + sign;
})()`;
const MOST_STOPS = 250;

test("Tab goes through each page visibly, once, and out of it", { timeout: 300_000 }, async () => {
  const page = await site.signedIn("amy");
  const faults: string[] = [];

  for (const [name, path, shows] of SCREENS) {
    await page.goto(path(place));
    await page.getByText(shows).first().waitFor();
    await page.evaluate("document.activeElement.blur()");
    const seen = new Set<string>();
    let stop = "";
    for (let presses = 0; presses < MOST_STOPS; presses += 1) {
      const before = stop;
      await page.keyboard.press("Tab");
      stop = await page.evaluate<string>(STOP);
      // A field of a date has several stops of its own.
      if (stop !== "" && stop === before) continue;
      if (stop === "" || seen.has(stop)) break;
      seen.add(stop);
      if (stop.includes("hidden")) faults.push(`${name}: ${stop}`);
    }
    if (stop !== "") faults.push(`${name}: no way out of ${stop} after ${seen.size} stops`);
  }

  expect(faults).toEqual([]);
});

test("the first load stays within its budget", { timeout: 120_000 }, async () => {
  const page = await site.page();
  const sizes = { script: 0, stylesheet: 0 };
  const read: Promise<void>[] = [];
  page.on("response", (response) => {
    const type = response.request().resourceType();
    if (type !== "script" && type !== "stylesheet") return;
    read.push(
      (async () => {
        // Read first: the sum must not be remembered across the wait.
        const body = await response.body();
        sizes[type] += gzipSync(body).length / 1024;
      })(),
    );
  });

  await page.goto("/");
  await signIn(page, "amy");
  await page.getByText("Next files").waitFor();
  await Promise.all(read);

  expect(sizes.script).toBeGreaterThan(50);
  expect(sizes.script).toBeLessThanOrEqual(FIRST_LOAD_KIB);
  expect(sizes.stylesheet).toBeLessThanOrEqual(STYLES_KIB);
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

async function asAmy<Answer>(url: string): Promise<Answer> {
  const key = await site.server.keyFor("reader");
  const { app } = site.server;
  const response = await app.inject({ url, headers: { authorization: `Bearer ${key}` } });
  return response.json<Answer>();
}
