/**
 * Under faults and kills, over many adjustments at once: every one ends executed once in the core's
 * own book or is shown to a person, and the two books agree to the cent. A sample of the full run.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { afterEach, expect, test } from "vitest";

import type { Core } from "../../examples/stand-in-core/core.ts";
import { startCore } from "../../examples/stand-in-core/core.ts";
import type { FaultName } from "../../examples/stand-in-core/faults.ts";
import { standInService } from "../../examples/stand-in-core/service.ts";
import { aClient, testEngine } from "../../test/support/engine.ts";
import type { Standing } from "../../test/support/service.ts";
import {
  coreByAccount,
  eventually,
  executedByAccount,
  pendingCredits,
  serviceDesk,
  standing,
  tickingClock,
} from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { startServiceWorker } from "./worker.ts";

const db = useDatabase();
const clock = tickingClock();
const engine = testEngine(db, clock);
const PROCESS = fileURLToPath(new URL("../../test/support/service-process.ts", import.meta.url));
const LEASE_SECONDS = 1;

let core: Core | undefined;
afterEach(() => core?.stop());

async function manyCredits(
  count: number,
  fault: FaultName,
  { withLookUp = true, concurrency = 32, postingMilliseconds = 0 } = {},
) {
  core = await startCore({
    postingMilliseconds,
    faults: { seed: 7, rules: [{ fault, oneIn: 5 }] },
  });
  const service = {
    ...standInService(core.address, {
      callSeconds: 0.2,
      absenceIsProofAfterSeconds: 0.4,
      withLookUp,
    }),
    concurrency,
    circuit: { opensAfter: 50 },
  };
  const client = await aClient(engine, { services: { core: service } });
  const amounts = Array.from({ length: count }, (_, index) => `${index + 1}.${(index % 90) + 10}`);
  return { core, client, ids: await pendingCredits(engine, client, amounts) };
}

/** Executed, or nothing but a person can help it on. */
function isDecided({ state, mayAct }: Standing): boolean {
  return state === "executed" || state === "serviceFailed" || (state === "unknown" && !mayAct);
}

async function untilDecided(ids: readonly string[], seconds: number): Promise<Standing[]> {
  return eventually(
    () => standing(db, ids),
    (rows) => rows.every(isDecided),
    seconds,
  );
}

async function expectAgreement(client: string, ids: readonly string[], rows: Standing[]) {
  const executed = rows.filter((row) => row.state === "executed");
  const keys = new Set(core?.book.postings().map((posting) => posting.key));
  expect(keys.size).toBe(core?.book.postings().length);
  expect(executed.length).toBeGreaterThanOrEqual(ids.length * 0.98);
  expect(core?.book.postings()).toHaveLength(executed.length);
  expect(await executedByAccount(engine, client)).toEqual(coreByAccount(core as Core));
  const [once] = await db.query<{ most: number }>(sql`
    select max(times)::int as most from (
      select count(*) as times from execution group by client_id, adjustment_id) counted
  `);
  expect(once?.most).toBe(1);
}

test.each<{ fault: FaultName; withLookUp: boolean }>([
  { fault: "dropAnswerAfterPosting", withLookUp: true },
  { fault: "dropAnswerAfterPosting", withLookUp: false },
  { fault: "silenceBeforePosting", withLookUp: true },
])(
  "$fault on one call in five, look-up $withLookUp: executed once, the books agree",
  async ({ fault, withLookUp }) => {
    const { client, ids } = await manyCredits(200, fault, { withLookUp });
    const problems: unknown[] = [];
    const desk = serviceDesk(engine, { leaseSeconds: 2, retryDivisor: 1000, problems });
    const worker = startServiceWorker(desk, { pollSeconds: 0.02 });

    const rows = await untilDecided(ids, 60);
    await worker.stop();

    await expectAgreement(client, ids, rows);
    expect(problems).toEqual([]);
    expect(core?.calls()).toBeGreaterThanOrEqual(ids.length);
  },
  120_000,
);

test("two workers at once call for each adjustment once", async () => {
  const { client, ids } = await manyCredits(150, "dropAnswerAfterPosting");
  const workers = [1, 2].map(() =>
    startServiceWorker(serviceDesk(engine, { leaseSeconds: 2, retryDivisor: 1000 }), {
      pollSeconds: 0.01,
    }),
  );

  const rows = await untilDecided(ids, 60);
  await Promise.all(workers.map((worker) => worker.stop()));

  await expectAgreement(client, ids, rows);
  expect(core?.calls()).toBe(ids.length);
}, 120_000);

test("workers killed in flight: nothing is posted twice, nothing is lost", async () => {
  const { client, ids } = await manyCredits(200, "dropAnswerAfterPosting", {
    // Slow enough that calls are under way at each of the kills.
    concurrency: 4,
    postingMilliseconds: 20,
  });
  let kills = 0;
  while (kills < 3) {
    const child = spawn(
      process.execPath,
      [PROCESS, db.url, String(clock.aheadMilliseconds), String(LEASE_SECONDS)],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(child.stdout, "data");
    const before = core?.calls() ?? 0;
    await eventually(
      async () => core?.calls() ?? 0,
      (calls) => calls >= before + 15,
      15,
    );
    child.kill("SIGKILL");
    await once(child, "exit");
    kills += 1;
  }

  const worker = startServiceWorker(
    serviceDesk(engine, { leaseSeconds: LEASE_SECONDS, retryDivisor: 1000 }),
    { pollSeconds: 0.02 },
  );
  const rows = await untilDecided(ids, 60);
  await worker.stop();

  await expectAgreement(client, ids, rows);
  const [left] = await db.query<{ open: number }>(sql`
    select count(*)::int as open from service_attempt t
    where not exists (select 1 from service_attempt_outcome o where o.attempt_id = t.id)
  `);
  // Killed with calls under way: their attempts have no outcome, and were looked up.
  expect(left?.open).toBeGreaterThan(0);
}, 180_000);
