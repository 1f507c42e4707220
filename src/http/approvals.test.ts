/** Approvals over HTTP: levels and tiers, who is still needed, lending the right, bulk, races. */
import { describe, expect, test } from "vitest";

import { aDirectory, filesIn } from "../../test/support/batch.ts";
import { useCaseApi } from "../../test/support/http-case.ts";
import { aKeyOf, aUser } from "../../test/support/people.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { approvalDesk } from "../approval-desk.ts";
import { takeTurn } from "../batch/worker.ts";
import { sql } from "../database/sql.ts";
import { noFailpoints } from "../kernel/failpoints.ts";
import { decisionJobKind } from "../work/approvals/job-kind.ts";
import { withdrawMovedOn } from "../work/approvals/withdraw-moved-on.ts";
import { jobKinds } from "../work/job-kinds.ts";
import { runTurn } from "../work/run-jobs.ts";
import { batchDesk } from "../../test/support/batch-desk.ts";

const db = useDatabase();
const TIERS = {
  approvals: {
    issueProvisionalCredit: [
      { above: "20.00", levels: 1 },
      { above: "50.00", levels: 2, rights: ["assignment:approve", "assignment:approveHigh"] },
    ],
    cancelBooked: [{ above: "10.00", levels: 1 }],
    attestation: [{ above: "10.00", levels: 1 }],
  },
};
const { assignmentOf, client, get, opened, operate, post, server } = useCaseApi(db, TIERS);

async function waiting(key?: string, query = ""): Promise<Record<string, unknown>[]> {
  return (await get(`/v1/approvals?limit=100${query}`, key)).body.items;
}

async function asked(amount = "60.00"): Promise<{ dispute: string; id: string }> {
  const { dispute } = await opened();
  const answer = await operate(dispute, "issueProvisionalCredit", { amount });
  expect(answer.body).toMatchObject({ adjustments: [{ state: "awaitingApproval" }] });
  const found = (await waiting()).find((one) => one["dispute"] === dispute);
  return { dispute, id: String(found?.["id"]) };
}

async function decide(id: string, key: string, body: Record<string, unknown> = { approved: true }) {
  const { body: now } = await get(`/v1/approvals/${id}`, key);
  return post(`/v1/approvals/${id}/decisions`, { body, version: Number(now["version"]) }, key);
}

const approver = (name: string) => aUser(server().engine, name, ["approver"]);
const senior = (name: string) => aUser(server().engine, name, ["seniorApprover"]);

