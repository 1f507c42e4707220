/** Workers that die, sleep or hang on; services that are down: nothing is lost, nothing stormed. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Core } from "../../examples/stand-in-core/core.ts";
import { startCore } from "../../examples/stand-in-core/core.ts";
import { standInService } from "../../examples/stand-in-core/service.ts";
import { aClient, testEngine } from "../../test/support/engine.ts";
import {
  attemptsMade,
  aServiceCredit,
  onlyStanding,
  pendingCredits,
  runRound,
  serviceDesk,
} from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { createDispatcher } from "./dispatcher.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = serviceDesk(engine);

let core: Core;
beforeEach(async () => {
  core = await startCore();
});
afterEach(() => core.stop());

const aCredit = (settings: Record<string, unknown> = {}, address = core.address) =>
  aServiceCredit(engine, address, settings);
const round = (): Promise<number> => runRound(desk);
const attempts = (client: string, id: string) => attemptsMade(db, { client, id });

async function later(seconds: number): Promise<number> {
  engine.clock.advance({ milliseconds: seconds * 1000 });
  return round();
}

/** A worker that dies when its call is committed and has not left. */
async function dieSending(): Promise<void> {
  const failpoints = {
    at: (name: string) => {
      if (name === "service.attempt.committed") throw new Error("died");
    },
  };
  const dispatcher = createDispatcher({ ...desk, failpoints }, { worker: "dead" });
  await expect(dispatcher.round()).rejects.toThrow("died");
  await dispatcher.close();
}

/** The lease of who died is over, what it left is taken over, and the wait of a retry is over. */
async function pastTheLease(): Promise<void> {
  engine.clock.advance({ seconds: 31 });
  const dispatcher = createDispatcher(desk, { worker: "alive" });
  await dispatcher.takeOver();
  await dispatcher.close();
  engine.clock.advance({ seconds: 6 });
}

describe("a worker that dies or sleeps", () => {
  test("while it sends: taken over when its lease is over, as unknown", async () => {
    const { id } = await aCredit();
    await dieSending();

    const other = createDispatcher(desk, { worker: "alive" });
    expect([await other.takeOver(), (await onlyStanding(db, id)).state]).toEqual([0, "sending"]);
    engine.clock.advance({ seconds: 31 });
    expect(await other.takeOver()).toBe(1);
    await other.close();

    expect(await onlyStanding(db, id)).toMatchObject({ state: "unknown", mayAct: true });
    expect(core.calls()).toBe(0);
  });

  test("over and over: what it left uses up neither tries nor look-ups", async () => {
    const { lookUp, ...rest } = standInService(core.address, { callSeconds: 0.3 });
    const { client, id } = await aCredit({
      ...rest,
      key: { ...rest.key, lifeSeconds: 0 },
      lookUp: { ...lookUp, maximum: 2 },
      maxAccountingServiceCallRetries: 1,
    });

    for (let turn = 0; turn < 2; turn += 1) {
      for (let deaths = 0; deaths < 4; deaths += 1) {
        await dieSending();
        await pastTheLease();
      }
      expect(await later(60)).toBe(1);
      engine.clock.advance({ seconds: 1 });
    }
    expect(await round()).toBe(1);

    expect(await onlyStanding(db, id)).toMatchObject({ state: "executed" });
    const cutShort = (purpose: string, times: number) =>
      Array.from({ length: times }, () => [purpose, null, 1]);
    expect(await attempts(client, id)).toEqual([
      ...cutShort("post", 1),
      ...cutShort("lookUp", 3),
      ["lookUp", "notFound", 1],
      ...cutShort("post", 1),
      ...cutShort("lookUp", 3),
      ["lookUp", "notFound", 1],
      ["post", "posted", 1],
    ]);
    expect(core.book.postings()).toHaveLength(1);
  });

  test("an answer to a superseded attempt changes nothing but the record", async () => {
    core.faults.plan = { seed: 1, rules: [{ fault: "slow", oneIn: 1, milliseconds: 250 }] };
    const { client, id } = await aCredit({ timeouts: { callSeconds: 5 } });
    const slow = createDispatcher(desk, { worker: "slow" });
    await slow.round();
    await expect.poll(() => core.calls()).toBe(1);
    engine.clock.advance({ seconds: 31 });

    expect(await slow.takeOver()).toBe(1);
    await slow.idle();
    await slow.close();

    expect(await onlyStanding(db, id)).toMatchObject({ state: "unknown" });
    const [row] = await db.query(sql`select outcome, superseded from service_attempt_outcome`);
    expect(row).toEqual({ outcome: "posted", superseded: true });
    await later(6);
    expect(await onlyStanding(db, id)).toMatchObject({ state: "executed" });
    expect(await attempts(client, id)).toEqual([
      ["post", "posted", 1],
      ["lookUp", "posted", 1],
    ]);
    expect(core.book.postings()).toHaveLength(1);
  });

  test("what still waits for a connection when the lease is over does not leave", async () => {
    const { client, id } = await aCredit();
    const slow = createDispatcher(desk, { worker: "slow" });

    await slow.round();
    engine.clock.advance({ seconds: 31 });
    await slow.idle();
    await slow.close();

    expect(core.calls()).toBe(0);
    expect(await attempts(client, id)).toEqual([["post", "notProcessed", 1]]);
  });

  test("renewed leases are not taken over", async () => {
    core.faults.plan = { seed: 1, rules: [{ fault: "slow", oneIn: 1, milliseconds: 250 }] };
    await aCredit({ timeouts: { callSeconds: 5 } });
    const slow = createDispatcher(desk, { worker: "slow" });
    await slow.round();

    engine.clock.advance({ seconds: 20 });
    await slow.renew();
    engine.clock.advance({ seconds: 20 });

    expect(await slow.takeOver()).toBe(0);
    await slow.idle();
    await slow.close();
  });
});

