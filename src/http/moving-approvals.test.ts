/**
 * Attacks on approvals while people and their rights move: loans given, used and ended, roles taken
 * away, one person twice, another's key of a command, two at once. Over a real port; after each
 * attack the whole database is verified.
 */
import type { Headers } from "undici";
import { fetch } from "undici";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { aClaim } from "../../test/support/http-case.ts";
import type { TestServer } from "../../test/support/http.ts";
import { testServer } from "../../test/support/http.ts";
import { aKeyOf } from "../../test/support/people.ts";
import { expectSound } from "../../test/support/sound-books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { createUser } from "../access/create-user.ts";
import type { Role } from "../access/roles.ts";
import { insertClient } from "../cases/store.ts";
import { sql } from "../database/sql.ts";

const db = useDatabase();
const PASSWORD = "correct horse battery";
const TWO_LEVELS = { approvals: { issueProvisionalCredit: [{ above: "0.00", levels: 2 }] } };
const ONE_LEVEL = { approvals: { issueProvisionalCredit: [{ above: "0.00", levels: 1 }] } };

let server: TestServer;
let base = "";
let requests = 0;

beforeAll(async () => {
  server = await testServer(db);
  base = await server.app.listen({ host: "127.0.0.1", port: 0 });
});
beforeEach(() => {
  server.engine.clock.advance({ minutes: 5 });
});
afterEach(() => expectSound(server.engine));
afterAll(() => server.app.close());

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly items: Record<string, unknown>[] };
  readonly headers: Headers;
}

type Who = Readonly<Record<string, string>>;

interface Sent {
  readonly body?: unknown;
  readonly version?: number;
  readonly key?: string;
}

