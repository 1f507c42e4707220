/** The clocks' worker on a database: warnings once, urgency, credits by the machine. */
import { Temporal } from "temporal-polyfill";

import { beforeEach, describe, expect, test } from "vitest";

import { aClient, aDisputeOf, operate, testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { completion } from "../../../test/support/work-by-hand.ts";
import { cancelAdjustments } from "../../accounting/cancel-adjustments.ts";
import { workInbox } from "../../accounting/work-inbox.ts";
import { sql } from "../../database/sql.ts";
import { manualClock } from "../../kernel/clock.ts";
import { completeByHand } from "../../manual/complete.ts";
import { listAssignments } from "../../work/views.ts";

import { lookAtClocks } from "./look-at-clocks.ts";

const database = useDatabase();
let clock = manualClock(Temporal.Instant.from("2026-11-16T15:00:00Z"));
let engine = testEngine(database, clock);

beforeEach(() => {
  clock = manualClock(Temporal.Instant.from("2026-11-16T15:00:00Z"));
  engine = testEngine(database, clock);
});

/** Notice on Monday 2026-11-16: provisional credit by Tuesday 2026-12-01. */
async function aCase(settings: unknown = {}, facts: Record<string, unknown> = {}) {
  const clientId = await aClient(engine, settings);
  const known = { pointOfSale: false, outOfState: false, newAccount: false };
  const dispute = await aDisputeOf(engine, clientId, { ...known, ...facts });
  return { clientId, dispute };
}

function setTo(instant: string): void {
  const to = Temporal.Instant.from(instant);
  clock.advance({ milliseconds: to.epochMilliseconds - clock.now().epochMilliseconds });
}

const clocks = (clientId: string) =>
  database.query<{ clock: string; state: string; dueOn: string }>(sql`
    select clock, state, due_on as "dueOn" from regulatory_clock
    where client_id = ${clientId} order by clock`);

const warnings = (clientId: string) =>
  database.query<{ clock: string; stage: string }>(sql`
    select clock, stage from clock_warning where client_id = ${clientId}
    order by recorded_at, clock`);

const credits = (clientId: string) =>
  database.query<Record<string, unknown>>(sql`
    select a.clock, a.state, a.reason, a.route, a.predicted_posting_on as predicted,
           o.state as operation
    from automatic_credit a
    left join operation o on o.client_id = a.client_id and o.id = a.operation_id
    where a.client_id = ${clientId} order by a.clock`);

const count = async (clientId: string): Promise<number> => {
  const [row] = await database.query<{ n: number }>(sql`
    select count(*)::int as n from adjustment where client_id = ${clientId}`);
  return row?.n ?? 0;
};

test("a new dispute's clocks are kept; one that no regulation protects has none", async () => {
  const { clientId } = await aCase();
  const free = await aCase({}, { regulation: "none" });

  await lookAtClocks(engine);

  expect(await clocks(clientId)).toEqual([
    { clock: "regEInvestigation", state: "running", dueOn: "2026-12-31" },
    { clock: "regEProvisionalCredit", state: "running", dueOn: "2026-12-01" },
  ]);
  expect(await clocks(free.clientId)).toEqual([]);
  expect(
    await database.query(sql`select 1 as a from clock_watch
    where client_id = ${free.clientId}`),
  ).toEqual([]);
  expect(await database.query(sql`select 1 as a from clock_mark`)).toEqual([]);
});

test("what changes during the first look at a dispute is looked at again", async () => {
  const { clientId } = await aCase();

  await database.owner.transaction(async (tx) => {
    await tx.execute(sql`update dispute_book set state = state where client_id = ${clientId}`);
    await lookAtClocks(engine);
  });

  const marks = await database.query(sql`
    select 1 as a from clock_mark where client_id = ${clientId}`);
  expect(marks).toHaveLength(1);
});

test("it is warned of once and missed once, with an event each, and its work rises", async () => {
  const { clientId, dispute } = await aCase();
  await operate(engine, clientId, dispute, "issueProvisionalCredit");
  await lookAtClocks(engine);
  const urgency = async () =>
    (await listAssignments(database, { clientIds: [clientId], limit: 9 })).items[0]?.urgency;
  const before = await urgency();

  setTo("2026-11-25T04:59:00Z");
  await lookAtClocks(engine);
  expect(await warnings(clientId)).toEqual([]);
  // Three business days before Tuesday 2026-12-01, Thanksgiving between: Wednesday 2026-11-25.
  setTo("2026-11-25T05:00:00Z");
  await lookAtClocks(engine);
  await lookAtClocks(engine);
  expect(await warnings(clientId)).toEqual([{ clock: "regEProvisionalCredit", stage: "warned" }]);
  expect([before, await urgency()]).toEqual([10, 70]);

  setTo("2026-12-02T05:00:00Z");
  await lookAtClocks(engine);
  expect(await warnings(clientId)).toEqual([
    { clock: "regEProvisionalCredit", stage: "warned" },
    { clock: "regEProvisionalCredit", stage: "missed" },
  ]);
  expect(await urgency()).toBe(90);
  const events = await database.query(sql`
    select type from outbox where client_id = ${clientId} and type like 'resolution.clock.%'`);
  expect(events).toEqual([
    { type: "resolution.clock.warned.v1" },
    { type: "resolution.clock.missed.v1" },
  ]);
});

test("a credit meets the clock by its posting date, not by the day it was asked for", async () => {
  const { clientId, dispute } = await aCase();
  await operate(engine, clientId, dispute, "issueProvisionalCredit");
  setTo("2026-12-03T15:00:00Z");
  await lookAtClocks(engine);
  expect((await clocks(clientId))[1]).toMatchObject({ state: "missed" });

  const { items } = await listAssignments(database, { clientIds: [clientId], limit: 9 });
  await completeByHand(
    engine,
    items.map((row) => ({ ...completion(row), postingDate: "2026-12-01" })),
  );
  await lookAtClocks(engine);

  expect(await clocks(clientId)).toEqual([
    { clock: "regEInvestigation", state: "running", dueOn: "2026-12-31" },
    { clock: "regEProvisionalCredit", state: "met", dueOn: "2026-12-01" },
    { clock: "regETellProvisionalCredit", state: "running", dueOn: "2026-12-03" },
  ]);
});

test("a client's closed day moves the clocks that run", async () => {
  const { clientId } = await aCase();
  await lookAtClocks(engine);

  await database.execute(sql`
    update client set settings = '{"calendar":{"closedDays":["2026-11-27"]}}',
      version = version + 1 where id = ${clientId}`);
  await lookAtClocks(engine);

  expect((await clocks(clientId))[1]).toMatchObject({ dueOn: "2026-12-02" });
});

test("a client keeps no clock that it disabled, and names only those there are", async () => {
  const { clientId } = await aCase({ clocks: { disabled: ["regEInvestigation"] } });
  await lookAtClocks(engine);
  expect((await clocks(clientId)).map((one) => one.clock)).toEqual(["regEProvisionalCredit"]);

  await database.execute(sql`
    update client set settings = '{}', version = version + 1 where id = ${clientId}`);
  await lookAtClocks(engine);
  expect(await clocks(clientId)).toHaveLength(2);

  const wrong = await aClient(engine, { clocks: { disabled: ["nothing"] } });
  await expect(engine.clients(database, [wrong])).rejects.toMatchObject({
    code: "configuration-invalid",
  });
});

describe("a provisional credit by the machine", () => {
  const AUTOMATIC = { clocks: { automaticProvisionalCredit: true } };

  test("by hand: written two business days before, executed once, approved after", async () => {
    const tiers = [{ above: "0.00", levels: 1 }];
    const { clientId } = await aCase({
      ...AUTOMATIC,
      approvals: { issueProvisionalCredit: tiers },
    });
    await lookAtClocks(engine);

    // Tuesday 2026-12-01 less two business days: Friday 2026-11-27.
    setTo("2026-11-27T04:59:00Z");
    await lookAtClocks(engine);
    await workInbox(engine);
    expect(await credits(clientId)).toEqual([]);
    setTo("2026-11-27T05:00:00Z");
    await Promise.all([lookAtClocks(engine), lookAtClocks(engine)]);
    expect(await credits(clientId)).toMatchObject([
      { state: "written", operation: "due", route: "MANUAL", predicted: "2026-12-01" },
    ]);
    await Promise.all([workInbox(engine), workInbox(engine)]);
    await lookAtClocks(engine);
    await workInbox(engine);

    expect(await count(clientId)).toBe(1);
    expect(await credits(clientId)).toMatchObject([{ state: "written", operation: "done" }]);
    const { items } = await listAssignments(database, { clientIds: [clientId], limit: 9 });
    expect(items).toMatchObject([{ type: "Execute Accounting Assignment", urgency: 100 }]);
  });

  test("by batch: in time for the last departure whose posting date is in time", async () => {
    const profile = {
      layout: "accounting-csv",
      marker: "TEST",
      delivery: { kind: "directory", directory: "out" },
      cutOffs: [{ name: "evening", time: "18:00" }],
      postingDate: { businessDaysAfter: 1 },
    };
    const { clientId } = await aCase({ ...AUTOMATIC, batchProfiles: { core: profile } });
    await lookAtClocks(engine);

    // The departure of Monday 2026-11-30 at 18:00 posts on Tuesday: twelve hours before it.
    setTo("2026-11-30T10:59:00Z");
    await lookAtClocks(engine);
    expect(await credits(clientId)).toEqual([]);
    setTo("2026-11-30T11:00:00Z");
    await lookAtClocks(engine);

    expect(await credits(clientId)).toMatchObject([
      { state: "written", route: "BATCH", predicted: "2026-12-01", reason: null },
    ]);
  });

  test("through a service: on the day itself", async () => {
    const { clientId } = await aCase({ ...AUTOMATIC, services: { core: {} } });
    await lookAtClocks(engine);

    setTo("2026-12-01T04:59:00Z");
    await lookAtClocks(engine);
    expect(await credits(clientId)).toEqual([]);
    setTo("2026-12-01T05:00:00Z");
    await lookAtClocks(engine);

    expect(await credits(clientId)).toMatchObject([
      { state: "written", route: "AUTO", predicted: "2026-12-01" },
    ]);
  });

  test("says why it could not, and goes on when it can", async () => {
    const { clientId, dispute } = await aCase(AUTOMATIC);
    await operate(engine, clientId, dispute, "issueProvisionalCredit");
    setTo("2026-11-27T05:00:00Z");
    await lookAtClocks(engine);
    expect(await credits(clientId)).toMatchObject([
      { state: "impossible", reason: expect.stringContaining("on its way") },
    ]);

    const [row] = await database.query<{ id: string }>(sql`
      select id from adjustment where client_id = ${clientId}`);
    const order = { clientId, adjustmentId: row?.id ?? "", actor: "amy", reason: "keyed wrongly" };
    await cancelAdjustments(engine, [order]);
    await lookAtClocks(engine);
    await workInbox(engine);

    expect(await credits(clientId)).toMatchObject([
      { state: "written", operation: "done", reason: null },
    ]);
    expect(await count(clientId)).toBe(2);
  });

  test("a machine that was down past the day makes up for it and says it is late", async () => {
    const { clientId } = await aCase(AUTOMATIC);
    await lookAtClocks(engine);

    setTo("2026-12-04T15:00:00Z");
    await lookAtClocks(engine);

    expect(await credits(clientId)).toMatchObject([
      { state: "written", reason: expect.stringContaining("after 2026-12-01") },
    ]);
  });

  test("none is issued while written confirmation is awaited, and none is owed after", async () => {
    const { clientId } = await aCase(AUTOMATIC, { writtenConfirmationDue: true });
    setTo("2026-11-27T15:00:00Z");
    await lookAtClocks(engine);
    expect(await credits(clientId)).toMatchObject([{ state: "impossible" }]);

    setTo("2026-12-02T15:00:00Z");
    await lookAtClocks(engine);

    expect((await clocks(clientId)).map((one) => one.clock)).toEqual(["regEInvestigation"]);
    expect(await count(clientId)).toBe(0);
  });
});

test("a final credit by the machine decides the dispute before its day", async () => {
  const { clientId } = await aCase({ clocks: { automaticFinalCredit: true } });
  await lookAtClocks(engine);

  // Thursday 2026-12-31 less two business days: Tuesday 2026-12-29.
  setTo("2026-12-29T05:00:00Z");
  await lookAtClocks(engine);
  await workInbox(engine);
  await lookAtClocks(engine);

  expect(await credits(clientId)).toMatchObject([
    { clock: "regEInvestigation", state: "written", operation: "done" },
  ]);
  expect((await clocks(clientId)).find((one) => one.clock === "regEInvestigation")).toMatchObject({
    state: "met",
  });
});

/** An engine that fails at the nth id it takes: its transaction is gone, as after a kill. */
function failingAt(nth: number) {
  let taken = 0;
  const next = (): string => {
    taken += 1;
    if (taken === nth) throw new Error("killed");
    return engine.ids.next();
  };
  return { ...engine, ids: { ...engine.ids, next, nextEntry: next } };
}

test("killed at any step of writing and working a credit, it is issued once", async () => {
  for (let nth = 1; nth <= 10; nth += 1) {
    setTo("2026-11-16T15:00:00Z");
    const { clientId } = await aCase({ clocks: { automaticProvisionalCredit: true } });
    setTo("2026-11-30T15:00:00Z");

    await lookAtClocks(failingAt(nth));
    await workInbox(failingAt(nth));
    // What failed alone is looked at again after an hour.
    clock.advance({ hours: 2 });
    await lookAtClocks(engine);
    await workInbox(engine);
    await lookAtClocks(engine);
    await workInbox(engine);

    expect([nth, await count(clientId)]).toEqual([nth, 1]);
    expect(await credits(clientId)).toMatchObject([{ state: "written", operation: "done" }]);
    expect(await warnings(clientId)).toHaveLength(1);
  }
});
