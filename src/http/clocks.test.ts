/** Regulatory clocks over HTTP: one dispute's, many disputes', and what a person approves. */
import { expect, test } from "vitest";

import { aClient, aDisputeOf, operate } from "../../test/support/engine.ts";
import { call, testServer } from "../../test/support/http.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { workInbox } from "../accounting/work-inbox.ts";
import { lookAtClocks } from "../resolution/regulatory-clocks/look-at-clocks.ts";

const database = useDatabase();

const KNOWN = { pointOfSale: false, outOfState: false, newAccount: false };

async function served() {
  const server = await testServer(database);
  const key = await server.keyFor("admin");
  const get = (url: string, by = key) => call(server.app, by, "GET", url);
  const post = (url: string, options: object, by = key) =>
    call(server.app, by, "POST", url, options);
  return { ...server, get, post };
}

test("a dispute's clocks say where they stand, and a recorded fact changes one", async () => {
  const { engine, get } = await served();
  const clientId = await aClient(engine);
  const dispute = await aDisputeOf(engine, clientId, KNOWN);

  const before = await get(`/v1/disputes/${dispute}/clocks`);
  await operate(engine, clientId, dispute, "recordRegulatoryFact", {
    fact: "pointOfSale",
    value: "true",
  });
  const after = await get(`/v1/disputes/${dispute}/clocks`);

  expect(before.body).toMatchObject({ dispute, client: clientId, asOf: "2026-11-16" });
  const clocks = (answer: typeof before) => answer.body["clocks"] as Record<string, unknown>[];
  expect(clocks(before).map((one) => [one["clock"], one["state"], one["dueOn"]])).toEqual([
    ["regEProvisionalCredit", "running", "2026-12-01"],
    ["regEInvestigation", "running", "2026-12-31"],
    ["regETellProvisionalCredit", "notStarted", null],
    ["regECorrect", "notStarted", null],
    ["regEReportResults", "notStarted", null],
  ]);
  expect(clocks(before)[0]).toMatchObject({
    citation: "12 CFR 1005.11(c)(1), (c)(2)(i)",
    length: "10 business days",
    businessDaysLeft: 10,
    calendarDaysLeft: 15,
  });
  expect(clocks(after)[1]).toMatchObject({
    dueOn: "2027-02-14",
    citation: "12 CFR 1005.11(c)(3)(ii)",
  });
});

test("what may be recorded is named, and nothing that happened is in the future", async () => {
  const { engine } = await served();
  const clientId = await aClient(engine);
  const dispute = await aDisputeOf(engine, clientId, KNOWN);
  const record = (fact: string, value: string) =>
    operate(engine, clientId, dispute, "recordRegulatoryFact", { fact, value });

  await expect(record("network", "visa")).rejects.toMatchObject({ code: "input-invalid" });
  await expect(record("regulation", "none")).rejects.toMatchObject({ code: "input-invalid" });
  await expect(record("pointOfSale", "perhaps")).rejects.toMatchObject({ code: "input-invalid" });
  await expect(record("resultsReportedOn", "soon")).rejects.toMatchObject({
    code: "input-invalid",
  });
  await expect(record("resultsReportedOn", "2026-11-17")).rejects.toMatchObject({
    code: "date-invalid",
  });
  expect((await record("secondBillingCycleEndsOn", "2027-01-20")).decision).toBe(
    "no entry required",
  );
});

test("lists run by day with cursors, within the caller's clients", async () => {
  const { engine, get, keyFor } = await served();
  const clientId = await aClient(engine);
  const other = await aClient(engine);
  for (let n = 0; n < 3; n += 1) await aDisputeOf(engine, clientId, KNOWN);
  await aDisputeOf(engine, other, KNOWN);
  await lookAtClocks(engine);

  const page = await get(`/v1/regulatory-clocks?client=${clientId}&limit=2`);
  const next = await get(
    `/v1/regulatory-clocks?client=${clientId}&limit=2&cursor=${String(page.body["next"])}`,
  );
  const near = await get(`/v1/regulatory-clocks?client=${clientId}&dueBy=2026-12-01`);
  const missed = await get(`/v1/regulatory-clocks?client=${clientId}&state=missed`);
  const scoped = await keyFor("other", ["viewer"], [other]);
  const mine = await get("/v1/regulatory-clocks", scoped);
  const foreign = await get(
    `/v1/regulatory-clocks?client=${other}&limit=2&cursor=${String(page.body["next"])}`,
  );

  const due = [...page.body.items, ...next.body.items].map((one) => one["dueOn"]);
  expect(due).toEqual(["2026-12-01", "2026-12-01", "2026-12-01", "2026-12-31"]);
  expect(near.body.items).toHaveLength(3);
  expect(missed.body.items).toEqual([]);
  expect(new Set(mine.body.items.map((one) => one["client"]))).toEqual(new Set([other]));
  expect(foreign.body["code"]).toBe("cursor-invalid");
});

