/** The service monitor over HTTP: figures of calls, of work, of the circuit. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import type { Core } from "../../examples/stand-in-core/core.ts";
import { startCore } from "../../examples/stand-in-core/core.ts";
import { standInService } from "../../examples/stand-in-core/service.ts";
import { aClient } from "../../test/support/engine.ts";
import { call, testServer } from "../../test/support/http.ts";
import type { TestServer } from "../../test/support/http.ts";
import { failEvery, pendingCredits, runRound, serviceDesk } from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";

const db = useDatabase();
let server: TestServer;
let core: Core;
let admin: string;
let client: string;

const get = (path: string) => call(server.app, admin, "GET", path);
const settingsPath = () => `/v1/clients/${client}/services/core`;
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

describe("the monitor", () => {
  test("counts calls by outcome and code, latency, what failed and what is unknown", async () => {
    await pendingCredits(server.engine, client, ["10.00", "11.00"]);
    await runRound(desk());
    failEvery(core, "refuse");
    await pendingCredits(server.engine, client, ["12.00"]);
    await runRound(desk());
    failEvery(core, "dropAnswerAfterPosting");
    server.engine.clock.advance({ seconds: 1 });
    const [unknown] = await pendingCredits(server.engine, client, ["13.00"]);
    await runRound(desk());

    const { status, body } = await get(`${settingsPath()}/monitor?minutes=5`);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      work: { inFlight: 0, failed: 1, unknown: 1, waiting: 1 },
      circuit: { state: "closed" },
      sla: { met: 2, breached: 0, handedOver: 1 },
      oldestUnknown: { adjustment: unknown, machineMayAct: true },
      latency: { calls: 4 },
      lastError: { adjustment: unknown, outcome: "unknown" },
    });
    expect(body["outcomes"]).toMatchObject([
      { purpose: "post", outcome: "posted", calls: 2 },
      { purpose: "post", outcome: "refused", calls: 1 },
      { purpose: "post", outcome: "unknown", calls: 1 },
    ]);
    expect(body["codes"]).toMatchObject([
      { outcome: "refused", code: "INSUFFICIENT_FUNDS", calls: 1 },
      { outcome: "unknown", calls: 1 },
    ]);
    expect(body["calls"]).toMatchObject([{ outcomes: { posted: 2, refused: 1, unknown: 1 } }]);
    const failures = await get(`${settingsPath()}/failures`);
    expect(failures.body.items).toMatchObject([
      { state: "serviceFailed", code: "INSUFFICIENT_FUNDS", amount: { amount: "12.00" } },
    ]);
  });

  test("shows a circuit that opened, since when, and the next probe", async () => {
    client = await aClient(server.engine, {
      services: { core: written({ circuit: { opensAfter: 1, probeAfterSeconds: 15 } }) },
    });
    await pendingCredits(server.engine, client, ["10.00"]);
    await core.stop();
    await runRound(desk());
    core = await startCore();
    const opened = server.engine.clock.now();
    server.engine.clock.advance({ minutes: 10 });

    const { body } = await get("/v1/services");

    const mine = body.items.find((one) => one["client"] === client);
    expect(mine).toMatchObject({
      circuit: { state: "open", failures: 1 },
      work: { due: 1, late: 1 },
      sla: { breached: 1 },
    });
    const circuit = mine?.["circuit"] as { since: string } | undefined;
    expect(circuit?.since.slice(0, 19)).toBe(opened.toString().slice(0, 19));
  });

  test("lists what the caller may see, page by page, broken settings with the reason", async () => {
    const other = await aClient(server.engine, { services: { bad: { protocol: "none" } } });
    const key = await server.keyFor("two", ["viewer"], [client, other]);

    const first = await call(server.app, key, "GET", "/v1/services?limit=1");
    const next = String(first.body["next"]);
    const second = await call(server.app, key, "GET", `/v1/services?limit=1&cursor=${next}`);

    const items = [...first.body.items, ...second.body.items];
    expect(new Set(items.map((one) => one["name"]))).toEqual(new Set(["bad", "core"]));
    const bad = items.find((one) => one["name"] === "bad");
    expect(bad).toMatchObject({ problem: expect.stringContaining("protocol") as string });
    expect(second.body["next"]).toBeNull();
  });
});
