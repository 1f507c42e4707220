/** Each hold with each outcome on each route: what goes on, what waits, what a person is asked. */
import { Temporal } from "temporal-polyfill";
import { beforeEach, describe, expect, test } from "vitest";

import { standInService } from "../../examples/stand-in-core/service.ts";
import { aClient, aDisputeOf, operate, START, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { listAssignments } from "../work/views.ts";
import { askHolds } from "./ask-holds.ts";
import { findAdjustment } from "./dispute-views.ts";
import type { HoldQuestion, LookUpAnswer } from "./look-ups.ts";
import { releaseDue } from "./release-due.ts";
import { reviewHold } from "./review-holds.ts";
import type { HoldWord } from "./review-holds.ts";
import { holdEventsOf } from "./views-holds.ts";

const db = useDatabase();
const engine = testEngine(db);

const NEW_CARD = "4000123412345678";

const ROUTES = [
  {
    name: "service",
    settings: { services: { core: standInService("http://localhost:9") } },
    state: "pendingService",
  },
  {
    name: "batch",
    settings: { batchProfiles: { core: { layout: "plain-csv", cutOffs: [] } } },
    state: "pendingBatch",
  },
  { name: "manual", settings: {}, state: "pendingManual" },
] as const;

const SPACING = { service: "cards", retries: 2, spacingMinutes: [10], days: 3 };

interface Held {
  readonly client: string;
  readonly adjustment: string;
}

async function aHeldCredit(settings: object, facts: Record<string, unknown> = {}): Promise<Held> {
  const client = await aClient(engine, settings);
  const dispute = await aDisputeOf(engine, client, facts);
  const { adjustments } = await operate(engine, client, dispute, "issueProvisionalCredit");
  return { client, adjustment: adjustments[0]?.id ?? "" };
}

/** The outside, as the port sees it. */
async function ask(answer: LookUpAnswer): Promise<HoldQuestion[]> {
  const questions: HoldQuestion[] = [];
  const lookUps = {
    ask: (question: HoldQuestion) => {
      questions.push(question);
      return Promise.resolve(answer);
    },
  };
  await askHolds({ engine, vault: engine.vault, lookUps });
  return questions;
}

async function stateOf({ client, adjustment }: Held) {
  const row = await findAdjustment(db, [client], adjustment);
  return { state: row?.state, hold: row?.hold?.["reason"] ?? null, note: row?.hold?.["note"] };
}

async function shownOf({ client, adjustment }: Held) {
  const { items } = await listAssignments(db, { clientIds: [client], limit: 10 });
  const own = items.filter((one) => one.adjustmentId === adjustment);
  expect(own).toHaveLength(1);
  return own[0] as (typeof own)[number];
}

async function say(held: Held, word: HoldWord) {
  const { id: assignmentId, version } = await shownOf(held);
  const { client: clientId, adjustment: adjustmentId } = held;
  const seen = { assignmentId, version };
  return reviewHold(engineDesk, { clientId, adjustmentId, seen, actor: "ann", word });
}

const engineDesk = { engine, vault: engine.vault };

async function creditedNumber({ client, adjustment }: Held): Promise<string | undefined> {
  const rows = await db.query<{ account: string }>(sql`
    select credit_account as account from entry
    where client_id = ${client} and adjustment_id = ${adjustment}
  `);
  const refs = rows.map((row) => ({ clientId: client, accountId: row.account }));
  return [...(await engine.vault.numbers(db, refs)).values()][0];
}

describe.each(ROUTES)("the active card number on the $name route", ({ settings, state }) => {
  const held = () => aHeldCredit({ ...settings, holds: { activeCardNumber: SPACING } });

  test("is looked up, and the credit is booked to it", async () => {
    const one = await held();
    expect(await stateOf(one)).toMatchObject({ state: "planned", hold: "activeCardNumber" });
    expect((await shownOf(one)).type).toBe("Pending Accounting Hold");

    const [question] = await ask({ kind: "number", number: NEW_CARD, accountKind: "card" });

    expect(question).toMatchObject({ service: "cards", operation: "issueProvisionalCredit" });
    expect(await stateOf(one)).toMatchObject({ state, hold: null });
    expect(await creditedNumber(one)).toBe(NEW_CARD);
  });

  test("that is the dispute's own changes nothing", async () => {
    const one = await held();
    await ask({ kind: "number", number: "4000123412341234", accountKind: "card" });
    expect(await creditedNumber(one)).toBe("4000123412341234");
  });

  test("unknown is never good: it is asked again at its time, then a person is", async () => {
    const one = await held();
    const unknown: LookUpAnswer = { kind: "unknown", reason: "no answer in time" };

    expect(await ask(unknown)).toHaveLength(1);
    expect(await ask(unknown)).toHaveLength(0);
    for (let retry = 0; retry < 2; retry += 1) {
      engine.clock.advance({ minutes: 10 });
      expect(await ask(unknown)).toHaveLength(1);
    }
    engine.clock.advance({ minutes: 10 });
    expect(await ask(unknown)).toHaveLength(0);

    const { type, reason, kind } = await shownOf(one);
    expect([type, kind]).toEqual(["Review Active Card Number", "user"]);
    expect(reason).toMatch(/asked 3 times, and no answer in time/);
    expect((await stateOf(one)).state).toBe("planned");
  });

  test("supplied by a person goes into the vault, and the credit goes on", async () => {
    const one = await held();
    await usedUp();

    const result = await say(one, { action: "supply", number: NEW_CARD, kind: "card" });

    expect(result).toMatchObject({ state, outcome: "good" });
    expect(await creditedNumber(one)).toBe(NEW_CARD);
    const events = await holdEventsOf(db, one.client, one.adjustment);
    expect(JSON.stringify(events)).not.toContain(NEW_CARD);
    expect(events.map((event) => event.kind)).toEqual([
      ...["asked", "answered", "asked", "answered", "asked", "answered"],
      ...["answered", "ended"],
    ]);
  });

  test("marked postable goes its own way; not postable goes to a person", async () => {
    const [good, bad] = [await held(), await held()];
    await usedUp();

    await say(good, { action: "postable", reason: "the card is the one on file" });
    await say(bad, { action: "notPostable", reason: "the account is being closed" });

    expect(await stateOf(good)).toMatchObject({ state });
    expect(await stateOf(bad)).toMatchObject({ state: "pendingManual" });
    const { type, reason } = await shownOf(bad);
    expect(type).toBe("Execute Accounting Assignment");
    expect(reason).toBe("not postable: the account is being closed");
  });

  test("looked for again after a person's retry", async () => {
    const one = await held();
    await usedUp();

    await say(one, { action: "retry", reason: "the service is back" });
    expect((await shownOf(one)).type).toBe("Pending Accounting Hold");
    await ask({ kind: "number", number: NEW_CARD, accountKind: "card" });

    expect(await stateOf(one)).toMatchObject({ state });
  });

  test("a date of the law comes first: a person posts it by hand, in time", async () => {
    const one = await held();
    await usedUp();

    // Notice on 2026-11-16: the credit is due by Tuesday 2026-12-01, and ends the day before.
    onDay("2026-11-27");
    await releaseDue(engine);
    expect((await stateOf(one)).state).toBe("planned");
    onDay("2026-11-30");
    await releaseDue(engine);

    expect(await stateOf(one)).toMatchObject({ state: "pendingManual" });
    expect((await shownOf(one)).reason).toMatch(/due by 2026-12-01 \(12 CFR 1005.11\(c\)/);
  });
});

async function usedUp(): Promise<void> {
  for (let call = 0; call < 3; call += 1) {
    await ask({ kind: "unknown", reason: "no answer in time" });
    engine.clock.advance({ minutes: 10 });
  }
}

/** The date comes, in New York. */
function onDay(date: string): void {
  const now = engine.clock.now();
  const then = now.toZonedDateTimeISO("America/New_York").toPlainDate().until(date);
  engine.clock.advance({ hours: 24 * then.days });
}

beforeEach(() => {
  engine.clock.set(Temporal.Instant.from(START));
});

test("a look-up whose answer never came is on record, and asked again", async () => {
  const one = await aHeldCredit({ holds: { activeCardNumber: SPACING } });
  const lookUps = { ask: () => Promise.reject(new Error("the process dies")) };
  const problems: string[] = [];
  const report = (problem: string) => problems.push(problem);

  await askHolds({ engine, vault: engine.vault, lookUps }, { report });

  expect(problems).toHaveLength(1);
  const events = await holdEventsOf(db, one.client, one.adjustment);
  expect(events.map((event) => event.kind)).toEqual(["asked"]);
  engine.clock.advance({ minutes: 10 });
  await ask({ kind: "number", number: NEW_CARD, accountKind: "card" });
  expect(await creditedNumber(one)).toBe(NEW_CARD);
});

test("without a look-up service a person is asked at once", async () => {
  const one = await aHeldCredit({ holds: { activeCardNumber: {} } });
  expect((await shownOf(one)).type).toBe("Review Active Card Number");
});

test("an answer that comes after a person's word changes nothing but the record", async () => {
  const one = await aHeldCredit({ holds: { activeCardNumber: SPACING } });
  const lookUps = {
    ask: async (): Promise<LookUpAnswer> => {
      const word = { action: "postable", reason: "known by telephone" } as const;
      const { client: clientId, adjustment: adjustmentId } = one;
      await reviewHold(engineDesk, { clientId, adjustmentId, seen: null, actor: "ann", word });
      return { kind: "number", number: NEW_CARD, accountKind: "card" };
    },
  };

  await askHolds({ engine, vault: engine.vault, lookUps });

  expect(await stateOf(one)).toMatchObject({ state: "pendingManual" });
  expect(await creditedNumber(one)).toBe("4000123412341234");
});

const SECOND = { secondOperations: true, tracked: ["ProvisionalCredit"] };

async function aHeldSecondOperation(settings: object): Promise<Held> {
  const fraudCardStatus = { ...SPACING, good: ["transferred"], bad: ["charged off"] };
  const client = await aClient(engine, { ...SECOND, ...settings, holds: { fraudCardStatus } });
  const dispute = await aDisputeOf(engine, client, { fraud: true, cardBlocked: true });
  const { adjustments } = await operate(engine, client, dispute, "issueProvisionalCredit");
  return { client, adjustment: adjustments.at(-1)?.id ?? "" };
}

describe.each(ROUTES)("the fraud card's status on the $name route", ({ settings, state }) => {
  test("good lets the second operation go on", async () => {
    const one = await aHeldSecondOperation(settings);
    expect(await stateOf(one)).toMatchObject({ state: "planned", hold: "fraudCardStatus" });

    await ask({ kind: "status", status: "transferred" });

    expect(await stateOf(one)).toMatchObject({ state, hold: null });
  });

  test("bad asks a person at once, who marks it not postable: then it is manual", async () => {
    const one = await aHeldSecondOperation(settings);

    await ask({ kind: "status", status: "charged off" });
    expect((await shownOf(one)).type).toBe("Review Fraud Card Status");
    await say(one, { action: "notPostable", reason: "charged off" });

    expect(await stateOf(one)).toMatchObject({ state: "pendingManual" });
    expect((await shownOf(one)).reason).toBe("not postable: charged off");
  });

  test("not yet good is asked for again, until the days are used up", async () => {
    const one = await aHeldSecondOperation(settings);

    await ask({ kind: "status", status: "blocked" });
    expect(await stateOf(one)).toMatchObject({ state: "planned", hold: "fraudCardStatus" });
    onDay("2026-11-19");
    await releaseDue(engine);

    expect((await shownOf(one)).type).toBe("Review Fraud Card Status");
    expect((await shownOf(one)).reason).toMatch(/its days are used up/);
  });

  test("supplied by a system lets it go on; a status that is not good does not", async () => {
    const one = await aHeldSecondOperation(settings);
    const { client: clientId, adjustment: adjustmentId } = one;
    const given = { clientId, adjustmentId, seen: null, actor: "key:cards" };
    const supply = { action: "supply", kind: "card" } as const;

    const blocked = await reviewHold(engineDesk, {
      ...given,
      word: { ...supply, status: "blocked" },
    });
    const moved = await reviewHold(engineDesk, {
      ...given,
      word: { ...supply, status: "transferred" },
    });

    expect([blocked.outcome, blocked.state]).toEqual(["unknown", "planned"]);
    expect([moved.outcome, moved.state]).toEqual(["good", state]);
  });
});

describe.each(ROUTES)("a delay of new accounts on the $name route", ({ settings, state }) => {
  const delayed = (facts: Record<string, unknown>, days = 3) =>
    aHeldCredit({ ...settings, holds: { newAccountDelay: { days } } }, facts);

  test("holds the credit until so many business days after the first deposit", async () => {
    const one = await delayed({ firstDepositOn: "2026-11-13" });
    await releaseDue(engine);
    expect(await stateOf(one)).toMatchObject({ state: "planned", hold: "newAccountDelay" });

    onDay("2026-11-18");
    await releaseDue(engine);

    expect(await stateOf(one)).toMatchObject({ state, hold: null });
  });

  test("holds nothing of an account that is old enough", async () => {
    const one = await delayed({ firstDepositOn: "2026-10-13" });

    expect(await stateOf(one)).toMatchObject({ state });
  });

  test("of which the first deposit is not known a person says", async () => {
    const one = await delayed({ newAccount: true });
    expect((await shownOf(one)).type).toBe("Review Accounting Hold");

    await say(one, { action: "postable", reason: "opened years ago under another name" });

    expect(await stateOf(one)).toMatchObject({ state });
  });

  test("ends for the law's date, and posts its own way", async () => {
    const one = await delayed({ firstDepositOn: "2026-11-13" }, 60);

    onDay("2026-11-30");
    await releaseDue(engine);

    expect(await stateOf(one)).toMatchObject({ state });
  });
});

describe.each(ROUTES)("a hold of the institution's own on the $name route", (route) => {
  const { settings, state } = route;
  const watch = (more: object) =>
    aHeldCredit(
      {
        ...settings,
        holds: {
          custom: [
            {
              name: "watch",
              label: "card-testing watch",
              when: { merchantCategory: "5815 | 5816" },
              days: 2,
              ...more,
            },
          ],
        },
      },
      { merchantCategory: "5816" },
    );

  test.each([
    ["review", "planned", "Review Accounting Hold"],
    ["post", state, null],
    ["manual", "pendingManual", "Execute Accounting Assignment"],
  ] as const)("at its deadline: %s", async (atDeadline, after, type) => {
    const one = await watch({ atDeadline });
    expect(await stateOf(one)).toMatchObject({ hold: "clientHold", note: "card-testing watch" });

    onDay("2026-11-18");
    await releaseDue(engine);

    expect(await stateOf(one)).toMatchObject({ state: after });
    if (type !== null) expect((await shownOf(one)).type).toBe(type);
  });

  test("holds only what it names", async () => {
    const one = await watch({ when: { merchantCategory: "4829" } });
    expect(await stateOf(one)).toMatchObject({ state });
  });
});

test("a condition that names no fact is refused with its place", async () => {
  const custom = [{ name: "watch", label: "x", when: { nosuch: "1" }, days: 1 }];
  const client = await aClient(engine, { holds: { custom } });

  await expect(aDisputeOf(engine, client)).rejects.toThrow(
    /\/holds\/custom\/0\/when: unknown fact "nosuch"/,
  );
});