async function send(who: Who, method: string, path: string, sent: Sent = {}): Promise<Answer> {
  const { body, version, key = `moving-${(requests += 1)}` } = sent;
  const response = await fetch(`${base}${path}`, {
    method,
    headers: {
      ...who,
      ...(method === "POST" ? { "idempotency-key": key } : {}),
      ...(version === undefined ? {} : { "if-match": `"${version}"` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed = (text === "" ? {} : JSON.parse(text)) as Answer["body"];
  return { status: response.status, body: parsed, headers: response.headers };
}

/** Signs a new person in. */
async function person(name: string, ...roles: Role[]): Promise<Who> {
  const user = { name, displayName: name, password: PASSWORD, roles, clients: null };
  await createUser(server.engine, user, { actor: "test", requestId: null });
  const signedIn = await send({}, "POST", "/v1/session", {
    body: { user: name, password: PASSWORD },
  });
  expect(signedIn.status).toBe(201);
  const cookie = (signedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  return { cookie, "x-csrf-token": String(signedIn.body["csrf"]) };
}

const keyOf = async (owner: string, name: string, ...roles: Role[]): Promise<Who> => ({
  authorization: `Bearer ${await aKeyOf(server.engine, owner, roles, name)}`,
});

async function aCase(who: Who, settings: unknown) {
  const { engine } = server;
  const createdAt = engine.clock.now().toString();
  // Clients are remembered by id and version.
  const client = `harbor-${(requests += 1)}`;
  await db.transaction((tx) => insertClient(tx, { id: client, name: client, settings, createdAt }));
  const opened = await send(who, "POST", "/v1/claims", { body: aClaim(client) });
  const [dispute = ""] = opened.body["disputes"] as string[];
  const body = { operation: "issueProvisionalCredit", input: {} };
  const asked = await send(who, "POST", `/v1/disputes/${dispute}/operations`, { body });
  expect(asked.status).toBe(201);
  const [request] = (await send(who, "GET", "/v1/approvals")).body.items;
  engine.clock.advance({ seconds: 1 });
  return { dispute, id: String(request?.["id"]) };
}

async function say(who: Who, id: string, more: Sent & { readonly approved?: boolean } = {}) {
  const { body: now } = await send(who, "GET", `/v1/approvals/${id}`);
  const { approved = true, ...sent } = more;
  const body = approved ? { approved } : { approved, reason: "not owed" };
  const order = { body, version: Number(now["version"]), ...sent };
  return send(who, "POST", `/v1/approvals/${id}/decisions`, order);
}

const lend = async (who: Who, delegate: string, hours = 48): Promise<string> => {
  const validUntil = server.engine.clock.now().add({ hours }).toString();
  const body = { delegate, validUntil, reason: "leave" };
  const lent = await send(who, "POST", "/v1/delegations", { body });
  expect(lent.status).toBe(201);
  return String(lent.body["id"]);
};

const revoke = (who: Who, id: string) =>
  send(who, "POST", `/v1/delegations/${id}/revocation`, { body: {} });

async function takeRoles(name: string, roles: readonly Role[]): Promise<void> {
  await db.owner.execute(sql`
    update app_user set roles = ${roles}::text[] where name = ${name}`);
  server.engine.clock.advance({ minutes: 1 });
}

const codes = (answers: readonly Answer[]) => answers.map((one) => one.body["code"]);

const entries = () => db.query(sql`select 1 from entry where rule = 'ProvisionalCredit'`);

test("a loan used at one level and ended midway carries neither to the next", async () => {
  const [ann, ben] = [await person("ann", "analyst"), await person("ben", "approver")];
  const [dan, eve] = [await person("dan", "viewer"), await person("eve", "approver")];
  const { id } = await aCase(ann, TWO_LEVELS);
  const loan = await lend(ben, "dan");
  const first = await say(dan, id);
  const ended = await revoke(ben, loan);
  server.engine.clock.advance({ seconds: 1 });

  const lender = await say(ben, id);
  const borrower = await say(dan, id);
  await takeRoles("dan", ["approver"]);
  const promoted = await say(dan, id);
  const another = await say(eve, id);

  expect([first.status, ended.status, another.status]).toEqual([200, 200, 200]);
  expect(codes([lender, borrower, promoted])).toEqual(Array(3).fill("self-approval"));
});

test("a loan that ended before it was used decides nothing, by its end or its time", async () => {
  const [ann, ben] = [await person("ann", "analyst"), await person("ben", "approver")];
  const dan = await person("dan", "viewer");
  const { id } = await aCase(ann, TWO_LEVELS);
  await revoke(ben, await lend(ben, "dan"));
  const revoked = await say(dan, id);
  await lend(ben, "dan", 1);
  server.engine.clock.advance({ hours: 1 });
  const expired = await say(dan, id);

  expect(codes([revoked, expired])).toEqual(["forbidden", "forbidden"]);
});

test("who asked and lent the right is not approved by it, nor by who lent it to them", async () => {
  const ann = await person("ann", "analyst", "approver");
  const [ben, dan] = [await person("ben", "approver"), await person("dan", "approver")];
  const eve = await person("eve", "approver");
  const { id } = await aCase(ann, TWO_LEVELS);
  const given = await lend(ann, "dan");
  const taken = await lend(ben, "ann");
  const during = [await say(dan, id), await say(ben, id), await say(ann, id)];
  await revoke(ann, given);
  await revoke(ben, taken);
  server.engine.clock.advance({ seconds: 1 });
  const after = [await say(dan, id), await say(ben, id), await say(ann, id)];

  expect(codes([...during, ...after])).toEqual(Array(6).fill("self-approval"));
  expect((await say(eve, id)).status).toBe(200);
});

test("a role taken away decides nothing more; what it decided before stands", async () => {
  const ann = await person("ann", "analyst", "approver");
  const [ben, eve] = [await person("ben", "approver"), await person("eve", "approver")];
  const { id } = await aCase(ann, TWO_LEVELS);
  await takeRoles("ann", ["viewer"]);
  await takeRoles("eve", ["viewer"]);
  const before = await say(eve, id);
  const first = await say(ben, id);
  await takeRoles("ben", ["viewer"]);
  const again = await say(ben, id);
  const asker = await say(ann, id);
  await takeRoles("ann", ["analyst", "approver", "seniorApprover"]);
  const raised = await say(ann, id);
  const last = await say(await person("kim", "approver"), id);

  expect(before.status).toBe(403);
  expect([again.status, asker.status]).toEqual([403, 403]);
  expect(raised.body["code"]).toBe("self-approval");
  expect([first.body["state"], last.body["state"]]).toEqual(["waiting", "approved"]);
});

test("who lent a right and lost it has lent nothing", async () => {
  const [ann, ben] = [await person("ann", "analyst"), await person("ben", "approver")];
  const dan = await person("dan", "viewer");
  const { id } = await aCase(ann, ONE_LEVEL);
  await lend(ben, "dan");
  await takeRoles("ben", ["viewer"]);

  expect((await say(dan, id)).body["code"]).toBe("forbidden");
  expect(await entries()).toEqual([]);
});

test("one person is one level, signed in, by their key, and by a key of that key", async () => {
  const [ann, ben] = [await person("ann", "analyst"), await person("ben", "approver")];
  const { id } = await aCase(ann, TWO_LEVELS);
  const byKey = await keyOf("ben", "bens", "approver");
  const byKeyOfKey = await keyOf("key:bens", "his-too", "seniorApprover");
  const first = await say(byKeyOfKey, id);

  const others = [await say(ben, id), await say(byKey, id), await say(byKeyOfKey, id)];

  expect(first.body["state"]).toBe("waiting");
  expect(codes(others)).toEqual(Array(3).fill("self-approval"));
});

test("having the assignment makes nobody another person, and nobody less of one", async () => {
  const ann = await person("ann", "analyst", "approver");
  const ben = await person("ben", "approver");
  const { id } = await aCase(ann, ONE_LEVEL);
  const take = async (who: Who) => {
    const [work] = (await send(who, "GET", "/v1/assignments")).body.items;
    const path = `/v1/assignments/${String(work?.["id"])}`;
    return {
      path,
      done: await send(who, "POST", `${path}/take`, { version: Number(work?.["version"]) }),
    };
  };
  const { path } = await take(ann);
  const own = await say(ann, id);
  const { body: held } = await send(ann, "GET", path);
  await send(ann, "POST", `${path}/release`, { version: Number(held["version"]) });
  await take(ben);
  const done = await say(ben, id);

  expect(own.body["code"]).toBe("self-approval");
  expect(done.body["state"]).toBe("approved");
});

test("another's key of a command is no way to their word", async () => {
  const ann = await person("ann", "analyst", "approver");
  const [ben, eve] = [await person("ben", "approver"), await person("eve", "approver")];
  const { id } = await aCase(ann, TWO_LEVELS);
  const sent = { key: "the-same", version: 1 };
  const first = await say(ben, id, sent);
  const replayed = await say(ben, id, sent);

  const asker = await say(ann, id, sent);
  const other = await say(eve, id, { key: "the-same" });

  expect([first.body["state"], replayed.body["state"]]).toEqual(["waiting", "waiting"]);
  expect(asker.status).toBeGreaterThanOrEqual(400);
  const said = await db.query(sql`select level, person from approval_decision order by level`);
  expect(said).toEqual(
    other.status === 200
      ? [
          { level: 1, person: "ben" },
          { level: 2, person: "eve" },
        ]
      : [{ level: 1, person: "ben" }],
  );
});

test("of many who approve at once each level has one, and it is booked once", async () => {
  const ann = await person("ann", "analyst");
  const names = ["bo", "cy", "di", "ed", "flo", "gil"];
  const people = await Promise.all(names.map((name) => person(name, "approver")));
  const { id } = await aCase(ann, TWO_LEVELS);

  for (const version of [1, 2]) {
    const answers = await Promise.all(people.map((who) => say(who, id, { version })));
    expect(answers.filter((one) => one.status === 200)).toHaveLength(1);
  }

  expect(await entries()).toHaveLength(1);
});

test.each([0, 1, 2, 3])("approved and cancelled at once, one of them happens: %i", async () => {
  const [ann, ben] = [await person("ann", "analyst"), await person("ben", "approver")];
  const { id } = await aCase(ann, ONE_LEVEL);
  const [work] = (await send(ann, "GET", "/v1/assignments")).body.items;
  const cancel = send(ann, "POST", `/v1/assignments/${String(work?.["id"])}/cancellation`, {
    body: { reason: "mistaken" },
    version: Number(work?.["version"]),
  });

  const [approved, cancelled] = await Promise.all([say(ben, id), cancel]);

  expect([approved.status, cancelled.status].filter((one) => one === 200)).toHaveLength(1);
  const { body } = await send(ann, "GET", `/v1/approvals/${id}`);
  expect(body["state"]).toBe(approved.status === 200 ? "approved" : "withdrawn");
  expect(await entries()).toHaveLength(approved.status === 200 ? 1 : 0);
});

test.each([0, 1, 2, 3])("approved and declined at once, one of them happens: %i", async () => {
  const [ann, ben] = [await person("ann", "analyst"), await person("ben", "approver")];
  const eve = await person("eve", "approver");
  const { id } = await aCase(ann, ONE_LEVEL);

  const [yes, no] = await Promise.all([
    say(ben, id, { version: 1 }),
    say(eve, id, { version: 1, approved: false }),
  ]);

  expect([yes.status, no.status].filter((one) => one === 200)).toHaveLength(1);
  expect(await entries()).toHaveLength(yes.status === 200 ? 1 : 0);
});

test.each([0, 1, 2, 3])("a word in another's place beside the end of the loan: %i", async () => {
  const [ann, ben] = [await person("ann", "analyst"), await person("ben", "approver")];
  const dan = await person("dan", "viewer");
  const { id } = await aCase(ann, ONE_LEVEL);
  const loan = await lend(ben, "dan");

  const [said, ended] = await Promise.all([say(dan, id, { version: 1 }), revoke(ben, loan)]);

  expect(ended.status).toBe(200);
  expect([200, 403]).toContain(said.status);
  expect(await entries()).toHaveLength(said.status === 200 ? 1 : 0);
});
