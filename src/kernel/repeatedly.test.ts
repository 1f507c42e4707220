/** A worker's loop: one run at a time, failures survived, woken early, stopped cleanly. */
import { setTimeout as delay } from "node:timers/promises";

import { expect, test } from "vitest";

import { repeatedly } from "./repeatedly.ts";

test("runs again after a failure, which it reports", async () => {
  const failures: unknown[] = [];
  let runs = 0;
  const loop = repeatedly(
    () => {
      runs += 1;
      return runs === 1 ? Promise.reject(new Error("once")) : Promise.resolve();
    },
    { seconds: 0.001, failed: (error) => failures.push(error) },
  );

  while (runs < 3) await delay(1);
  await loop.stop();

  expect(failures).toHaveLength(1);
});

test("waits until it is woken", async () => {
  let runs = 0;
  const loop = repeatedly(async () => (runs += 1), { seconds: 3600, failed: () => undefined });
  await delay(5);
  expect(runs).toBe(1);

  loop.wake();
  await delay(5);

  expect(runs).toBe(2);
  await loop.stop();
});

test("stops after the run under way, and begins no other", async () => {
  let running = 0;
  let ended = 0;
  const loop = repeatedly(
    async () => {
      running += 1;
      await delay(20);
      ended += 1;
    },
    { seconds: 0, failed: () => undefined },
  );

  await loop.stop();

  expect(ended).toBe(running);
  await delay(30);
  expect(ended).toBe(running);
});
