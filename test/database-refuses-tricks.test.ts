/**
 * Ways around what PostgreSQL refuses, tried as the application's own role: our tables' names for
 * something else, and another name for what is ours.
 */
import { expect, test } from "vitest";

import { moveAdjustmentRows } from "../src/accounting/store.ts";
import type { Queries } from "../src/database/database.ts";
import { sql } from "../src/database/sql.ts";
import { aDispute, anAdjustment, bookEntry, ids, NOW } from "./support/books.ts";
import { useDatabase } from "./support/use-database.ts";
import { anOpenAdjustment } from "./support/work.ts";

const db = useDatabase();

function close(tx: Queries, assignmentId: string): Promise<number> {
  return tx.execute(sql`
    update assignment set is_open = false, closed_at = ${NOW} where id = ${assignmentId}
  `);
}

test("what works with the owner's rights never looks at temporary tables first", async () => {
  const functions = await db.owner.query<{ name: string; path: string[] | null }>(sql`
    select proname as name, proconfig as path from pg_proc
    where pronamespace = 'public'::regnamespace and prosecdef
  `);

  const open = functions.filter(({ path }) => !path?.includes("search_path=public, pg_temp"));
  expect(functions.length).toBeGreaterThan(10);
  expect(open).toEqual([]);
});

test("a temporary table in an adjustment's place hides it from nobody", async () => {
  const { assignmentId } = await anOpenAdjustment(db, await aDispute(db), {
    state: "pendingManual",
  });

  const closing = db.transaction(async (tx) => {
    await tx.execute(sql`
      create temp table adjustment (client_id text, id uuid, open_assignment_id uuid)
      on commit drop
    `);
    await tx.execute(sql`grant select on adjustment to public`);
    await close(tx, assignmentId);
  });

  await expect(closing).rejects.toThrow(/is closed, and adjustment .* shows it/);
});

test("a trigger on a temporary table does nothing with the owner's rights", async () => {
  const placed = await aDispute(db);
  const id = await anAdjustment(db, placed);
  await bookEntry(db, placed, id);

  await db.transaction(async (tx) => {
    await tx.execute(sql`create temp table transition (like public.transition) on commit drop`);
    await tx.execute(sql`grant insert on transition to public`);
    await tx.execute(sql`
      create function pg_temp.grab() returns trigger language plpgsql as
      'begin alter table entry disable trigger all; delete from entry; return new; end'
    `);
    await tx.execute(sql`
      create trigger grab before insert on transition
      for each row execute function pg_temp.grab()
    `);
    const move = {
      clientId: placed.clientId,
      id,
      from: "tracked",
      state: "cancelled",
      transitionId: ids.next(),
      event: "cancelled",
      actor: "test",
      reason: null,
      outside: null,
      route: null,
      destination: null,
      machineMayAct: true,
      failedRoute: null,
      raiseKeyRevision: false,
      isPartlyProcessed: false,
      isOverridable: false,
      isAccountChangeable: false,
      closedAccount: undefined,
      openAssignmentId: null,
    } as const;
    expect(await moveAdjustmentRows(tx, [move], NOW)).toBe(1);
  });

  const entries = await db.query(sql`select id from entry where adjustment_id = ${id}`);
  const noted = await db.query(sql`
    select event from transition where adjustment_id = ${id} and event = 'cancelled'
  `);
  expect(entries).toHaveLength(1);
  expect(noted).toHaveLength(1);
});

test("an adjustment under another id meanwhile does not show what was closed", async () => {
  const { adjustmentId, assignmentId } = await anOpenAdjustment(db, await aDispute(db), {
    state: "pendingManual",
  });
  const other = ids.next();

  const closing = db.transaction(async (tx) => {
    await tx.execute(sql`update adjustment set id = ${other} where id = ${adjustmentId}`);
    await close(tx, assignmentId);
    await tx.execute(sql`update adjustment set id = ${adjustmentId} where id = ${other}`);
  });

  await expect(closing).rejects.toThrow(/which is not open for it/);
});

test("what is shown is found by its key, whatever the planner thinks of small tables", async () => {
  const { adjustmentId, assignmentId } = await anOpenAdjustment(db, await aDispute(db), {
    state: "pendingManual",
  });
  await db.owner.execute(sql`analyze adjustment, assignment`);

  const read = await db.transaction(async (tx) => {
    for (const state of ["executed", "pendingManual"]) {
      const shown = state === "executed" ? null : assignmentId;
      await tx.execute(sql`
        update adjustment set state = ${state}, open_assignment_id = ${shown}
        where id = ${adjustmentId}
      `);
    }
    const before = await tx.one<{ read: bigint }>(readInFull);
    await tx.execute(sql`set constraints all immediate`);
    const after = await tx.one<{ read: bigint }>(readInFull);
    return after.read - before.read;
  });

  expect(read).toBe(0n);
});

const readInFull = sql`
  select sum(seq_scan)::bigint as read from pg_stat_xact_user_tables
  where relname in ('adjustment', 'assignment')`;
