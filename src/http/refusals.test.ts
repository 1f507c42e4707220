/** What bad input gets: a refusal that names the place, never a 500, and nothing half done. */
import { describe, expect, test } from "vitest";

import { call } from "../../test/support/http.ts";
import { aClaim, useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";

const db = useDatabase();
const { client, get, opened, post, server } = useCaseApi(db);

const credit = (input: unknown) => ({ operation: "issueProvisionalCredit", input });

describe("an operation", () => {
  test.each([
    ["an exponent", credit({ amount: "1e3" }), 422, "amount-invalid"],
    ["a number", credit({ amount: 5 }), 422, "amount-invalid"],
    ["three decimals", credit({ amount: "1.001" }), 422, "amount-invalid"],
    ["an endless amount", credit({ amount: "9".repeat(30) }), 422, "amount-invalid"],
    ["no text", credit({ amount: "" }), 422, "amount-invalid"],
    ["a NUL", credit({ amount: "1\u0000" }), 422, "input-invalid"],
    ["half a character", credit({ fees: "\ud800" }), 422, "input-invalid"],
    ["an inherited name", credit({ constructor: "1.00" }), 422, "input-invalid"],
    ["a list for an input", credit(["1.00"]), 422, "input-invalid"],
    ["an inherited operation", { operation: "__proto__" }, 422, "unknown-operation"],
    ["no operation", {}, 422, "input-invalid"],
    ["a list", [1], 422, "input-invalid"],
    ["a year nobody keeps", { ...credit({}), at: "0000-01-01T00:00:00Z" }, 422, "date-invalid"],
    [
      "a date past the last",
      { ...credit({}), at: "9999-12-31T23:59:59-14:00" },
      422,
      "date-invalid",
    ],
    [
      "a time too fine",
      { ...credit({}), at: "2026-11-16T10:00:00.1234567891Z" },
      422,
      "date-invalid",
    ],
    [
      "an amount no column holds",
      credit({ amount: "92233720368547758.08" }),
      422,
      "amount-invalid",
    ],
    [
      "an amount whose sums no column holds",
      { operation: "recordNetworkFee", input: { amount: "90000000000000000.00", source: "s" } },
      422,
      "amount-invalid",
    ],
    ["an impossible time", { ...credit({}), at: "2026-02-30T00:00:00Z" }, 422, "input-invalid"],
    [
      "a card number in free text",
      { operation: "denyDispute", input: { reason: "card 4111111111111111" } },
      422,
      "card-number-in-text",
    ],
    [
      "an endless reference",
      { operation: "recordChargeback", input: { amount: "1.00", reference: "x".repeat(3000) } },
      422,
      "input-invalid",
    ],
    [
      "an adjustment that is none",
      { operation: "reverseAdjustment", input: { adjustment: "nonsense", reason: "x" } },
      404,
      "not-found",
    ],
  ])("with %s", async (_, body, status, code) => {
    const { dispute } = await opened();

    const answer = await post(`/v1/disputes/${dispute}/operations`, { body });

    expect([answer.status, answer.body["code"]]).toEqual([status, code]);
    expect(await db.query(sql`select 1 from entry`)).toEqual([]);
    const { text } = await db.one<{ text: string }>(
      sql`select coalesce(string_agg(input::text, ''), '') as text from operation`,
    );
    expect(text).not.toContain("4111111111111111");
  });
});

describe("a claim", () => {
  const [dispute] = aClaim().disputes;
  test.each([
    ["a NUL in its type", { claimType: "Ca\u0000rd" }, "input-invalid"],
    ["an unknown client", { client: "nobody" }, "not-found"],
    ["an unknown currency", { disputes: [{ ...dispute, currency: "XXQ" }] }, "unknown-currency"],
    ["an undeclared fact", { disputes: [{ ...dispute, facts: { colour: 1 } }] }, "input-invalid"],
    ["an impossible number", { claim: "2613450001C" }, "input-invalid"],
    ["another kind of number", { claim: "2611160001D" }, "input-invalid"],
    [
      "an amount no column holds",
      { disputes: [{ ...dispute, amount: "9".repeat(18) }] },
      "amount-invalid",
    ],
    ["an ordinal past the last", { claim: "2611162147483647C" }, "input-invalid"],
    ["an ordinal no column holds", { claim: "26111699999999999999C" }, "input-invalid"],
    ["an odd account", { disputes: [{ ...dispute, account: "' or 1=1" }] }, "input-invalid"],
    ["no disputes", { disputes: [] }, "input-invalid"],
  ])("with %s", async (_, more, code) => {
    const answer = await post("/v1/claims", { body: aClaim("harbor", more) });

    expect([404, 422]).toContain(answer.status);
    expect(answer.body["code"]).toBe(code);
    expect(await db.query(sql`select 1 from claim`)).toEqual([]);
  });
});

test("numbers go on after the highest ordinal that may be given", async () => {
  const given = await post("/v1/claims", { body: aClaim("harbor", { claim: "261116999999999C" }) });

  const fresh = await post("/v1/claims", { body: aClaim("harbor") });

  expect([given.status, fresh.status]).toEqual([201, 201]);
  expect(fresh.body["claim"]).toBe("2611161000000000C");
  expect((await get("/v1/claims/2611161000000000C")).status).toBe(200);
});

test("a client whose settings do not load is listed with the reason, beside others", async () => {
  await client("broken", { rulebook: "nobody's" });

  const { status, body } = await get("/v1/clients");

  expect(status).toBe(200);
  expect(body.items.map((one) => [one["id"], one["problem"]])).toEqual([
    ["broken", "client broken: no rule book nobody's"],
    ["harbor", null],
  ]);
});

test("an address with an endless id is answered before the body is looked at", async () => {
  const answer = await post(`/v1/disputes/${"9".repeat(300)}/operations`, { body: {} });

  expect([answer.status, answer.body["code"]]).toEqual([404, "not-found"]);
});

describe("somebody who manages access for some clients", () => {
  test.each([
    ["a key for every client", "/v1/api-keys", { clients: null }, 403],
    ["a key for another client", "/v1/api-keys", { clients: ["harbor", "prairie"] }, 403],
    ["a user for every client", "/v1/users", { clients: null }, 403],
    ["a key for their own client", "/v1/api-keys", { clients: ["harbor"] }, 201],
    ["a user for their own client", "/v1/users", { clients: ["harbor"] }, 201],
  ])("is answered about %s", async (_, url, more, status) => {
    const local = await server().keyFor("local", ["administrator"], ["harbor"]);
    const user = { displayName: "New", password: "correct horse battery" };
    const body = {
      name: "new",
      roles: ["approver"],
      ...(url.endsWith("users") ? user : {}),
      ...more,
    };

    const answer = await post(url, { body }, local);

    expect(answer.status).toBe(status);
  });

  test("sees and revokes no key that reaches further", async () => {
    const local = await server().keyFor("local", ["administrator"], ["harbor"]);
    const everybodys = (await get("/v1/api-keys")).body.items.find(
      (one) => one["clients"] === null,
    );

    const seen = await get("/v1/api-keys", local);
    const users = await get("/v1/users", local);
    const url = `/v1/api-keys/${String(everybodys?.["id"])}`;
    const revoked = await call(server().app, local, "DELETE", url);

    expect(seen.body.items.map((one) => one["name"])).toEqual(["local"]);
    expect(users.body.items).toEqual([]);
    expect(revoked.status).toBe(404);
    expect((await get("/v1/clients")).status).toBe(200);
  });
});

describe("an address", () => {
  test.each([
    ["/v1/disputes/%00", 404],
    ["/v1/disputes/%E0%A4%A", 400],
    [`/v1/disputes/${"9".repeat(60)}D`, 404],
    ["/v1/claims?q=%00", 400],
    [`/v1/claims?q=${"x".repeat(70)}`, 400],
    ["/v1/claims?client=a&client=b", 400],
    ["/v1/assignments?queue=%00", 400],
    ["/v1/assignments?queue=%27", 200],
    ["/v1/assignments/%00", 404],
    ["/v1/adjustments?state=odd", 400],
    ["/v1/batches/xyz", 404],
    ["/v1/batches?client=nobody", 404],
    ["/v1/imports/1", 404],
    ["/v1/users?cursor=%00", 400],
    ["/docs/errors/..%2f..%2fpackage", 404],
    ["/docs/errors/constructor", 404],
    [`/v1/disputes/${"9".repeat(300)}`, 404],
  ])("%s is answered %i", async (url, status) => {
    const answer = await get(url);

    expect(answer.status).toBe(status);
    if (status >= 400) {
      expect(answer.headers["content-type"]).toContain("application/problem+json");
    }
  });
});
