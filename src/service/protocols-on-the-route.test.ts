/** Faults, tokens and certificates through the whole route: what becomes of the adjustment. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";

import { startCore } from "../../examples/stand-in-core/core.ts";
import { standInService } from "../../examples/stand-in-core/service.ts";
import { certificateFile, fingerprint, serverWith } from "../../test/support/certificates.ts";
import { aClient, testEngine } from "../../test/support/engine.ts";
import type { Peer, PeerAnswer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";
import {
  attemptsMade,
  onlyStanding,
  pendingCredits,
  serviceDesk,
} from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { createDispatcher } from "./dispatcher.ts";
import { secretsFrom } from "../connections/secrets.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = {
  ...serviceDesk(engine),
  secrets: secretsFrom({ PASSWORD: "swordfish-4711", CLIENT_SECRET: "hush-hush-4711" }),
};

/** One process through all rounds: its tokens and connections last. */
let dispatcher: Dispatcher;
beforeEach(() => {
  dispatcher = createDispatcher(desk, { worker: "test" });
});
afterEach(() => dispatcher.close());

async function round(seconds = 0): Promise<number> {
  engine.clock.advance({ seconds });
  const started = await dispatcher.round();
  await dispatcher.idle();
  return started;
}

async function aCredit(service: Record<string, unknown>): Promise<{ client: string; id: string }> {
  const client = await aClient(engine, { services: { core: service } });
  const [id = ""] = await pendingCredits(engine, client, ["100.00"]);
  return { client, id };
}

async function aPeer(...given: Parameters<typeof startPeer>): Promise<Peer> {
  const peer = await startPeer(...given);
  onTestFinished(() => peer.stop());
  return peer;
}

describe("a SOAP fault with status 500", () => {
  const fault = (code: string): PeerAnswer => ({
    status: 500,
    body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>
      <faultcode>s:Server</faultcode><faultstring>${code} of 4000123412341234</faultstring>
      <detail><ErrCode>${code}</ErrCode></detail></s:Fault></s:Body></s:Envelope>`,
  });
  const soapService = (peer: Peer) => ({
    protocol: "soap",
    url: peer.address,
    soap: { security: { user: "redress", password: "env:PASSWORD", digest: false } },
    post: { path: "/p", body: { Add: { Acct: "{{holder.number}}", Amt: "{{amount}}" } } },
    answer: { code: "body.Fault.detail.ErrCode", message: "body.Fault.faultstring" },
    outcomes: [
      { when: { code: "8004" }, outcome: "refused" },
      { when: { code: "8005" }, outcome: "refusedOverridable" },
    ],
  });

  test.each([
    ["8004", "serviceFailed", "refused"],
    ["8005", "serviceFailed", "refusedOverridable"],
    ["9999", "unknown", "unknown"],
  ])("of code %s leaves the adjustment %s", async (code, state, outcome) => {
    const peer = await aPeer(() => fault(code));
    const { client, id } = await aCredit(soapService(peer));

    await round();

    expect(await onlyStanding(db, id)).toMatchObject({
      state,
      reason: `${code} of 400012••••1234`,
    });
    expect(await attemptsMade(db, { client, id })).toEqual([["post", outcome, 1]]);
    expect(peer.heard[0]?.body).toContain("swordfish-4711");
    const kept = await db.query<{ all: string }>(sql`
      select t.request::text || o.answer as all
      from service_attempt t join service_attempt_outcome o on o.attempt_id = t.id
    `);
    expect(kept[0]?.all).toContain("400012••••1234");
    expect(kept[0]?.all).not.toMatch(/swordfish|wsse|4000123412341234/);
  });
});

test("an expired token: the retry has the same key and a new token", async () => {
  const core = await startCore({ token: "token-2" });
  onTestFinished(() => core.stop());
  let given = 0;
  const tokens = await aPeer(() => ({
    body: JSON.stringify({ access_token: `token-${(given += 1)}`, token_type: "bearer" }),
  }));
  const { client, id } = await aCredit({
    ...standInService(core.address),
    authentication: {
      kind: "oauth2",
      tokenUrl: tokens.address,
      clientId: "redress",
      clientSecret: "env:CLIENT_SECRET",
    },
  });

  await round();
  expect(await onlyStanding(db, id)).toMatchObject({
    state: "pendingService",
    reason: "does not accept our sign-in",
  });
  await round(10);

  expect(await onlyStanding(db, id)).toMatchObject({ state: "executed", revision: 1 });
  expect(await attemptsMade(db, { client, id })).toEqual([
    ["post", "notProcessed", 1],
    ["post", "posted", 1],
  ]);
  expect(core.book.postings()).toHaveLength(1);
  expect(given).toBe(2);
});

test("a token service that is down: not sent, not processed, and later executed", async () => {
  const core = await startCore({ token: "token-1" });
  onTestFinished(() => core.stop());
  const tokens = await aPeer(() => ({ status: 503 }));
  const { id } = await aCredit({
    ...standInService(core.address),
    authentication: {
      kind: "oauth2",
      tokenUrl: tokens.address,
      clientId: "redress",
      clientSecret: "env:CLIENT_SECRET",
    },
  });

  await round();
  expect(await onlyStanding(db, id)).toMatchObject({
    state: "pendingService",
    reason: "no access token: the token service answered 503",
  });
  expect(core.calls()).toBe(0);
  tokens.answer = () => ({ body: '{"access_token":"token-1","token_type":"Bearer"}' });
  await round(10);

  expect(await onlyStanding(db, id)).toMatchObject({ state: "executed" });
});

test("a certificate that changed holds the posting back, and nothing is sent", async () => {
  const posted: PeerAnswer = { body: '{"id":"P-1","amount":"100.00"}' };
  const before = await aPeer(() => posted, { tls: serverWith("renewed") });
  const { client, id } = await aCredit({
    ...standInService(before.address),
    tls: { ca: certificateFile("ca"), pinnedSha256: [fingerprint("server")] },
  });

  await round();
  expect(await onlyStanding(db, id)).toMatchObject({
    state: "pendingService",
    reason: expect.stringMatching(/^its certificate is not one of those pinned/) as string,
  });
  expect(before.heard).toEqual([]);
  await before.stop();
  const after = await aPeer(() => posted, { tls: serverWith("server"), port: before.port });
  await round(10);

  expect(await onlyStanding(db, id)).toMatchObject({ state: "executed", revision: 1 });
  expect(after.heard).toHaveLength(1);
  expect(await attemptsMade(db, { client, id })).toEqual([
    ["post", "notProcessed", 1],
    ["post", "posted", 1],
  ]);
});

test("a secret that is missing holds the posting back, naming the reference alone", async () => {
  const core = await startCore();
  onTestFinished(() => core.stop());
  const authentication = { kind: "bearer", token: "env:NOT_THERE" };
  const { id } = await aCredit({ ...standInService(core.address), authentication });

  await round();

  expect(await onlyStanding(db, id)).toMatchObject({
    state: "pendingService",
    reason: "the call could not be made: there is no secret at env:NOT_THERE",
  });
  expect(core.calls()).toBe(0);
});