describe("a request of two levels", () => {
  test("goes through two people, the second one with the right of its level", async () => {
    const { dispute, id } = await asked();
    const [ben, kim, olga] = [await approver("ben"), await approver("kim"), await senior("olga")];
    const { body: shown } = await get(`/v1/approvals/${id}`, ben);
    expect(shown).toMatchObject({
      rule: "approvals.issueProvisionalCredit.1",
      ruleWords: "issueProvisionalCredit above 50.00 USD: 2 other people",
      amount: { amount: "60.00", currency: "USD" },
      requestedBy: "key:admin",
      requester: "owner-of-admin",
      mayDecide: true,
      levels: [
        { level: 1, state: "next", roles: ["approver", "seniorApprover"] },
        { level: 2, state: "later", roles: ["seniorApprover"] },
      ],
      proposals: [{ rule: "ProvisionalCredit", credit: "accountHolder", debit: "suspense" }],
    });
    expect(shown["stillNeeded"]).toContain("level 1 of 2");

    const first = await decide(id, ben);
    expect(first.body).toMatchObject({
      state: "waiting",
      levels: [{ decidedBy: "key:ben-key" }, {}],
    });
    expect((await assignmentOf(dispute)).body["type"]).toBe("Approve Accounting");
    const twice = await decide(id, ben);
    const junior = await decide(id, kim);
    const last = await decide(id, olga);

    expect([twice.status, twice.body["code"]]).toEqual([403, "self-approval"]);
    expect(twice.text).toContain("level 2 of 2 needs somebody else");
    expect([junior.status, junior.body["code"]]).toEqual([403, "forbidden"]);
    expect(junior.text).toContain("such as olga");
    expect(last.body).toMatchObject({ state: "approved", settledBy: "olga" });
    expect((await assignmentOf(dispute)).body["type"]).toBe("Execute Accounting Assignment");
    const over = await decide(id, await senior("pat"));
    expect(over.body["code"]).toBe("transition-refused");
  });

  test("is declined with a reason by the first or the second", async () => {
    const { dispute, id } = await asked();
    const [ben, olga] = [await approver("ben"), await senior("olga")];
    await decide(id, ben);

    const mute = await decide(id, olga, { approved: false });
    const declined = await decide(id, olga, { approved: false, reason: "no evidence" });

    expect(mute.body["code"]).toBe("input-invalid");
    expect(declined.body).toMatchObject({ state: "declined", settledBecause: "no evidence" });
    const { body } = await get(`/v1/disputes/${dispute}`);
    expect(body).toMatchObject({ state: "open" });
    expect(await waiting()).toEqual([]);
  });

  test("two who say the last word at once do it once", async () => {
    const { dispute, id } = await asked("30.00");
    const keys = await Promise.all(["ben", "kim", "olga", "pat"].map(approver));
    const order = { body: { approved: true }, version: 1 };

    const answers = await Promise.all(
      keys.map((key) => post(`/v1/approvals/${id}/decisions`, order, key)),
    );

    expect(answers.filter((one) => one.status === 200)).toHaveLength(1);
    const booked = await db.query(sql`select 1 from entry where rule = 'ProvisionalCredit'`);
    expect(booked).toHaveLength(1);
    expect((await assignmentOf(dispute)).body["type"]).toBe("Execute Accounting Assignment");
  });

  test("the same again, after it was declined, is not approved by who asked before", async () => {
    const { dispute, id } = await asked("30.00");
    const ben = await aUser(server().engine, "ben", ["analyst", "approver"]);
    const ann = await aKeyOf(server().engine, "owner-of-admin", ["analyst", "approver"]);
    await decide(id, ben, { approved: false, reason: "which evidence?" });
    const again = { body: { operation: "issueProvisionalCredit", input: { amount: "31.00" } } };
    await post(`/v1/disputes/${dispute}/operations`, again, ben);
    const [{ id: second } = { id: "" }] = await waiting();

    const straw = await decide(String(second), ann);

    expect([straw.status, straw.body["code"]]).toEqual([403, "self-approval"]);
    expect(straw.text).toContain("you asked for the same before");
  });
});

describe("pending", () => {
  test("mine is what I may decide, all is everything", async () => {
    const { id } = await asked("30.00");
    const { id: high } = await asked("60.00");
    const [ben, viewer] = [await approver("ben"), await aUser(server().engine, "vic", ["viewer"])];
    await decide(high, ben);

    const ids = (rows: Record<string, unknown>[]) => rows.map((one) => one["id"]);
    expect(ids(await waiting(ben))).toEqual([id, high]);
    expect(ids(await waiting(ben, "&mine=true"))).toEqual([id]);
    expect(await waiting(viewer, "&mine=true")).toEqual([]);
    expect(await waiting(undefined, "&mine=true")).toEqual([]);
    expect(ids(await waiting(undefined, "&requestedByMe=true"))).toEqual([id, high]);
  });

  test("is decided in bulk, each item judged by itself", async () => {
    const one = await asked("30.00");
    const other = await asked("31.00");
    const high = await asked("60.00");
    const ben = await approver("ben");
    await decide(high.id, ben);
    const filter = { approved: true };
    const job = await post("/v1/jobs", { body: { kind: "decideApprovals", filter } }, ben);
    expect([job.status, job.body["progress"]]).toMatchObject([202, { total: 3 }]);

    const { engine } = server();
    const desk = { ...engine, failpoints: noFailpoints, report: () => undefined };
    const kinds = jobKinds([decisionJobKind(approvalDesk(engine))]);
    while (await runTurn(desk, kinds, { worker: "test" }));

    const { body } = await get(`/v1/jobs/${String(job.body["id"])}/items`);
    expect(body.items).toMatchObject([
      { approval: one.id, outcome: "done", amount: { amount: "30.00" } },
      { approval: other.id, outcome: "done" },
      { approval: high.id, outcome: "skipped", code: "self-approval" },
    ]);
    expect((await assignmentOf(one.dispute)).body["type"]).toBe("Execute Accounting Assignment");
    expect((await assignmentOf(high.dispute)).body["type"]).toBe("Approve Accounting");
  });
});

