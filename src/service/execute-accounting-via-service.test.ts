/** The service route against a real core over HTTP: one adjustment, one outcome at a time. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Core } from "../../examples/stand-in-core/core.ts";
import { startCore } from "../../examples/stand-in-core/core.ts";
import type { FaultName } from "../../examples/stand-in-core/faults.ts";
import { standInService } from "../../examples/stand-in-core/service.ts";
import { aClient, testEngine } from "../../test/support/engine.ts";
import {
  coreByAccount,
  executedByAccount,
  onlyStanding,
  pendingCredits,
  serviceDesk,
} from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { createDispatcher } from "./dispatcher.ts";
import { attemptsOf } from "./views.ts";

const db = useDatabase();
const engine = testEngine(db);
const problems: unknown[] = [];
const desk = serviceDesk(engine, { problems });

let core: Core;

beforeEach(async () => {
  problems.length = 0;
  core = await startCore();
});
afterEach(async () => {
  await core.stop();
  expect(problems).toEqual([]);
});

function failing(fault: FaultName, on: "postings" | "lookUps" = "postings"): void {
  core.faults.plan = { seed: 1, rules: [{ fault, oneIn: 1, on }] };
}

function sound(): void {
  core.faults.plan = { seed: 1, rules: [] };
}

async function aCredit(settings: Record<string, unknown> = {}, address = core.address) {
  const service = { ...standInService(address, { callSeconds: 0.3 }), ...settings };
  const client = await aClient(engine, { services: { core: service } });
  const [id = ""] = await pendingCredits(engine, client, ["100.00"]);
  return { client, id };
}

/** One round of calls to its end, by a process of its own. */
async function round(): Promise<number> {
  const dispatcher = createDispatcher(desk, { worker: "test" });
  const started = await dispatcher.round();
  await dispatcher.idle();
  await dispatcher.close();
  return started;
}

async function later(seconds: number): Promise<number> {
  engine.clock.advance({ milliseconds: seconds * 1000 });
  return round();
}

async function attempts(client: string, id: string) {
  const rows = await attemptsOf(db, [
    { clientId: client, adjustmentId: id, createdAt: "2026-01-01T00:00:00Z" },
  ]);
  return rows.map((row) => [row.purpose, row.outcome, row.keyRevision]);
}

describe("posted", () => {
  test("is executed with the core's reference; both books agree", async () => {
    const { client, id } = await aCredit();

    expect(await round()).toBe(1);

    expect(await onlyStanding(db, id)).toMatchObject({ state: "executed", shown: null });
    expect(core.book.postings()).toMatchObject([{ amount: "100.00", postedOn: "2026-11-16" }]);
    expect(coreByAccount(core)).toEqual({ "1410-0100": "-10000", "4000123412341234": "10000" });
    expect(await executedByAccount(engine, client)).toEqual(coreByAccount(core));
    const [execution] = await db.query(sql`select basis, reference, sign from execution`);
    expect(execution).toEqual({ basis: "posted", reference: "P00000001", sign: 1 });
    expect(await attempts(client, id)).toEqual([["post", "posted", 1]]);
  });

  test("the attempt is on record before the core hears of it", async () => {
    await aCredit();
    const seen: unknown[] = [];
    const dispatcher = createDispatcher(
      {
        ...desk,
        failpoints: {
          at: (name) => {
            if (name !== "service.attempt.committed") return;
            seen.push(
              db.one(sql`
              select (select count(*)::int from service_attempt) as attempts,
                     (select count(*)::int from adjustment where state = 'sending') as sending
            `),
            );
            seen.push(core.calls());
          },
        },
      },
      { worker: "test" },
    );

    await dispatcher.round();

    expect(await Promise.all(seen)).toEqual([{ attempts: 1, sending: 1 }, 0]);
    await dispatcher.idle();
    await dispatcher.close();
  });

  test("no account number is kept in what is on record", async () => {
    await aCredit();

    await round();

    const kept = await db.query(sql`
      select t.request::text as request, o.answer from service_attempt t
      join service_attempt_outcome o on o.attempt_id = t.id
    `);
    expect(JSON.stringify(kept)).toContain("400012••••1234");
    expect(JSON.stringify(kept)).not.toContain("4000123412341234");
  });

  test("nothing is due twice", async () => {
    await aCredit();

    expect([await round(), await round()]).toEqual([1, 0]);
    expect(core.calls()).toBe(1);
  });
});

