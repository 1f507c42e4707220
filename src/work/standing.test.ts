import { beforeEach, describe, expect, test } from "vitest";
import { Temporal } from "temporal-polyfill";

import { aDispute, ids, NOW } from "../../test/support/books.ts";
import type { Placed } from "../../test/support/books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { anOpenAdjustment, aPerson } from "../../test/support/work.ts";
import type { Permission } from "../access/roles.ts";
import { sql } from "../database/sql.ts";
import type { ManualClock } from "../kernel/clock.ts";
import { manualClock } from "../kernel/clock.ts";

import { assignAssignmentsTo } from "./assign.ts";
import { historyOf } from "./assignment-history.ts";
import { writeGroup } from "./groups.ts";
import { forgetLapsedLocks, lockClaim, unlockClaim } from "./lock-claim.ts";
import { markUnworkable, restoreAssignments } from "./mark-unworkable.ts";
import { takeNext, takeNextEach } from "./next.ts";
import { pendAssignments, resumeAssignments, resumeDue } from "./pend.ts";
import { releaseAssignments } from "./release.ts";
import { setClockDue } from "./store.ts";
import { takeAssignments } from "./take.ts";
import { workVerbs } from "./verbs.ts";
import { assignmentsById, listAssignments } from "./views.ts";

const database = useDatabase();
let clock: ManualClock;
let desk: { database: typeof database; clock: ManualClock; ids: typeof ids };
let placed: Placed;

beforeEach(async () => {
  clock = manualClock(Temporal.Instant.from(NOW));
  desk = { database, clock, ids };
  placed = await aDispute(database);
  for (const name of ["amy", "ben", "sue"]) await aUser(name);
});

async function aUser(name: string): Promise<void> {
  await database.owner.execute(sql`
    insert into app_user (id, name, display_name, password_hash, roles, created_at)
    values (${ids.next()}, ${name}, ${name}, 'none', '{analyst}', ${NOW})
    on conflict do nothing
  `);
}

async function work(urgency = 10, where = placed) {
  const { assignmentId: id } = await anOpenAdjustment(database, where, {
    state: "pendingManual",
    assignment: { urgency },
  });
  return { clientId: where.clientId, id, version: null };
}

const seeker = (person: string) => ({
  person,
  rights: aPerson().rights,
  clientIds: ["harbor", "other"],
});

const read = async (key: { clientId: string; id: string }) =>
  (await assignmentsById(database, [key]))[0];

const kindsOf = async (key: { clientId: string; id: string }) =>
  (await historyOf(database, key)).map(({ kind, actor, reason }) => [kind, actor, reason]);

describe("assign", () => {
  test("goes to a person, to a work group, or back from whoever had it", async () => {
    const one = await work();
    await takeAssignments(desk, "amy", [one]);

    await assignAssignmentsTo(desk, "sue", [one], { person: "ben", reason: "amy is ill" });
    const bens = await read(one);
    await assignAssignmentsTo(desk, "sue", [one], { workGroup: "Specialist" });

    expect(bens).toMatchObject({ assignee: "ben", workGroup: "Accounting", version: 3 });
    expect(await read(one)).toMatchObject({ assignee: null, workGroup: "Specialist" });
    expect(await kindsOf(one)).toEqual([
      ["opened", "redress", null],
      ["taken", "amy", null],
      ["assigned", "sue", "amy is ill"],
      ["assigned", "sue", null],
    ]);
  });

  test.each([
    [{ person: "nobody" }, "/person"],
    [{ workGroup: "No Such Group" }, "/workGroup"],
    [{}, "/person"],
  ])("%o is refused by its name", async (to, pointer) => {
    const one = await work();

    await expect(assignAssignmentsTo(desk, "sue", [one], to)).rejects.toMatchObject({
      code: "input-invalid",
      faults: [{ pointer }],
    });
  });
});

