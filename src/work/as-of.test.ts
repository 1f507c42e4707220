import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";

import { aDispute, ids, NOW } from "../../test/support/books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { anOpenAdjustment } from "../../test/support/work.ts";
import { sql } from "../database/sql.ts";
import { manualClock } from "../kernel/clock.ts";

import { assignmentsAsOf, queuesAsOf, workOverTime } from "./as-of-views.ts";
import { markUnworkable, restoreAssignments } from "./mark-unworkable.ts";
import { takeNext } from "./next.ts";
import { pendAssignments, resumeDue } from "./pend.ts";
import { raiseUrgencies } from "./raise-urgencies.ts";
import { releaseAssignments } from "./release.ts";
import { closeAssignments } from "./store.ts";
import { RIGHTS } from "./actions.ts";
import { listAssignments, queueCounts } from "./views.ts";

const database = useDatabase();
const clientIds = ["harbor"];

/** A random source that repeats. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
}

/** What pages show now, without what only the present has. */
async function present(now: string) {
  const { items } = await listAssignments(database, { clientIds, limit: 500 });
  return {
    rows: items
      .map((row) => ({
        id: row.id,
        urgency: row.urgency,
        assignee: row.assignee,
        workGroup: row.workGroup,
        pendedUntil: row.pendedUntil,
        isUnworkable: row.unworkableReason !== null,
        version: row.version,
        state: row.adjustmentState,
      }))
      .toSorted((one, other) => one.id.localeCompare(other.id)),
    queues: await queueCounts(database, { clientIds }, now),
  };
}

async function past(at: string) {
  const rows = await assignmentsAsOf(database, { clientIds, at, limit: 500 });
  return {
    rows: rows
      .map((row) => ({
        id: row.id,
        urgency: row.urgency,
        assignee: row.assignee,
        workGroup: row.workGroup,
        pendedUntil: row.pendedUntil,
        isUnworkable: row.isUnworkable,
        version: row.version,
        state: row.adjustmentState,
      }))
      .toSorted((one, other) => one.id.localeCompare(other.id)),
    queues: await queuesAsOf(database, { clientIds, at }),
  };
}

test.each([1, 2, 3])(
  "seed %i: every past moment is what the pages showed then, whatever came after",
  async (seed) => {
    const roll = dice(seed);
    const placed = await aDispute(database);
    const clock = manualClock(Temporal.Instant.from(NOW));
    const desk = { database, clock, ids };
    const rights = new Set(Object.values(RIGHTS));
    const snapshots: { at: string; shown: Awaited<ReturnType<typeof present>> }[] = [];

    for (let step = 0; step < 40; step += 1) {
      clock.advance({ hours: roll(9), minutes: 1 });
      const now = clock.now().toString();
      const { items } = await listAssignments(database, { clientIds, limit: 500 });
      const row = items[roll(Math.max(1, items.length))];
      const one = row === undefined ? [] : [{ ...row, version: null }];
      const who = row?.assignee ?? "amy";
      const wait = { until: clock.now().add({ hours: 5 }).toString(), reason: "later" };
      const deeds = [
        () => open(placed, now),
        () => open(placed, now),
        () => takeNext(desk, { person: `p${roll(3)}`, rights, clientIds }),
        () => releaseAssignments(desk, who, one),
        () => pendAssignments(desk, who, one, wait),
        () => markUnworkable(desk, who, one, "cannot"),
        () => restoreAssignments(desk, "sue", one, null),
        () => (row === undefined ? Promise.resolve() : end(row, now)),
      ];
      // Some deeds are refused: then nothing changes.
      await deeds[roll(deeds.length)]?.().catch(() => undefined);
      await raiseUrgencies(desk);
      await resumeDue(desk);
      snapshots.push({ at: now, shown: await present(now) });
    }

    for (const { at, shown } of snapshots) expect(await past(at)).toEqual(shown);
    expect(snapshots.some(({ shown }) => shown.rows.some((row) => row.isUnworkable))).toBe(true);
    const { from, to } = { from: snapshots[0]?.at ?? "", to: snapshots.at(-1)?.at ?? "" };
    const [first, last] = await workOverTime(database, { clientIds, from, to, moments: 2 });
    const openIn = (shown?: Awaited<ReturnType<typeof present>>) => shown?.rows.length;
    const overdueIn = (shown?: Awaited<ReturnType<typeof present>>) =>
      shown?.queues.reduce((sum, queue) => sum + queue.overdue, 0);
    expect(first).toMatchObject({ at: from, open: openIn(snapshots[0]?.shown) });
    expect(last).toMatchObject({
      at: to,
      open: openIn(snapshots.at(-1)?.shown),
      overdue: overdueIn(snapshots.at(-1)?.shown),
    });
  },
);

test("what was closed and opened anew is both: open then, closed between, open again", async () => {
  const placed = await aDispute(database);
  await open(placed, "2026-11-16T15:00:00Z");
  const [row] = (await listAssignments(database, { clientIds, limit: 5 })).items;
  await end(row as { clientId: string; id: string }, "2026-11-17T15:00:00Z");
  await open(placed, "2026-11-18T15:00:00Z");

  const openAt = async (at: string) =>
    (await queuesAsOf(database, { clientIds, at }))[0]?.open ?? 0;
  const moments = [
    await openAt("2026-11-16T14:59:59Z"),
    await openAt("2026-11-16T15:00:00Z"),
    await openAt("2026-11-17T14:59:59Z"),
    await openAt("2026-11-17T15:00:00Z"),
    await openAt("2026-11-18T15:00:00Z"),
  ];
  const plot = await workOverTime(database, {
    clientIds,
    from: "2026-11-16T00:00:00Z",
    to: "2026-11-19T00:00:00Z",
    moments: 4,
  });

  expect(moments).toEqual([0, 1, 1, 0, 1]);
  expect(plot.map((moment) => moment.open)).toEqual([0, 1, 0, 1]);
});

async function open(placed: Awaited<ReturnType<typeof aDispute>>, openedAt: string) {
  const goal = Temporal.Instant.from(openedAt);
  await anOpenAdjustment(database, placed, {
    state: "pendingManual",
    assignment: {
      openedAt,
      goalAt: goal.add({ hours: 12 }).toString(),
      deadlineAt: goal.add({ hours: 30 }).toString(),
    },
  });
}

async function end(
  { clientId, id }: { readonly clientId: string; readonly id: string },
  now: string,
): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.execute(sql`
      update adjustment set state = 'executed', open_assignment_id = null
      where open_assignment_id = ${id}`);
    await closeAssignments(tx, [{ clientId, id, outcome: "executed" }], now);
  });
}
