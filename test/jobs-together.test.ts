/**
 * Several workers in processes of their own, killed at random and with clocks that differ, several
 * jobs at once over the same work, people who work it meanwhile, rights taken away and a job
 * cancelled half way: each item is done at most once, what is said adds up, and nobody's word is
 * passed over. JOBS_TOGETHER_ITEMS and JOBS_TOGETHER_SEED ask for more, and for another course.
 */
import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { sql } from "../src/database/sql.ts";
import { Failure } from "../src/kernel/failure.ts";
import { seededRandom } from "../src/rehearsal/seeded-random.ts";
import { takeAssignments } from "../src/work/take.ts";
import { listAssignments } from "../src/work/views.ts";
import { useChildProcesses } from "./support/child-processes.ts";
import { aClient, aDisputeOf, operate } from "./support/engine.ts";
import { call, testServer } from "./support/http.ts";
import { expectSound } from "./support/sound-books.ts";
import { useDatabase } from "./support/use-database.ts";

const PROCESS = fileURLToPath(new URL("./support/job-process.ts", import.meta.url));
const ITEMS = Number(process.env["JOBS_TOGETHER_ITEMS"] ?? 24);
const SEED = Number(process.env["JOBS_TOGETHER_SEED"] ?? 5);
const TURNS = 6;
const CHUNK = "3";

const db = useDatabase();
const children = useChildProcesses();

test("jobs over the same work, whoever is killed", { timeout: 240_000 }, async () => {
  const random = seededRandom(SEED);
  const server = await testServer(db);
  const { app, engine } = server;
  const [amy, ben, cara] = [
    await server.keyFor("amy"),
    await server.keyFor("ben"),
    await server.keyFor("cara"),
  ];
  await server.keyFor("dora");
  // Above 120.00 a statement takes another person.
  const approvals = { attestation: [{ above: "120.00", levels: 1 }] };
  const clientId = await aClient(engine, { approvals });
  for (let ordinal = 0; ordinal < ITEMS; ordinal += 1) {
    const amount = `${101 + ordinal}.00`;
    const dispute = await aDisputeOf(engine, clientId, {}, amount);
    await operate(engine, clientId, dispute, "issueProvisionalCredit");
  }
  const ask = async (key: string, kind: string, action: object): Promise<string> => {
    const body = { kind, filter: { client: clientId }, action };
    const asked = await call(app, key, "POST", "/v1/jobs", { body });
    expect(asked.status).toBe(202);
    return String(asked.body["id"]);
  };
  const statement = (reference: string) => ({
    reference,
    postingDate: "2026-11-16",
    attested: true,
  });
  const completions = [
    await ask(amy, "completeWork", statement("AMY")),
    await ask(cara, "completeWork", statement("CARA")),
  ];
  const retry = await ask(amy, "retryWork", {});
  const assignment = await ask(ben, "assignWork", { person: "key:ben" });
  const cancelled = await ask(ben, "releaseWork", {});
  const jobs = [...completions, retry, assignment, cancelled];

  let seconds = 0;
  const startWorker = (): ChildProcess => {
    // Each one's clock is ahead of the former's lease.
    seconds += 31;
    const now = engine.clock.now().add({ seconds }).toString();
    return children.start([PROCESS, db.url, now, CHUNK]);
  };
  const workers = [startWorker(), startWorker()];
  const took = new Set<string>();
  for (let turn = 0; turn < TURNS; turn += 1) {
    await delay(700 + random.below(1500));
    const which = random.below(workers.length);
    await children.kill(workers[which] as ChildProcess);
    workers[which] = startWorker();
    const { items } = await listAssignments(db, { clientIds: [clientId], limit: 200 });
    const free = items.filter((one) => one.assignee === null && one.kind === "user");
    if (free.length > 0) {
      const { id, version } = random.pick(free);
      try {
        await takeAssignments(engine, "key:dora", [{ clientId, id, version }]);
        took.add(id);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
      }
    }
    if (turn === 1) {
      await db.owner.execute(sql`
        update api_key set revoked_at = ${engine.clock.now().toString()} where name = 'cara'`);
    }
    if (turn === 2) await call(app, ben, "POST", `/v1/jobs/${cancelled}/cancellation`);
  }
  const over = async (): Promise<boolean> =>
    (
      await db.one<{ over: boolean }>(sql`
      select not exists (select from job where state in ('waiting', 'running')) as over`)
    ).over;
  for (let turn = 0; turn < 300 && !(await over()); turn += 1) {
    if (turn % 50 === 49) workers.push(startWorker());
    await delay(300);
  }
  await children.killAll();

  expect(await over()).toBe(true);
  const said = await db.query<{ id: string; state: string; counts: string; results: string }>(sql`
    select j.id, j.state,
           format('%s %s %s', j.done_count, j.failed_count, j.skipped_count) as counts,
           (select format('%s %s %s', count(*) filter (where outcome = 'done'),
              count(*) filter (where outcome = 'failed'),
              count(*) filter (where outcome = 'skipped'))
            from job_item_outcome o where o.job_id = j.id) as results
    from job j`);
  expect(said.map((one) => one.id).toSorted()).toEqual(jobs.toSorted());
  for (const { counts, results } of said) expect(counts).toBe(results);
  const unfinished = await db.query(sql`
    select 1 as it from job where state = 'done'
      and done_count + failed_count + skipped_count <> total_count`);
  expect(unfinished).toEqual([]);
  const codes = await db.query<{ code: string }>(sql`
    select distinct code from job_item_outcome where code is not null`);
  const known = ["approval-required", "assignment-closed", "assignment-taken", "forbidden"];
  known.push("stale-version", "transition-refused");
  expect(codes.map((one) => one.code).filter((code) => !known.includes(code))).toEqual([]);

  const doneBy = async (ids: readonly string[]): Promise<number> => {
    const row = await db.one<{ done: number }>(sql`
      select count(*)::int as done from job_item_outcome
      where job_id = any (${ids}::uuid[]) and outcome = 'done'`);
    return row.done;
  };
  const attested = await db.query<{ times: number; amount: bigint; taken: boolean }>(sql`
    select count(*)::int as times, max(a.amount_minor) as amount,
           bool_or(t.assignment_id = any (${[...took]}::uuid[])) as taken
    from attestation t
    join adjustment a on a.client_id = t.client_id and a.id = t.adjustment_id
    group by t.adjustment_id`);
  expect(attested).toHaveLength(await doneBy(completions));
  for (const one of attested) {
    expect(one).toMatchObject({ times: 1, taken: false });
    expect(one.amount).toBeLessThanOrEqual(12000n);
  }
  expect(await doneBy([retry])).toBe(0);
  const { events } = await db.one<{ events: number }>(sql`
    select count(*)::int as events from assignment_event where kind = 'assigned'`);
  expect(events).toBe(await doneBy([assignment]));
  await expectSound(engine);
  await app.close();
});
