/** Other queues on the same PostgreSQL: so many no-op jobs, and how long a worker takes. */
import { makeWorkerUtils, run as runGraphile } from "graphile-worker";
import type { WorkerEvents } from "graphile-worker";
import { EventEmitter } from "node:events";
import { Logger } from "graphile-worker";
import { PgBoss } from "pg-boss";

const TASK = "noop";
const ADDED_AT_ONCE = 5000;
const SILENT = new Logger(() => () => undefined);

export interface QueueUnderTest {
  readonly name: string;
  /** Adds the jobs to a fresh database, then has them worked; answers the seconds of the work. */
  time(url: string, jobs: number): Promise<number>;
}

/** With its local queue: jobs are fetched and completed in batches. */
export const GRAPHILE_LOCAL_QUEUE: QueueUnderTest = {
  name: "graphile-worker localQueue",
  time: (url, jobs) =>
    timeGraphile(url, jobs, {
      concurrentJobs: 24,
      localQueue: { size: 500, refetchDelay: { durationMs: 0 } },
      completeJobBatchDelay: 0,
    }),
};

/** As it comes, with ten jobs at once. */
export const GRAPHILE_DEFAULT: QueueUnderTest = {
  name: "graphile-worker",
  time: (url, jobs) => timeGraphile(url, jobs, { concurrentJobs: 10 }),
};

async function timeGraphile(
  url: string,
  jobs: number,
  worker: GraphileConfig.WorkerOptions,
): Promise<number> {
  const utils = await makeWorkerUtils({ connectionString: url, logger: SILENT });
  await utils.migrate();
  for (let from = 0; from < jobs; from += ADDED_AT_ONCE) {
    const count = Math.min(ADDED_AT_ONCE, jobs - from);
    await utils.addJobs(
      Array.from({ length: count }, (_, index) => ({
        identifier: TASK,
        payload: { ordinal: from + index },
      })),
    );
  }
  await utils.release();
  const events = new EventEmitter() as WorkerEvents;
  const all = countedOf(jobs);
  const started = performance.now();
  const runner = await runGraphile({
    connectionString: url,
    maxPoolSize: 12,
    logger: SILENT,
    noHandleSignals: true,
    events,
    preset: { worker },
    taskList: { [TASK]: () => all.one() },
  });
  await all.done;
  // What was begun is completed, and written, before it counts.
  await runner.stop();
  return (performance.now() - started) / 1000;
}

export const PG_BOSS: QueueUnderTest = {
  name: "pg-boss",
  time: async (url, jobs) => {
    const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false });
    boss.on("error", (error) => {
      throw error;
    });
    await boss.start();
    await boss.createQueue(TASK);
    for (let from = 0; from < jobs; from += ADDED_AT_ONCE) {
      const count = Math.min(ADDED_AT_ONCE, jobs - from);
      await boss.insert(
        TASK,
        Array.from({ length: count }, (_, index) => ({ data: { ordinal: from + index } })),
      );
    }
    const all = countedOf(jobs);
    const started = performance.now();
    await boss.work(
      TASK,
      { batchSize: 100, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 },
      (batch) => {
        for (const _ of batch) all.one();
        return Promise.resolve();
      },
    );
    await all.done;
    await boss.stop({ graceful: true });
    return (performance.now() - started) / 1000;
  },
};

function countedOf(jobs: number): { one(): void; readonly done: Promise<void> } {
  let left = jobs;
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return {
    one: () => {
      left -= 1;
      if (left === 0) finish();
    },
    done,
  };
}
