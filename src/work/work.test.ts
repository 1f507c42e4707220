import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";

import { aDispute, ids, NOW } from "../../test/support/books.ts";
import type { Placed } from "../../test/support/books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { anOpenAdjustment, aPerson } from "../../test/support/work.ts";
import { sql } from "../database/sql.ts";
import type { Statement } from "../database/sql.ts";
import { manualClock } from "../kernel/clock.ts";

import { takeNext } from "./next.ts";
import { raiseUrgencies } from "./raise-urgencies.ts";
import { releaseAssignments } from "./release.ts";
import { closeAssignments } from "./store.ts";
import { takeAssignments } from "./take.ts";
import type { AssignmentRow } from "./views.ts";
import { assignmentsById, findAssignment, listAssignments, queueCounts } from "./views.ts";

const database = useDatabase();
const clock = manualClock(Temporal.Instant.from(NOW));

interface Wanted {
  readonly urgency?: number;
  readonly goalAt?: string | null;
  readonly amountMinor?: bigint | null;
  readonly queue?: string;
}

/** A manual adjustment's assignment; answers its id. */
async function manualWork(placed: Placed, words: Wanted = {}): Promise<string> {
  const one = await anOpenAdjustment(database, placed, {
    state: "pendingManual",
    assignment: words,
  });
  return one.assignmentId;
}

const seeker = (person: string, clientIds = ["harbor"]) => ({
  person,
  rights: aPerson().rights,
  clientIds,
});

async function read(id: string): Promise<AssignmentRow> {
  const [row] = await assignmentsById(database, [{ clientId: "harbor", id }]);
  return row as AssignmentRow;
}

/** Closes the adjustment and its assignment without a word, as if the machine had. */
function sqlClose(assignmentId: string): Statement {
  return sql`
    with closed as (
      update adjustment set state = 'executed', open_assignment_id = null
      where open_assignment_id = ${assignmentId})
    update assignment set is_open = false, closed_at = ${NOW}, outcome = 'executed',
      next_rise_at = null
    where id = ${assignmentId}`;
}

function sqlEvents(): Statement {
  return sql`select type from outbox where type like 'work.%' order by id`;
}

describe("take and release", () => {
  test("a taken assignment has its person and a new version", async () => {
    const placed = await aDispute(database);
    const id = await manualWork(placed);

    const [taken] = await takeAssignments({ database, clock }, "amy", [
      { clientId: "harbor", id, version: 1 },
    ]);

    expect(taken).toMatchObject({ assignee: "amy", version: 2 });
    expect(await read(id)).toMatchObject({ assignee: "amy", version: 2 });
  });

  test("somebody else's assignment is refused with who has it; one's own is fine", async () => {
    const placed = await aDispute(database);
    const id = await manualWork(placed);
    await takeAssignments({ database, clock }, "amy", [{ clientId: "harbor", id, version: null }]);

    const again = () =>
      takeAssignments({ database, clock }, "amy", [{ clientId: "harbor", id, version: 2 }]);
    const other = () =>
      takeAssignments({ database, clock }, "ben", [{ clientId: "harbor", id, version: 2 }]);

    await expect(again()).resolves.toMatchObject([{ assignee: "amy", version: 2 }]);
    await expect(other()).rejects.toMatchObject({
      code: "assignment-taken",
      facts: { assignee: "amy" },
    });
  });

  test("a stale version is refused, and then none of the set is taken", async () => {
    const placed = await aDispute(database);
    const [first, second] = [await manualWork(placed), await manualWork(placed)];
    await takeAssignments({ database, clock }, "amy", [
      { clientId: "harbor", id: second, version: 1 },
    ]);
    await releaseAssignments({ database, clock }, "amy", [
      { clientId: "harbor", id: second, version: 2 },
    ]);

    const both = () =>
      takeAssignments({ database, clock }, "ben", [
        { clientId: "harbor", id: first, version: 1 },
        { clientId: "harbor", id: second, version: 1 },
      ]);

    await expect(both()).rejects.toMatchObject({ code: "stale-version", facts: { version: 3 } });
    expect(await read(first)).toMatchObject({ assignee: null });
  });

  test("what is closed or of another client is refused", async () => {
    const placed = await aDispute(database);
    const id = await manualWork(placed);
    await database.owner.execute(sqlClose(id));

    const closed = () =>
      takeAssignments({ database, clock }, "amy", [{ clientId: "harbor", id, version: null }]);
    const foreign = () =>
      takeAssignments({ database, clock }, "amy", [{ clientId: "other", id, version: null }]);

    await expect(closed()).rejects.toMatchObject({ code: "assignment-closed" });
    await expect(foreign()).rejects.toMatchObject({ code: "not-found" });
  });

  test("only who has it gives it back, unless a supervisor does", async () => {
    const placed = await aDispute(database);
    const id = await manualWork(placed);
    await takeAssignments({ database, clock }, "amy", [{ clientId: "harbor", id, version: 1 }]);
    const given = [{ clientId: "harbor", id, version: 2 }];

    const other = () => releaseAssignments({ database, clock }, "ben", given);

    await expect(other()).rejects.toMatchObject({ code: "assignment-taken" });
    await releaseAssignments({ database, clock }, "ben", given, { anybodys: true });
    expect(await read(id)).toMatchObject({ assignee: null, version: 3 });
  });
});

