/** A look-up service over real HTTP: only a mapped value is an answer. */
import { afterEach, beforeEach, expect, test } from "vitest";

import { aClient, aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import type { Peer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { askHolds } from "../accounting/ask-holds.ts";
import { findAdjustment } from "../accounting/dispute-views.ts";
import { holdEventsOf } from "../accounting/views-holds.ts";
import { secretsFrom } from "../connections/secrets.ts";
import { lookUpsOf } from "./ask-look-up.ts";

const db = useDatabase();
const engine = testEngine(db);
const secrets = secretsFrom({ CARD_TOKEN: "sesame" });
const lookUps = lookUpsOf({ engine, vault: engine.vault, secrets });

let peer: Peer;

beforeEach(async () => {
  peer = await startPeer(() => ({ status: 200, body: '{"card":{"active":"4000123412345678"}}' }));
});
afterEach(() => peer.stop());

async function aHeldCredit(more: object = {}) {
  const cards = {
    url: peer.address,
    authentication: { kind: "bearer", token: "env:CARD_TOKEN" },
    ask: { path: "/cards/{{holder.number}}/active" },
    answer: { number: "body.card.active" },
    ...more,
  };
  const holds = { activeCardNumber: { service: "cards" } };
  const client = await aClient(engine, { lookUps: { cards }, holds });
  const dispute = await aDisputeOf(engine, client);
  const { adjustments } = await operate(engine, client, dispute, "issueProvisionalCredit");
  const id = adjustments[0]?.id ?? "";
  return {
    ask: () => askHolds({ engine, vault: engine.vault, lookUps }),
    state: async () => (await findAdjustment(db, [client], id))?.state,
    answers: async () =>
      (await holdEventsOf(db, client, id))
        .filter((one) => one.kind === "answered")
        .map((one) => `${one.outcome}: ${one.reason ?? ""}`),
  };
}

test("is called as its settings say, and its answer read", async () => {
  const held = await aHeldCredit();

  await held.ask();

  const [call] = peer.heard;
  expect([call?.method, call?.path]).toEqual(["GET", "/cards/4000123412341234/active"]);
  expect(call?.headers["authorization"]).toBe("Bearer sesame");
  expect(await held.state()).toBe("pendingManual");
});

test.each([
  [
    "a number that is none",
    { status: 200, body: '{"card":{"active":"?"}}' },
    /^unknown: the answer/,
  ],
  ["no such card", { status: 404, body: "{}" }, /^unknown: not found/],
  ["a fault", { status: 500, body: "{}" }, /^unknown: status 500/],
  ["no answer", "drop" as const, /^unknown: /],
  ["no sign-in", { status: 401, body: "{}" }, /^unknown: status 401/],
])("%s lets nothing go on", async (_, answer, said) => {
  peer.answer = () => answer;
  const held = await aHeldCredit();

  await held.ask();

  expect(await held.state()).toBe("planned");
  expect(await held.answers()).toEqual([expect.stringMatching(said)]);
});

test("what could not be asked has failed: no secret, nobody who listens", async () => {
  const without = await aHeldCredit({ authentication: { kind: "bearer", token: "env:NONE" } });
  await without.ask();
  const gone = await aHeldCredit({ url: "http://127.0.0.1:9" });
  await gone.ask();

  expect(await without.answers()).toEqual([expect.stringMatching(/^failed: /)]);
  expect(await gone.answers()).toEqual([expect.stringMatching(/^failed: /)]);
});
