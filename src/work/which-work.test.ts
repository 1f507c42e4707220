/** One filter, read the same by lists, counts, bulk actions and past moments. */
import { Temporal } from "temporal-polyfill";
import { beforeEach, expect, test } from "vitest";

import { aDispute, ids, NOW } from "../../test/support/books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { anOpenAdjustment } from "../../test/support/work.ts";
import type { AdjustmentState } from "../accounting/adjustment-machine.ts";
import { sql } from "../database/sql.ts";
import { manualClock } from "../kernel/clock.ts";

import { assignmentsAsOf, queuesAsOf, workOverTime } from "./as-of-views.ts";
import { assignAssignmentsTo } from "./assign.ts";
import { matchingWork } from "./bulk-jobs.ts";
import { markUnworkable } from "./mark-unworkable.ts";
import { pendAssignments } from "./pend.ts";
import { takeAssignments } from "./take.ts";
import type { AssignmentRow } from "./views.ts";
import { listAssignments, queueCounts } from "./views.ts";
import type { WorkFilter } from "./which-work.ts";

const database = useDatabase();
const clientIds = ["harbor", "other"];
const clock = manualClock(Temporal.Instant.from(NOW));
const LATER = "2026-11-19T15:00:00Z";

const STATES: readonly AdjustmentState[] = ["pendingManual", "serviceFailed", "pendingBatch"];

/** Work of three types and two clients; that of persons in every standing, of two groups. */
beforeEach(async () => {
  clock.set(Temporal.Instant.from(NOW));
  const desk = { database, clock, ids };
  for (const placed of [await aDispute(database), await aDispute(database, "other")]) {
    for (const state of STATES) {
      for (const standing of ["free", "held", "pended", "unworkable", "moved", "movedLater"]) {
        const { assignmentId } = await anOpenAdjustment(database, placed, {
          state,
          assignment: { goalAt: "2026-11-17T05:00:00Z", deadlineAt: "2026-11-18T05:00:00Z" },
        });
        if (state === "pendingBatch") continue;
        const one = [{ clientId: placed.clientId, id: assignmentId, version: null }];
        const wait = { until: "2027-01-04T00:00:00Z", reason: "waits" };
        clock.set(Temporal.Instant.from(standing === "movedLater" ? LATER : NOW));
        if (standing === "held") await takeAssignments(desk, "amy", one);
        if (standing === "pended") await pendAssignments(desk, "ben", one, wait);
        if (standing === "unworkable") await markUnworkable(desk, "ben", one, "cannot");
        if (standing.startsWith("moved")) {
          await assignAssignmentsTo(desk, "sue", one, { workGroup: "Specialist" });
        }
      }
    }
  }
});

const FILTERS: readonly WorkFilter[] = [undefined, "Specialist", "Accounting"].flatMap(
  (workGroup) =>
    [undefined, "free", "held", "pended", "unworkable"].flatMap((standing) =>
      [
        {},
        { queue: "ExecuteAccounting" },
        { queue: "ExecuteAccounting.Card" },
        { type: "Pending Batch Accounting" },
        { queueKind: "user" as const },
        { assignee: "amy" },
        { assignee: "amy", queue: "PendingBatchAccounting" },
        { queue: "Execute" },
        { type: "No Such Type" },
      ].map((rest) => ({ ...rest, workGroup, standing }) as WorkFilter),
    ),
);

/** What the filter means, in other words than the product's. */
function means(filter: WorkFilter, row: AssignmentRow): boolean {
  const { queue, queueKind, type, assignee, workGroup, standing } = filter;
  const stands = [
    row.assignee === null ? [] : ["held"],
    row.pendedUntil === null ? [] : ["pended"],
    row.unworkableReason === null ? [] : ["unworkable"],
  ].flat();
  return (
    (queue === undefined || row.queue === queue || row.queue.split(".")[0] === queue) &&
    (queueKind === undefined || row.kind === queueKind) &&
    (type === undefined || row.type === type) &&
    (assignee === undefined || row.assignee === assignee) &&
    (workGroup === undefined || row.workGroup === workGroup) &&
    (standing === undefined || (stands.length === 0 ? ["free"] : stands).includes(standing))
  );
}

test("every filter means the same in the list, the counts, bulk actions and the past", async () => {
  const { items } = await listAssignments(database, { clientIds, limit: 500 });
  const now = "2026-11-20T00:00:00Z";
  const met = new Set<number>();

  for (const filter of FILTERS) {
    const wanted = items.filter((row) => means(filter, row));
    const names = wanted.map((row) => row.id).toSorted();
    met.add(names.length);

    const list = await listAssignments(database, { ...filter, clientIds, limit: 500 });
    const bulk = await database.query<{ assignmentId: string }>(
      sql`select assignment_id as "assignmentId" from (${matchingWork(clientIds, filter)}) found`,
    );
    const past = await assignmentsAsOf(database, { ...filter, clientIds, at: now, limit: 500 });
    const counts = await queueCounts(database, { ...filter, clientIds }, now);
    const pastCounts = await queuesAsOf(database, { ...filter, clientIds, at: now });
    const plot = await workOverTime(database, {
      ...filter,
      ...{ clientIds, from: NOW, to: now, moments: 2 },
    });

    const where = JSON.stringify(filter);
    expect(list.items.map((row) => row.id).toSorted(), where).toEqual(names);
    expect(past.map((row) => row.id).toSorted(), where).toEqual(names);
    const ofPeople = wanted.filter((row) => row.kind === "user").map((row) => row.id);
    expect(bulk.map((row) => row.assignmentId).toSorted(), where).toEqual(ofPeople.toSorted());
    const open = counts.reduce((sum, queue) => sum + queue.open, 0);
    expect(open, where).toBe(names.length);
    expect(pastCounts, where).toEqual(counts);
    expect(plot[1], where).toMatchObject({ open, overdue: open, due: 0 });
  }

  // Filters that all met nothing, or everything, would show nothing.
  expect(met.size).toBeGreaterThan(5);
});

test("a group's plot tells when work came to it", async () => {
  const ofGroup = (workGroup: string) =>
    workOverTime(database, {
      ...{ clientIds: ["harbor"], queue: "ExecuteAccounting", workGroup },
      ...{ from: "2026-11-18T15:00:00Z", to: "2026-11-20T15:00:00Z", moments: 3 },
    });

  const specialist = await ofGroup("Specialist");
  const accounting = await ofGroup("Accounting");

  expect(specialist.map((moment) => moment.open)).toEqual([1, 2, 2]);
  expect(accounting.map((moment) => moment.open)).toEqual([5, 4, 4]);
});

test("what is past its goal is due until it is past its deadline, then as of today", async () => {
  const at = async (now: string) => {
    const filter = { clientIds: ["harbor"], queue: "ExecuteAccounting" };
    const [count] = await queueCounts(database, filter, now);
    const [past] = await queuesAsOf(database, { ...filter, at: now });
    return [count?.due, count?.overdue, past?.due, past?.overdue];
  };

  expect(await at("2026-11-17T05:00:00Z")).toEqual([0, 0, 0, 0]);
  expect(await at("2026-11-17T05:00:01Z")).toEqual([6, 0, 6, 0]);
  expect(await at("2026-11-18T05:00:00Z")).toEqual([6, 0, 6, 0]);
  expect(await at("2026-11-18T05:00:01Z")).toEqual([0, 6, 0, 6]);
});
