/**
 * Answers that a core may give and no column or page may show: each is settled at its first call,
 * and what is kept of it holds no whole account number.
 */
import { afterEach, beforeEach, expect, test } from "vitest";

import { aClient, testEngine } from "../../test/support/engine.ts";
import type { Peer, PeerAnswer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";
import { onlyStanding, pendingCredits, runRound, serviceDesk } from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";

const NUMBER = "4000123412341234";

const db = useDatabase();
const engine = testEngine(db);

let peer: Peer;
beforeEach(async () => {
  peer = await startPeer(() => ({}));
});
afterEach(() => peer.stop());

async function settled(answer: Exclude<PeerAnswer, string>, settings: object = {}) {
  const problems: unknown[] = [];
  peer.answer = () => answer;
  const service = {
    protocol: "rest-json",
    url: peer.address,
    post: { path: "/p", body: { account: "{{holder.number}}", amount: "{{amount}}" } },
    answer: {
      code: "body.code",
      message: "body.message",
      reference: "body.id",
      amount: "body.amount",
      postingDate: "body.date",
    },
    ...settings,
  };
  const client = await aClient(engine, { services: { core: service } });
  const [id = ""] = await pendingCredits(engine, client, ["100.00"]);
  await runRound(serviceDesk(engine, { problems }));
  expect(problems).toEqual([]);
  const { state, reason } = await onlyStanding(db, id);
  const [execution] = await db.query<{ reference: string }>(sql`select reference from execution`);
  return { state, reason, reference: execution?.reference };
}

test.each([
  ["a NUL in its words", '{"id":"P1","message":"done\\u0000\\u0000"}'],
  ["NULs after its reference", '{"id":"P1\\u0000\\u0000"}'],
  ["half a character", '{"id":"P1","code":"\\ud800"}'],
  ["an impossible day", '{"id":"P1","date":"2026-11-31"}'],
])("a posting with %s is executed", async (_, body) => {
  expect(await settled({ body })).toMatchObject({ state: "executed", reference: "P1" });
});

test("a page of NULs is unknown, and on record", async () => {
  expect(await settled({ status: 502, body: Buffer.alloc(20) })).toMatchObject({
    state: "unknown",
  });
});

test("a posting without a body is executed by the reference in its header", async () => {
  const settings = { answer: { reference: "header.location" } };
  const answer = { status: 201, headers: { location: "/p/7", "content-encoding": "gzip" } };

  expect(await settled(answer, settings)).toMatchObject({ state: "executed", reference: "/p/7" });
});

test("a reference made of the account's number is kept masked", async () => {
  const body = JSON.stringify({ id: `20261116-${NUMBER}-0007` });

  expect(await settled({ body })).toEqual({
    state: "executed",
    reason: null,
    reference: "20261116-400012••••1234-0007",
  });
  const [kept] = await db.query<{ all: string }>(sql`
    select concat_ws(' ', t.request, o.reference, o.answer, o.reason) as all
    from service_attempt t join service_attempt_outcome o on o.attempt_id = t.id
  `);
  expect(kept?.all).not.toContain(NUMBER);
});

test.each(["1.0E2", "100", "100.000", "1e+2", "0.10E3"])(
  "%s is a hundred in whatever a core writes it",
  async (amount) => {
    expect(await settled({ body: `{"id":"P1","amount":${amount}}` })).toMatchObject({
      state: "executed",
    });
  },
);

test.each(["100,00", "100", "0.100,0"])(
  "%s is a hundred where commas are decimal",
  async (said) => {
    const answer = { reference: "body.id", amount: "body.amount", amountIn: "decimalComma" };

    expect(await settled({ body: `{"id":"P1","amount":"${said}"}` }, { answer })).toMatchObject({
      state: "executed",
    });
  },
);

test("a hundred with a point is none where commas are decimal", async () => {
  const answer = { reference: "body.id", amount: "body.amount", amountIn: "decimalComma" };

  expect(await settled({ body: '{"id":"P1","amount":"100.00"}' }, { answer })).toMatchObject({
    state: "unknown",
  });
});

test("keys of 64 bits and account numbers leave as JSON numbers, and are kept masked", async () => {
  const body = { key: "{{key | number}}", account: "{{holder.number | number}}", of: "{{amount}}" };
  const settings = { key: { format: "int64", header: null }, post: { path: "/p", body } };

  expect(await settled({ body: '{"id":"P1"}' }, settings)).toMatchObject({ state: "executed" });

  const [{ key, request }] = (await db.query<{ key: string; request: { body: unknown } }>(sql`
    select key, request from service_attempt
  `)) as [{ key: string; request: { body: unknown } }];
  expect(peer.heard[0]?.body).toBe(`{"key":${key},"account":${NUMBER},"of":"100.00"}`);
  expect(request.body).toEqual({ key, account: "400012••••1234", of: "100.00" });
});
