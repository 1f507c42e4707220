/** Many clients at once, at two servers on one database: the same key, the same version. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { aClient, aDisputeOf, operate } from "../../test/support/engine.ts";
import type { Answer } from "../../test/support/http.ts";
import { call, testServer } from "../../test/support/http.ts";
import type { TestServer } from "../../test/support/http.ts";
import { expectSound } from "../../test/support/sound-books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";

const db = useDatabase();
const servers: TestServer[] = [];
let client: string;
let dispute: string;
let admin: string;

beforeAll(async () => {
  servers.push(await testServer(db), await testServer(db));
});
afterAll(() => Promise.all(servers.map(({ app }) => app.close())));
beforeEach(async () => {
  for (const { engine } of servers) engine.clock.advance({ minutes: 1 });
  const [{ engine, keyFor } = servers[0] as TestServer] = servers;
  admin = await keyFor("admin");
  client = await aClient(engine);
  dispute = await aDisputeOf(engine, client);
});

const CALLERS = 24;

/** Each caller at the next server. */
function together(work: (server: TestServer, ordinal: number) => Promise<Answer>) {
  return Promise.all(
    Array.from({ length: CALLERS }, (_, ordinal) =>
      work(servers[ordinal % servers.length] as TestServer, ordinal),
    ),
  );
}

function counted(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const code = typeof body["code"] === "string" ? ` ${body["code"]}` : "";
    counts[`${status}${code}`] = (counts[`${status}${code}`] ?? 0) + 1;
  }
  return counts;
}

const entries = async (): Promise<number> =>
  (await db.one<{ n: number }>(sql`select count(*)::int as n from operation`)).n;

const credit = (amount: string) => ({
  operation: "issueProvisionalCredit",
  input: { amount },
});

test("one operation under one key is done once, and everybody has the same answer", async () => {
  const url = `/v1/disputes/${dispute}/operations?client=${client}`;
  const answers = await together(({ app }) =>
    call(app, admin, "POST", url, { body: credit("10.00"), key: "one" }),
  );

  expect(counted(answers)).toEqual({ "201": CALLERS });
  expect(new Set(answers.map(({ body }) => JSON.stringify(body["operation"]))).size).toBe(1);
  expect(await entries()).toBe(1);
  await expectSound((servers[0] as TestServer).engine);
});

test("different operations under one key: one is done, the others are refused", async () => {
  const url = `/v1/disputes/${dispute}/operations?client=${client}`;
  const answers = await together(({ app }, ordinal) =>
    call(app, admin, "POST", url, { body: credit(`${1 + ordinal}.00`), key: "one" }),
  );

  expect(counted(answers)).toEqual({ "201": 1, "422 key-reused": CALLERS - 1 });
  expect(await entries()).toBe(1);
});

test("of many who saw the same version one takes it", async () => {
  const [{ engine } = servers[0] as TestServer] = servers;
  await operate(engine, client, dispute, "issueProvisionalCredit");
  const listed = await call((servers[0] as TestServer).app, admin, "GET", "/v1/assignments");
  const [{ id, version } = {}] = listed.body.items;
  const keys: string[] = [];
  for (let ordinal = 0; ordinal < CALLERS; ordinal += 1) {
    keys.push(await (servers[0] as TestServer).keyFor(`person-${ordinal}`));
  }
  const answers = await together(({ app }, ordinal) =>
    call(app, keys[ordinal] as string, "POST", `/v1/assignments/${String(id)}/take`, {
      body: {},
      version: Number(version),
    }),
  );

  const { "200": took, "412 stale-version": stale, ...others } = counted(answers);
  expect([took, stale, others]).toEqual([1, CALLERS - 1, {}]);
  const { events } = await db.one<{ events: number }>(sql`
    select count(*)::int as events from assignment_event where kind = 'taken'`);
  expect(events).toBe(1);
});
