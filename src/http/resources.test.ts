/** Clients, claims, disputes and operations over HTTP. */
import { describe, expect, test } from "vitest";

import { call } from "../../test/support/http.ts";
import { CARD, aClaim, useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";

const db = useDatabase();
const { client, get, opened, operate, post, server, admin } = useCaseApi(db);

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
        problem: null,
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

  test("are found by number, dispute and whole account, not by a piece of it", async () => {
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
    const facts = allowed.find((one) => one.operation === "recordRegulatoryFact")?.inputs[0];
    expect(facts).toMatchObject({ name: "fact", type: "text", required: true });
    expect(facts).toHaveProperty("values", expect.arrayContaining(["resultsReportedOn"]));

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
    await client("summit");
    const { dispute, claim } = await opened("summit");
    const harborOnly = await server().keyFor("harbor-only", undefined, ["harbor"]);

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
    await client("summit");
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

test("what the caller has already is not sent again", async () => {
  const { dispute } = await opened();
  const { headers } = await get(`/v1/disputes/${dispute}`);
  const known = { "if-none-match": String(headers["etag"]) };

  const again = await call(server().app, admin(), "GET", `/v1/disputes/${dispute}`, {
    headers: known,
  });
  await operate(dispute, "issueProvisionalCredit");
  const after = await call(server().app, admin(), "GET", `/v1/disputes/${dispute}`, {
    headers: known,
  });

  expect([again.status, again.text]).toEqual([304, ""]);
  expect(after.status).toBe(200);
});
