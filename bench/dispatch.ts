/**
 * dispatch: a worker takes due assignments by lease and gives each back done, in sets, as the
 * service route does it, without anything in between (a no-op: no call, no record of one). Beside
 * it as many no-op jobs of graphile-worker with its local queue, of its default, and of pg-boss, on
 * the same PostgreSQL. What a posting costs with all its records is the bench `service`.
 *
 * The assignment is the queue: it stays where a queue deletes its job, indexed for people as well.
 */
import type { Temporal } from "temporal-polyfill";

import type { Database } from "../src/database/database.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { lockDue } from "../src/service/views.ts";
import { leaseAssignments, setDue } from "../src/work/store.ts";

import { DUE_CLIENT, DUE_SERVICE, dueCount, dueWork } from "./due-work.ts";
import type { Bench, Measure } from "./measure.ts";
import { ratioMeasure, spread } from "./measure.ts";
import type { QueueUnderTest } from "./queues.ts";
import { GRAPHILE_DEFAULT, GRAPHILE_LOCAL_QUEUE, PG_BOSS } from "./queues.ts";
import type { ScratchDatabase } from "./scratch-server.ts";
import { scratchServer } from "./scratch-server.ts";

const ASSIGNMENTS = 20_000;
/** As many as are taken at once; the local queue of graphile-worker holds as many. */
const AT_ONCE = 500;
const REPEATS = 5;

const FLOORS: readonly { readonly queue: QueueUnderTest; readonly target: number }[] = [
  { queue: GRAPHILE_LOCAL_QUEUE, target: 1 },
  { queue: GRAPHILE_DEFAULT, target: 5 },
  { queue: PG_BOSS, target: 2 },
];

export const dispatchBench: Bench = {
  name: "dispatch",
  repeats: REPEATS,
  run: async ({ remark }): Promise<Measure[]> => {
    const server = await scratchServer();
    try {
      const service = {
        protocol: "rest-json",
        url: "http://127.0.0.1:9",
        post: { path: "/", body: {} },
      };
      const fresh = await dueWork(server, { count: ASSIGNMENTS, service });
      const ours: number[] = [];
      const floors = new Map<string, number[]>(FLOORS.map(({ queue }) => [queue.name, []]));
      for (let repeat = 0; repeat <= REPEATS; repeat += 1) {
        const seconds = await dropping(await fresh(), ({ database }) => timeDispatch(database));
        for (const { queue } of FLOORS) {
          const floor = await dropping(await server.database(), ({ url }) =>
            queue.time(url, ASSIGNMENTS),
          );
          // The first round warms the caches and the compiler.
          if (repeat > 0) floors.get(queue.name)?.push(ASSIGNMENTS / floor);
        }
        if (repeat === 0) continue;
        ours.push(ASSIGNMENTS / seconds);
        const beside = FLOORS.map(({ queue }) => floors.get(queue.name)?.at(-1)?.toFixed(0));
        remark(`dispatch ${repeat}: ${ours.at(-1)?.toFixed(0)} against ${beside.join(", ")}`);
      }
      remark(`dispatch: ours ${spread(ours)} assignments a second`);
      return FLOORS.map(({ queue, target }) => {
        const about = { name: "dispatch", measure: `against ${queue.name}`, unit: "assignments/s" };
        return ratioMeasure({ ...about, bound: "min", target }, ours, floors.get(queue.name) ?? []);
      });
    } finally {
      await server.close();
    }
  },
};

/** Until nothing is due: takes a set by lease, gives it back; both are committed. */
async function timeDispatch(database: Database): Promise<number> {
  const started = performance.now();
  let left = ASSIGNMENTS;
  let done: Promise<unknown> = Promise.resolve();
  while (left > 0) {
    const taken = await database.transaction(async (tx) => {
      const now = systemClock.now();
      const due = await lockDue(
        tx,
        [{ clientId: DUE_CLIENT, service: DUE_SERVICE, limit: AT_ONCE }],
        now.toString(),
      );
      return leaseAssignments(
        tx,
        due.map((row) => ({ clientId: row.clientId, id: row.assignmentId })),
        { worker: "bench", now: now.toString(), leasedUntil: leaseEnd(now) },
      );
    });
    left -= taken.length;
    await done;
    // The next set is taken while this one is given back, as the dispatcher does it.
    done = database.transaction((tx) =>
      setDue(
        tx,
        taken.map((row) => ({ ...row, dueAt: null })),
      ),
    );
  }
  await done;
  const seconds = (performance.now() - started) / 1000;
  if ((await dueCount(database)) > 0) throw new Error("something is still due");
  return seconds;
}

function leaseEnd(now: Temporal.Instant): string {
  return now.add({ seconds: 30 }).toString();
}

async function dropping<Result>(
  scratch: ScratchDatabase,
  work: (scratch: ScratchDatabase) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(scratch);
  } finally {
    await scratch.drop();
  }
}