describe("Get Next Work", () => {
  test("the most urgent comes first, then the nearest goal, then the largest amount", async () => {
    const placed = await aDispute(database);
    const soon = "2026-11-17T05:00:00Z";
    const later = "2026-11-18T05:00:00Z";
    const wanted = [
      await manualWork(placed, { urgency: 50, goalAt: later, amountMinor: 1n }),
      await manualWork(placed, { urgency: 10, goalAt: soon, amountMinor: 900n }),
      await manualWork(placed, { urgency: 10, goalAt: soon, amountMinor: 100n }),
      await manualWork(placed, { urgency: 10, goalAt: later, amountMinor: 5000n }),
      await manualWork(placed, { urgency: 10, goalAt: null, amountMinor: null }),
    ];

    const got: (string | undefined)[] = [];
    for (let turn = 0; turn <= wanted.length; turn += 1) {
      got.push((await takeNext({ database, clock }, seeker(`person-${turn}`)))?.id);
    }

    expect(got).toEqual([...wanted, undefined]);
  });

  test("twenty people at once get twenty different assignments", async () => {
    const placed = await aDispute(database);
    for (let count = 0; count < 20; count += 1) await manualWork(placed);

    const got = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        takeNext({ database, clock }, seeker(`person-${index}`)),
      ),
    );

    expect(new Set(got.map((row) => row?.id)).size).toBe(20);
    expect(got).not.toContain(undefined);
  });

  test("other clients, machines' work and work above one's rights are passed over", async () => {
    const placed = await aDispute(database);
    await anOpenAdjustment(database, placed, { state: "pendingBatch" });
    await anOpenAdjustment(database, placed, { state: "awaitingApproval" });
    const mine = await manualWork(placed);
    const analyst = { ...seeker("amy"), rights: aPerson("amy", ["assignment:work"]).rights };

    const first = await takeNext({ database, clock }, analyst);
    const second = await takeNext({ database, clock }, analyst);
    const approver = await takeNext(
      { database, clock },
      { ...analyst, rights: aPerson("amy", ["assignment:approve"]).rights },
    );
    const elsewhere = await takeNext({ database, clock }, seeker("amy", ["other"]));

    expect(first?.id).toBe(mine);
    expect(second).toBeUndefined();
    expect(approver?.type).toBe("Approve Accounting");
    expect(elsewhere).toBeUndefined();
  });

  test("a queue, with or without the claim type, narrows it", async () => {
    const placed = await aDispute(database);
    await manualWork(placed, { urgency: 90 });
    const failed = await anOpenAdjustment(database, placed, { state: "serviceFailed" });

    const next = await takeNext(
      { database, clock },
      { ...seeker("amy"), queue: "ExecuteAccountingServiceFailed" },
    );
    const exact = await takeNext(
      { database, clock },
      { ...seeker("ben"), queue: "ExecuteAccounting.Wire" },
    );

    expect(next?.id).toBe(failed.assignmentId);
    expect(exact).toBeUndefined();
  });
});

