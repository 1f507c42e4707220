/**
 * service: 64 calls in flight to a core that answers after 5 ms. Ours is the service worker as it
 * runs: intent, attempt, transition and event committed before a call; outcome, execution,
 * balances, transition and event committed after it. Beside it a bare loop over an undici pool
 * with 64 in flight, the same number of calls with the same body to the same core, and nothing
 * written anywhere.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { Pool, request } from "undici";

import { standInService } from "../examples/stand-in-core/service.ts";
import type { Database } from "../src/database/database.ts";
import { sql } from "../src/database/sql.ts";
import { startServiceWorker } from "../src/service/worker.ts";

import { benchDesk, dueWork, requireAllExecuted } from "./due-work.ts";
import type { Bench } from "./measure.ts";
import { ratioMeasure, spread } from "./measure.ts";
import { scratchServer } from "./scratch-server.ts";

const CALLS = 20_000;
const IN_FLIGHT = 64;
const REPEATS = 5;
const TARGET_RATIO = 0.5;

export const serviceBench: Bench = {
  name: "service",
  repeats: REPEATS,
  run: async ({ remark }) => {
    const server = await scratchServer();
    const core = await startStubCore();
    try {
      const service = { ...standInService(core.address), concurrency: IN_FLIGHT };
      const copy = await dueWork(server, { count: CALLS, service });
      const [ours, floors]: [number[], number[]] = [[], []];
      for (let repeat = 0; repeat <= REPEATS; repeat += 1) {
        const { database, drop } = await copy();
        const seconds = await timeWorker(database, core.address);
        await requireAllExecuted(database, CALLS);
        const body = await requestBody(database);
        await drop();
        const floorSeconds = await timeFloor(core.address, body);
        // The first pair warms the caches and the compiler.
        if (repeat === 0) continue;
        ours.push(CALLS / seconds);
        floors.push(CALLS / floorSeconds);
        remark(
          `service ${repeat}: ${ours.at(-1)?.toFixed(0)} against ${floors.at(-1)?.toFixed(0)}`,
        );
      }
      remark(`service: ours ${spread(ours)}, floor ${spread(floors)} calls a second`);
      const about = { name: "service", measure: "calls", unit: "calls/s" } as const;
      return [ratioMeasure({ ...about, bound: "min", target: TARGET_RATIO }, ours, floors)];
    } finally {
      await core.stop();
      await server.close();
    }
  },
};

/** Until the last answer is committed. */
async function timeWorker(database: Database, address: string): Promise<number> {
  const desk = await benchDesk(database);
  const before = await answered(address);
  const started = performance.now();
  const worker = startServiceWorker(desk);
  while ((await answered(address)) < before + CALLS) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await worker.stop();
  return (performance.now() - started) / 1000;
}

async function timeFloor(address: string, body: string): Promise<number> {
  const pool = new Pool(address, { connections: IN_FLIGHT, pipelining: 1 });
  let left = CALLS;
  const started = performance.now();
  const loop = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const answer = await pool.request({
        method: "POST",
        path: "/postings",
        headers: { "content-type": "application/json" },
        body,
      });
      await answer.body.json();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, loop));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  return seconds;
}

async function requestBody(database: Database): Promise<string> {
  const { request: kept } = await database.one<{ request: { body: unknown } }>(sql`
    select request from service_attempt limit 1
  `);
  return JSON.stringify(kept.body);
}

async function answered(address: string): Promise<number> {
  const { body } = await request(`${address}/count`);
  return Number(await body.text());
}

async function startStubCore(): Promise<{ address: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "stub-core.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return {
    address: line.toString().trim(),
    stop: async () => {
      child.stdin.end();
      await once(child, "exit");
    },
  };
}