describe("a delegation", () => {
  const until = "2026-11-20T00:00:00Z";
  const lend = (key: string, more: Record<string, unknown> = {}) =>
    post(
      "/v1/delegations",
      {
        body: { delegate: "dan", validUntil: until, reason: "leave", ...more },
      },
      key,
    );

  /** Ben lends to Dan, as a person who is signed in does. */
  async function lent(more: Record<string, unknown> = {}): Promise<string> {
    const { engine } = server();
    const { delegateApproval } = await import("../work/approvals/delegate.ts");
    const { callerNamed } = await import("../access/authenticate.ts");
    const caller = await callerNamed(db, "ben", engine.clock.now().toString());
    if (caller === undefined) throw new Error("ben may come in");
    const request = { delegate: "dan", validUntil: until, reason: "leave", ...more };
    return (await delegateApproval(approvalDesk(engine), request, caller)).id;
  }

  async function benAndDan() {
    const ben = await approver("ben");
    const dan = await aUser(server().engine, "dan", ["viewer"]);
    return { ben, dan };
  }

  test("lets another decide in one's place, on record, until it ends", async () => {
    const { id } = await asked("30.00");
    const { dan } = await benAndDan();
    expect((await decide(id, dan)).body["code"]).toBe("forbidden");
    const delegation = await lent();
    expect(await waiting(dan, "&mine=true")).toMatchObject([{ id, onBehalfOf: "ben" }]);

    const done = await decide(id, dan);

    expect(done.body).toMatchObject({
      state: "approved",
      levels: [{ decidedBy: "key:dan-key", onBehalfOf: "ben" }],
    });
    const revoked = await post(`/v1/delegations/${delegation}/revocation`, {});
    expect(revoked.body).toMatchObject({ state: "revoked", revokedBy: "key:admin" });
    const next = await asked("30.00");
    expect((await decide(next.id, dan)).body["code"]).toBe("forbidden");
    expect((await get("/v1/delegations")).body.items).toMatchObject([{ delegator: "ben" }]);
    const audited = await db.query(sql`
      select action from audit where subject like 'delegation/%' order by recorded_at, id
    `);
    expect(audited).toEqual([{ action: "delegateApproval" }, { action: "revokeDelegation" }]);
  });

  test.each([
    ["its time", { validFrom: "2026-11-18T00:00:00Z" }, "your roles do not carry"],
    ["its amount", { maximum: { amount: "20.00", currency: "USD" } }, "up to 20.00 USD"],
    ["its kinds", { kinds: ["batchRelease"] }, "for operation"],
    ["its clients", { clients: ["elsewhere"] }, "for harbor"],
  ])("ends at %s", async (_, more, words) => {
    const { id } = await asked("30.00");
    const { dan } = await benAndDan();
    await lent(more);

    const refused = await decide(id, dan);

    expect(refused.body["code"]).toBe("forbidden");
    expect(refused.text).toContain(words);
  });

  test("goes on to no third, and is no second level", async () => {
    const { id } = await asked("60.00");
    const { ben, dan } = await benAndDan();
    await aUser(server().engine, "eve", ["viewer"]);
    await lent();
    const further = await lend(dan, { delegate: "eve" });
    expect(further.body["code"]).toBe("forbidden");
    await decide(id, dan);

    const lender = await decide(id, ben);

    expect(lender.text).toContain("you took part in level 1");
  });

  test.each([
    [{ delegate: "nobody" }, "/delegate"],
    [{ delegate: "ben" }, "/delegate"],
    [{ validUntil: "2026-11-01T00:00:00Z" }, "/validUntil"],
    [{ validUntil: "2027-11-01T00:00:00Z" }, "/validUntil"],
  ])("of %o is refused by its field", async (more, pointer) => {
    await benAndDan();

    await expect(lent(more)).rejects.toMatchObject({ faults: [{ pointer }] });
  });
});