describe("refused", () => {
  test("fails at once, and a retry carries a new key", async () => {
    failing("refuse");
    const { client, id } = await aCredit();

    await round();

    expect(await onlyStanding(db, id)).toMatchObject({
      state: "serviceFailed",
      shown: "Execute Accounting Service Failed",
      revision: 2,
      reason: "not enough money",
    });
    expect(await later(100_000)).toBe(0);
    expect(await attempts(client, id)).toEqual([["post", "refused", 1]]);
  });

  test("a closed account is refused by the core itself", async () => {
    core.book.setClosed("4000123412341234", true);
    const { id } = await aCredit();

    await round();

    expect(await onlyStanding(db, id)).toMatchObject({
      state: "serviceFailed",
      reason: "the account is closed",
    });
    expect(core.book.postings()).toEqual([]);
  });

  test("what may be overridden says so", async () => {
    failing("refuseOverridable");
    const { id } = await aCredit();

    await round();

    const [row] = await db.query(sql`
      select outside ->> 'overridable' as overridable from transition
      where adjustment_id = ${id} and event = 'refused'
    `);
    expect(row).toEqual({ overridable: "true" });
  });
});

describe("not processed", () => {
  test.each<FaultName>(["throttle", "signInExpired", "redirect"])(
    "%s: waits, then goes out with the same key",
    async (fault) => {
      failing(fault);
      const { client, id } = await aCredit();

      await round();

      expect(await onlyStanding(db, id)).toMatchObject({
        state: "pendingService",
        shown: "Pending Accounting Service",
      });
      expect(await later(1)).toBe(0);
      sound();
      expect(await later(10)).toBe(1);
      expect(await onlyStanding(db, id)).toMatchObject({ state: "executed", revision: 1 });
      expect(await attempts(client, id)).toEqual([
        ["post", "notProcessed", 1],
        ["post", "posted", 1],
      ]);
    },
  );

  test("no connection: certain that nothing left; after the retries a person", async () => {
    const { client, id } = await aCredit(
      { maxAccountingServiceCallRetries: 2, retrySpacingSeconds: [5] },
      "http://127.0.0.1:9",
    );

    for (const seconds of [0, 10, 10, 10]) await later(seconds);

    expect(await onlyStanding(db, id)).toMatchObject({
      state: "serviceFailed",
      revision: 1,
      reason: "ECONNREFUSED; tried 3 times",
    });
    expect(await attempts(client, id)).toHaveLength(3);
  });
});

