/** A clock that was missed says why, from what was so when its last day ended. */
import { Temporal } from "temporal-polyfill";
import { beforeEach, expect, test } from "vitest";

import { aClient, aDisputeOf, operate, testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { completion } from "../../../test/support/work-by-hand.ts";
import { sql } from "../../database/sql.ts";
import { manualClock } from "../../kernel/clock.ts";
import { completeByHand } from "../../manual/complete.ts";
import { markUnworkable } from "../../work/mark-unworkable.ts";
import { pendAssignments } from "../../work/pend.ts";
import { releaseAssignments } from "../../work/release.ts";
import { takeAssignments } from "../../work/take.ts";
import { listAssignments } from "../../work/views.ts";

import { lookAtClocks } from "./look-at-clocks.ts";
import type { ClockReading } from "./read-clocks.ts";
import { whyMissed } from "./why-missed.ts";

const database = useDatabase();
let clock = manualClock(Temporal.Instant.from("2026-11-16T15:00:00Z"));
let engine = testEngine(database, clock);

beforeEach(() => {
  clock = manualClock(Temporal.Instant.from("2026-11-16T15:00:00Z"));
  engine = testEngine(database, clock);
});

/** Notice on Monday 2026-11-16: provisional credit by Tuesday 2026-12-01. */
async function aCase(settings: unknown = {}, credited = true) {
  const clientId = await aClient(engine, settings);
  const known = { pointOfSale: false, outOfState: false, newAccount: false };
  const dispute = await aDisputeOf(engine, clientId, known);
  if (credited) await operate(engine, clientId, dispute, "issueProvisionalCredit");
  return { clientId, dispute };
}

function setTo(instant: string): void {
  const to = Temporal.Instant.from(instant);
  clock.advance({ milliseconds: to.epochMilliseconds - clock.now().epochMilliseconds });
}

const work = async (clientId: string) =>
  (await listAssignments(database, { clientIds: [clientId], limit: 9 })).items;

const seen = async (clientId: string) =>
  (await work(clientId)).map(({ id, version }) => ({ clientId, id, version }));

const reasons = (clientId: string) =>
  database.query<{ stage: string; words: string; waiting: Record<string, unknown>[] }>(sql`
    select stage, words, waiting from clock_reason
    where client_id = ${clientId} and clock = 'regEProvisionalCredit'
    order by recorded_at`);

test("who had it when the day ended, whoever has it when it is looked at", async () => {
  const { clientId } = await aCase();
  await takeAssignments(engine, "amy", await seen(clientId));
  setTo("2026-12-02T15:00:00Z");
  await releaseAssignments(engine, "amy", await seen(clientId));

  await lookAtClocks(engine);

  const [row] = await work(clientId);
  expect(await reasons(clientId)).toMatchObject([
    {
      stage: "missed",
      words:
        "not met; when 2026-12-01 ended: Execute Accounting Assignment " +
        "(ProvisionalCredit pendingManual) was waiting, amy had it",
      waiting: [{ assignment: row?.id, state: "pendingManual", assignee: "amy" }],
    },
  ]);
  const [event] = await database.query<{ data: Record<string, unknown> }>(sql`
    select data from outbox
    where client_id = ${clientId} and type = 'resolution.clock.missed.v1'`);
  expect(event?.data["reason"]).toContain("amy had it");
});

test("met late it tells the end of the story, once, beside what it said before", async () => {
  const { clientId } = await aCase();
  setTo("2026-12-02T15:00:00Z");
  await lookAtClocks(engine);
  setTo("2026-12-04T15:00:00Z");
  await completeByHand(
    engine,
    (await work(clientId)).map((one) => ({ ...completion(one), postingDate: "2026-12-04" })),
  );

  await lookAtClocks(engine);
  await operate(engine, clientId, await disputeOf(clientId), "recordRegulatoryFact", {
    fact: "provisionalCreditNoticeSentOn",
    value: "2026-12-04",
  });
  await lookAtClocks(engine);

  const [before, end, ...more] = await reasons(clientId);
  expect(before?.words).toContain("nobody of Accounting had it");
  expect(end?.words).toBe(
    "met on 2026-12-04, when the credit posted in full; when 2026-12-01 ended: " +
      "Execute Accounting Assignment (ProvisionalCredit pendingManual) was waiting, " +
      "nobody of Accounting had it; ProvisionalCredit posted on 2026-12-04 by MANUAL",
  );
  expect(more).toEqual([]);
  const events = await database.query<{ type: string }>(sql`
    select type from outbox where client_id = ${clientId} and type like 'resolution.clock.m%'
      and data ->> 'clock' = 'regEProvisionalCredit' order by id`);
  expect(events.map((one) => one.type)).toEqual([
    "resolution.clock.missed.v1",
    "resolution.clock.metLate.v1",
  ]);
});

async function disputeOf(clientId: string): Promise<string> {
  const { number } = await database.one<{ number: string }>(sql`
    select number from dispute where client_id = ${clientId}`);
  return number;
}

test("executed in time and posted late", () => {
  const reading = {
    state: "metLate",
    dueOn: "2026-12-01",
    endedOn: "2026-12-03",
    endedBy: "the credit posted in full",
  } as ClockReading;
  const late = { rule: "Paid", postedOn: "2026-12-03", route: "BATCH", wasExecuted: true };

  const why = whyMissed(reading, { waiting: [], late: [late], impossible: null, cameInOn: null });

  expect(why?.words).toBe(
    "met on 2026-12-03, when the credit posted in full; when 2026-12-01 ended: " +
      "Paid was executed in time and posted on 2026-12-03 by BATCH",
  );
});

test("a clock that runs, or was met in time, needs no reason", () => {
  const none = { waiting: [], late: [], impossible: null, cameInOn: null };

  for (const state of ["running", "met", "stopped"] as const) {
    expect(whyMissed({ state, dueOn: "2026-12-01" } as ClockReading, none)).toBeNull();
  }
});

test("an approval that nobody gave", async () => {
  const approvals = { issueProvisionalCredit: [{ above: "50.00", levels: 1 }] };
  const { clientId } = await aCase({ approvals });
  setTo("2026-12-02T15:00:00Z");

  await lookAtClocks(engine);

  expect((await reasons(clientId))[0]?.words).toContain("(ProvisionalCredit awaitingApproval)");
});

test("pended until a date, and marked unworkable, with the reasons given", async () => {
  const pended = await aCase();
  const wait = { until: "2026-12-10T12:00:00Z", reason: "asked the branch" };
  await pendAssignments(engine, "amy", await seen(pended.clientId), wait);
  const stuck = await aCase();
  await markUnworkable(engine, "amy", await seen(stuck.clientId), "no such account");
  setTo("2026-12-02T15:00:00Z");

  await lookAtClocks(engine);

  expect((await reasons(pended.clientId))[0]?.words).toMatch(
    /pended until 2026-12-10T12:00:00.*: asked the branch/,
  );
  expect((await reasons(stuck.clientId))[0]?.words).toContain("unworkable: no such account");
});

test("a service that had been out, and the machine that had the work", async () => {
  const { clientId } = await aCase({ services: { core: {} } });
  await database.execute(sql`
    insert into service_circuit (
      client_id, service, state, failures, openings, updated_at, probe_at, opened_at)
    values (${clientId}, 'core', 'open', 5, 1, now(), now(), '2026-11-30T10:00:00Z')`);
  setTo("2026-12-02T15:00:00Z");

  await lookAtClocks(engine);

  expect((await reasons(clientId))[0]?.words).toMatch(
    /pendingService\) .*the machine had it, the service core had been out since 2026-11-30T10/,
  );
});

test("nothing was waiting; and the day had passed before the case came in", async () => {
  const idle = await aCase({}, false);
  const late = await aCase({}, false);
  await operate(engine, late.clientId, late.dispute, "recordRegulatoryFact", {
    fact: "noticeReceivedOn",
    value: "2026-10-01",
  });
  setTo("2026-12-02T15:00:00Z");

  await lookAtClocks(engine);

  expect((await reasons(idle.clientId))[0]?.words).toBe(
    "not met; when 2026-12-01 ended: no movement and no task of the dispute was open",
  );
  expect((await reasons(late.clientId))[0]?.words).toContain(
    "the case came in on 2026-11-16, after the last day",
  );
});
