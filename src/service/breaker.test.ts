/**
 * A core that is down for ten minutes while much is due, and comes back: two workers, a simulated
 * clock. `BREAKER_DUE=5000` runs it in full.
 */
import { afterEach, expect, test } from "vitest";

import type { Core } from "../../examples/stand-in-core/core.ts";
import { startCore } from "../../examples/stand-in-core/core.ts";
import { standInService } from "../../examples/stand-in-core/service.ts";
import { aClient, testEngine } from "../../test/support/engine.ts";
import { onlyStanding, pendingCredits, serviceDesk, standing } from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { aPerson } from "../../test/support/work.ts";
import { sql } from "../database/sql.ts";
import { offeredActions } from "../work/actions.ts";
import { raiseUrgencies } from "../work/raise-urgencies.ts";
import { findAssignment } from "../work/views.ts";
import { createDispatcher } from "./dispatcher.ts";

const DUE = Number(process.env["BREAKER_DUE"] ?? 150);
const RATE = DUE > 1000 ? 100 : 20;

const db = useDatabase();
const engine = testEngine(db);
const desk = serviceDesk(engine, { leaseSeconds: 3600 });

let core: Core | undefined;
afterEach(() => core?.stop());

test(
  "is not stormed when it comes back: never more calls than its rate, and all are executed",
  async () => {
    core = await startCore();
    const { address } = core;
    await core.stop();
    const service = {
      ...standInService(address),
      ratePerSecond: RATE,
      concurrency: 64,
      maxAccountingServiceCallRetries: 20,
    };
    const client = await aClient(engine, { services: { core: service } });
    const ids = await pendingCredits(engine, client, Array<string>(DUE).fill("10.00"));
    const workers = ["one", "two"].map((worker) => createDispatcher(desk, { worker }));
    const turn = async (milliseconds: number): Promise<void> => {
      engine.clock.advance({ milliseconds });
      await Promise.all(workers.map((worker) => worker.round()));
      await Promise.all(workers.map((worker) => worker.idle()));
    };

    for (let second = 0; second < 600; second += 2) await turn(2000);
    while ((await raiseUrgencies(engine)) > 0);
    const whileDown = await attemptsStarted();
    const overdue = await onlyStanding(db, ids.at(-1) ?? "");
    const shown = await findAssignment(db, [client], overdue.assignmentId ?? "");

    core = await startCore({ port: Number(new URL(address).port) });
    // The next probe comes within five minutes; then all goes out.
    for (let left = 400; left > 0 && (await openCount(client)) === DUE; left -= 1) await turn(1000);
    for (let left = DUE * 4; left > 0 && (await openCount(client)) > 0; left -= 1) await turn(250);
    await Promise.all(workers.map((worker) => worker.close()));

    // While it was down: until the circuit opened, and then a probe now and then.
    expect(whileDown.length).toBeLessThan(60);
    expect(shown).toMatchObject({ type: "Pending Accounting Service" });
    expect(shown?.urgency).toBeGreaterThanOrEqual(20);
    expect(shown && offeredActions(shown, aPerson("amy"))).toContainEqual(
      expect.objectContaining({ name: "run", allowed: true }),
    );
    expect(mostInASecond(await attemptsStarted())).toBeLessThanOrEqual(RATE);
    const states = await standing(db, ids);
    expect(new Set(states.map((one) => one.state))).toEqual(new Set(["executed"]));
    expect(core.book.postings()).toHaveLength(DUE);
    const { late } = await db.one<{ late: number }>(sql`
      select count(*)::int as late from assignment
      where client_id = ${client} and closed_at > deadline_at
    `);
    expect(late).toBe(DUE);
  },
  DUE > 1000 ? 900_000 : 120_000,
);

async function attemptsStarted(): Promise<number[]> {
  const rows = await db.query<{ at: number }>(sql`
    select extract(epoch from started_at)::float8 * 1000 as at from service_attempt order by 1
  `);
  return rows.map((row) => row.at);
}

async function openCount(client: string): Promise<number> {
  const { open } = await db.one<{ open: number }>(sql`
    select count(*)::int as open from adjustment
    where client_id = ${client} and state <> 'executed'
  `);
  return open;
}

/** In any span of a second, its end left out. */
function mostInASecond(at: readonly number[]): number {
  let from = 0;
  return at.reduce((most, now, index) => {
    while ((at[from] ?? now) <= now - 1000) from += 1;
    return Math.max(most, index - from + 1);
  }, 0);
}
