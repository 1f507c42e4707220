/** The machine's credits where they meet holds and approvals: in time, and met only with money. */
import { Temporal } from "temporal-polyfill";

import { beforeEach, expect, test } from "vitest";

import { approved } from "../../../test/support/approved.ts";
import { aClient, aDisputeOf, operate, testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { cancelWork } from "../../manual/cancel.ts";
import { listAssignments } from "../../work/views.ts";
import { releaseDue } from "../../accounting/release-due.ts";
import { workInbox } from "../../accounting/work-inbox.ts";
import { sql } from "../../database/sql.ts";
import { manualClock } from "../../kernel/clock.ts";

import { lookAtClocks } from "./look-at-clocks.ts";

const database = useDatabase();
let clock = manualClock(Temporal.Instant.from("2026-11-16T15:00:00Z"));
let engine = testEngine(database, clock);

beforeEach(() => {
  clock = manualClock(Temporal.Instant.from("2026-11-16T15:00:00Z"));
  engine = testEngine(database, clock);
});

/** Notice on Monday 2026-11-16: provisional credit by Tuesday 2026-12-01. */
async function aCase(settings: unknown, facts: Record<string, unknown> = {}) {
  const clientId = await aClient(engine, settings);
  const known = { pointOfSale: false, outOfState: false, newAccount: false };
  const dispute = await aDisputeOf(engine, clientId, { ...known, ...facts });
  return { clientId, dispute };
}

function setTo(instant: string): void {
  const to = Temporal.Instant.from(instant);
  clock.advance({ milliseconds: to.epochMilliseconds - clock.now().epochMilliseconds });
}

async function machineTurns(): Promise<void> {
  await lookAtClocks(engine);
  await workInbox(engine);
  await releaseDue(engine);
}

const adjustments = (clientId: string) =>
  database.query<Record<string, unknown>>(sql`
    select operation, state, hold ->> 'reason' as hold from adjustment
    where client_id = ${clientId} order by ordinal`);

const credits = (clientId: string) =>
  database.query<Record<string, unknown>>(sql`
    select clock, state, reason from automatic_credit where client_id = ${clientId}`);

test("a hold that the law's date ends does not keep the machine from its credit", async () => {
  const { clientId } = await aCase({
    clocks: { automaticProvisionalCredit: true },
    holds: {
      custom: [
        {
          name: "review",
          label: "a look at new cases",
          movements: "holderCredits",
          when: { regulation: "E" },
          days: 40,
          countedIn: "calendarDays",
          atDeadline: "post",
          atRegulatoryDate: "post",
        },
      ],
    },
  });
  await machineTurns();
  for (const day of ["2026-11-27", "2026-11-30", "2026-12-01"]) {
    setTo(`${day}T15:00:00Z`);
    await machineTurns();
  }

  expect(await adjustments(clientId)).toMatchObject([{ state: "pendingManual" }]);
  expect(await credits(clientId)).toMatchObject([
    { state: "written", reason: "it is held until 2026-11-30: a look at new cases" },
  ]);
});

test("no final credit by the machine while a credit it counts on waits for approval", async () => {
  const { clientId, dispute } = await aCase({
    clocks: { automaticFinalCredit: true },
    approvals: { issueProvisionalCredit: [{ above: "0.00", levels: 1 }] },
  });
  await operate(engine, clientId, dispute, "issueProvisionalCredit");
  await machineTurns();
  for (const day of ["2026-12-29", "2026-12-30", "2026-12-31"]) {
    setTo(`${day}T15:00:00Z`);
    await machineTurns();
  }

  const [book] = await database.query<{ state: string }>(sql`
    select state from dispute_book where client_id = ${clientId}`);
  expect(book?.state).toBe("provisionallyCredited");
  expect(await credits(clientId)).toMatchObject([
    { state: "impossible", reason: "a credit of it waits for approval: that is decided first" },
  ]);
});

test("a payment that others still have to agree on stops no clock", async () => {
  const { clientId, dispute } = await aCase({
    approvals: { payDispute: [{ above: "0.00", levels: 1 }] },
  });
  await operate(engine, clientId, dispute, "payDispute");
  await machineTurns();
  const waiting = await stateOf(clientId);
  const [adjustment] = await database.query<{ id: string }>(sql`
    select id from adjustment where client_id = ${clientId}`);

  await approved(engine, [{ clientId, adjustmentId: adjustment?.id ?? null }]);
  await machineTurns();

  expect(waiting).toBe("running");
  expect(await stateOf(clientId)).toBe("stopped");
});

test.each(["payDispute", "writeOff"])(
  "%s that is cancelled decided nothing, whatever was recorded meanwhile",
  async (operation) => {
    const { clientId, dispute } = await aCase({});
    await operate(engine, clientId, dispute, operation);
    await operate(engine, clientId, dispute, "recordRegulatoryFact", {
      fact: "outOfState",
      value: "false",
    });
    await machineTurns();
    const decided = await stateOf(clientId);
    const { items } = await listAssignments(database, { clientIds: [clientId], limit: 9 });

    for (const { id: assignmentId, version, adjustmentId } of items) {
      if (adjustmentId === null) continue;
      const order = { clientId, assignmentId, version, actor: "amy", reason: "mistaken" };
      await cancelWork(engine, [order]);
    }
    await machineTurns();

    expect(decided).toBe("stopped");
    expect(await stateOf(clientId)).toBe("running");
  },
);

async function stateOf(clientId: string): Promise<string | undefined> {
  const [row] = await database.query<{ state: string }>(sql`
    select state from regulatory_clock
    where client_id = ${clientId} and clock = 'regEProvisionalCredit'`);
  return row?.state;
}
