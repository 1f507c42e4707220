/** Services over HTTP: settings, their test, a request shown. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import type { Core } from "../../examples/stand-in-core/core.ts";
import { startCore } from "../../examples/stand-in-core/core.ts";
import { standInService } from "../../examples/stand-in-core/service.ts";
import { aClient } from "../../test/support/engine.ts";
import { call, testServer } from "../../test/support/http.ts";
import type { CallOptions, TestServer } from "../../test/support/http.ts";
import { CARD } from "../../test/support/http-case.ts";
import { pendingCredits, runRound, serviceDesk } from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { createDispatcher } from "../service/dispatcher.ts";

const db = useDatabase();
let server: TestServer;
let core: Core;
let admin: string;
let client: string;

const send = (method: "GET" | "POST" | "PUT" | "DELETE", path: string, options?: CallOptions) =>
  call(server.app, admin, method, path, options);
const get = (path: string) => send("GET", path);
const settingsPath = (name = "core") => `/v1/clients/${client}/services/${name}`;
const desk = () => serviceDesk(server.engine);
const written = (more: Record<string, unknown> = {}) => ({
  ...standInService(core.address, { callSeconds: 0.3 }),
  ...more,
});

beforeAll(async () => {
  server = await testServer(db);
});
afterAll(() => server.app.close());
beforeEach(async () => {
  server.engine.clock.advance({ minutes: 1 });
  admin = await server.keyFor("admin");
  core = await startCore();
  client = await aClient(server.engine, { services: { core: written() } });
});
afterEach(() => core.stop());

async function versionNow(): Promise<number> {
  const { headers } = await get(`/v1/clients/${client}/services`);
  return Number(String(headers.etag).replaceAll('"', ""));
}

describe("settings", () => {
  test("are shown as they were written, with the client's version", async () => {
    const { status, body, headers } = await get(settingsPath());

    expect([status, headers.etag]).toEqual([200, '"1"']);
    expect(body).toEqual({ client, name: "core", settings: written(), problem: null, version: 1 });
    const all = await get(`/v1/clients/${client}/services`);
    expect(all.body.items).toEqual([body]);
  });

  test("are changed with the difference on record, and used by the next round", async () => {
    const other = await startCore();
    const dispatcher = createDispatcher(desk(), { worker: "test" });
    // It knows the settings of now, for up to a second.
    await dispatcher.round();
    await pendingCredits(server.engine, client, ["10.00"]);

    const changed = await send("PUT", settingsPath(), {
      body: { ...written(), url: other.address },
      version: 1,
    });

    expect(changed).toMatchObject({ status: 200, body: { isNew: false, open: 1, undecided: 0 } });
    expect(changed.body["changes"]).toEqual([
      {
        pointer: "/url",
        before: JSON.stringify(core.address),
        after: JSON.stringify(other.address),
        isOfConnection: true,
      },
    ]);
    await expect
      .poll(
        async () => {
          await dispatcher.round();
          await dispatcher.idle();
          return [core.calls(), other.calls()];
        },
        { timeout: 20_000 },
      )
      .toEqual([0, 1]);
    await dispatcher.close();
    await other.stop();
    const audit = await db.query(sql`
      select actor, subject, reason from audit where action = 'configureService'
    `);
    expect(audit).toEqual([
      {
        actor: "key:admin",
        subject: "service/core",
        reason: `/url: "${core.address}" → "${other.address}"`,
      },
    ]);
  });

  test("with dryRun show what would change and change nothing", async () => {
    const shown = await send("PUT", `${settingsPath()}?dryRun=true`, {
      body: written({ concurrency: 3 }),
      version: 1,
    });

    expect(shown.body["changes"]).toMatchObject([{ pointer: "/concurrency", after: "3" }]);
    expect(await versionNow()).toBe(1);
  });

  test("add a service, keeping the order of what is in it", async () => {
    const post = { path: "/x", body: { z: "{{amount}}", a: "{{currency}}" } };

    const added = await send("PUT", settingsPath("second"), {
      body: { protocol: "rest-json", url: "https://core.example", post },
      version: 1,
    });

    expect(added.status).toBe(201);
    const { text } = await get(settingsPath("second"));
    expect(text).toContain('{"z":"{{amount}}","a":"{{currency}}"}');
  });

  test.each([
    [{ protocol: "carrier-pigeon" }, "/protocol"],
    [{ post: { path: "x", body: {} } }, "/post/path"],
    [{ post: { path: "/x", body: { a: "{{no.such}}" } } }, "/post/body/a"],
    [{ authentication: { kind: "bearer", token: "sesame" } }, "/authentication/token"],
    [{ memoPost: { rules: ["Paid", "Payed"] } }, "/memoPost/rules/1"],
    [{ statementTexts: { Payed: "Paid" } }, "/statementTexts/Payed"],
    [{ surprise: 1 }, ""],
  ])("%o is refused with its place", async (fault, pointer) => {
    const refused = await send("PUT", settingsPath(), { body: written(fault), version: 1 });

    expect(refused).toMatchObject({ status: 422, body: { code: "configuration-invalid" } });
    const errors = refused.body["errors"] as { pointer: string }[];
    expect(errors.map((one) => one.pointer)).toContain(pointer);
    expect(refused.text).not.toContain("sesame");
    expect(await versionNow()).toBe(1);
  });

  test("are refused without the version, with an old one, and to whoever may not", async () => {
    const body = written({ concurrency: 2 });
    const operator = await server.keyFor("operator", ["operator"]);
    const elsewhere = await server.keyFor("elsewhere", ["administrator"], []);

    const answers = [
      await send("PUT", settingsPath(), { body }),
      await send("PUT", settingsPath(), { body, version: 7 }),
      await call(server.app, operator, "PUT", settingsPath(), { body, version: 1 }),
      await call(server.app, elsewhere, "PUT", settingsPath(), { body, version: 1 }),
      await call(server.app, elsewhere, "GET", settingsPath()),
      await call(server.app, elsewhere, "GET", `${settingsPath()}/monitor`),
      await get(settingsPath("nobody")),
    ];

    expect(answers.map((one) => one.status)).toEqual([428, 412, 403, 404, 404, 404, 404]);
  });

  test.each([
    ["/key/format", { key: { format: "int64", header: "Idempotency-Key", lifeSeconds: 86_400 } }],
    ["/key/header", { key: { format: "uuid", header: "X-Key", lifeSeconds: 86_400 } }],
    ["/callPer", { callPer: "entry" }],
  ])("keep what makes a key, %s, while something open may be sent", async (pointer, changed) => {
    await pendingCredits(server.engine, client, ["10.00"]);

    const refused = await send("PUT", settingsPath(), { body: written(changed), version: 1 });

    expect(refused).toMatchObject({ status: 409, body: { code: "service-in-use" } });
    expect(refused.body["errors"]).toMatchObject([{ pointer }]);
    await runRound(desk());
    const taken = await send("PUT", settingsPath(), { body: written(changed), version: 1 });
    expect(taken.status).toBe(200);
  });

  test("are removed only when nothing open points at them", async () => {
    await pendingCredits(server.engine, client, ["10.00"]);

    const refused = await send("DELETE", settingsPath(), { version: 1 });
    expect(refused).toMatchObject({ status: 409, body: { code: "service-in-use" } });

    await runRound(desk());
    const removed = await send("DELETE", settingsPath(), { version: 1 });
    expect(removed.status).toBe(204);
    expect((await get(`/v1/clients/${client}/services`)).body.items).toEqual([]);
  });
});

interface Step {
  readonly name: string;
  readonly outcome: string;
  readonly detail: string;
  readonly advice: string | null;
}

async function tested(): Promise<{ outcome: unknown; steps: Map<string, Step> }> {
  const { body } = await send("POST", `${settingsPath()}/connection-test`);
  const steps = body["steps"] as Step[];
  return { outcome: body["outcome"], steps: new Map(steps.map((one) => [one.name, one])) };
}

async function configured(more: Record<string, unknown>): Promise<void> {
  const put = await send("PUT", settingsPath(), {
    body: written(more),
    version: await versionNow(),
  });
  expect(put.status).toBe(200);
}

describe("the test of a connection", () => {
  test("goes as far as a look-up of a key that cannot exist, and posts nothing", async () => {
    const { outcome, steps } = await tested();

    expect(outcome).toBe("ok");
    expect([...steps].map(([name, one]) => [name, one.outcome])).toEqual([
      ["address", "ok"],
      ["connection", "ok"],
      ["tls", "skipped"],
      ["signIn", "skipped"],
      ["call", "ok"],
    ]);
    expect([core.calls(), core.book.postings()]).toEqual([0, []]);
  });

  test("asks the health path where there is one", async () => {
    await configured({ health: { path: "/health" } });

    expect((await tested()).steps.get("call")?.detail).toBe("health answered HTTP 200");
  });

  test("says where it stopped and what to do: nothing listens", async () => {
    await core.stop();

    const { outcome, steps } = await tested();

    expect(outcome).toBe("failed");
    expect(steps.get("connection")).toMatchObject({
      outcome: "failed",
      detail: "it refused the connection (ECONNREFUSED)",
      advice: expect.stringContaining("listening") as string,
    });
    expect(steps.get("call")).toMatchObject({ outcome: "skipped" });
    core = await startCore();
  });

  test("says that the core does not let us in, and never what we said", async () => {
    await core.stop();
    core = await startCore({ token: "another" });
    const authentication = { kind: "bearer", token: "env:CORE_TOKEN" };
    await configured({ url: core.address, authentication });

    const { body, text } = await send("POST", `${settingsPath()}/connection-test`);

    expect(body["steps"]).toContainEqual(
      expect.objectContaining({ name: "call", outcome: "failed" }),
    );
    expect(text).toContain("does not let us in: HTTP 401");
    expect(text).not.toContain("sesame");
  });

  test("names the secret that is not there", async () => {
    await configured({ authentication: { kind: "bearer", token: "env:NOT_THERE" } });

    expect((await tested()).steps.get("signIn")).toMatchObject({
      outcome: "failed",
      detail: "there is no secret at env:NOT_THERE",
    });
  });

  test("finds look-ups that would lose money: they know a key that nobody sent", async () => {
    await configured({
      lookUp: { path: "/postings/{{key}}", outcomes: [{ when: {}, outcome: "posted" }] },
      answer: {},
      outcomes: [],
    });

    expect((await tested()).steps.get("call")).toMatchObject({ outcome: "failed" });
  });
});

describe("a request tried", () => {
  test("for an adjustment shows what would leave, masked, and sends nothing", async () => {
    const [adjustment] = await pendingCredits(server.engine, client, ["10.00"]);
    await configured({ authentication: { kind: "bearer", token: "env:CORE_TOKEN" } });

    const { status, body, text } = await send("POST", `${settingsPath()}/trial`, {
      body: { adjustment },
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      method: "POST",
      url: `${core.address}/postings`,
      body: { reference: adjustment, amount: "10.00" },
      sent: null,
    });
    expect(body["headers"]).toContainEqual({
      name: "authorization",
      value: "Bearer •••• (env:CORE_TOKEN)",
    });
    expect(text).not.toContain(CARD);
    expect(text).not.toContain("sesame");
    expect(core.calls()).toBe(0);
  });

  test("of one that is executed is still shown", async () => {
    const [adjustment] = await pendingCredits(server.engine, client, ["10.00"]);
    await runRound(desk());

    const { body } = await send("POST", `${settingsPath()}/trial`, { body: { adjustment } });

    expect(body).toMatchObject({ body: { reference: adjustment } });
  });

  test("with made-up facts takes those given", async () => {
    const { body } = await send("POST", `${settingsPath()}/trial`, {
      body: { facts: { amount: "12.34" } },
    });

    expect(body).toMatchObject({ body: { amount: "12.34", currency: "USD" } });
  });

  test.each([
    [{ facts: { "no.such": 1 } }, 422, "input-invalid"],
    [{ send: true }, 422, "input-invalid"],
    [{ call: "validate" }, 422, "input-invalid"],
    [{ adjustment: "7" }, 404, "not-found"],
    [{ adjustment: "00000000-0000-7000-8000-000000000000" }, 404, "not-found"],
  ])("%o is refused", async (body, status, code) => {
    const refused = await send("POST", `${settingsPath()}/trial`, { body });

    expect([refused.status, refused.body["code"]]).toEqual([status, code]);
    expect(core.calls()).toBe(0);
  });

  test("is sent only where it validates, with who did it on record", async () => {
    // The stand-in core answers 404 here: a definite refusal of the check.
    await configured({ validate: { path: "/checks", body: { amount: "{{amount}}" } } });

    const { body } = await send("POST", `${settingsPath()}/trial`, {
      body: { call: "validate", send: true },
    });

    expect(body).toMatchObject({ sent: { outcome: "refused", status: 404 } });
    const audit = await db.query(sql`select actor from audit where action = 'validateRequest'`);
    expect(audit).toEqual([{ actor: "key:admin" }]);
    expect(core.book.postings()).toEqual([]);
  });
});
