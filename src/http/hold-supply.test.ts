/** A card number that a person supplies to a hold decides where money goes: two people say so. */
import { expect, test } from "vitest";

import { aClaim, useCaseApi } from "../../test/support/http-case.ts";
import { call } from "../../test/support/http.ts";
import { aKeyOf } from "../../test/support/people.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { createUser } from "../access/create-user.ts";
import type { Role } from "../access/roles.ts";
import { sql } from "../database/sql.ts";

const db = useDatabase();
const api = useCaseApi(db);
const NEW_CARD = "4000999912345678";

let clients = 0;

async function held(settings: Record<string, unknown> = {}) {
  const client = `cards-${(clients += 1)}`;
  await api.client(client, { holds: { activeCardNumber: {} }, ...settings });
  const opened = await api.post("/v1/claims", { body: aClaim(client) });
  const [dispute = ""] = opened.body["disputes"] as string[];
  await api.operate(dispute, "issueProvisionalCredit");
  const { body } = await api.assignmentOf(dispute);
  expect(body["type"]).toBe("Review Active Card Number");
  const adjustment = String(body["adjustment"]);
  const url = `/v1/assignments/${String(body["id"])}`;
  return { client, dispute, adjustment, url, version: Number(body["version"]) };
}

const stateOf = async (adjustment: string) =>
  db.one<{ state: string }>(sql`select state from adjustment where id = ${adjustment}`);

const waiting = async () => (await api.get("/v1/approvals")).body.items;

async function decide(person: string, roles: readonly Role[], approved = true) {
  const [request] = await waiting();
  const key = await aKeyOf(api.server().engine, person, roles);
  return api.post(
    `/v1/approvals/${String(request?.["id"])}/decisions`,
    { version: 1, body: approved ? { approved } : { approved, reason: "not theirs" } },
    key,
  );
}

test("it waits for somebody else, and goes to that card in the first one's name", async () => {
  const { adjustment, url, version } = await held();

  const supplied = await api.post(`${url}/supply`, { version, body: { number: NEW_CARD } });
  const [request] = await waiting();
  const own = await decide("owner-of-admin", ["approver"]);
  const before = await stateOf(adjustment);
  const done = await decide("ben", ["approver"]);

  expect(supplied.body).toMatchObject({ adjustmentState: "planned" });
  expect(request).toMatchObject({ kind: "holdSupply", rule: "domain" });
  expect(String(request?.["summary"])).toContain("5678");
  expect([own.body["code"], before.state]).toEqual(["self-approval", "planned"]);
  expect(done.body).toMatchObject({ state: "approved" });
  expect(await stateOf(adjustment)).toEqual({ state: "pendingManual" });
  const answers = await db.query(sql`select actor, outcome from hold_answer`);
  expect(answers).toEqual([{ actor: "key:admin", outcome: "good" }]);
});

test("the number is nowhere but in the vault while it waits", async () => {
  const { url, version } = await held();
  await api.post(`${url}/supply`, { version, body: { number: NEW_CARD } });

  const rows = await db.query<{ whole: string }>(sql`
    select r::text as whole from approval_request r`);
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(NEW_CARD);
});

test("declined it is held as before, and may be supplied again", async () => {
  const { adjustment, url, version } = await held();
  await api.post(`${url}/supply`, { version, body: { number: NEW_CARD } });

  await decide("ben", ["approver"], false);
  const again = await api.post(`${url}/supply`, { version, body: { number: NEW_CARD } });

  expect(await stateOf(adjustment)).toEqual({ state: "planned" });
  expect([again.status, await waiting()]).toMatchObject([200, [{ kind: "holdSupply" }]]);
});

test("what ends the hold otherwise ends the request", async () => {
  const { url, version } = await held();
  await api.post(`${url}/supply`, { version, body: { number: NEW_CARD } });

  const marked = await api.post(`${url}/postable`, { version, body: { reason: "same card" } });

  expect(marked.status).toBe(200);
  expect(await waiting()).toEqual([]);
});

test("a client's tiers say from which amount; none at all is one person", async () => {
  const below = await held({ approvals: { holdSupply: [{ above: "100.00", levels: 1 }] } });
  const never = await held({ approvals: { holdSupply: [] } });

  for (const { adjustment, url, version } of [below, never]) {
    await api.post(`${url}/supply`, { version, body: { number: NEW_CARD } });
    expect(await stateOf(adjustment)).toEqual({ state: "pendingManual" });
  }
});

test("what could not be supplied is refused at once", async () => {
  const { url, version } = await held();

  const body = { number: NEW_CARD, status: "active" };
  const bad = await api.post(`${url}/supply`, { version, body });

  expect(bad.body["code"]).toBe("input-invalid");
  expect(await waiting()).toEqual([]);
});

test("a person does not go round it by the way of the institution's systems", async () => {
  const { adjustment } = await held();
  const { app, engine } = api.server();
  const secret = "correct horse battery";
  const user = { name: "ann", displayName: "Ann", password: secret, clients: null };
  const by = { actor: "test", requestId: null };
  await createUser(engine, { ...user, roles: ["analyst"] }, by);
  const signedIn = await call(app, null, "POST", "/v1/session", {
    body: { user: "ann", password: secret },
  });
  const cookie = String(signedIn.headers["set-cookie"]).split(";")[0] ?? "";
  const csrf = String(signedIn.body["csrf"]);

  const url = `/v1/adjustments/${adjustment}/hold-answers`;
  const headers = { cookie, "x-csrf-token": csrf };
  const answer = await call(app, null, "POST", url, { body: { number: NEW_CARD }, headers });

  expect(answer.body).toMatchObject({ code: "approval-required" });
});
