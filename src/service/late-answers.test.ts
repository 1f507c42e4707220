/**
 * An answer that comes after its attempt was superseded changes nothing but the record: whatever
 * superseded it, and whatever it says.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Core } from "../../examples/stand-in-core/core.ts";
import { startCore } from "../../examples/stand-in-core/core.ts";
import { testEngine } from "../../test/support/engine.ts";
import { aServiceCredit, onlyStanding, serviceDesk } from "../../test/support/service.ts";
import { expectSound } from "../../test/support/sound-books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { aPerson } from "../../test/support/work.ts";
import { sql } from "../database/sql.ts";
import { manualVerbs } from "../manual/verbs.ts";
import type { ActionName } from "../work/actions.ts";
import { assignmentActions } from "../work/perform-action.ts";
import { executeAccountingViaService } from "./execute-accounting-via-service.ts";
import type { Flight, Landed } from "./flight.ts";
import { openAdapter } from "./http-adapter.ts";
import { serviceOf } from "./service-configuration.ts";
import { settleAnswers } from "./settle-answers.ts";
import { takeOverAbandoned } from "./take-over.ts";
import { serviceVerbs } from "./verbs.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = serviceDesk(engine);
const actions = assignmentActions(db, { ...manualVerbs(engine), ...serviceVerbs(engine) });

let core: Core;
beforeEach(async () => {
  core = await startCore();
});
afterEach(async () => {
  await core.stop();
  await expectSound(engine);
});

interface Credit {
  readonly client: string;
  readonly id: string;
}

/** What is due is taken and on record; when its answer comes, the test says. */
async function taken({ client }: Credit): Promise<Flight> {
  const { settings } = (await engine.clients(db, [client])).get(client) ?? {};
  const service = serviceOf(settings ?? {}, "core");
  if (service === undefined) throw new Error("no service");
  const adapter = openAdapter(desk, service);
  const wanted = [{ clientId: client, service, adapter, limit: 1 }];
  const [flight] = await executeAccountingViaService(desk, "test", wanted);
  await adapter.close();
  if (flight === undefined) throw new Error("nothing was due");
  return flight;
}

type Answer = "posted" | "parked" | "refused" | "lost" | "notFound";

function landed(flight: Flight, answer: Answer): Landed {
  const latencyMilliseconds = 5;
  if (answer === "lost") {
    return { flight, latencyMilliseconds, result: { kind: "lost", reason: "ECONNRESET" } };
  }
  const body = {
    posted: { id: "P1", amount: "100.00", currency: "USD" },
    parked: { id: "P1", amount: "100.00", currency: "USD", to: "suspense" },
    refused: { code: "INSUFFICIENT_FUNDS", message: "not enough money" },
    notFound: { code: "NOT_FOUND" },
  }[answer];
  const posted = flight.purpose === "post" ? 201 : 200;
  const status = { posted, parked: posted, refused: 422, notFound: 404 }[answer];
  const text = JSON.stringify(body);
  const result = { kind: "answered", text, answer: { status, headers: {}, body } } as const;
  return { flight, latencyMilliseconds, result };
}

const settle = (flight: Flight, answer: Answer) => settleAnswers(desk, [landed(flight, answer)]);

async function act(
  { client, id }: Credit,
  action: ActionName,
  input: Record<string, unknown> = {},
  person = "amy",
): Promise<void> {
  const { assignmentId, version } = await onlyStanding(db, id);
  await actions.perform({
    clientIds: [client],
    assignmentId: assignmentId ?? "",
    action,
    version: version ?? 0,
    person: aPerson(person),
    input,
  });
}

/** Everything that an answer could move. */
async function everything(): Promise<unknown> {
  return [
    await db.query(sql`
      select id, state, version, key_revision, machine_may_act, open_assignment_id
      from adjustment order by id`),
    await db.query(sql`select id from transition order by id`),
    await db.query(sql`select id from entry order by id`),
    await db.query(sql`select id from execution order by id`),
    await db.query(sql`select part from service_part order by part`),
    await db.query(sql`
      select id, type, is_open, version from assignment order by id`),
    await db.query(sql`select * from due_call order by assignment_id`),
    await db.query(sql`select id, key from operation order by id`),
  ];
}

const DID_NOT = { posted: false, reason: "not on the core's day list" };
const PARKS = {
  outcomes: [{ when: { body: { "body.to": "suspense" } }, outcome: "posted", parked: true }],
};

