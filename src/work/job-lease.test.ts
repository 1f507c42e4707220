/** The lease of a job: one worker at a time has it, and keeps it as long as it lives. */
import { Temporal } from "temporal-polyfill";

import { expect, test } from "vitest";

import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { manualClock } from "../kernel/clock.ts";
import { uuids } from "../kernel/ids.ts";
import { insertJob, leaseNextJob, releaseJob, renewJobLease } from "./job-store.ts";

const db = useDatabase();
const clock = manualClock(Temporal.Instant.from("2026-11-16T15:00:00Z"));
const ids = uuids(clock);

function aJob(kind = "count"): Promise<string> {
  const id = ids.next();
  const job = { id, kind, input: {}, clientIds: ["a"], askedBy: "amy", asked: null };
  const matching = sql`
    select 'a'::text, ${ids.next()}::uuid, ${ids.next()}::uuid, 1 from generate_series(1, 3)
  `;
  return db.transaction(async (tx) => {
    await insertJob(tx, { ...job, createdAt: clock.now().toString() }, matching);
    return id;
  });
}

const lease = (worker: string) => ({
  worker,
  now: clock.now().toString(),
  leasedUntil: clock.now().add({ seconds: 30 }).toString(),
});
const take = (worker: string, kinds = ["count"]) =>
  db.transaction(async (tx) => (await leaseNextJob(tx, kinds, lease(worker)))?.id);

test("a job is not taken over while its heartbeat goes on", async () => {
  const id = await aJob();

  const first = await take("one");
  clock.advance({ seconds: 20 });
  await db.transaction((tx) => renewJobLease(tx, id, lease("one")));
  clock.advance({ seconds: 20 });
  const early = await take("two");
  clock.advance({ seconds: 11 });
  const late = await take("two");

  expect([first, early, late]).toEqual([id, undefined, id]);
  // Whoever lost it renews nothing.
  expect(await db.transaction((tx) => renewJobLease(tx, id, lease("one")))).toBe(0);
});

test("a job given back waits behind those that never had a turn", async () => {
  const old = await aJob();
  await take("one");
  const fresh = await aJob();
  await db.transaction((tx) => releaseJob(tx, old, "one", clock.now().toString()));

  expect([await take("one"), await take("two"), await take("three")]).toEqual([
    fresh,
    old,
    undefined,
  ]);
});

test("a worker leaves alone what it does not know how to do", async () => {
  await aJob("of a later release");

  expect(await take("one")).toBeUndefined();
});
