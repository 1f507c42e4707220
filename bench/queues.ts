/**
 * Other queues on the same PostgreSQL: so many no-op jobs, and how long a worker takes until the
 * last of them is written off. Each with the settings that its own documentation calls fast.
 */
import { EventEmitter } from "node:events";

import type { WorkerEvents } from "graphile-worker";
import pg from "pg";

import { toolOf } from "./measure.ts";

const TASK = "noop";
const ADDED_AT_ONCE = 5000;
const CONNECTIONS = 12;
const LOOK_AGAIN_MILLISECONDS = 5;

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
  const { Logger, makeWorkerUtils, run } = await toolOf(
    "graphile-worker",
    () => import("graphile-worker"),
  );
  const logger = new Logger(() => () => undefined);
  const pgPool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  let isOver = false;
  const failed = (error: Error): void => {
    // When its work is over its database is dropped beneath connections that are just closing.
    if (!isOver) throw error;
  };
  pgPool.on("error", failed);
  pgPool.on("connect", (client) => void client.on("error", failed));
  try {
    const utils = await makeWorkerUtils({ pgPool, logger });
    await utils.migrate();
    for (const added of inSets(jobs)) {
      await utils.addJobs(added.map((ordinal) => ({ identifier: TASK, payload: { ordinal } })));
    }
    await utils.release();
    const all = countedOf(jobs);
    const started = performance.now();
    const runner = await run({
      pgPool,
      logger,
      noHandleSignals: true,
      events: new EventEmitter() as WorkerEvents,
      preset: { worker },
      taskList: { [TASK]: () => all.one() },
    });
    await all.done;
    await noneLeft(url, "select count(*)::int as left from graphile_worker._private_jobs");
    const seconds = (performance.now() - started) / 1000;
    isOver = true;
    await runner.stop();
    return seconds;
  } finally {
    await pgPool.end();
  }
}

export const PG_BOSS: QueueUnderTest = {
  name: "pg-boss",
  time: async (url, jobs) => {
    const { PgBoss } = await toolOf("pg-boss", () => import("pg-boss"));
    const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false });
    boss.on("error", (error) => {
      throw error;
    });
    await boss.start();
    await boss.createQueue(TASK);
    for (const added of inSets(jobs)) {
      await boss.insert(
        TASK,
        added.map((ordinal) => ({ data: { ordinal } })),
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
    await noneLeft(
      url,
      "select count(*)::int as left from pgboss.job where state in ('created', 'active')",
    );
    const seconds = (performance.now() - started) / 1000;
    await boss.stop({ graceful: true, close: true });
    return seconds;
  },
};

/** The clock ends with the last job that is written off, not with the last that was run. */
async function noneLeft(url: string, count: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    while ((await client.query<{ left: number }>(count)).rows[0]?.left !== 0) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MILLISECONDS));
    }
  } finally {
    await client.end();
  }
}

function* inSets(jobs: number): Generator<number[]> {
  for (let from = 0; from < jobs; from += ADDED_AT_ONCE) {
    const count = Math.min(ADDED_AT_ONCE, jobs - from);
    yield Array.from({ length: count }, (_, index) => from + index);
  }
}

function countedOf(jobs: number): { one(): void; readonly done: Promise<void> } {
  let left = jobs;
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    one: () => {
      left -= 1;
      if (left === 0) resolve();
    },
    done: promise,
  };
}
