import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";

import { aDispute, ids, NOW } from "../../test/support/books.ts";
import { aClient, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { anOpenAdjustment, testCalendar } from "../../test/support/work.ts";
import { slaSource } from "../accounting/client-runtime.ts";
import { clientSettings } from "../accounting/client-settings.ts";
import { sql } from "../database/sql.ts";
import { manualClock } from "../kernel/clock.ts";

import { assignmentTermsFrom } from "./assignment-terms.ts";
import { historyOf } from "./assignment-history.ts";
import { raiseUrgencies } from "./raise-urgencies.ts";
import { slaOf } from "./sla.ts";
import { risen } from "./sla-stages.ts";
import { raiseAssignments } from "./store.ts";
import { takeAssignments } from "./take.ts";
import { assignmentsById } from "./views.ts";

const database = useDatabase();
const BY_HAND = "Execute Accounting Assignment";

const settingsOf = (sla: object, type = BY_HAND) => clientSettings({ slas: { [type]: sla } }).slas;

describe("a client's own SLA", () => {
  test("takes the shipped one's place part by part, in business and calendar time", () => {
    const slas = settingsOf({
      urgency: 30,
      goal: { hours: 2, urgency: 0 },
      deadline: { calendarDays: 1, urgency: 40 },
    });
    const terms = assignmentTermsFrom({
      calendarOf: () => testCalendar,
      slaOf: (_, type) => slaOf(type, slas),
    });

    const facts = {
      clientId: "harbor",
      claimType: "Card",
      openedAt: "2026-11-20T15:00:00Z",
      plannedPostingDate: "2026-11-20",
    };

    // A Friday: the calendar day ends on Saturday. The other type keeps what is shipped.
    expect(terms({ ...facts, type: BY_HAND })).toMatchObject({
      urgency: 30,
      goalAt: "2026-11-20T17:00:00Z",
      deadlineAt: "2026-11-22T05:00:00Z",
      nextRiseAt: "2026-11-22T05:00:00Z",
    });
    expect(terms({ ...facts, type: "Accounting Exception" })).toMatchObject({
      urgency: 15,
      goalAt: "2026-11-24T05:00:00Z",
    });
  });

  test("repeats in business days where it says so", () => {
    const slas = settingsOf({ passedDeadline: { everyBusinessDays: 1, urgency: 7 } });
    const times = { goalAt: null, deadlineAt: "2026-11-21T05:00:00Z" };
    const passed = { type: BY_HAND, urgency: 10, rises: 1, ...times };

    const deadline = risen(passed, slaOf(BY_HAND, slas), testCalendar);
    const again = risen({ ...passed, ...deadline }, slaOf(BY_HAND, slas), testCalendar);

    // Friday's end, Monday's, Tuesday's.
    expect(deadline).toMatchObject({ passed: "deadline", nextRiseAt: "2026-11-24T05:00:00Z" });
    expect(again).toMatchObject({ urgency: 22, nextRiseAt: "2026-11-25T05:00:00Z" });
  });

  test.each([
    [{ "No Such Type": {} }, "/slas"],
    [{ [BY_HAND]: { goal: { minutes: 5, businessDays: 1 } } }, `/slas/${BY_HAND}/goal`],
    [{ [BY_HAND]: { goal: { minutes: -1 } } }, `/slas/${BY_HAND}/goal/minutes`],
    [{ [BY_HAND]: { surprise: 1 } }, `/slas/${BY_HAND}`],
    [
      { [BY_HAND]: { deadline: { businessDays: 3, actions: [{ shout: "x" }] } } },
      `/slas/${BY_HAND}/deadline/actions/0`,
    ],
    [
      { [BY_HAND]: { deadline: { businessDays: 3, actions: [{ run: true }] } } },
      `/slas/${BY_HAND}/deadline/actions/0/run`,
    ],
    [{ [BY_HAND]: { deadline: { businessDays: 0 } } }, `/slas/${BY_HAND}/deadline`],
    [
      { [BY_HAND]: { deadline: null, passedDeadline: { everyHours: 4 } } },
      `/slas/${BY_HAND}/passedDeadline`,
    ],
    [{ [BY_HAND]: { goal: { from: "postingDate", hours: 1 } } }, `/slas/${BY_HAND}/goal`],
  ])("%j is refused by the setting's name", (slas, pointer) => {
    let faults: readonly { pointer: string }[] = [];
    try {
      clientSettings({ slas });
    } catch (error) {
      faults = (error as { faults: typeof faults }).faults;
    }

    expect(faults.map((fault) => fault.pointer)).toContainEqual(
      expect.stringContaining(pointer) as string,
    );
  });
});

describe("what a stage does", () => {
  const ACTIONS = {
    goal: { businessDays: 1, actions: [{ notify: "Accounting" }] },
    deadline: { businessDays: 3, actions: [{ escalate: "Specialist" }, { notify: "sue" }] },
    passedDeadline: { everyHours: 24, actions: [{ reassign: { person: "sue" } }] },
  };

  async function overdueWork() {
    const engine = testEngine(database, manualClock(Temporal.Instant.from(NOW)));
    const clientId = await aClient(engine, { slas: { [BY_HAND]: ACTIONS } });
    const placed = await aDispute(database, clientId);
    const { assignmentId: id } = await anOpenAdjustment(database, placed, {
      state: "pendingManual",
    });
    const key = { clientId, id };
    await takeAssignments(engine, "amy", [{ ...key, version: null }]);
    const raiser = { ...engine, slas: slaSource(engine) };
    const raise = (instant: string) =>
      raiseUrgencies({ ...raiser, clock: manualClock(Temporal.Instant.from(instant)) });
    return { key, raise };
  }

  test("happens once, is recorded as redress, and is told outside", async () => {
    const { key, raise } = await overdueWork();

    const goal = [await raise("2026-11-18T05:00:00Z"), await raise("2026-11-18T05:00:00Z")];
    const [atGoal] = await assignmentsById(database, [key]);
    await raise("2026-11-20T05:00:00Z");
    const [escalated] = await assignmentsById(database, [key]);
    await raise("2026-11-21T05:00:00Z");
    const [reassigned] = await assignmentsById(database, [key]);

    expect(goal).toEqual([1, 0]);
    expect(atGoal).toMatchObject({ urgency: 15, assignee: "amy", workGroup: "Accounting" });
    expect(escalated).toMatchObject({ urgency: 20, assignee: null, workGroup: "Specialist" });
    expect(reassigned).toMatchObject({ urgency: 25, assignee: "sue", workGroup: "Specialist" });
    const history = await historyOf(database, key);
    expect(history.slice(2).map(({ kind, actor, action }) => [kind, actor, action])).toEqual([
      ["rose", "redress", "notify Accounting"],
      ["rose", "redress", "escalate to Specialist; notify sue"],
      ["escalated", "redress", null],
      ["rose", "redress", "reassign to sue"],
      ["reassigned", "redress", null],
    ]);
    const told = await database.query<{ type: string; to: string | null }>(sql`
      select type, data ->> 'to' as to from outbox
      where type like 'work.assignment.%' order by recorded_at, id`);
    expect(told).toEqual([
      { type: "work.assignment.notified.v1", to: "Accounting" },
      { type: "work.assignment.deadlinePassed.v1", to: null },
      { type: "work.assignment.escalated.v1", to: "Specialist" },
      { type: "work.assignment.notified.v1", to: "sue" },
      { type: "work.assignment.deadlinePassed.v1", to: null },
      { type: "work.assignment.reassigned.v1", to: null },
    ]);
  });

  test("the database itself refuses a stage a second time", async () => {
    const { key, raise } = await overdueWork();
    await raise("2026-11-18T05:00:00Z");
    const again = {
      ...key,
      urgency: 99,
      rises: 1,
      nextRiseAt: null,
      reason: "goal",
      action: null,
      isDueNow: false,
    };

    const second = database.transaction((tx) => raiseAssignments(tx, [again], NOW));

    await expect(second).rejects.toThrow(/assignment_event_stage/);
  });

  test("run makes the machine act now", async () => {
    const engine = testEngine(database, manualClock(Temporal.Instant.from(NOW)));
    const type = "Pending Accounting Service";
    const slas = { [type]: { deadline: { minutes: 5, actions: [{ run: true }] } } };
    const clientId = await aClient(engine, { slas });
    const { assignmentId: id } = await anOpenAdjustment(
      database,
      await aDispute(database, clientId),
      { state: "pendingService", assignment: { dueAt: "2026-11-16T16:00:00Z" } },
    );
    const clock = manualClock(Temporal.Instant.from("2026-11-16T15:05:00Z"));

    await raiseUrgencies({ ...engine, slas: slaSource(engine), clock, ids });

    const [row] = await assignmentsById(database, [{ clientId, id }]);
    expect(row?.dueAt).toBe("2026-11-16T15:05:00Z");
  });
});