test("an assignment and the case show the nearest clock", async () => {
  const { engine, get } = await served();
  const clientId = await aClient(engine);
  const dispute = await aDisputeOf(engine, clientId, KNOWN);
  await operate(engine, clientId, dispute, "issueProvisionalCredit", { amount: "60.00" });
  await lookAtClocks(engine);

  const queue = await get(`/v1/assignments?client=${clientId}`);
  const clocks = await get(`/v1/disputes/${dispute}/clocks`);
  const rollup = await get(`/v1/claims/${String(clocks.body["claim"])}/rollup`);

  const nearest = {
    title: "Provisional credit",
    regulation: "Reg E",
    dueOn: "2026-12-01",
    isWarned: false,
    businessDaysLeft: 10,
  };
  expect(queue.body.items[0]?.["clock"]).toMatchObject(nearest);
  expect(rollup.body["clock"]).toMatchObject(nearest);
  expect(rollup.body["disputes"]).toMatchObject([{ id: dispute, clock: nearest }]);
});

test("a credit by the machine waits for a person's approval, once", async () => {
  const { engine, get, post, keyFor } = await served();
  const clientId = await aClient(engine, { clocks: { automaticProvisionalCredit: true } });
  const dispute = await aDisputeOf(engine, clientId, KNOWN);
  engine.clock.advance({ hours: 24 * 14 });
  await lookAtClocks(engine);
  await workInbox(engine);
  const [credit] = (await get(`/v1/automatic-credits?client=${clientId}&awaiting=true`)).body.items;
  const id = String(credit?.["id"]);
  const url = `/v1/automatic-credits/${id}/approval`;
  const viewer = await keyFor("just-looking", ["viewer"]);

  const refused = await post(url, { body: { approved: true }, version: 1 }, viewer);
  const silent = await post(url, { body: { approved: false }, version: 1 });
  const stale = await post(url, { body: { approved: true }, version: 7 });
  const done = await post(url, { body: { approved: true }, version: 1 });
  const again = await post(url, { body: { approved: false, reason: "late" }, version: 2 });

  expect(credit).toMatchObject({
    dispute,
    state: "done",
    amount: { amount: "100.00", currency: "USD" },
    approval: null,
  });
  expect([refused.status, silent.status, stale.status, done.status, again.status]).toEqual([
    403, 422, 412, 200, 409,
  ]);
  const shown = await get(`/v1/disputes/${dispute}/clocks`);
  const clock = (shown.body["clocks"] as Record<string, unknown>[])[0];
  expect(clock?.["warnings"]).toMatchObject([{ stage: "warned", dueOn: "2026-12-01" }]);
  expect(done.body["approval"]).toMatchObject({ approved: true, by: "key:admin" });
  const awaiting = await get(`/v1/automatic-credits?client=${clientId}&awaiting=true`);
  expect(awaiting.body.items).toEqual([]);
});

test("whoever recorded what the clock went by does not approve its credit", async () => {
  const { engine, get, post, keyFor } = await served();
  const clientId = await aClient(engine, { clocks: { automaticProvisionalCredit: true } });
  const dispute = await aDisputeOf(engine, clientId, { ...KNOWN, newAccount: null });
  const amy = await keyFor("amy", ["analyst", "approver"]);
  const recorded = await post(
    `/v1/disputes/${dispute}/operations`,
    {
      body: {
        operation: "recordRegulatoryFact",
        input: { fact: "newAccount", value: "false" },
      },
    },
    amy,
  );
  engine.clock.advance({ hours: 24 * 14 });
  await lookAtClocks(engine);
  const [due] = (await get(`/v1/automatic-credits?client=${clientId}`)).body.items;
  const url = `/v1/automatic-credits/${String(due?.["id"])}/approval`;
  const early = await post(url, { body: { approved: true }, version: 1 });
  await workInbox(engine);

  const own = await post(url, { body: { approved: true }, version: 1 }, amy);
  const others = await post(url, { body: { approved: true }, version: 1 });

  expect([recorded.status, early.body["code"]]).toEqual([201, "transition-refused"]);
  expect([own.status, own.body["code"]]).toEqual([403, "self-approval"]);
  expect(others.status).toBe(200);
});
