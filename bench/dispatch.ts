/**
 * dispatch: due assignments a second, beside as many no-op jobs of graphile-worker with its local
 * queue, of its default, and of pg-boss, on the same PostgreSQL.
 *
 * What a no-op is: a job of a queue is taken, its task does nothing, and it is written off, both
 * committed. Ours the same: assignments are taken by lease, in sets, and given back done, with the
 * statements the service route takes and gives back with, and nothing in between. The targets are
 * for this. The assignment stays, indexed for people, where a queue deletes its job.
 *
 * Beside it, without a target, the whole path of the service worker with an adapter that answers at
 * once: request, attempt, outcome, two transitions, two events, execution, balances, closing; all
 * that a posting leaves behind, against queues that leave nothing.
 */
import type { Temporal } from "temporal-polyfill";

import type { Database } from "../src/database/database.ts";
import { systemClock } from "../src/kernel/clock.ts";
import type { ServiceAdapter } from "../src/service/adapter.ts";
import { openAdapter } from "../src/service/http-adapter.ts";
import { dueForService } from "../src/service/due-views.ts";
import { startServiceWorker } from "../src/service/worker.ts";
import { leaseMatching } from "../src/work/due-store.ts";
import { setDue } from "../src/work/store.ts";

import {
  benchDesk,
  DUE_CLIENT,
  DUE_SERVICE,
  dueCount,
  dueWork,
  postingService,
  requireAllExecuted,
} from "./due-work.ts";
import type { Bench, Measure } from "./measure.ts";
import { ratioMeasure, spread } from "./measure.ts";
import type { QueueUnderTest } from "./queues.ts";
import { GRAPHILE_DEFAULT, GRAPHILE_LOCAL_QUEUE, PG_BOSS } from "./queues.ts";
import type { ScratchDatabase } from "./scratch-server.ts";
import { scratchServer } from "./scratch-server.ts";

const ASSIGNMENTS = 20_000;
/** As many as are taken at once; the local queue of graphile-worker holds as many. */
const AT_ONCE = 500;
const GIVEN_BACK_AT_ONCE = 2;
const IN_FLIGHT = 64;
const REPEATS = 5;
const POLL_MILLISECONDS = 20;

const FLOORS: readonly { readonly queue: QueueUnderTest; readonly target: number }[] = [
  { queue: GRAPHILE_LOCAL_QUEUE, target: 1 },
  { queue: GRAPHILE_DEFAULT, target: 5 },
  { queue: PG_BOSS, target: 2 },
];

/** What is ours, by the measure it is said under. */
const OURS = [
  { measure: "no-op", isJudged: true, time: timeNoOp },
  { measure: "whole path", isJudged: false, time: timeWholePath },
] as const;

export const dispatchBench: Bench = {
  name: "dispatch",
  repeats: REPEATS,
  run: async ({ remark }): Promise<Measure[]> => {
    const server = await scratchServer();
    try {
      const service = postingService("http://127.0.0.1:9", IN_FLIGHT);
      const fresh = await dueWork(server, { count: ASSIGNMENTS, service });
      const rates = new Map<string, number[]>();
      for (let repeat = 0; repeat <= REPEATS; repeat += 1) {
        const seconds = new Map<string, number>();
        for (const { measure, time } of OURS) seconds.set(measure, await using(fresh, time));
        for (const { queue } of FLOORS) {
          const worked = await using(server.database, ({ url }) => queue.time(url, ASSIGNMENTS));
          seconds.set(queue.name, worked);
        }
        // The first round warms the caches and the compiler.
        if (repeat === 0) continue;
        for (const [name, one] of seconds) {
          rates.set(name, [...(rates.get(name) ?? []), ASSIGNMENTS / one]);
        }
        remark(`dispatch ${repeat}: ${said(rates, (all) => (all.at(-1) ?? 0).toFixed(0))}`);
      }
      remark(`dispatch, a second: ${said(rates, spread)}`);
      return OURS.flatMap(({ measure, isJudged }) =>
        FLOORS.map(({ queue, target }) =>
          ratioMeasure(
            {
              name: "dispatch",
              measure: `${measure}, against ${queue.name}`,
              unit: "assignments/s",
              bound: "min",
              target: isJudged ? target : null,
            },
            rates.get(measure) ?? [],
            rates.get(queue.name) ?? [],
          ),
        ),
      );
    } finally {
      await server.close();
    }
  },
};

function said(
  rates: ReadonlyMap<string, readonly number[]>,
  as: (all: readonly number[]) => string,
): string {
  return [...rates].map(([name, all]) => `${name} ${as(all)}`).join("; ");
}

/** Until nothing is due: takes a set by lease, gives it back; both are committed. */
async function timeNoOp({ database }: ScratchDatabase): Promise<number> {
  const started = performance.now();
  let left = ASSIGNMENTS;
  const returning = new Set<Promise<unknown>>();
  while (left > 0) {
    const taken = await takeByLease(database);
    left -= taken.length;
    // The next set is taken while two are given back, as the dispatcher settles them.
    if (returning.size === GIVEN_BACK_AT_ONCE) await Promise.race(returning);
    const done = giveBack(database, taken).finally(() => returning.delete(done));
    returning.add(done);
  }
  await Promise.all(returning);
  const seconds = (performance.now() - started) / 1000;
  if ((await dueCount(database)) > 0) throw new Error("something is still due");
  return seconds;
}

function giveBack(
  database: Database,
  taken: readonly { clientId: string; id: string }[],
): Promise<void> {
  return database.transaction((tx) =>
    setDue(
      tx,
      taken.map(({ clientId, id }) => ({ clientId, id, dueAt: null })),
    ),
  );
}

function takeByLease(database: Database): Promise<{ clientId: string; id: string }[]> {
  return database.transaction((tx) => {
    const now = systemClock.now();
    const wanted = { clientId: DUE_CLIENT, service: DUE_SERVICE, limit: AT_ONCE };
    return leaseMatching(tx, dueForService([wanted], now.toString()), {
      worker: "bench",
      now: now.toString(),
      leasedUntil: leaseEnd(now),
    });
  });
}

function leaseEnd(now: Temporal.Instant): string {
  return now.add({ seconds: 30 }).toString();
}

/** The worker as it runs, but for the network: from its start to the last outcome on record. */
async function timeWholePath({ database }: ScratchDatabase): Promise<number> {
  const desk = await benchDesk(database);
  let sent = 0;
  const started = performance.now();
  const worker = startServiceWorker(desk, {
    pollSeconds: 0.01,
    openAdapter: (service): ServiceAdapter => ({
      ...openAdapter(desk, service),
      send: () => {
        const body = { id: `S${(sent += 1)}`, status: "posted" };
        const answer = { status: 200, headers: {}, body };
        return Promise.resolve({ kind: "answered", answer, text: JSON.stringify(body) });
      },
    }),
  });
  while (sent < ASSIGNMENTS) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
  await worker.stop();
  const seconds = (performance.now() - started) / 1000;
  await requireAllExecuted(database, ASSIGNMENTS);
  return seconds;
}

async function using<Result>(
  opening: () => Promise<ScratchDatabase>,
  work: (scratch: ScratchDatabase) => Promise<Result>,
): Promise<Result> {
  const scratch = await opening();
  try {
    return await work(scratch);
  } finally {
    await scratch.drop();
  }
}