describe("above a tier", () => {
  async function manual() {
    const { dispute } = await opened();
    await operate(dispute, "issueProvisionalCredit", { amount: "15.00" });
    const { body } = await assignmentOf(dispute);
    return { dispute, id: String(body["id"]), version: Number(body["version"]) };
  }
  const attested = { reference: "CORE-1", postingDate: "2026-11-16", attested: true };

  test.each([
    ["an attestation", "completion", attested, "executed"],
    ["cancelling what is booked", "cancellation", { reason: "wrong case" }, "cancelled"],
  ])("%s waits, and is done in the name of who asked", async (_, action, body, becomes) => {
    const { id, version } = await manual();
    const wrong = await post(`/v1/assignments/${id}/${action}`, { body, version: version + 1 });
    expect(wrong.body["code"]).toBe("stale-version");
    const answer = await post(`/v1/assignments/${id}/${action}`, { body, version });
    expect(answer.body).toMatchObject({ adjustmentState: "pendingManual" });
    const twice = await post(`/v1/assignments/${id}/${action}`, { body, version });
    expect(twice.text).toContain("it waits for approval already");
    const [{ id: request } = { id: "" }] = await waiting();

    const own = await decide(
      String(request),
      await aKeyOf(server().engine, "owner-of-admin", ["approver"]),
    );
    const done = await decide(String(request), await approver("ben"));

    expect(own.body["code"]).toBe("self-approval");
    expect(done.body).toMatchObject({ state: "approved" });
    const row = await db.one(sql`
      select t.to_state, t.actor from transition t order by t.recorded_at desc, t.id desc limit 1
    `);
    expect(row).toEqual({ to_state: becomes, actor: "key:admin" });
  });

  test("what moved on meanwhile waits for nobody any more", async () => {
    const { id, version } = await manual();
    await post(`/v1/assignments/${id}/cancellation`, { body: { reason: "wrong" }, version });
    const [{ id: request } = { id: "" }] = await waiting();
    await post(`/v1/assignments/${id}/failure`, { body: { reason: "no such account" }, version });
    const late = await decide(String(request), await approver("ben"));

    expect(late.body["code"]).toBe("transition-refused");
    expect((await get(`/v1/approvals/${String(request)}`)).body).toMatchObject({
      state: "withdrawn",
      settledBecause: "what it was about ended: serviceFailed",
    });
  });

  test("nor does what the machine moved on within its work", async () => {
    const { id, version } = await manual();
    await post(`/v1/assignments/${id}/cancellation`, { body: { reason: "wrong" }, version });
    await db.owner.execute(sql`
      update adjustment set version = version + 1 where open_assignment_id = ${id}`);
    const [{ id: request } = { id: "" }] = await waiting();
    const late = await decide(String(request), await approver("ben"));
    expect(late.body["code"]).toBe("stale-version");

    await withdrawMovedOn(server().engine);

    expect((await get(`/v1/approvals/${String(request)}`)).body).toMatchObject({
      state: "withdrawn",
      settledBecause: "it moved on",
    });
  });
});

describe("the release of a file", () => {
  async function aWaitingFile() {
    const directory = await aDirectory();
    const profile = {
      layout: "generic-csv",
      marker: "TEST",
      delivery: { kind: "directory", directory },
      release: { secondPerson: true },
    };
    await client("bay", { batchProfiles: { nightly: profile } });
    const { dispute } = await opened("bay");
    await operate(dispute, "issueProvisionalCredit");
    const { body } = await post("/v1/batches", { body: { client: "bay" } });
    const [generation] = body["generated"] as { files: { id: string }[] }[];
    const file = generation?.files[0]?.id ?? "";
    const [{ id } = { id: "" }] = await waiting();
    const turn = () =>
      takeTurn(batchDesk(server().engine), {
        worker: "test",
        leaseSeconds: 60,
        spacingDivisor: 1,
      });
    return { directory, dispute, file, id: String(id), turn };
  }

  test("keeps it from leaving until another person agrees", async () => {
    const { directory, file, id, turn } = await aWaitingFile();
    await turn();
    expect(await filesIn(directory)).toEqual({});
    expect((await get(`/v1/batches/${file}/content`)).body["code"]).toBe("approval-required");
    const early = db.execute(sql`
      update batch_file set due_at = now(), state = 'sending' where id = ${file}
    `);
    await expect(early).rejects.toThrow("batch_file_waits_for_release");

    const own = await aKeyOf(server().engine, "owner-of-admin", ["operator"]);
    expect((await decide(id, own)).body["code"]).toBe("self-approval");
    const done = await decide(id, await aUser(server().engine, "oscar", ["operator"]));
    await turn();

    expect(done.body).toMatchObject({ state: "approved", kind: "batchRelease" });
    expect(Object.keys(await filesIn(directory))).toHaveLength(1);
  });

  test("declined makes it void, and what it held waits for another file", async () => {
    const { dispute, file, id } = await aWaitingFile();
    const oscar = await aUser(server().engine, "oscar", ["operator"]);

    await decide(id, oscar, { approved: false, reason: "twice the usual sum" });

    expect((await get(`/v1/batches/${file}`)).body).toMatchObject({ state: "void" });
    expect((await assignmentOf(dispute)).body).toMatchObject({ adjustmentState: "pendingBatch" });
  });
});