/** No keys, no look-up: after a lost answer only people can find out. */
async function anUnknown(): Promise<{ credit: Credit; flight: Flight }> {
  const settings = { lookUp: null, key: { lifeSeconds: 0 }, ...PARKS };
  const credit = await aServiceCredit(engine, core.address, settings);
  const flight = await taken(credit);
  engine.clock.advance({ seconds: 31 });
  expect(await takeOverAbandoned(desk, [credit.client])).toBe(1);
  return { credit, flight };
}

const SUPERSEDED: [string, (credit: Credit) => Promise<void>][] = [
  ["a take-over", () => Promise.resolve()],
  [
    "a finding that it posted",
    (credit) => act(credit, "finding", { posted: true, reference: "P1", reason: "on the list" }),
  ],
  ["one person's finding that it did not", (credit) => act(credit, "finding", DID_NOT)],
  [
    "a finding of two that it did not",
    async (credit) => {
      await act(credit, "finding", DID_NOT);
      await act(credit, "finding", DID_NOT, "ben");
    },
  ],
  [
    "a cancellation after that",
    async (credit) => {
      await act(credit, "finding", DID_NOT);
      await act(credit, "finding", DID_NOT, "ben");
      await act(credit, "cancellation", { reason: "keyed twice" });
    },
  ],
  [
    "a completion by hand after that",
    async (credit) => {
      await act(credit, "finding", DID_NOT);
      await act(credit, "finding", DID_NOT, "ben");
      const posted = { reference: "H1", postingDate: "2026-11-16", attested: true };
      await act(credit, "completion", posted);
    },
  ],
  [
    "a retry that is being sent",
    async (credit) => {
      await act(credit, "finding", DID_NOT);
      await act(credit, "finding", DID_NOT, "ben");
      await act(credit, "retry");
      await taken(credit);
    },
  ],
];

describe.each(SUPERSEDED)("after %s", (_, supersede) => {
  test.each<Answer>(["posted", "parked", "refused", "lost"])(
    "%s changes nothing but the record",
    async (answer) => {
      const { credit, flight } = await anUnknown();
      await supersede(credit);
      const before = await everything();

      await settle(flight, answer);

      expect(await everything()).toEqual(before);
      const kept = await db.query(sql`
        select outcome, superseded from service_attempt_outcome
        where attempt_id = ${flight.attemptId}
      `);
      const outcome = { posted: "posted", parked: "posted", refused: "refused", lost: "unknown" };
      expect(kept).toEqual([{ outcome: outcome[answer as "posted"], superseded: true }]);
    },
  );
});

test("of two calls of two revisions each answer counts for its own", async () => {
  const credit = await aServiceCredit(engine, core.address, { lookUp: null });
  const first = await taken(credit);
  await settle(first, "refused");
  await act(credit, "retry");
  const second = await taken(credit);
  expect(second.key).not.toBe(first.key);
  const before = await everything();

  await expect(settle(first, "posted")).rejects.toMatchObject({ code: "23505" });
  expect(await everything()).toEqual(before);
  await settle(second, "posted");

  expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed", revision: 2 });
});

test("two answers to one attempt: the first counts, the database refuses the second", async () => {
  const credit = await aServiceCredit(engine, core.address);
  const flight = await taken(credit);
  await settle(flight, "posted");
  const before = await everything();

  await expect(settle(flight, "refused")).rejects.toMatchObject({ code: "23505" });
  await expect(
    settleAnswers(desk, [landed(flight, "lost"), landed(flight, "refused")]),
  ).rejects.toMatchObject({ code: "23505" });

  expect(await everything()).toEqual(before);
  expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
});

test("a look-up's answer that comes after its adjustment moved on is a late one, too", async () => {
  const credit = await aServiceCredit(engine, core.address);
  const post = await taken(credit);
  await settle(post, "lost");
  engine.clock.advance({ seconds: 6 });
  const slow = await taken(credit);
  expect(slow.purpose).toBe("lookUp");
  // Its worker slept past the lease; another one asked again, and found it.
  engine.clock.advance({ seconds: 31 });
  const other = await taken(credit);
  expect(other.purpose).toBe("lookUp");
  await settle(other, "posted");
  const before = await everything();

  await settle(slow, "notFound");

  expect(await everything()).toEqual(before);
  expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
});