describe("a service that is down", () => {
  test("is not stormed: the circuit opens, one probe at a time, and all goes out", async () => {
    const address = core.address;
    const port = Number(new URL(address).port);
    await core.stop();
    const service = {
      ...standInService(address),
      circuit: { opensAfter: 3, probeAfterSeconds: 15 },
      concurrency: 5,
    };
    const client = await aClient(engine, { services: { core: service } });
    const ids = await pendingCredits(engine, client, Array<string>(8).fill("10.00"));

    expect(await round()).toBe(5);
    expect(await round()).toBe(0);
    const [row] = await db.query(sql`select state, failures from service_circuit`);
    expect(row).toMatchObject({ state: "open" });
    expect(await later(16)).toBe(1);
    expect(await round()).toBe(0);

    core = await startCore({ port });
    const dispatcher = createDispatcher(desk, { worker: "test" });
    const started: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      engine.clock.advance({ seconds: 40 });
      started.push(await dispatcher.round());
      await dispatcher.idle();
    }
    await dispatcher.close();

    expect(started.slice(0, 2)).toEqual([1, 2]);
    const states = await Promise.all(ids.map(async (id) => (await onlyStanding(db, id)).state));
    expect(new Set(states)).toEqual(new Set(["executed"]));
    expect(core.book.postings()).toHaveLength(8);
  });
});

test("spends no probe while nothing is due: what becomes due then is sent at once", async () => {
  const { address } = core;
  await core.stop();
  const service = {
    ...standInService(address, { callSeconds: 60 }),
    circuit: { opensAfter: 2, probeAfterSeconds: 2 },
    retrySpacingSeconds: [5],
    retryJitter: 0,
  };
  const client = await aClient(engine, { services: { core: service } });
  await pendingCredits(engine, client, ["10.00", "20.00"]);
  expect(await round()).toBe(2);

  expect(await later(3)).toBe(0);
  expect(await later(3)).toBe(1);
});

test("a probe that found nothing free to send is given back", async () => {
  const { address } = core;
  await core.stop();
  const service = {
    ...standInService(address, { callSeconds: 60 }),
    circuit: { opensAfter: 1, probeAfterSeconds: 2 },
  };
  const client = await aClient(engine, { services: { core: service } });
  await pendingCredits(engine, client, ["10.00"]);
  expect(await round()).toBe(1);

  await db.transaction(async (tx) => {
    await tx.query(sql`select id from adjustment where client_id = ${client} for update`);
    expect(await later(6)).toBe(0);
  });

  expect(await round()).toBe(1);
});

test("a client whose settings do not load holds up no other client's calls", async () => {
  const { client: broken } = await aCredit();
  const { id } = await aCredit();
  await db.owner.execute(sql`
    update client
    set version = version + 1, settings = settings::jsonb || '{"rulebook": "nobody''s"}'
    where id = ${broken}
  `);
  const problems: unknown[] = [];

  const started = await runRound(serviceDesk(engine, { problems }));

  expect([started, (await onlyStanding(db, id)).state]).toEqual([1, "executed"]);
  expect(problems).toHaveLength(1);
});
