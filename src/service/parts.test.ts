/**
 * A core that works per entry or per step: every part is called for once, in order, with a key of
 * its own; what is executed in part is never failed, cancelled or rerouted as a whole.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { aClient, aDisputeOf, testEngine } from "../../test/support/engine.ts";
import type { Peer, PeerAnswer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";
import { onlyStanding, runRound, serviceDesk } from "../../test/support/service.ts";
import { expectSound } from "../../test/support/sound-books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { aPerson } from "../../test/support/work.ts";
import { executeAccounting } from "../accounting/execute-accounting.ts";
import { sql } from "../database/sql.ts";
import { postingDetails } from "../manual/posting-details.ts";
import { manualVerbs } from "../manual/verbs.ts";
import type { ActionName } from "../work/actions.ts";
import { assignmentActions } from "../work/perform-action.ts";
import { serviceVerbs } from "./verbs.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = serviceDesk(engine);
const actions = assignmentActions(db, { ...manualVerbs(engine), ...serviceVerbs(engine) });

interface Call {
  readonly key: string;
  readonly account: string;
  readonly side: string;
  readonly amount: string;
}

/** What the core posted, by key: a second call of a key is answered and not posted. */
let posted: Map<string, Call>;
let calls: Call[];
let peer: Peer;
/** What goes wrong with the how-manieth call. */
let trouble: (call: number) => "refuse" | "lose" | "slow down" | null;

beforeEach(async () => {
  posted = new Map();
  calls = [];
  trouble = () => null;
  peer = await startPeer((request): PeerAnswer => {
    const call = JSON.parse(request.body) as Call;
    calls.push(call);
    const wrong = trouble(calls.length);
    if (wrong === "refuse") return { status: 422, body: '{"message": "no such account"}' };
    if (wrong === "slow down") return { status: 429, body: "{}" };
    posted.set(call.key, posted.get(call.key) ?? call);
    if (wrong === "lose") return "drop";
    return { status: 200, body: JSON.stringify({ id: `S${posted.size}` }) };
  });
});
afterEach(async () => {
  await peer.stop();
  await expectSound(engine);
});

/** A credit of 100.00 with a fee of 5.00: two entries, in one adjustment. */
async function aCredit(callPer: "entry" | "step", settings: Record<string, unknown> = {}) {
  const isStep = callPer === "step";
  const service = {
    protocol: "rest-json",
    url: peer.address,
    callPer,
    key: { header: null, lifeSeconds: 86_400 },
    post: {
      path: "/post",
      body: {
        key: "{{key}}",
        account: isStep ? "{{step.account}}" : "{{entry.creditAccount}}",
        side: isStep ? "{{step.side}}" : "both",
        amount: "{{entry.amount}}",
      },
    },
    answer: { reference: "body.id", message: "body.message" },
    timeouts: { callSeconds: 5 },
    ...settings,
  };
  const client = await aClient(engine, { services: { core: service } });
  const dispute = await aDisputeOf(engine, client);
  const [result] = await executeAccounting(engine, [
    {
      clientId: client,
      key: `credit-${client}`,
      source: "api",
      actor: "ana",
      dispute,
      operation: "issueProvisionalCredit",
      input: { amount: "100.00", fees: "5.00" },
    },
  ]);
  expect(result?.adjustments).toHaveLength(1);
  return { client, id: result?.adjustments[0]?.id ?? "" };
}

async function rounds(count: number): Promise<void> {
  for (let round = 0; round < count; round += 1) {
    await runRound(desk);
    engine.clock.advance({ seconds: 10 });
  }
}

async function act(
  { client, id }: { client: string; id: string },
  action: ActionName,
  input: Record<string, unknown> = {},
): Promise<unknown> {
  const { assignmentId, version } = await onlyStanding(db, id);
  return actions.perform({
    clientIds: [client],
    assignmentId: assignmentId ?? "",
    action,
    version: version ?? 0,
    person: aPerson("amy"),
    input,
  });
}

async function executedMinor(client: string): Promise<string> {
  const row = await db.one<{ sum: string }>(sql`
    select coalesce(sum(executed_minor), 0)::text as sum
    from balance where client_id = ${client} and collection like 'accountHolder%'
  `);
  return row.sum;
}