describe("pend until", () => {
  test("it is out of Get Next Work until its date, and back by itself", async () => {
    const one = await work();
    const until = "2026-11-18T14:00:00Z";
    await pendAssignments(desk, "amy", [one], { until, reason: "waits for the acquirer" });

    const meanwhile = await takeNext(desk, seeker("ben"));
    const pended = await listAssignments(database, {
      clientIds: ["harbor"],
      standing: "pended",
      limit: 5,
    });
    clock.advance({ hours: 46 });
    const tooEarly = await resumeDue(desk, 10);
    clock.advance({ hours: 1 });
    const back = [await resumeDue(desk, 10), await resumeDue(desk, 10)];

    expect(meanwhile).toBeUndefined();
    expect(pended.items).toMatchObject([{ id: one.id, pendReason: "waits for the acquirer" }]);
    expect([tooEarly, ...back]).toEqual([0, 1, 0]);
    expect(await takeNext(desk, seeker("ben"))).toMatchObject({ id: one.id });
    expect((await kindsOf(one)).map(([kind, actor]) => [kind, actor])).toEqual([
      ["opened", "redress"],
      ["pended", "amy"],
      ["resumed", "redress"],
      ["taken", "ben"],
    ]);
  });

  test("whoever has it keeps it, and may bring it back before", async () => {
    const one = await work();
    await takeAssignments(desk, "amy", [one]);
    const wait = { until: "2026-11-18T14:00:00Z", reason: "later" };
    await pendAssignments(desk, "amy", [one], wait);

    const others = () => resumeAssignments(desk, "ben", [one]);
    await expect(others()).rejects.toMatchObject({ code: "assignment-taken" });
    const [back] = await resumeAssignments(desk, "amy", [one]);

    expect(back).toMatchObject({ assignee: "amy", pendedUntil: null, pendReason: null });
    await expect(resumeAssignments(desk, "amy", [one])).rejects.toMatchObject({
      code: "transition-refused",
    });
  });

  test.each(["2026-11-16T15:00:00Z", "2026-11-15T00:00:00Z", "2028-11-15T00:00:00Z"])(
    "%s is no date to wait for",
    async (until) => {
      const one = await work();
      const wait = () => pendAssignments(desk, "amy", [one], { until, reason: "later" });

      await expect(wait()).rejects.toMatchObject({ code: "date-invalid" });
    },
  );
});

describe("unworkable", () => {
  test("it leaves its person for the supervisors' list, and is restored from there", async () => {
    const one = await work();
    await takeAssignments(desk, "amy", [one]);
    await markUnworkable(desk, "amy", [one], "the account does not exist there");

    const meanwhile = await takeNext(desk, seeker("ben"));
    const { items } = await listAssignments(database, {
      clientIds: ["harbor"],
      standing: "unworkable",
      limit: 5,
    });
    const taking = () => takeAssignments(desk, "ben", [one]);
    await expect(taking()).rejects.toMatchObject({
      code: "transition-refused",
      message: "it is marked unworkable: the account does not exist there",
    });
    await restoreAssignments(desk, "sue", [one], "it was opened");

    expect(meanwhile).toBeUndefined();
    expect(items).toMatchObject([{ id: one.id, assignee: null }]);
    expect(await takeNext(desk, seeker("ben"))).toMatchObject({ id: one.id });
    expect((await kindsOf(one)).slice(2)).toEqual([
      ["unworkable", "amy", "the account does not exist there"],
      ["restored", "sue", "it was opened"],
      ["taken", "ben", null],
    ]);
  });
});

describe("the history", () => {
  test("a note is kept without a new version, and nothing of it can be changed", async () => {
    const one = await work();
    const call = {
      ...one,
      assignmentId: one.id,
      adjustmentId: null,
      actor: "amy",
      version: 1,
      rights: new Set<Permission>(),
    };
    await workVerbs(desk).note({ ...call, input: { text: "called the branch" } });

    for (const change of [
      sql`update assignment_event set actor = 'nobody'`,
      sql`delete from assignment_event`,
      sql`update assignment set goal_at = null`,
    ]) {
      await expect(database.execute(change)).rejects.toThrow(/append-only|permission/);
    }
    expect(await read(one)).toMatchObject({ version: 1 });
    expect((await kindsOf(one)).at(-1)).toEqual(["noted", "amy", "called the branch"]);
  });

  test("a stale write is refused with what changed, by whom and when", async () => {
    const one = await work();
    await takeAssignments(desk, "ben", [one]);
    clock.advance({ minutes: 5 });
    await releaseAssignments(desk, "ben", [one]);

    const stale = () => takeAssignments(desk, "amy", [{ ...one, version: 1 }]);

    await expect(stale()).rejects.toMatchObject({
      code: "stale-version",
      message: "version 1 was read, it is 3 now: released by ben",
      facts: {
        read: 1,
        version: 3,
        changes: [
          { what: "released", by: "ben", at: "2026-11-16T15:05:00Z" },
          { what: "taken", by: "ben", at: "2026-11-16T15:00:00Z" },
          { what: "routedToManual" },
        ],
      },
    });
  });
});

