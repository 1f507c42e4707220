/**
 * service: a worker posts what is due, 64 calls in flight, every attempt committed before its call
 * and its outcome after it; beside it a bare undici loop of as many calls, 64 in flight, against
 * the same stub, which answers after 5 ms. As many calls as take some seconds: what a worker needs
 * to start (connections, plans of statements) is not what it does from then on.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { Pool } from "undici";

import type { ServiceAdapter } from "../src/service/adapter.ts";
import { openAdapter } from "../src/service/http-adapter.ts";
import { startServiceWorker } from "../src/service/worker.ts";

import { benchDesk, dueWork, postingService, requireAllExecuted } from "./due-work.ts";
import type { Bench } from "./measure.ts";
import { ratioMeasure, spread } from "./measure.ts";
import type { ScratchDatabase } from "./scratch-server.ts";
import { scratchServer } from "./scratch-server.ts";

const CALLS = 30_000;
const IN_FLIGHT = 64;
const REPEATS = 5;
const TARGET_RATIO = 0.5;
const POLL_MILLISECONDS = 20;

export const serviceBench: Bench = {
  name: "service",
  repeats: REPEATS,
  run: async ({ remark }) => {
    const stub = await startStub();
    const server = await scratchServer();
    try {
      const fresh = await dueWork(server, {
        count: CALLS,
        service: postingService(stub.address, IN_FLIGHT),
      });
      const [ours, floors]: [number[], number[]] = [[], []];
      for (let repeat = 0; repeat <= REPEATS; repeat += 1) {
        const seconds = await timeWorker(await fresh());
        const floorSeconds = await timeBareLoop(stub.address);
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
      await server.close();
      await stub.stop();
    }
  },
};

/** From the worker's start to the last outcome on record. */
async function timeWorker(scratch: ScratchDatabase): Promise<number> {
  try {
    const { database } = scratch;
    const desk = await benchDesk(database);
    let sent = 0;
    const started = performance.now();
    // Counted here: asking the database fifty times a second took a twentieth of both cores.
    const worker = startServiceWorker(desk, {
      pollSeconds: 0.01,
      openAdapter: (service): ServiceAdapter => {
        const adapter = openAdapter(desk, service);
        return {
          ...adapter,
          send: (request, mayLeave) => {
            sent += 1;
            return adapter.send(request, mayLeave);
          },
        };
      },
    });
    while (sent < CALLS) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
    await worker.stop();
    const seconds = (performance.now() - started) / 1000;
    await requireAllExecuted(database, CALLS);
    return seconds;
  } finally {
    await scratch.drop();
  }
}

async function timeBareLoop(address: string): Promise<number> {
  const pool = new Pool(address, { connections: IN_FLIGHT, pipelining: 1 });
  const body = JSON.stringify({ claim: "2611160001C", amount: "100.00", lines: [{ amount: "1" }] });
  const headers = { "content-type": "application/json" };
  let left = CALLS;
  const line = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const answer = await pool.request({ method: "POST", path: "/postings", headers, body });
      await answer.body.json();
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, line));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  return seconds;
}

async function startStub(): Promise<{ address: string; stop(): Promise<void> }> {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, "service-stub.ts")],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [line] = (await once(child.stdout as NonNullable<ChildProcess["stdout"]>, "data")) as [
    Buffer,
  ];
  return {
    address: line.toString().trim(),
    stop: async () => {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