describe("per entry", () => {
  test("each entry is a call of its own, in order; the last one executes all of it", async () => {
    const credit = await aCredit("entry");

    await rounds(1);
    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "pendingService" });
    expect(await executedMinor(credit.client)).toBe("10000");
    await rounds(1);

    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
    expect(calls.map((call) => call.amount)).toEqual(["100.00", "5.00"]);
    expect(posted.size).toBe(2);
    expect(await executedMinor(credit.client)).toBe("10500");
  });

  test("refused after the first: executed in part, and only the rest is tried again", async () => {
    trouble = (call) => (call === 2 ? "refuse" : null);
    const credit = await aCredit("entry");

    await rounds(2);

    expect(await onlyStanding(db, credit.id)).toMatchObject({
      state: "partlyExecuted",
      shown: "Execute Accounting Service Failed",
      reason: "no such account",
    });
    await expect(act(credit, "cancellation", { reason: "no" })).rejects.toMatchObject({
      code: "transition-refused",
    });
    await expect(act(credit, "manual", { reason: "no" })).rejects.toMatchObject({
      code: "transition-refused",
    });
    await act(credit, "retry");
    await expect(act(credit, "cancellation", { reason: "no" })).rejects.toMatchObject({
      message: "Part of it was posted: retry or complete the rest",
    });
    await rounds(1);
    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
    expect([...posted.values()].map((call) => call.amount)).toEqual(["100.00", "5.00"]);
  });

  test("the rest may be completed by hand: it alone is executed then", async () => {
    trouble = (call) => (call === 2 ? "refuse" : null);
    const credit = await aCredit("entry");
    await rounds(2);

    await act(credit, "completion", {
      reference: "BY-HAND-1",
      postingDate: "2026-11-16",
      attested: true,
    });

    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
    expect(await executedMinor(credit.client)).toBe("10500");
    expect(posted.size).toBe(1);
  });

  test("tries that are used up for the rest leave it executed in part", async () => {
    trouble = (call) => (call > 1 ? "slow down" : null);
    const credit = await aCredit("entry", {
      maxAccountingServiceCallRetries: 1,
      retrySpacingSeconds: [1],
    });

    await rounds(4);

    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "partlyExecuted" });
    expect(posted.size).toBe(1);
  });

  test("an answer lost is about that part: sent again with its key, posted once", async () => {
    trouble = (call) => (call === 2 ? "lose" : null);
    const credit = await aCredit("entry");

    await rounds(4);

    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
    expect(calls.map((call) => call.amount)).toEqual(["100.00", "5.00", "5.00"]);
    expect(calls[1]?.key).toBe(calls[2]?.key);
    expect(posted.size).toBe(2);
  });

  test("a finding is about the part that is unknown; the next one is called for", async () => {
    trouble = (call) => (call === 1 ? "lose" : null);
    const credit = await aCredit("entry", { key: { header: null, lifeSeconds: 0 } });
    await rounds(2);
    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "unknown", mayAct: false });

    await act(credit, "finding", { posted: true, reference: "S1", reason: "seen in the core" });
    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "pendingService" });
    expect(await executedMinor(credit.client)).toBe("10000");
    await rounds(1);

    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
    expect(calls.map((call) => call.amount)).toEqual(["100.00", "5.00"]);
  });
});

describe("per step", () => {
  test("each side is a call; an entry has moved when both are posted", async () => {
    const credit = await aCredit("step");
    const moved: string[] = [];

    for (let round = 0; round < 4; round += 1) {
      await rounds(1);
      moved.push(await executedMinor(credit.client));
    }

    expect(moved).toEqual(["0", "10000", "10000", "10500"]);
    expect(calls.map((call) => call.side)).toEqual(["debit", "credit", "debit", "credit"]);
    expect(new Set(calls.map((call) => call.key)).size).toBe(4);
    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
  });

  test("a single posted side is never posted again, whatever the service becomes", async () => {
    trouble = (call) => (call === 2 ? "refuse" : null);
    const credit = await aCredit("step");
    await rounds(2);
    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "partlyExecuted" });

    await setCallPer(credit.client, "adjustment");
    await act(credit, "retry");
    await rounds(3);

    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
    const keys = calls.map((call) => call.key);
    expect(keys.filter((key) => key === keys[0])).toHaveLength(1);
    expect(posted.size).toBe(3);
    expect(await executedMinor(credit.client)).toBe("10500");
  });
});

/** As nobody may through the API while something is open: a restored or hand-written setting. */
async function setCallPer(client: string, callPer: string): Promise<void> {
  await db.execute(sql`
    update client
    set settings = jsonb_set(settings::jsonb, '{services,core,callPer}', ${`"${callPer}"`}::jsonb)
          ::json,
        version = version + 1
    where id = ${client}
  `);
}

describe("settings that change while a part is unknown", () => {
  test.each(["adjustment", "step"])(
    "to per %s: a finding is about the entry that was called for",
    async (callPer) => {
      trouble = (call) => (call === 1 ? "lose" : null);
      const credit = await aCredit("entry", { key: { header: null, lifeSeconds: 0 } });
      await rounds(2);
      await setCallPer(credit.client, callPer);

      await act(credit, "finding", { posted: true, reference: "S1", reason: "seen in the core" });

      expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "pendingService" });
      expect(await executedMinor(credit.client)).toBe("10000");
    },
  );

  test("to per adjustment: the same part is sent again with its key, and posted once", async () => {
    trouble = (call) => (call === 1 ? "lose" : null);
    const credit = await aCredit("entry");
    await rounds(1);
    await setCallPer(credit.client, "adjustment");

    await rounds(4);

    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
    expect(calls.map((call) => call.amount)).toEqual(["100.00", "100.00", "5.00"]);
    expect(calls[0]?.key).toBe(calls[1]?.key);
    expect(posted.size).toBe(2);
  });
});

test("one side posted, the other by hand: the page says which, the rest is executed", async () => {
  trouble = (call) => (call === 2 ? "refuse" : null);
  const credit = await aCredit("step");
  await rounds(2);

  const key = { clientId: credit.client, id: credit.id };
  const details = await postingDetails(engine, engine.vault, key);
  const sides = details.entries.map(({ debit, credit: other }) => [debit.isPosted, other.isPosted]);
  expect(sides).toEqual([
    [true, false],
    [false, false],
  ]);
  await act(credit, "completion", {
    reference: "BY-HAND-1",
    postingDate: "2026-11-16",
    attested: true,
  });

  expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
  expect(await executedMinor(credit.client)).toBe("10500");
});

test("the database refuses a part that is posted twice, and a whole cancellation", async () => {
  trouble = (call) => (call === 2 ? "refuse" : null);
  const credit = await aCredit("entry");
  await rounds(2);

  await expect(
    db.execute(sql`
      insert into service_part
      select * from service_part where client_id = ${credit.client}
    `),
  ).rejects.toThrow(/service_part_pkey/);
  await expect(
    db.execute(sql`
      update adjustment set state = 'cancelled', open_assignment_id = null
      where client_id = ${credit.client} and id = ${credit.id}
    `),
  ).rejects.toThrow(/adjustment_partly_processed/);
});
