/** What every route shares: signing in, rights, problems, keys, cursors, headers. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import type { Answer } from "../../test/support/http.ts";
import { call, testServer } from "../../test/support/http.ts";
import type { TestServer } from "../../test/support/http.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { createUser } from "../access/create-user.ts";
import { sql } from "../database/sql.ts";
import { FAILURE_CODES } from "../kernel/failure.ts";

const db = useDatabase();
let server: TestServer;
let admin: string;

beforeAll(async () => {
  server = await testServer(db);
});
beforeEach(async () => {
  // Keys are remembered for some seconds; each test has an empty database.
  server.engine.clock.advance({ minutes: 1 });
  admin = await server.keyFor("admin");
});
afterAll(() => server.app.close());

const get = (url: string, apiKey: string | null = admin) => call(server.app, apiKey, "GET", url);
const post = (url: string, options = {}, apiKey: string | null = admin) =>
  call(server.app, apiKey, "POST", url, options);

const aUser = (name = "dana") => ({
  name,
  displayName: "Dana",
  password: "correct horse battery",
  roles: ["analyst"],
});

describe("without sign-in", () => {
  test.each(["/livez", "/readyz", "/version", "/docs", "/docs/errors", "/openapi.json"])(
    "%s answers",
    async (url) => {
      expect((await get(url, null)).status).toBe(200);
    },
  );

  test.each(["/v1/session", "/v1/users", "/v1/api-keys", "/v1/clients", "/v1/assignments"])(
    "%s does not",
    async (url) => {
      const answer = await get(url, null);

      expect(answer.status).toBe(401);
      expect(answer.body).toMatchObject({ code: "unauthenticated", instance: url });
    },
  );

  test("every route of the API asks who it is", async () => {
    const { body } = await get("/openapi.json", null);
    const open = Object.entries(body["paths"] as Record<string, Record<string, unknown>>).flatMap(
      ([path, methods]) =>
        Object.entries(methods)
          .filter(([, one]) => JSON.stringify((one as { security: unknown }).security) === "[]")
          .map(([method]) => `${method} ${path}`),
    );

    expect(open.sort()).toEqual(["get /livez", "get /readyz", "get /version", "post /v1/session"]);
  });

  test("readiness says why not", async () => {
    const other = await testServer(db, { notReady: () => Promise.resolve("migrating") });

    const answer = await call(other.app, null, "GET", "/readyz");

    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ detail: "migrating", retryable: true });
    await other.app.close();
  });
});

describe("a problem", () => {
  test("is problem+json with everything that a caller acts on", async () => {
    const answer = await get("/v1/nowhere?account=4111111111111111");

    expect(answer.status).toBe(404);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect(answer.body).toEqual({
      type: "/docs/errors/not-found",
      title: "No such thing",
      status: 404,
      detail: "there is nothing at this address",
      instance: "/v1/nowhere",
      code: "not-found",
      requestId: answer.headers["x-request-id"],
      retryable: false,
      remedy: "Check the id.",
    });
  });

  test.each(FAILURE_CODES)("%s has a page", async (code) => {
    const answer = await get(`/docs/errors/${code}`, null);

    expect(answer.status).toBe(200);
    expect(answer.text).toContain(`<h1>${code}</h1>`);
  });

  test("names every field that does not fit, unknown ones too", async () => {
    const answer = await post("/v1/users", { body: { name: "Dana", age: 3, "a/b": 1 } });

    expect(answer.status).toBe(422);
    expect(answer.body["code"]).toBe("input-invalid");
    const errors = answer.body["errors"] as { pointer: string }[];
    expect(errors.map((one) => one.pointer).sort()).toEqual([
      "/age",
      "/a~1b",
      "/displayName",
      "/name",
      "/password",
      "/roles",
    ]);
  });

  test("tells an unknown parameter", async () => {
    const answer = await get("/v1/users?limt=3");

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: "request-invalid",
      errors: [{ pointer: "/limt", detail: "is not known here" }],
    });
  });

  test.each([
    ["broken JSON", "application/json", "{", 400, "request-invalid"],
    ["another type", "text/csv", "a,b", 415, "media-type-unsupported"],
    ["too much", "application/json", `"${"x".repeat(1_100_000)}"`, 413, "body-too-large"],
  ])("tells %s", async (_, type, payload, status, code) => {
    const answer = await server.app.inject({
      method: "POST",
      url: "/v1/session",
      headers: { "content-type": type },
      payload,
    });

    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ code });
  });
});

describe("every answer", () => {
  test("carries the caller's request id, or one of ours", async () => {
    const given = await server.app.inject({ url: "/livez", headers: { "x-request-id": "abc-1" } });
    const odd = await server.app.inject({ url: "/livez", headers: { "x-request-id": "a\tb" } });

    expect(given.headers["x-request-id"]).toBe("abc-1");
    expect(odd.headers["x-request-id"]).toMatch(/^[\w-]{16}$/);
  });

  test("is not cached and lets nothing foreign in", async () => {
    const { headers } = await get("/v1/users");

    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["content-security-policy"]).toContain("default-src 'self'");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });
});

describe("a session", () => {
  async function signedIn(): Promise<{ cookie: string; csrf: string; answer: Answer }> {
    await createUser(
      server.engine,
      { ...aUser(), roles: ["administrator"], clients: null },
      { actor: "test", requestId: null },
    );
    const answer = await post(
      "/v1/session",
      { body: { user: "dana", password: "correct horse battery" } },
      null,
    );
    const cookie = String(answer.headers["set-cookie"]);
    return { cookie: cookie.split(";")[0] ?? "", csrf: String(answer.body["csrf"]), answer };
  }

  test("begins with a cookie that scripts cannot read, and ends", async () => {
    const { cookie, csrf, answer } = await signedIn();
    expect(answer.status).toBe(201);
    expect(String(answer.headers["set-cookie"])).toMatch(/HttpOnly; SameSite=Lax/);

    const who = await call(server.app, null, "GET", "/v1/session", { headers: { cookie } });
    expect(who.body).toMatchObject({ user: { name: "Dana", roles: ["administrator"] }, csrf });

    const headers = { cookie, "x-csrf-token": csrf };
    const out = await call(server.app, null, "DELETE", "/v1/session", { headers });
    expect(out.status).toBe(204);
    const after = await call(server.app, null, "GET", "/v1/session", { headers: { cookie } });
    expect(after.status).toBe(401);
  });

  test("changes nothing without the token that only our page has", async () => {
    const { cookie, csrf } = await signedIn();
    const add = (headers: Record<string, string>) =>
      call(server.app, null, "POST", "/v1/users", { body: aUser("eli"), headers });

    const without = await add({ cookie });
    const wrong = await add({ cookie, "x-csrf-token": `${csrf}x` });
    const right = await add({ cookie, "x-csrf-token": csrf });

    expect([without.status, wrong.status, right.status]).toEqual([403, 403, 201]);
    expect(without.body["code"]).toBe("csrf-invalid");
  });

  test("does not begin with a wrong password", async () => {
    const answer = await post("/v1/session", { body: { user: "dana", password: "x" } }, null);

    expect(answer.status).toBe(401);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });
});

test("a right that is missing is refused, with whom to ask, and recorded", async () => {
  const viewer = await server.keyFor("viewer", ["viewer"]);

  const answer = await get("/v1/users", viewer);

  expect(answer.status).toBe(403);
  expect(answer.body["detail"]).toContain("administrator");
  const rows = await db.query(
    sql`select actor, action, outcome, code from audit where actor = 'key:viewer'`,
  );
  expect(rows).toEqual([
    { actor: "key:viewer", action: "GET /v1/users", outcome: "refused", code: "forbidden" },
  ]);
});

describe("an Idempotency-Key", () => {
  test("is asked for", async () => {
    const answer = await post("/v1/users", { body: aUser(), key: null });

    expect(answer.status).toBe(400);
    expect(answer.body["code"]).toBe("idempotency-key-missing");
  });

  test("gives the first answer again and does nothing twice", async () => {
    const first = await post("/v1/users", { body: aUser(), key: "k1" });
    const again = await post("/v1/users", { body: aUser(), key: '"k1"' });

    expect(first.status).toBe(201);
    expect(first.headers["idempotency-hit"]).toBeUndefined();
    expect(again.status).toBe(201);
    expect(again.headers["idempotency-hit"]).toBe("true");
    expect(again.text).toBe(first.text);
    expect((await get("/v1/users")).body.items).toHaveLength(1);
  });

  test("belongs to one request", async () => {
    await post("/v1/users", { body: aUser(), key: "k1" });

    const other = await post("/v1/users", { body: aUser("eli"), key: "k1" });

    expect(other.status).toBe(422);
    expect(other.body["code"]).toBe("key-reused");
  });

  test("belongs to one caller", async () => {
    const second = await server.keyFor("second");
    await post("/v1/users", { body: aUser(), key: "k1" });

    const answer = await post("/v1/users", { body: aUser("eli"), key: "k1" }, second);

    expect(answer.status).toBe(201);
  });

  test("is free again after a failure: nothing was done", async () => {
    const failed = await post("/v1/users", { body: { ...aUser(), name: "Not A Name" }, key: "k1" });
    await post("/v1/users", { body: aUser("eli") });
    const taken = await post("/v1/users", { body: aUser("eli"), key: "k1" });

    const done = await post("/v1/users", { body: aUser(), key: "k1" });

    expect([failed.status, taken.status, done.status]).toEqual([422, 409, 201]);
  });

  test("lets one of many that come at once through", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post("/v1/users", { body: aUser(), key: "k1" })),
    );

    const fresh = answers.filter((one) => one.status === 201 && !one.headers["idempotency-hit"]);
    expect(fresh).toHaveLength(1);
    for (const { status } of answers) expect([201, 409]).toContain(status);
  });

  test("of a process that died is taken over after a while, not before", async () => {
    await db.execute(sql`
      insert into http_answer (caller, key, request_hash, started_at)
      select 'key:admin', 'k1', request_hash, ${server.engine.clock.now()}
      from (select sha256(''::bytea) as request_hash) one
    `);
    const blocked = await post("/v1/users", { body: aUser(), key: "k1" });
    expect(blocked.status).toBe(422);
    await post("/v1/users", { body: aUser(), key: "k2" });
    await db.execute(sql`update http_answer set status = null, headers = null, body = null`);

    const running = await post("/v1/users", { body: aUser(), key: "k2" });
    server.engine.clock.advance({ minutes: 3 });
    const overtaken = await post("/v1/users", { body: aUser(), key: "k2" });

    expect(running.body["code"]).toBe("still-running");
    // It runs again, and finds what the first run did.
    expect(overtaken.body["code"]).toBe("already-exists");
  });

  test.each(["with space", "ü", "x".repeat(256)])("%j is no key", async (key) => {
    const answer = await post("/v1/users", {
      body: aUser(),
      key: null,
      headers: { "idempotency-key": key },
    });

    expect(answer.body["code"]).toBe("request-invalid");
  });
});

describe("pages", () => {
  beforeEach(async () => {
    for (const name of ["ann", "ben", "cat", "dan", "eve"]) await server.keyFor(name, ["viewer"]);
  });

  test("follow one another by cursor, without gap or repetition", async () => {
    const names: unknown[] = [];
    let url = "/v1/api-keys?limit=2";
    for (let pages = 0; pages < 10; pages += 1) {
      const { body } = await get(url);
      names.push(...body.items.map((item) => item["name"]));
      if (body["next"] === null) break;
      url = `/v1/api-keys?limit=2&cursor=${encodeURIComponent(String(body["next"]))}`;
    }

    expect(names).toEqual(["admin", "ann", "ben", "cat", "dan", "eve"]);
  });

  test("refuse a cursor that is altered, foreign or made up", async () => {
    const { body } = await get("/v1/api-keys?limit=2");
    const cursor = String(body["next"]);
    const altered = `${cursor.slice(0, -1)}${cursor.endsWith("A") ? "B" : "A"}`;

    for (const [url, bad] of [
      ["/v1/api-keys", altered],
      ["/v1/users", cursor],
      ["/v1/api-keys", "made-up"],
      ["/v1/api-keys", `${cursor}.x`],
      ["/v1/api-keys", ""],
    ]) {
      const answer = await get(`${url}?cursor=${encodeURIComponent(bad ?? "")}`);
      expect(answer.body["code"]).toBe("cursor-invalid");
      expect(answer.status).toBe(400);
    }
  });

  test.each(["0", "501", "x", "1.5"])("of %s rows are refused", async (limit) => {
    expect((await get(`/v1/api-keys?limit=${limit}`)).status).toBe(400);
  });
});

test("an API key is shown once and kept nowhere", async () => {
  const body = { name: "core", roles: ["operator"] };

  const given = await post("/v1/api-keys", { body, key: "k1" });

  expect(given.status).toBe(201);
  const key = String(given.body["key"]);
  expect((await get("/v1/session", key)).status).toBe(200);
  const { text } = await db.one<{ text: string }>(
    sql`select coalesce(string_agg(body, ''), '') as text from http_answer`,
  );
  expect(text).not.toContain(key);
  expect((await get("/v1/api-keys")).text).not.toContain(key);
});
