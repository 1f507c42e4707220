/**
 * Several processes that read the same clocks and work the same inbox at the moment at which the
 * machine credits, killed at random: each dispute is credited once and in time, whoever held what.
 */
import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { sql } from "../src/database/sql.ts";
import { seededRandom } from "../src/rehearsal/seeded-random.ts";
import { useChildProcesses } from "./support/child-processes.ts";
import { aClient, aDisputeOf, testEngine } from "./support/engine.ts";
import { expectSound } from "./support/sound-books.ts";
import { useDatabase } from "./support/use-database.ts";

const PROCESS = fileURLToPath(new URL("./support/credit-process.ts", import.meta.url));
const DISPUTES = Number(process.env["CREDITS_TOGETHER_DISPUTES"] ?? 20);
const SEED = Number(process.env["CREDITS_TOGETHER_SEED"] ?? 3);
const KILLS = 5;

const db = useDatabase();
const children = useChildProcesses();

test.each([
  // Notice on 2026-11-16: credited by 2026-12-01, by hand from two business days before.
  ["provisional", "automaticProvisionalCredit", "issueProvisionalCredit", "2026-11-27T05:00:00Z"],
  // Decided by 2026-12-31, by hand from two business days before.
  ["final", "automaticFinalCredit", "payDispute", "2026-12-29T05:00:00Z"],
] as const)(
  "%s credits are given once",
  { timeout: 120_000 },
  async (_, setting, operation, now) => {
    const random = seededRandom(SEED);
    const engine = testEngine(db);
    const clientId = await aClient(engine, { clocks: { [setting]: true } });
    const known = { pointOfSale: false, outOfState: false, newAccount: false };
    for (let ordinal = 0; ordinal < DISPUTES; ordinal += 1) {
      await aDisputeOf(engine, clientId, known);
    }
    const start = (): ChildProcess => children.start([PROCESS, db.url, now]);
    const processes = [start(), start(), start()];

    for (let turn = 0; turn < KILLS; turn += 1) {
      await delay(500 + random.below(1500));
      const which = random.below(processes.length);
      await children.kill(processes[which] as ChildProcess);
      processes[which] = start();
    }
    const open = async (): Promise<number> =>
      (
        await db.one<{ done: number }>(sql`
      select count(*)::int as done from operation
      where operation = ${operation} and state = 'done'`)
      ).done;
    for (let turn = 0; turn < 200 && (await open()) < DISPUTES; turn += 1) await delay(200);
    // What would be done twice has the time to be.
    await delay(1000);
    await children.killAll();

    const credits = await db.query(sql`
    select a.state, a.attempt, a.reason, count(*)::int as disputes
    from automatic_credit a
    join operation o on o.client_id = a.client_id and o.id = a.operation_id and o.state = 'done'
    where a.operation = ${operation}
    group by a.state, a.attempt, a.reason`);
    expect(credits).toEqual([{ state: "written", attempt: 1, reason: null, disputes: DISPUTES }]);
    const given = await db.query<{ times: number; sum: string }>(sql`
    select count(*)::int as times, sum(amount_minor)::text as sum from adjustment
    where operation = ${operation} and follows_adjustment_id is null
    group by dispute_id`);
    expect(given).toEqual(Array.from({ length: DISPUTES }, () => ({ times: 1, sum: "10000" })));
    const missed = await db.query(sql`select 1 as it from clock_warning where stage = 'missed'`);
    expect(operation === "payDispute" ? [] : missed).toEqual([]);
    await expectSound(engine);
  },
);
