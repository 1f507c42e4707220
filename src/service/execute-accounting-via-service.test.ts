/** The service route against a real core over HTTP: one adjustment, one outcome at a time. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Core } from "../../examples/stand-in-core/core.ts";
import { startCore } from "../../examples/stand-in-core/core.ts";
import type { FaultName } from "../../examples/stand-in-core/faults.ts";
import { testEngine } from "../../test/support/engine.ts";
import {
  attemptsMade,
  aServiceCredit,
  coreByAccount,
  executedByAccount,
  failEvery,
  onlyStanding,
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
const failing = (fault: FaultName): void => failEvery(core, fault);
const sound = (): void => failEvery(core, null);
const round = (): Promise<number> => runRound(desk);
const attempts = (client: string, id: string) => attemptsMade(db, { client, id });

async function later(seconds: number): Promise<number> {
  engine.clock.advance({ milliseconds: seconds * 1000 });
  return round();
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
      reason: "it refused the connection (ECONNREFUSED); tried 3 times",
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

  test("without a look-up the same key is sent again, and the duplicate settles it", async () => {
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
