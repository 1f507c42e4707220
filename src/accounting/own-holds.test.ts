/** What ends a hold of the institution's own: the facts of movement, account, dispute and day. */
import { Temporal } from "temporal-polyfill";
import { beforeEach, describe, expect, test } from "vitest";

import { aClient, aDisputeOf, operate, START, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { listAssignments } from "../work/views.ts";
import { findAdjustment, transitionsOf } from "./dispute-views.ts";
import { releaseDue } from "./release-due.ts";

const db = useDatabase();
const engine = testEngine(db);

beforeEach(() => engine.clock.set(Temporal.Instant.from(START)));

interface Held {
  readonly client: string;
  readonly dispute: string;
  readonly adjustment: string;
}

/** A credit of 100.00 under one hold of the institution's own, of 30 days unless told otherwise. */
async function held(hold: object, facts: Record<string, unknown> = {}): Promise<Held> {
  const custom = [{ name: "watch", label: "card-testing watch", days: 30, ...hold }];
  return credited({ custom }, facts);
}

async function credited(holds: object, facts: Record<string, unknown>): Promise<Held> {
  const client = await aClient(engine, { holds });
  const dispute = await aDisputeOf(engine, client, { regulation: "none", ...facts });
  const { adjustments } = await operate(engine, client, dispute, "issueProvisionalCredit");
  return { client, dispute, adjustment: adjustments[0]?.id ?? "" };
}

async function stateOf({ client, adjustment }: Held) {
  const row = await findAdjustment(db, [client], adjustment);
  return { state: row?.state, hold: row?.hold?.["reason"] ?? null, note: row?.hold?.["note"] };
}

/** The worker's turn on each of the days, in order: what state it is in afterwards. */
async function stateOn(one: Held, days: readonly string[]): Promise<(string | undefined)[]> {
  const states: (string | undefined)[] = [];
  for (const day of days) {
    engine.clock.set(Temporal.Instant.from(`${day}T17:00:00Z`));
    await releaseDue(engine);
    // A second turn on the same day finds nothing to do.
    expect(await releaseDue(engine)).toBe(0);
    states.push((await stateOf(one)).state);
  }
  return states;
}

const record = ({ client, dispute }: Held, fact: string, value: string) =>
  operate(engine, client, dispute, "recordRegulatoryFact", { fact, value });

test("what ends for the law's date says so, and not only that it is due", async () => {
  const one = await held({ days: 60 }, { regulation: "E" });

  // Notice on 2026-11-16: the credit is due by 2026-12-01, and the hold ends the day before.
  const states = await stateOn(one, ["2026-11-27", "2026-11-30"]);

  const moves = await transitionsOf(db, one.client, one.adjustment);
  expect(states[0]).toBe("planned");
  expect(moves.find((move) => move.fromState === "planned")?.reason).toMatch(
    /credit is due by 2026-12-01 \(12 CFR/,
  );
});

describe("ends by", () => {
  // 2026-11-16 is a Monday.
  test.each([
    ["calendar days held", { daysHeld: ">= 2" }],
    ["business days held", { businessDaysHeld: ">= 2" }],
    ["a day", { today: ">= 2026-11-18" }],
    ["the day it began", { heldSince: "2026-11-16", today: "> 2026-11-17" }],
  ])("%s, looked at again each day", async (_, until) => {
    const one = await held({ until });

    const states = await stateOn(one, ["2026-11-16", "2026-11-17", "2026-11-18"]);

    expect(states).toEqual(["planned", "planned", "pendingManual"]);
  });

  test.each([
    ["its amount", { adjustmentAmount: "> 99.99" }],
    ["its rule and operation", { rule: "ProvisionalCredit", operation: "issueProvisionalCredit" }],
    ["its sides", { debitCollection: "suspense", creditCollection: "accountHolder" }],
    ["the dispute's state", { disputeState: "open | provisionallyCredited" }],
  ])("%s: what fits is not held at all, what does not is", async (_, until) => {
    const [[name, cell] = ["", ""]] = Object.entries(until);

    expect(await stateOf(await held({ until }))).toMatchObject({ state: "pendingManual" });
    const other = await held({ until: { ...until, [name]: `not(${cell})` } });
    expect(await stateOf(other)).toMatchObject({ state: "planned", hold: "clientHold" });
    expect(await stateOf(await held({ when: until }))).toMatchObject({ state: "planned" });
  });

  test("a fact of the account recorded while it waits, at the worker's next turn", async () => {
    const one = await held({ until: { firstDepositOn: "<= 2026-11-10" } });
    await releaseDue(engine);
    const before = await stateOf(one);

    await record(one, "firstDepositOn", "2026-11-12");
    await releaseDue(engine);
    const tooYoung = await stateOf(one);
    await record(one, "firstDepositOn", "2026-11-02");
    await releaseDue(engine);

    expect([before.state, tooYoung.state]).toEqual(["planned", "planned"]);
    expect(await stateOf(one)).toMatchObject({ state: "pendingManual", hold: null });
  });

  test("the age of the account, once its first deposit is known", async () => {
    const one = await held({ until: { daysSinceFirstDeposit: ">= 5" } });
    const unknown = await stateOn(one, ["2026-11-17"]);

    await record(one, "firstDepositOn", "2026-11-13");

    expect(unknown).toEqual(["planned"]);
    expect(await stateOn(one, ["2026-11-17", "2026-11-18"])).toEqual(["planned", "pendingManual"]);
  });
});

describe("a fact that is not known", () => {
  const until = { firstDepositOn: "not(> 2026-11-10)" };

  test("never ends it: it is held and says what is missing, and a person is asked", async () => {
    const one = await held({ until, days: 2 });
    const before = await stateOf(one);

    const states = await stateOn(one, ["2026-11-17", "2026-11-18", "2026-11-19"]);
    const { items } = await listAssignments(db, { clientIds: [one.client], limit: 9 });

    expect(before).toMatchObject({ hold: "clientHold" });
    expect(before.note).toContain("not known: firstDepositOn");
    expect(states).toEqual(["planned", "planned", "planned"]);
    expect(items.map((row) => row.type)).toEqual(["Review Accounting Hold"]);
    expect(items[0]?.reason).toContain("not known: firstDepositOn");
  });

  test("that comes after a person was asked still ends it", async () => {
    const one = await held({ until, days: 1 });
    await stateOn(one, ["2026-11-17"]);

    await record(one, "firstDepositOn", "2026-11-02");

    expect(await stateOn(one, ["2026-11-17"])).toEqual(["pendingManual"]);
  });

  test("is an answer only where the condition says so", async () => {
    const one = await held({ until: { firstDepositOn: "absent" } });

    expect(await stateOf(one)).toMatchObject({ state: "pendingManual" });
  });
});

test.each([
  ["no fact", { nosuch: "1" }, /\/holds\/custom\/0\/until: unknown fact "nosuch"/],
  ["a value of another type", { daysHeld: "soon" }, /\/holds\/custom\/0\/until: .*daysHeld/],
  ["no state of a dispute", { disputeState: "closed" }, /\/holds\/custom\/0\/until: .*closed/],
])("a condition that names %s is refused with its place", async (_, until, place) => {
  await expect(held({ until })).rejects.toThrow(place);
});

test("a delay of new accounts reads a first deposit that was recorded", async () => {
  const one = await credited({}, { newAccount: true });
  const client = await aClient(engine, { holds: { newAccountDelay: { days: 3 } } });
  const dispute = await aDisputeOf(engine, client, { newAccount: true, regulation: "none" });
  await record({ ...one, client, dispute }, "firstDepositOn", "2026-11-13");
  const { adjustments } = await operate(engine, client, dispute, "issueProvisionalCredit");
  const delayed = { client, dispute, adjustment: adjustments[0]?.id ?? "" };

  expect(await stateOf(delayed)).toMatchObject({ hold: "newAccountDelay" });
  const { items } = await listAssignments(db, { clientIds: [client], limit: 9 });
  expect(items.map((row) => row.type)).toEqual(["Pending Accounting Hold"]);
  expect(await stateOn(delayed, ["2026-11-17", "2026-11-18"])).toEqual([
    "planned",
    "pendingManual",
  ]);
});