describe("a claim that somebody has open", () => {
  const claimOf = ({ clientId, claimId }: Placed) => ({ clientId, claimId });

  test("is theirs until they stop, and Get Next Work passes it over for the others", async () => {
    const one = await work(50);
    const other = await work(10, await aDispute(database, "other"));
    await lockClaim(desk, claimOf(placed), "amy");

    const bens = await takeNext(desk, seeker("ben"));
    const second = () => lockClaim(desk, claimOf(placed), "ben");
    const taking = () => takeAssignments(desk, "ben", [one]);

    expect(bens?.id).toBe(other.id);
    await expect(second()).rejects.toMatchObject({
      code: "claim-locked",
      facts: { holder: "amy", until: "2026-11-16T15:02:00Z" },
    });
    await expect(taking()).rejects.toMatchObject({ code: "claim-locked" });
    expect((await takeNext(desk, seeker("amy")))?.id).toBe(one.id);
  });

  test("of people who ask together only its holder is given its work", async () => {
    const one = await work(50);
    const other = await work(10, await aDispute(database, "other"));
    await lockClaim(desk, claimOf(placed), "amy");

    const got = await takeNextEach(desk, [seeker("ben"), seeker("amy"), seeker("sue")]);

    expect(got.map((row) => row?.id)).toEqual([other.id, one.id, undefined]);
  });

  test("a heartbeat keeps it, without one it is over by itself", async () => {
    const one = await work();
    await lockClaim(desk, claimOf(placed), "amy");
    clock.advance({ seconds: 100 });
    await lockClaim(desk, claimOf(placed), "amy");
    clock.advance({ seconds: 100 });

    const during = await takeNext(desk, seeker("ben"));
    clock.advance({ seconds: 20 });
    const lock = await lockClaim(desk, claimOf(placed), "ben");

    expect(during).toBeUndefined();
    expect(lock).toMatchObject({ holder: "ben", takenAt: "2026-11-16T15:03:40Z" });
    clock.advance({ minutes: 3 });
    expect([await forgetLapsedLocks(desk), await forgetLapsedLocks(desk)]).toEqual([1, 0]);
    expect((await takeNext(desk, seeker("amy")))?.id).toBe(one.id);
  });

  test("a supervisor breaks it with a reason, and that is kept", async () => {
    await lockClaim(desk, claimOf(placed), "amy");
    const breaking = (isAllowed: boolean, reason: string | null) =>
      unlockClaim(desk, claimOf(placed), "sue", { isAllowed, reason });

    await expect(breaking(false, "now")).rejects.toMatchObject({ code: "claim-locked" });
    await expect(breaking(true, null)).rejects.toMatchObject({ code: "input-invalid" });
    await breaking(true, "amy went home");

    const kept = await database.query(sql`
      select kind, actor, holder, reason from claim_lock_event order by id`);
    expect(kept).toEqual([
      { kind: "taken", actor: "amy", holder: "amy", reason: null },
      { kind: "broken", actor: "sue", holder: "amy", reason: "amy went home" },
    ]);
    expect(await lockClaim(desk, claimOf(placed), "ben")).toMatchObject({ holder: "ben" });
  });
});

describe("groups", () => {
  const group = (kind: "work" | "assignment", name: string, more: object) =>
    writeGroup(
      desk,
      { kind, name, description: "", queues: [], members: [], version: null, ...more },
      "sue",
    );

  test("a work group with people is worked by them alone", async () => {
    const one = await work();
    await group("work", "Accounting", { members: ["amy"] });

    const bens = await takeNext(desk, seeker("ben"));
    const amys = await takeNext(desk, seeker("amy"));

    expect([bens?.id, amys?.id]).toEqual([undefined, one.id]);
  });

  test("an assignment group narrows what its people are offered to its queues", async () => {
    await work(90);
    const failed = await anOpenAdjustment(database, placed, { state: "serviceFailed" });
    await group("assignment", "Failures", {
      queues: ["ExecuteAccountingServiceFailed"],
      members: ["ben"],
    });

    expect((await takeNext(desk, seeker("ben")))?.id).toBe(failed.assignmentId);
  });

  test("nobody and no such queue are refused by their place", async () => {
    const wrong = () =>
      group("assignment", "Wrong", { queues: ["Nowhere"], members: ["amy", "nobody"] });

    await expect(wrong()).rejects.toMatchObject({
      code: "input-invalid",
      faults: [{ pointer: "/queues/0" }, { pointer: "/members/1" }],
    });
  });

  test("a group is changed as it was read, or not", async () => {
    await group("work", "Team", { members: ["amy"] });

    const changed = await group("work", "Team", { members: ["ben"], version: 1 });
    const stale = () => group("work", "Team", { members: [], version: 1 });

    expect(changed).toMatchObject({ members: ["ben"], version: 2 });
    await expect(stale()).rejects.toMatchObject({ code: "stale-version" });
    await expect(group("work", "Team", {})).rejects.toMatchObject({ code: "already-exists" });
  });
});

test("a regulatory clock comes before a later goal, urgency before both", async () => {
  const { clientId, disputeId, ...rest } = await aDispute(database, "other");
  const soon = await work(10, { clientId, disputeId, ...rest });
  const [late, urgent] = [await work(10), await work(20)];
  const clockDueAt = "2026-11-16T20:00:00Z";
  await database.transaction((tx) => setClockDue(tx, [{ clientId, disputeId, clockDueAt }]));

  const got = [];
  for (const name of ["amy", "ben", "sue"]) got.push((await takeNext(desk, seeker(name)))?.id);

  expect(got).toEqual([urgent.id, soon.id, late.id]);
});
