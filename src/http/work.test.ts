/** Work over HTTP: the manual path, adjustments, reversal, and a number revealed. */
import { describe, expect, test } from "vitest";

import { CARD, useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";

const db = useDatabase();
const { assignmentOf, client, get, opened, operate, post, server } = useCaseApi(db);

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
      possibleEvents: ["returned", "partlyReturned", "handOverDisproved"],
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
    const viewer = await server().keyFor("viewer", ["viewer"]);

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
  const viewer = await server().keyFor("viewer", ["viewer"]);

  const refused = await post(url, { body: { client: "harbor", reason: "curious" } }, viewer);
  const shown = await post(url, { body: { client: "harbor", reason: "call with holder" } });

  expect(refused.status).toBe(403);
  expect(shown.body["number"]).toBe(CARD);
  const rows = await db.query(
    sql`select actor, outcome, reason from audit where action = 'revealAccount'`,
  );
  expect(rows).toEqual([{ actor: "key:admin", outcome: "done", reason: "call with holder" }]);
});

describe("an approval", () => {
  const asked = async (): Promise<{ id: string; version: number; dispute: string }> => {
    await client("strict", { approvals: { adjustManually: [{ above: "0", levels: 1 }] } });
    const { dispute } = await opened("strict");
    const answer = await operate(dispute, "adjustManually", {
      rule: "ProvisionalCredit",
      amount: "10.00",
      reason: "goodwill",
    });
    expect(answer.body).toMatchObject({ adjustments: [{ state: "awaitingApproval" }] });
    const { body } = await assignmentOf(dispute);
    return { id: String(body["id"]), version: Number(body["version"]), dispute };
  };

  test("is nobody's own: another person gives it, and the money moves on", async () => {
    const { id, version, dispute } = await asked();
    const url = `/v1/assignments/${id}/approval`;
    const other = await server().keyFor("other", ["approver"]);

    const own = await post(url, { body: { approved: true }, version });
    const given = await post(url, { body: { approved: true }, version }, other);

    expect([own.status, own.body["code"]]).toEqual([403, "self-approval"]);
    expect(given.status).toBe(200);
    const [entry] = (await get(`/v1/disputes/${dispute}/entries`)).body.items;
    expect(entry).toMatchObject({ amount: { amount: "10.00" }, adjustment: { route: "MANUAL" } });
  });

  test("of a debit performed early is not for whoever performed it", async () => {
    await client("early", {
      tracked: ["ProvisionalCredit"],
      approvals: { performDebit: [{ above: "0", levels: 1 }] },
    });
    const { dispute } = await opened("early");
    await operate(dispute, "issueProvisionalCredit");
    await operate(dispute, "denyDispute", { debitOn: "noticeDate" });
    const hasty = await server().keyFor("hasty", ["analyst", "approver"]);
    const noticed = await operate(dispute, "recordNoticeSent");
    const performed = await post(
      `/v1/disputes/${dispute}/operations`,
      { body: { operation: "performDebit" } },
      hasty,
    );
    expect([noticed.status, performed.status]).toEqual([201, 201]);
    const { body } = await assignmentOf(dispute);
    expect(body["type"]).toBe("Approve Accounting");

    const url = `/v1/assignments/${String(body["id"])}/approval`;
    const version = Number(body["version"]);
    const own = await post(url, { body: { approved: true }, version }, hasty);

    expect([own.status, own.body["code"]]).toEqual([403, "self-approval"]);
  });

  test("that is declined needs a reason, and nothing moves", async () => {
    const { id, version, dispute } = await asked();
    const url = `/v1/assignments/${id}/approval`;
    const other = await server().keyFor("other", ["approver"]);

    const mute = await post(url, { body: { approved: false }, version }, other);
    const declined = await post(
      url,
      { body: { approved: false, reason: "not ours" }, version },
      other,
    );

    expect(mute.body["code"]).toBe("input-invalid");
    expect(declined.status).toBe(200);
    expect((await get(`/v1/disputes/${dispute}/entries`)).body.items).toEqual([]);
  });
});