describe("listings", () => {
  test("pages follow the order of work and neither repeat nor lose a row", async () => {
    const placed = await aDispute(database);
    const all: string[] = [];
    for (const urgency of [30, 20]) {
      for (const goalAt of ["2026-11-17T05:00:00Z", null]) {
        for (const amountMinor of [900n, 100n, 100n, null]) {
          all.push(await manualWork(placed, { urgency, goalAt, amountMinor }));
        }
      }
    }
    // Equal keys are ordered by id, which rises with creation.
    const paged: string[] = [];
    let after = undefined as Awaited<ReturnType<typeof listAssignments>>["next"] | undefined;
    do {
      const page = await listAssignments(database, {
        clientIds: ["harbor"],
        limit: 3,
        after: after ?? undefined,
      });
      paged.push(...page.items.map((row) => row.id));
      after = page.next;
    } while (after !== null);

    expect(paged).toEqual(all);
  });

  test("filters by client, queue, type and person", async () => {
    const placed = await aDispute(database);
    const elsewhere = await aDispute(database, "other");
    const manual = await manualWork(placed);
    const foreign = await manualWork(elsewhere);
    const batch = await anOpenAdjustment(database, placed, { state: "pendingBatch" });
    await takeAssignments({ database, clock }, "amy", [
      { clientId: "harbor", id: manual, version: 1 },
    ]);
    const list = async (filter: object): Promise<string[]> => {
      const page = await listAssignments(database, {
        clientIds: ["harbor"],
        limit: 10,
        ...filter,
      });
      return page.items.map((row) => row.id);
    };

    expect(new Set(await list({}))).toEqual(new Set([manual, batch.assignmentId]));
    expect(await list({ queue: "PendingBatchAccounting.Card" })).toEqual([batch.assignmentId]);
    expect(await list({ queue: "ExecuteAccounting" })).toEqual([manual]);
    expect(await list({ queue: "Execute" })).toEqual([]);
    expect(await list({ type: "Pending Batch Accounting" })).toEqual([batch.assignmentId]);
    expect(await list({ type: "No Such Type" })).toEqual([]);
    expect(await list({ assignee: "amy" })).toEqual([manual]);
    expect(await list({ assignee: "amy", queue: "PendingBatchAccounting" })).toEqual([]);
    expect(await list({ assignee: "ben" })).toEqual([]);
    expect(await list({ clientIds: ["other"] })).toEqual([foreign]);
    expect(await list({ clientIds: [] })).toEqual([]);
    expect(await findAssignment(database, ["harbor"], foreign)).toBeUndefined();
  });

  test("queues are counted with what is overdue and unassigned", async () => {
    const placed = await aDispute(database);
    const first = await manualWork(placed, { goalAt: "2026-11-17T05:00:00Z" });
    await manualWork(placed, { goalAt: "2026-11-18T05:00:00Z" });
    await takeAssignments({ database, clock }, "amy", [
      { clientId: "harbor", id: first, version: 1 },
    ]);
    await anOpenAdjustment(database, placed, { state: "pendingService" });

    const counts = await queueCounts(
      database,
      { clientIds: ["harbor", "other"] },
      "2026-11-16T16:00:00Z",
    );

    expect(counts).toMatchObject([
      {
        queue: "ExecuteAccounting.Card",
        kind: "user",
        open: 2,
        unassigned: 1,
        overdue: 0,
        nearestGoalAt: "2026-11-17T05:00:00Z",
      },
      { queue: "PendingAccountingService.Card", kind: "system", open: 1, overdue: 1 },
    ]);
  });
});

describe("urgency", () => {
  test("rises when goal and deadline pass, once each, and deadlines are told outside", async () => {
    const placed = await aDispute(database);
    const id = await manualWork(placed);
    const at = (instant: string) => manualClock(Temporal.Instant.from(instant));
    const raiseAt = (instant: string) => raiseUrgencies({ database, clock: at(instant), ids });

    const before = await raiseAt("2026-11-18T04:59:59Z");
    const goal = await raiseAt("2026-11-18T05:00:00Z");
    const again = await raiseAt("2026-11-18T05:00:01Z");
    await raiseAt("2026-11-20T05:00:00Z");
    await raiseAt("2026-11-21T05:00:00Z");
    const events = await database.query<{ type: string }>(sqlEvents());

    expect([before, goal, again]).toEqual([0, 1, 0]);
    expect(await read(id)).toMatchObject({ urgency: 25, version: 1 });
    expect(events.map((event) => event.type)).toEqual([
      "work.assignment.deadlinePassed.v1",
      "work.assignment.deadlinePassed.v1",
    ]);
  });

  test("a closed assignment rises no more", async () => {
    const placed = await aDispute(database);
    const id = await manualWork(placed);
    await database.transaction(async (tx) => {
      await tx.execute(sql`
        update adjustment set state = 'executed', open_assignment_id = null
        where open_assignment_id = ${id}`);
      await closeAssignments(tx, [{ clientId: "harbor", id, outcome: "executed" }], NOW);
    });

    const later = manualClock(Temporal.Instant.from("2027-01-01T00:00:00Z"));

    expect(await raiseUrgencies({ database, clock: later, ids })).toBe(0);
  });
});