describe("unknown", () => {
  const AFTER: FaultName[] = [
    "dropAnswerAfterPosting",
    "errorAfterPosting",
    "silenceAfterPosting",
    "malformedAnswer",
  ];

  test.each(AFTER)("%s: the look-up finds it, it is not sent again", async (fault) => {
    failing(fault);
    const { client, id } = await aCredit();

    await round();
    expect(await onlyStanding(db, id)).toMatchObject({
      state: "unknown",
      shown: "Pending Accounting Service",
    });
    await later(6);

    expect(await onlyStanding(db, id)).toMatchObject({ state: "executed", shown: null });
    expect(await attempts(client, id)).toEqual([
      ["post", "unknown", 1],
      ["lookUp", "posted", 1],
    ]);
    expect(core.book.postings()).toHaveLength(1);
    expect(await executedByAccount(engine, client)).toEqual(coreByAccount(core));
  });

  test.each<FaultName>([
    "dropBeforePosting",
    "errorBeforePosting",
    "silenceBeforePosting",
    "inFlight",
    "tooEarly",
  ])("%s: sent again only when absence is proof", async (fault) => {
    failing(fault);
    const { client, id } = await aCredit();

    await round();
    sound();
    await later(6);
    expect(await onlyStanding(db, id)).toMatchObject({ state: "unknown" });
    expect(await later(10)).toBe(0);
    await later(60);
    await later(1);

    expect(await onlyStanding(db, id)).toMatchObject({ state: "executed", revision: 1 });
    expect(await attempts(client, id)).toEqual([
      ["post", "unknown", 1],
      ["lookUp", "notFound", 1],
      ["lookUp", "notFound", 1],
      ["post", "posted", 1],
    ]);
    expect(core.book.postings()).toHaveLength(1);
  });

  test("without a look-up it is sent again with the same key, and the duplicate settles it", async () => {
    failing("dropAnswerAfterPosting");
    const { client, id } = await aCredit({ lookUp: null });

    await round();
    sound();
    await later(6);

    expect(await onlyStanding(db, id)).toMatchObject({ state: "executed" });
    expect(await attempts(client, id)).toEqual([
      ["post", "unknown", 1],
      ["post", "alreadyPosted", 1],
    ]);
    expect(core.book.postings()).toHaveLength(1);
  });

  test("a duplicate answer about another amount is a person's", async () => {
    failing("dropAnswerAfterPosting");
    const { id } = await aCredit({ lookUp: null });
    await round();

    failing("wrongAmountInDuplicate");
    await later(6);

    expect(await onlyStanding(db, id)).toMatchObject({
      state: "unknown",
      mayAct: false,
      shown: "Execute Accounting Service Failed",
      reason:
        "under our key the system of record has another posting: amount 1100.00 instead of 100.00",
    });
    expect(await later(100_000)).toBe(0);
  });

  test("a core that ignores keys is never sent anything twice", async () => {
    failing("silenceBeforePosting");
    const { id } = await aCredit({ lookUp: null, key: { lifeSeconds: 0 } });

    await round();

    expect(await onlyStanding(db, id)).toMatchObject({
      state: "unknown",
      mayAct: false,
      shown: "Execute Accounting Service Failed",
    });
    expect(await later(100_000)).toBe(0);
    expect(core.calls()).toBe(1);
  });

  test("past the key's life nothing is sent", async () => {
    failing("dropAnswerAfterPosting");
    const { id } = await aCredit({ lookUp: null, key: { lifeSeconds: 600 } });

    await round();
    await later(3600);

    expect(core.calls()).toBe(1);
    expect(await onlyStanding(db, id)).toMatchObject({
      state: "unknown",
      mayAct: false,
      reason: "the system of record may have forgotten the key",
    });
  });

  test("a refusal of a call sent again proves nothing by itself", async () => {
    failing("dropAnswerAfterPosting");
    const { client, id } = await aCredit({ lookUp: null });
    await round();

    failing("refuse");
    await later(6);

    expect(core.book.postings()).toHaveLength(1);
    expect(await onlyStanding(db, id)).toMatchObject({ state: "unknown", mayAct: false });
    expect(await attempts(client, id)).toEqual([
      ["post", "unknown", 1],
      ["post", "refused", 1],
    ]);
  });
});

describe("a worker that dies or sleeps", () => {
  test("while it sends: taken over when its lease is over, as unknown", async () => {
    const { id } = await aCredit();
    const dispatcher = createDispatcher(
      {
        ...desk,
        failpoints: {
          at: (name) => {
            if (name === "service.attempt.committed") throw new Error("died");
          },
        },
      },
      { worker: "dead" },
    );
    await expect(dispatcher.round()).rejects.toThrow("died");
    await dispatcher.close();

    const other = createDispatcher(desk, { worker: "alive" });
    expect([await other.takeOver(), (await onlyStanding(db, id)).state]).toEqual([0, "sending"]);
    engine.clock.advance({ seconds: 31 });
    expect(await other.takeOver()).toBe(1);
    await other.close();

    expect(await onlyStanding(db, id)).toMatchObject({ state: "unknown", mayAct: true });
    expect(core.calls()).toBe(0);
  });

  test("an answer to a superseded attempt changes nothing but the record", async () => {
    core.faults.plan = { seed: 1, rules: [{ fault: "slow", oneIn: 1, milliseconds: 250 }] };
    const { client, id } = await aCredit({ timeouts: { callSeconds: 5 } });
    const slow = createDispatcher(desk, { worker: "slow" });
    await slow.round();
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
  test("is not stormed: the circuit opens, one probe at a time, and all goes out in the end", async () => {
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
