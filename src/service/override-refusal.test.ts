/** What a core refuses with a warning may be sent again with its codes: by whom, and how often. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { aClient, testEngine } from "../../test/support/engine.ts";
import type { Peer, PeerAnswer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";
import { onlyStanding, pendingCredits, runRound, serviceDesk } from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { aPerson } from "../../test/support/work.ts";
import { sql } from "../database/sql.ts";
import { assignmentActions } from "../work/perform-action.ts";
import { findAssignment } from "../work/views.ts";
import { offeredActions } from "../work/actions.ts";
import { serviceVerbs } from "./verbs.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = serviceDesk(engine);
const actions = assignmentActions(db, serviceVerbs(engine));

interface Call {
  readonly key: string;
  readonly overrides: readonly string[];
}

let peer: Peer;
let calls: Call[];
/** Codes that the account carries, and whether each may be overridden. */
let warnings: Record<string, boolean>;

beforeEach(async () => {
  calls = [];
  warnings = { "1005": true, "1017": true };
  peer = await startPeer((request): PeerAnswer => {
    const call = JSON.parse(request.body) as Call;
    calls.push(call);
    const left = Object.entries(warnings).filter(([code]) => !call.overrides.includes(code));
    if (left.length === 0) return { status: 200, body: '{"id": "S1"}' };
    const errors = left.map(([number, soft]) => ({ number, kind: soft ? "warning" : "error" }));
    return { status: 422, body: JSON.stringify({ errors }) };
  });
});
afterEach(() => peer.stop());

async function aRefusedCredit() {
  const service = {
    protocol: "rest-json",
    url: peer.address,
    post: {
      path: "/post",
      body: { key: "{{key}}", overrides: { $each: "overrides", as: "{{override.code}}" } },
    },
    answer: {
      reference: "body.id",
      code: "body.errors.0.number",
      codes: "body.errors.*.number",
    },
    outcomes: [
      { when: { body: { "body.errors.*.kind": "error" } }, outcome: "refused" },
      { when: { body: { "body.errors.*.kind": "warning" } }, outcome: "refusedOverridable" },
    ],
  };
  const client = await aClient(engine, { services: { core: service } });
  const [id = ""] = await pendingCredits(engine, client, ["100.00"]);
  await runRound(desk);
  return { client, id };
}

async function override(
  { client, id }: { client: string; id: string },
  input: Record<string, unknown>,
  name = "amy",
): Promise<unknown> {
  const { assignmentId, version } = await onlyStanding(db, id);
  return actions.perform({
    clientIds: [client],
    assignmentId: assignmentId ?? "",
    action: "override",
    version: version ?? 0,
    person: aPerson(name),
    input,
  });
}

async function offered({ client, id }: { client: string; id: string }): Promise<string[]> {
  const { assignmentId } = await onlyStanding(db, id);
  const row = await findAssignment(db, [client], assignmentId ?? "");
  return row === undefined ? [] : offeredActions(row, aPerson("amy")).map((one) => one.name);
}

describe("override", () => {
  test("sends all codes of the refusal back, under a new key, with name and reason", async () => {
    const credit = await aRefusedCredit();
    expect(await offered(credit)).toContain("override");

    await override(credit, { reason: "the branch knows the holder" });
    await runRound(desk);

    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
    expect(calls.map((call) => call.overrides)).toEqual([[], ["1005", "1017"]]);
    expect(calls[0]?.key).not.toBe(calls[1]?.key);
    const [kept] = await db.query(sql`select codes, reason, actor from service_override`);
    expect(kept).toEqual({
      codes: ["1005", "1017"],
      reason: "the branch knows the holder",
      actor: "amy",
    });
  });

  test("is for that refusal alone: a later one needs another", async () => {
    const credit = await aRefusedCredit();
    await override(credit, { reason: "one of them", codes: ["1005"] });
    await runRound(desk);
    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "serviceFailed" });

    await override(credit, { reason: "the other" });
    await runRound(desk);

    // The second call was refused for 1017 alone, so 1005 is not sent a second time.
    expect(calls.map((call) => call.overrides)).toEqual([[], ["1005"], ["1017"]]);
    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "serviceFailed" });
  });

  test("is not offered, and not done, where one of the codes is an error", async () => {
    warnings = { "1005": true, "1004": false };
    const credit = await aRefusedCredit();

    expect(await offered(credit)).not.toContain("override");
    await expect(override(credit, { reason: "try" })).rejects.toMatchObject({
      code: "transition-refused",
      message: "The refusal is not one that may be overridden",
    });
    expect(calls).toHaveLength(1);
  });

  test.each([
    ["whoever asked for the movement", { reason: "mine" }, "test", "self-approval"],
    ["a code it was not refused with", { reason: "x", codes: ["9999"] }, "amy", "input-invalid"],
    ["no reason", {}, "amy", "input-invalid"],
    ["a card number in the reason", { reason: "4000123412341234" }, "amy", "card-number-in-text"],
  ])("is refused: %s", async (_, input, name, code) => {
    const credit = await aRefusedCredit();

    await expect(override(credit, input, name)).rejects.toMatchObject({ code });

    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "serviceFailed" });
  });
});
