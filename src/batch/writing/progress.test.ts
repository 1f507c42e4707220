import { expect, test } from "vitest";

import { aBatchClient, aDirectory, pendingCredits } from "../../../test/support/batch.ts";
import { batchDesk, PROFILE } from "../../../test/support/batch-desk.ts";
import { testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { sql } from "../../database/sql.ts";
import { generateNow } from "../generate.ts";
import { runningGenerations } from "./progress.ts";
import { keepProgress } from "./store-progress.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);

test("while a generation runs others see how far it is; when it ends it is gone", async () => {
  const client = await aBatchClient(engine, await aDirectory());
  await pendingCredits(engine, client, ["10.00", "20.00"]);
  const running = () => runningGenerations(desk, [client]);
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve: hold } = Promise.withResolvers<void>();
  const holder = db.owner.transaction(async (tx) => {
    await tx.execute(sql`lock table outbox in share mode`);
    hold();
    await released;
  });
  await held;

  const generation = generateNow(desk, { clientId: client, profile: PROFILE, actor: "ann" });
  await expect
    .poll(running, { timeout: 10_000 })
    .toMatchObject([{ profile: PROFILE, actor: "ann", rendered: 2n, total: 2n }]);
  release();
  await holder;
  const { files } = await generation;

  expect(files).toHaveLength(1);
  await expect.poll(running, { timeout: 10_000 }).toEqual([]);
});

test("what a killed process left is not believed for ever", async () => {
  const client = await aBatchClient(engine, await aDirectory());
  const now = engine.clock.now().toString();
  const row = { clientId: client, profile: PROFILE, actor: "ann", rendered: 5n, total: 9n };
  await keepProgress(db, { ...row, startedAt: now, toldAt: now });
  expect(await runningGenerations(desk, [client])).toHaveLength(1);

  engine.clock.advance({ minutes: 3 });

  expect(await runningGenerations(desk, [client])).toEqual([]);
});
