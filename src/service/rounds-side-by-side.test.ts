/** Several rounds of one worker at once: together they stay within what one may take. */
import { afterEach, beforeEach, expect, test } from "vitest";

import type { Core } from "../../examples/stand-in-core/core.ts";
import { startCore } from "../../examples/stand-in-core/core.ts";
import { standInService } from "../../examples/stand-in-core/service.ts";
import { aClient, testEngine } from "../../test/support/engine.ts";
import {
  heldCalls,
  onlyStanding,
  pendingCredits,
  serviceDesk,
} from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { createDispatcher } from "./dispatcher.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = serviceDesk(engine);

let core: Core;
beforeEach(async () => {
  core = await startCore();
});
afterEach(() => core.stop());

async function aDue(count: number, concurrency: number): Promise<string[]> {
  const service = { ...standInService(core.address), concurrency };
  const client = await aClient(engine, { services: { core: service } });
  return pendingCredits(engine, client, Array<string>(count).fill("10.00"));
}

async function executed(ids: readonly string[]): Promise<number> {
  const states = await Promise.all(ids.map(async (id) => (await onlyStanding(db, id)).state));
  return states.filter((state) => state === "executed").length;
}

test("no more is taken than one round would take, and nothing twice", async () => {
  const ids = await aDue(10, 4);
  const { openAdapter, letGo } = heldCalls(desk);
  const dispatcher = createDispatcher(desk, { worker: "test", openAdapter });

  const first = await Promise.all([dispatcher.round(), dispatcher.round(), dispatcher.round()]);
  letGo();
  await dispatcher.idle();
  let rest = 0;
  for (let turn = 0; turn < 20 && rest < 6; turn += 1) {
    const started = await Promise.all([dispatcher.round(), dispatcher.round()]);
    rest += started.reduce((sum, one) => sum + one, 0);
    await dispatcher.idle();
  }
  await dispatcher.close();

  expect(first.reduce((sum, one) => sum + one, 0)).toBe(4);
  expect(rest).toBe(6);
  expect(await executed(ids)).toBe(10);
  expect(core.book.postings()).toHaveLength(10);
});

test("what a round was going to take and could not is free for the next one", async () => {
  const ids = await aDue(3, 2);
  let fails = true;
  const next = (): string => {
    if (fails) throw new Error("not now");
    return engine.ids.next();
  };
  const dispatcher = createDispatcher(
    { ...desk, engine: { ...engine, ids: { ...engine.ids, next } } },
    { worker: "test" },
  );

  await expect(Promise.all([dispatcher.round(), dispatcher.round()])).rejects.toThrow("not now");
  fails = false;

  const started = await dispatcher.round();
  await dispatcher.idle();
  await dispatcher.close();
  expect(started).toBe(2);
  expect(await executed(ids)).toBe(2);
});
