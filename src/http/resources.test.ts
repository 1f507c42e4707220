/** The resources over HTTP: a claim opened, credited, posted by hand, and everything shown. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { call, testServer } from "../../test/support/http.ts";
import type { Answer, CallOptions, TestServer } from "../../test/support/http.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { insertClient } from "../cases/store.ts";
import { sql } from "../database/sql.ts";

const db = useDatabase();
let server: TestServer;
let admin: string;

beforeAll(async () => {
  server = await testServer(db);
});
beforeEach(async () => {
  server.engine.clock.advance({ minutes: 1 });
  admin = await server.keyFor("admin");
  await aClient("harbor");
});
afterAll(() => server.app.close());

async function aClient(id: string): Promise<void> {
  const createdAt = server.engine.clock.now().toString();
  await db.transaction((tx) => insertClient(tx, { id, name: id, settings: {}, createdAt }));
}

const get = (url: string, apiKey = admin) => call(server.app, apiKey, "GET", url);
const post = (url: string, options: CallOptions = {}, apiKey = admin) =>
  call(server.app, apiKey, "POST", url, options);

const CARD = "4000123412341234";
const aClaim = (client = "harbor", more: Record<string, unknown> = {}) => ({
  client,
  claimType: "Card",
  noticeReceivedOn: "2026-11-16",
  disputes: [
    {
      amount: "100.00",
      currency: "USD",
      account: CARD,
      accountKind: "card",
      facts: { network: "visa", product: "debit", regulation: "E" },
    },
  ],
  ...more,
});

async function opened(client = "harbor"): Promise<{ claim: string; dispute: string }> {
  const answer = await post("/v1/claims", { body: aClaim(client) });
  expect(answer.status).toBe(201);
  return {
    claim: String(answer.body["claim"]),
    dispute: (answer.body["disputes"] as string[])[0] as string,
  };
}

const operate = (dispute: string, operation: string, input = {}, options: CallOptions = {}) =>
  post(`/v1/disputes/${dispute}/operations`, { body: { operation, input }, ...options });

const assignmentOf = async (dispute: string): Promise<Answer> => {
  const { body } = await get("/v1/assignments");
  const found = body.items.find((item) => item["dispute"] === dispute);
  return get(`/v1/assignments/${String(found?.["id"])}`);
};

describe("clients", () => {
  test("are listed with routes and counts", async () => {
    const { dispute } = await opened();
    await operate(dispute, "issueProvisionalCredit");

    const { body } = await get("/v1/clients");

    expect(body.items).toEqual([
      {
        id: "harbor",
        name: "harbor",
        zone: "America/New_York",
        calendar: "federal-reserve",
        routes: { service: false, batch: false },
        counts: { openAssignments: 1, pendingBatch: 0 },
      },
    ]);
  });
});

describe("claims", () => {
  test("are opened once, and shown with masked accounts", async () => {
    const first = await post("/v1/claims", { body: aClaim(), key: "c1" });
    const again = await post("/v1/claims", { body: aClaim(), key: "c1" });

    expect(again.text).toBe(first.text);
    expect(again.headers["idempotency-hit"]).toBe("true");
    const claim = String(first.body["claim"]);
    expect(first.headers["location"]).toBe(`/v1/claims/${claim}`);
    const shown = await get(`/v1/claims/${claim}`);
    expect(shown.body).toMatchObject({
      id: claim,
      client: "harbor",
      claimType: "Card",
      disputes: [
        { state: "open", amount: { amount: "100.00", currency: "USD" }, account: "400012••••1234" },
      ],
    });
    expect((await get("/v1/claims")).body.items).toHaveLength(1);
  });

  test("are found by number, by dispute and by the whole account, not by a piece of it", async () => {
    const { claim, dispute } = await opened();
    await post("/v1/claims", {
      body: aClaim("harbor", {
        disputes: [{ ...aClaim().disputes[0], account: "5500000000000004" }],
      }),
    });
    const found = async (q: string) =>
      (await get(`/v1/claims?q=${encodeURIComponent(q)}`)).body.items.map((item) => item["id"]);

    expect(await found(claim)).toEqual([claim]);
    expect(await found(dispute)).toEqual([claim]);
    expect(await found(CARD)).toEqual([claim]);
    expect(await found("4000 1234 1234 1234")).toEqual([claim]);
    expect(await found("400012341234")).toEqual([]);
    expect(await found("nothing")).toEqual([]);
    expect(await found("26")).toHaveLength(2);
  });

  test("that do not fit are refused field by field, and leave nothing behind", async () => {
    const bad = aClaim("harbor", {
      disputes: [{ ...aClaim().disputes[0], amount: "100.001" }],
    });

    const answer = await post("/v1/claims", { body: bad });
    const unknown = await post("/v1/claims", { body: { ...aClaim(), colour: "red" } });

    expect(answer.status).toBe(422);
    expect(answer.body["code"]).toBe("amount-invalid");
    expect(unknown.body).toMatchObject({
      code: "input-invalid",
      errors: [{ pointer: "/colour", detail: "is not known here" }],
    });
    expect(await db.query(sql`select 1 from claim`)).toEqual([]);
    expect(JSON.stringify(answer.body)).not.toContain(CARD);
  });
});

describe("an operation", () => {
  test("answers what was decided, booked and routed", async () => {
    const { dispute } = await opened();

    const answer = await operate(dispute, "issueProvisionalCredit", { amount: "60.00" });

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      decision: null,
      entries: [{ rule: "ProvisionalCredit", amount: "60.00", kind: "original" }],
      planned: [],
      adjustments: [
        {
          state: "pendingManual",
          route: "MANUAL",
          assignment: "Execute Accounting Assignment",
          amount: "60.00",
        },
      ],
      balances: { accountHolder: "60.00", suspense: "-60.00" },
    });
  });

  test("is done once by its key, and answered alike", async () => {
    const { dispute } = await opened();
    const input = { amount: "10.00" };

    const first = await operate(dispute, "issueProvisionalCredit", input, { key: "o1" });
    const again = await operate(dispute, "issueProvisionalCredit", input, { key: "o1" });
    const other = await operate(dispute, "issueProvisionalCredit", {}, { key: "o1" });

    expect(again.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(again.headers["idempotency-hit"]).toBe("true");
    expect(other.body["code"]).toBe("key-reused");
    expect((await get(`/v1/disputes/${dispute}/entries`)).body.items).toHaveLength(1);
  });

  test("is answered again after its stored answer is gone, and never done again", async () => {
    const { dispute } = await opened();
    await operate(dispute, "issueProvisionalCredit", { amount: "10.00" }, { key: "o1" });
    await db.execute(sql`delete from http_answer`);

    const again = await operate(
      dispute,
      "issueProvisionalCredit",
      { amount: "10.00" },
      { key: "o1" },
    );

    expect(again.status).toBe(201);
    expect(again.headers["idempotency-hit"]).toBe("true");
    expect((await get(`/v1/disputes/${dispute}/entries`)).body.items).toHaveLength(1);
  });

  test.each([
    ["no key", { key: null }, 400, "idempotency-key-missing"],
    ["an unknown operation", { body: { operation: "abracadabra" } }, 422, "unknown-operation"],
    [
      "too much",
      { body: { operation: "issueProvisionalCredit", input: { amount: "100.01" } } },
      422,
      "amount-exceeds-limit",
    ],
    [
      "a negative amount",
      { body: { operation: "issueProvisionalCredit", input: { amount: "-1.00" } } },
      422,
      "amount-invalid",
    ],
    [
      "an unknown input",
      { body: { operation: "issueProvisionalCredit", input: { amuont: "1.00" } } },
      422,
      "input-invalid",
    ],
    ["an unknown field", { body: { operation: "submitChargeback", x: 1 } }, 422, "input-invalid"],
    ["a stale version", { version: 99 }, 412, "stale-version"],
  ])("with %s is refused", async (_, options, status, code) => {
    const { dispute } = await opened();

    const answer = await post(`/v1/disputes/${dispute}/operations`, {
      body: { operation: "issueProvisionalCredit", input: {} },
      ...options,
    });

    expect([answer.status, answer.body["code"]]).toEqual([status, code]);
    expect((await get(`/v1/disputes/${dispute}/entries`)).body.items).toEqual([]);
  });

  test("can be previewed: everything is shown and nothing written", async () => {
    const { dispute } = await opened();

    const preview = await post(`/v1/disputes/${dispute}/operations?dryRun=true`, {
      body: { operation: "issueProvisionalCredit" },
      key: null,
    });

    expect(preview.status).toBe(200);
    expect(preview.body).toMatchObject({ entries: [{ amount: "100.00" }] });
    expect((await get(`/v1/disputes/${dispute}`)).body["state"]).toBe("open");
    expect(await db.query(sql`select 1 from operation`)).toEqual([]);
  });

  test("of many that come at once each gets its own answer, good and bad", async () => {
    const disputes = await Promise.all(Array.from({ length: 12 }, () => opened()));

    const answers = await Promise.all(
      disputes.flatMap(({ dispute }, index) => [
        operate(dispute, "issueProvisionalCredit", { amount: `${index + 1}.00` }),
        operate(dispute, "issueProvisionalCredit", { amount: "500.00" }),
        operate("2601010001D", "issueProvisionalCredit"),
      ]),
    );

    answers.forEach((answer, index) => {
      expect(answer.status).toBe([201, 422, 404][index % 3]);
      if (index % 3 !== 0) return;
      const [entry] = answer.body["entries"] as { amount: string }[];
      expect(entry?.amount).toBe(`${index / 3 + 1}.00`);
    });
  });
});

describe("a dispute", () => {
  test("shows state, positions, balances, entries and what is allowed", async () => {
    const { dispute, claim } = await opened();
    await operate(dispute, "issueProvisionalCredit", { amount: "60.00" });

    const shown = await get(`/v1/disputes/${dispute}`);
    expect(shown.headers["etag"]).toBe(`"${String(shown.body["version"])}"`);
    expect(shown.body).toMatchObject({
      id: dispute,
      claim,
      client: "harbor",
      state: "provisionallyCredited",
      account: { masked: "400012••••1234" },
    });
    const allowed = shown.body["allowedOperations"] as { operation: string; inputs: unknown[] }[];
    expect(allowed.find((one) => one.operation === "payDispute")?.inputs).toContainEqual({
      name: "amount",
      type: "amount",
      required: false,
      default: "40.00",
      limit: "40.00",
    });
    expect(allowed.map((one) => one.operation)).not.toContain("reopen");

    const positions = (await get(`/v1/disputes/${dispute}/positions`)).body;
    expect(positions).toMatchObject({
      holderCredit: { amount: "60.00" },
      uncredited: { amount: "40.00" },
    });
    const gate = positions["gate"] as { decision: string; allowed: boolean }[];
    expect(gate.map((one) => [one.decision, one.allowed])).toEqual([
      ["pay", false],
      ["deny", false],
      ["partialDeny", false],
      ["writeOff", false],
    ]);

    const collections = (await get(`/v1/disputes/${dispute}/collections`)).body.items;
    expect(collections.map((one) => [one["collection"], one["booked"], one["executed"]])).toEqual([
      ["accountHolder", { amount: "60.00", currency: "USD" }, { amount: "0.00", currency: "USD" }],
      ["suspense", { amount: "-60.00", currency: "USD" }, { amount: "0.00", currency: "USD" }],
    ]);

    const [entry] = (await get(`/v1/disputes/${dispute}/entries`)).body.items;
    expect(entry).toMatchObject({
      rule: "ProvisionalCredit",
      operation: "issueProvisionalCredit",
      debit: { collection: "suspense" },
      credit: { collection: "accountHolder" },
      amount: { amount: "60.00", currency: "USD" },
      adjustment: { state: "pendingManual", route: "MANUAL" },
      actor: "key:admin",
      postingDate: null,
    });
  });

  test("of a client outside the caller's scope does not exist", async () => {
    await aClient("summit");
    const { dispute, claim } = await opened("summit");
    const harborOnly = await server.keyFor("harbor-only", undefined, ["harbor"]);

    const answers = await Promise.all([
      get(`/v1/disputes/${dispute}`, harborOnly),
      get(`/v1/claims/${claim}`, harborOnly),
      get(`/v1/disputes/${dispute}/entries`, harborOnly),
      get("/v1/claims?client=summit", harborOnly),
      post(
        `/v1/disputes/${dispute}/operations`,
        { body: { operation: "issueProvisionalCredit" } },
        harborOnly,
      ),
      post("/v1/claims", { body: aClaim("summit") }, harborOnly),
    ]);

    expect(answers.map((one) => one.status)).toEqual([404, 404, 404, 404, 404, 404]);
    expect((await get("/v1/claims", harborOnly)).body.items).toEqual([]);
  });

  test("whose number two clients have is asked for by client", async () => {
    await aClient("summit");
    const numbered = { ...aClaim().disputes[0], dispute: "2611160900D" };
    for (const client of ["harbor", "summit"]) {
      await post("/v1/claims", { body: aClaim(client, { disputes: [numbered] }) });
    }

    const open = await get("/v1/disputes/2611160900D");
    const asked = await get("/v1/disputes/2611160900D?client=summit");
    const operated = await operate("2611160900D", "issueProvisionalCredit");
    const done = await post("/v1/disputes/2611160900D/operations?client=summit", {
      body: { operation: "issueProvisionalCredit" },
    });

    expect([open.status, operated.status]).toEqual([400, 400]);
    expect(asked.body["client"]).toBe("summit");
    expect(done.status).toBe(201);
    expect((await get("/v1/disputes/2611160900D?client=harbor")).body["state"]).toBe("open");
  });
});

describe("the manual path", () => {
  test("goes from queue to books: next, details, attestation", async () => {
    const { dispute } = await opened();
    await operate(dispute, "issueProvisionalCredit", { amount: "60.00" });
    const queues = (await get("/v1/queues")).body.items;
    expect(queues).toMatchObject([{ queue: "ExecuteAccounting.Card", open: 1, unassigned: 1 }]);

    const next = await post("/v1/assignments/next", { body: {} });
    expect(next.body).toMatchObject({ assignee: "key:admin", dispute });
    const id = String(next.body["id"]);
    const details = await get(`/v1/assignments/${id}`);
    expect(details.body["posting"]).toMatchObject({
      amount: { amount: "60.00", currency: "USD" },
      entries: [{ credit: { accountNumber: "400012••••1234" } }],
    });
    const done = await post(`/v1/assignments/${id}/completion`, {
      body: { reference: "CORE-1", postingDate: "2026-11-16", attested: true },
      version: Number(details.body["version"]),
    });

    expect(done.status).toBe(200);
    expect(done.body).toMatchObject({ actions: [], adjustmentState: "executed" });
    const adjustment = await get(`/v1/adjustments/${String(next.body["adjustment"])}`);
    expect(adjustment.body).toMatchObject({
      state: "executed",
      executions: [{ basis: "attested", reference: "CORE-1", postingDate: "2026-11-16" }],
      assignment: null,
      possibleEvents: ["returned", "handOverDisproved"],
    });
    const [entry] = (await get(`/v1/disputes/${dispute}/entries`)).body.items;
    expect(entry?.["postingDate"]).toBe("2026-11-16");
    expect((await post("/v1/assignments/next", { body: {} })).status).toBe(204);
  });

  test("is guarded by versions and by rights", async () => {
    const { dispute } = await opened();
    await operate(dispute, "issueProvisionalCredit");
    const assignment = await assignmentOf(dispute);
    const id = String(assignment.body["id"]);
    const version = Number(assignment.body["version"]);
    const body = { reference: "CORE-1", postingDate: "2026-11-16", attested: true };
    const viewer = await server.keyFor("viewer", ["viewer"]);

    const without = await post(`/v1/assignments/${id}/completion`, { body });
    const stale = await post(`/v1/assignments/${id}/completion`, { body, version: version + 7 });
    const unfit = await post(`/v1/assignments/${id}/completion`, {
      body: { ...body, attested: "yes" },
      version,
    });
    const notAllowed = await post(`/v1/assignments/${id}/completion`, { body, version }, viewer);
    const taken = await post(`/v1/assignments/${id}/take`, { version });

    expect([without.status, stale.status, unfit.status, notAllowed.status, taken.status]).toEqual([
      428, 412, 422, 403, 200,
    ]);
    const released = await post(`/v1/assignments/${id}/release`, { version: version + 1 });
    expect(released.body).toMatchObject({ assignee: null, version: version + 2 });
  });

  test("ends in a cancellation that leaves the books at nothing", async () => {
    const { dispute } = await opened();
    await operate(dispute, "issueProvisionalCredit");
    const assignment = await assignmentOf(dispute);

    const cancelled = await post(`/v1/assignments/${String(assignment.body["id"])}/cancellation`, {
      body: { reason: "wrong dispute" },
      version: Number(assignment.body["version"]),
    });

    expect(cancelled.status).toBe(200);
    const collections = (await get(`/v1/disputes/${dispute}/collections`)).body.items;
    for (const one of collections) expect(one["booked"]).toMatchObject({ amount: "0.00" });
  });
});

describe("adjustments", () => {
  test("are listed by state, and an executed one is reversed once", async () => {
    const { dispute } = await opened();
    await operate(dispute, "issueProvisionalCredit");
    const { body } = await assignmentOf(dispute);
    await post(`/v1/assignments/${String(body["id"])}/completion`, {
      body: { reference: "CORE-1", postingDate: "2026-11-16", attested: true },
      version: Number(body["version"]),
    });
    const [executed] = (await get("/v1/adjustments?state=executed")).body.items;
    expect(executed).toMatchObject({ dispute, operation: "issueProvisionalCredit" });
    expect((await get("/v1/adjustments?state=pendingManual")).body.items).toEqual([]);
    const url = `/v1/adjustments/${String(executed?.["id"])}/reversal`;
    const version = Number(executed?.["version"]);

    const reversed = await post(url, { body: { reason: "posted twice" }, version });
    const again = await post(url, { body: { reason: "posted twice" }, version });

    expect(reversed.status).toBe(201);
    expect(again.body["code"]).toBe("already-reversed");
  });

  test.each(["nonsense", "0198a6a0-0000-7000-8000-000000000000"])("%s is none", async (id) => {
    expect((await get(`/v1/adjustments/${id}`)).status).toBe(404);
  });
});

test("a whole account number is shown for a reason, and the showing recorded", async () => {
  const { dispute } = await opened();
  const { body } = await get(`/v1/disputes/${dispute}`);
  const url = `/v1/accounts/${(body["account"] as { id: string }).id}/reveal`;
  const viewer = await server.keyFor("viewer", ["viewer"]);

  const refused = await post(url, { body: { client: "harbor", reason: "curious" } }, viewer);
  const shown = await post(url, { body: { client: "harbor", reason: "call with holder" } });

  expect(refused.status).toBe(403);
  expect(shown.body["number"]).toBe(CARD);
  const rows = await db.query(
    sql`select actor, outcome, reason from audit where action = 'revealAccount'`,
  );
  expect(rows).toEqual([{ actor: "key:admin", outcome: "done", reason: "call with holder" }]);
});
