/**
 * What may have been posted is never sent again by the machine once the core may have forgotten the
 * key: at the edge of its life, after a restart, after another revision, with a shorter life.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { testEngine } from "../../test/support/engine.ts";
import type { Peer, PeerAnswer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";
import {
  aServiceCredit,
  attemptsMade,
  onlyStanding,
  runRound,
  serviceDesk,
} from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { aPerson } from "../../test/support/work.ts";
import { sql } from "../database/sql.ts";
import { assignmentActions } from "../work/perform-action.ts";
import { createDispatcher } from "./dispatcher.ts";
import { serviceVerbs } from "./verbs.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = serviceDesk(engine);
const actions = assignmentActions(db, serviceVerbs(engine));

let peer: Peer;
let keys: string[];
let answers: PeerAnswer[];
beforeEach(async () => {
  keys = [];
  answers = [];
  peer = await startPeer(({ headers }) => {
    keys.push(String(headers["idempotency-key"]));
    return answers.shift() ?? "drop";
  });
});
afterEach(() => peer.stop());

const LIFE = 600;
const CALL = 10;

/** Lost at once: 600 s of life, calls of 10 s, tried again as soon as it may be. */
async function aLost(settings: Record<string, unknown> = {}) {
  const credit = await aServiceCredit(engine, peer.address, {
    lookUp: null,
    key: { lifeSeconds: LIFE },
    timeouts: { callSeconds: CALL },
    retrySpacingSeconds: [1],
    retryJitter: 0,
    maxAccountingServiceCallRetries: 50,
    circuit: { opensAfter: 1000 },
    ...settings,
  });
  await runRound(desk);
  return credit;
}

async function after(seconds: number): Promise<void> {
  engine.clock.advance({ milliseconds: Math.round(seconds * 1000) });
  await runRound(desk);
}

const FORGOTTEN = {
  state: "unknown",
  mayAct: false,
  shown: "Execute Accounting Service Failed",
  reason: "the system of record may have forgotten the key",
};

describe("the edge of the key's life", () => {
  test.each([
    [LIFE - CALL - 0.001, 2],
    [LIFE - CALL, 2],
    [LIFE - CALL + 0.001, 1],
    [LIFE - 0.001, 1],
    [LIFE, 1],
    [LIFE + 1, 1],
    [LIFE * 100, 1],
  ])("%d s after the first call: %i calls", async (seconds, calls) => {
    const { id } = await aLost();

    await after(seconds);
    await after(LIFE);

    expect(keys).toHaveLength(calls);
    expect(new Set(keys).size).toBe(1);
    expect(await onlyStanding(db, id)).toMatchObject(FORGOTTEN);
  });

  test("taken inside the life and late to leave, it does not leave past it", async () => {
    const { id } = await aLost();
    engine.clock.advance({ seconds: LIFE - CALL });
    const slow = createDispatcher(
      {
        ...desk,
        // The worker sleeps between commit and call; its lease is not over.
        failpoints: {
          at: (name) => {
            if (name === "service.attempt.committed") engine.clock.advance({ seconds: CALL });
          },
        },
      },
      { worker: "slow" },
    );

    expect(await slow.round()).toBe(1);
    await slow.idle();
    await slow.close();
    await after(LIFE);

    expect(keys).toHaveLength(1);
    expect(await onlyStanding(db, id)).toMatchObject(FORGOTTEN);
  });
});

describe("the life is counted", () => {
  test("from the first call with the key, however many came since", async () => {
    const { id } = await aLost();

    for (let seconds = 0; seconds < LIFE * 2; seconds += 50) await after(50);

    expect(keys).toHaveLength(12);
    expect(await onlyStanding(db, id)).toMatchObject(FORGOTTEN);
  });

  test("through a restart: it stands in the rows", async () => {
    const { id } = await aLost();
    engine.clock.advance({ seconds: LIFE });

    const restarted = testEngine(db, engine.clock);
    await runRound(serviceDesk(restarted));

    expect(keys).toHaveLength(1);
    expect(await onlyStanding(db, id)).toMatchObject(FORGOTTEN);
  });

  test("of the revision at hand: a key after a refusal lives anew", async () => {
    answers = [{ status: 422, body: '{"code": "INSUFFICIENT_FUNDS"}' }];
    const credit = await aLost();
    engine.clock.advance({ seconds: LIFE * 2 });
    const { assignmentId, version } = await onlyStanding(db, credit.id);
    await actions.perform({
      clientIds: [credit.client],
      assignmentId: assignmentId ?? "",
      action: "retry",
      version: version ?? 0,
      person: aPerson("amy"),
      input: {},
    });
    await runRound(desk);

    await after(2);
    await after(LIFE);
    await after(LIFE);

    expect(keys).toHaveLength(3);
    expect(keys[1]).toBe(keys[2]);
    expect(keys[0]).not.toBe(keys[1]);
    expect(await onlyStanding(db, credit.id)).toMatchObject(FORGOTTEN);
  });

  test("by the settings of now: a shorter life ends it, and what is due is not sent", async () => {
    const credit = await aLost();
    engine.clock.advance({ seconds: 100 });
    await db.execute(sql`
      update client
      set settings = jsonb_set(
            settings::jsonb, '{services,core,key,lifeSeconds}', '60')::json,
          version = version + 1
      where id = ${credit.client}
    `);

    await after(1);
    await after(1);

    expect(keys).toHaveLength(1);
    expect(await onlyStanding(db, credit.id)).toMatchObject(FORGOTTEN);
  });
});

describe("a core that ignores keys", () => {
  test.each([0, 1, 1000])("%i s later nothing is sent again", async (seconds) => {
    const credit = await aLost({ key: { lifeSeconds: 0 } });

    await after(seconds);
    await after(LIFE);

    expect(keys).toHaveLength(1);
    expect(await attemptsMade(db, credit)).toEqual([["post", "unknown", 1]]);
    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "unknown", mayAct: false });
  });

  test("also where its worker died: what was in flight is a person's", async () => {
    const credit = await aServiceCredit(engine, peer.address, {
      lookUp: null,
      key: { lifeSeconds: 0 },
    });
    const dying = createDispatcher(
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
    await expect(dying.round()).rejects.toThrow("died");
    await dying.close();

    engine.clock.advance({ seconds: 31 });
    const other = createDispatcher(desk, { worker: "alive" });
    await other.takeOver();
    await other.round();
    await other.idle();
    await other.close();
    await after(LIFE);

    expect(keys).toEqual([]);
    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "unknown", mayAct: false });
  });
});
