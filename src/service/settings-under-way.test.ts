/** A service that is configured anew while calls of it wait to leave. */
import { afterEach, expect, test } from "vitest";

import type { Core } from "../../examples/stand-in-core/core.ts";
import { startCore } from "../../examples/stand-in-core/core.ts";
import { standInService } from "../../examples/stand-in-core/service.ts";
import { aClient, testEngine } from "../../test/support/engine.ts";
import { pendingCredits, serviceDesk, standing } from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { configureService } from "./configure-service.ts";
import { createDispatcher } from "./dispatcher.ts";
import { openAdapter } from "./http-adapter.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = serviceDesk(engine);

let core: Core | undefined;
afterEach(() => core?.stop());

test("calls that wait leave on the connections they were made for", async () => {
  core = await startCore();
  const service = { ...standInService(core.address, { callSeconds: 30 }), concurrency: 2 };
  const client = await aClient(engine, { services: { core: service } });
  const ids = await pendingCredits(engine, client, Array<string>(14).fill("10.00"));
  let opened = 0;
  let closed = 0;
  const dispatcher = createDispatcher(desk, {
    worker: "test",
    openAdapter: (one) => {
      opened += 1;
      const adapter = openAdapter(desk, one);
      const close = async (): Promise<void> => {
        closed += 1;
        await adapter.close();
      };
      return { ...adapter, close };
    },
  });
  // Fast answers let more be taken ahead; then the core is slow, and what was taken waits.
  while ((await dispatcher.round()) > 0 && core.book.postings().length === 0) {
    await dispatcher.idle();
  }
  const rules = [{ fault: "slow", oneIn: 1, milliseconds: 1500 }] as const;
  core.faults.plan = { seed: 1, rules };
  await dispatcher.round();

  await configureService(engine, {
    clientId: client,
    name: "core",
    settings: { ...service, maxAccountingServiceCallRetries: 7 },
    version: 1,
    actor: "ann",
    requestId: null,
    dryRun: false,
  });
  await expect.poll(async () => (await dispatcher.round(), opened), { timeout: 20_000 }).toBe(2);
  core.faults.plan = { seed: 1, rules: [] };
  await dispatcher.idle();
  await expect.poll(() => closed).toBe(1);
  while ((await dispatcher.round()) > 0) await dispatcher.idle();
  await dispatcher.close();

  const attempts = await db.one<{ made: number }>(sql`
    select count(*)::int as made from service_attempt
  `);
  const states = await standing(db, ids);
  expect(new Set(states.map((one) => one.state))).toEqual(new Set(["executed"]));
  expect(attempts.made).toBe(ids.length);
}, 60_000);
