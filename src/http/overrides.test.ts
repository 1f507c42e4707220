/**
 * An Accounting Exception of the gate: evaluated again, overridden by two people, and what it
 * leaves; and the gate of a resolved dispute, run again when something of it fails later.
 */
import { expect, test } from "vitest";

import { approvalDesk } from "../approval-desk.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import type { AdjustmentEvent, AdjustmentState } from "../accounting/adjustment-machine.ts";
import { sql } from "../database/sql.ts";
import { decideApproval } from "../work/approvals/decide.ts";
import { useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";

const db = useDatabase();
const { client, get, opened, operate, post, server } = useCaseApi(db, {
  // What moves is moved by others here: nothing waits for a hand.
  tracked: ["Paid", "DenyDispute"],
});

async function exceptions() {
  const { body } = await get("/v1/assignments?type=Accounting%20Exception");
  return body.items;
}

/** Paid and not recovered: suspense stands open, the resolution is refused. */
async function anException() {
  const { claim, dispute } = await opened();
  await operate(dispute, "payDispute");
  const refused = await operate(dispute, "resolve", { decision: "pay" });
  expect(refused.body["code"]).toBe("gate-refused");
  const exception = (await exceptions()).find((one) => one["dispute"] === dispute);
  return {
    claim,
    dispute,
    url: `/v1/assignments/${String(exception?.["id"])}/resolved`,
    version: Number(exception?.["version"]),
  };
}

const OVERRIDE = { owner: "olga", dueOn: "2026-11-30" };

async function decide(by: string, approved = true) {
  const [row] = await db.query<{ clientId: string; id: string }>(sql`
    select client_id as "clientId", id from approval_request where state = 'waiting'`);
  return decideApproval(approvalDesk(server().engine), {
    clientId: row?.clientId ?? "",
    requestId: row?.id ?? "",
    approved,
    reason: approved ? "" : "write it off instead",
    by: { name: by, rights: new Set(["assignment:approve"]) },
  });
}

async function ageing(query = "") {
  return (await get(`/v1/ageing-items${query}`)).body.items;
}

test("evaluated again: still out of balance it stays, cured it closes", async () => {
  const { dispute, url, version } = await anException();

  const still = await post(url, { version, body: { reason: "seen to" } });
  await operate(dispute, "writeOff", { amount: "100.00", justification: "cost" });
  const underWay = await post(url, { version, body: { reason: "seen to" } });

  expect([still.status, still.body["code"]]).toEqual([409, "transition-refused"]);
  expect(String(still.body["detail"])).toContain("suspense is -100.00");
  expect(String(underWay.body["detail"])).toContain("an adjustment is pendingManual");
});

test("overridden by two people: resolved, and what is left ages", async () => {
  const { dispute, url, version } = await anException();
  const body = { reason: "below the cost of looking", override: OVERRIDE };

  const asked = await post(url, { version, body });
  const waiting = await exceptions();
  const again = await post(url, { version, body });
  await expect(decide("key:admin")).rejects.toMatchObject({ code: "self-approval" });
  await decide("ben");

  expect(asked.status).toBe(200);
  expect(waiting).toHaveLength(1);
  expect([again.status, again.body["code"]]).toEqual([409, "approval-required"]);
  expect(await exceptions()).toEqual([]);
  expect((await get(`/v1/disputes/${dispute}`)).body["state"]).toBe("resolved");
  expect(await ageing()).toMatchObject([
    {
      dispute,
      decision: "pay",
      difference: "pay: suspense is -100.00",
      amount: { amount: "100.00" },
      owner: "olga",
      dueOn: "2026-11-30",
      askedBy: "key:admin",
      approvedBy: "ben",
    },
  ]);
  expect(await ageing("?owner=nobody")).toEqual([]);
});

test("a request to override ends with the exception that it is about", async () => {
  const { dispute, url, version } = await anException();
  const body = { reason: "below the cost of looking", override: OVERRIDE };
  await post(url, { version, body });
  await operate(dispute, "recordChargeback", { amount: "100.00", reference: "CB-1" });
  const [exception] = await exceptions();

  const resolved = await post(url, {
    version: Number(exception?.["version"]),
    body: { reason: "the chargeback came" },
  });

  expect(resolved.body).toMatchObject({ outcome: "resolved" });
  const [request] = await db.query(sql`
    select state, settled_by, settled_because from approval_request`);
  expect(request).toEqual({
    state: "withdrawn",
    settled_by: "key:admin",
    settled_because: "what it was about ended: resolved",
  });
});

test("an ageing item is given to others, and who had it stays known", async () => {
  const { url, version } = await anException();
  await post(url, { version, body: { reason: "small", override: OVERRIDE } });
  await decide("ben");
  const [item] = await ageing();
  const give = (at: number, body: object) =>
    post(`/v1/ageing-items/${String(item?.["id"])}/owner`, { version: at, body });

  const past = await give(1, { owner: "sam", reason: "on leave", dueOn: "2026-11-01" });
  const card = await give(1, { owner: "sam", reason: "card 4111 1111 1111 1111" });
  const given = await give(1, { owner: "sam", reason: "on leave" });
  const stale = await give(1, { owner: "tom", reason: "on leave" });
  const again = await give(2, { owner: "tom", reason: "his desk", dueOn: "2026-12-15" });

  const refusals = [past, card, stale].map(({ body }) => body["code"]);
  expect(refusals).toEqual(["date-invalid", "card-number-in-text", "stale-version"]);
  expect(given.body).toMatchObject({ owner: "sam", dueOn: "2026-11-30", version: 2 });
  expect(again.body).toMatchObject({
    owner: "tom",
    dueOn: "2026-12-15",
    owners: [
      { owner: "sam", by: "key:admin", reason: "on leave" },
      { owner: "tom", by: "key:admin", reason: "his desk" },
    ],
  });
  expect(await ageing("?owner=tom")).toHaveLength(1);
});

test("where a condition is unmet and no money stands out it says so, not 0.00", async () => {
  const { dispute } = await opened();
  await operate(dispute, "resolve", { decision: "deny" });
  const [exception] = await exceptions();
  await post(`/v1/assignments/${String(exception?.["id"])}/resolved`, {
    version: Number(exception?.["version"]),
    body: { reason: "closed elsewhere", override: { ...OVERRIDE, decision: "deny" } },
  });
  await decide("ben");

  const [item] = await ageing();

  expect(item).toMatchObject({ dispute, amount: null });
  expect(String(item?.["difference"])).toMatch(/^deny: .+/);
});

test("what is excused stays so until it changes, and ends when the books are right", async () => {
  const { dispute, url, version } = await anException();
  await post(url, { version, body: { reason: "small", override: OVERRIDE } });
  await decide("ben");

  await operate(dispute, "recordNetworkFee", { amount: "5.00", reference: "NF-1" });
  const unchanged = await exceptions();
  await operate(dispute, "recordChargeback", { amount: "60.00", reference: "CB-1" });
  const changed = await exceptions();
  await operate(dispute, "recordChargeback", { amount: "40.00", reference: "CB-2" });

  expect(unchanged).toEqual([]);
  expect(changed).toMatchObject([{ dispute, amount: { amount: "40.00" } }]);
  expect(await ageing()).toEqual([]);
  expect(await ageing("?settled=true")).toMatchObject([{ dispute, outcome: "balanced" }]);
});

test("declined, nothing is resolved and the exception stays", async () => {
  const { dispute, url, version } = await anException();
  await post(url, { version, body: { reason: "small", override: OVERRIDE } });

  await decide("ben", false);

  expect(await exceptions()).toHaveLength(1);
  expect((await get(`/v1/disputes/${dispute}`)).body["state"]).toBe("finalCredit");
  expect(await ageing()).toEqual([]);
});

test("nobody agreed to books that moved since, and a reopening ends the item", async () => {
  const { dispute, url, version } = await anException();
  await post(url, { version, body: { reason: "small", override: OVERRIDE } });
  await operate(dispute, "recordChargeback", { amount: "60.00", reference: "CB-3" });

  await expect(decide("ben")).rejects.toMatchObject({ code: "transition-refused" });

  expect((await get(`/v1/disputes/${dispute}`)).body["state"]).toBe("finalCredit");
});

test("a reopening ends what aged", async () => {
  const { dispute, url, version } = await anException();
  await post(url, { version, body: { reason: "small", override: OVERRIDE } });
  await decide("ben");

  await operate(dispute, "reopen", { reason: "reasserted" });

  expect(await ageing("?settled=true")).toMatchObject([{ dispute, outcome: "reopened" }]);
});

test.each([
  ["no right", { role: "analyst" as const }, {}, "forbidden"],
  ["a date that is past", {}, { dueOn: "2026-11-01" }, "date-invalid"],
  ["no owner", {}, { owner: " " }, "input-invalid"],
])("an override with %s is refused", async (_, { role }: { role?: "analyst" }, given, code) => {
  const { url, version } = await anException();
  const key = role === undefined ? undefined : await server().keyFor(`only-${role}`, [role]);

  const answer = await post(
    url,
    { version, body: { reason: "small", override: { ...OVERRIDE, ...given } } },
    key,
  );

  expect(answer.body["code"]).toBe(code);
});

/** Resolved with a write-off that left in a file and was acknowledged; then something happens. */
async function resolvedByFile() {
  const { dispute } = await opened("filed");
  await operate(dispute, "payDispute");
  await operate(dispute, "writeOff", { amount: "100.00", justification: "cost" });
  await move(dispute, "pendingBatch", "takenIntoFile");
  await move(dispute, "inFile", "acknowledged");
  const resolved = await operate(dispute, "resolve", { decision: "writeOff" });
  expect(resolved.status).toBe(201);
  expect(await exceptions()).toEqual([]);
  return dispute;
}

async function move(dispute: string, from: AdjustmentState, event: AdjustmentEvent) {
  const rows = await db.query<{ clientId: string; id: string }>(sql`
    select a.client_id as "clientId", a.id from adjustment a
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    where d.number = ${dispute} and a.state = ${from}`);
  expect(rows.length).toBeGreaterThan(0);
  const { engine } = server();
  await db.transaction((tx) =>
    moveAdjustments(
      tx,
      engine,
      rows.map(({ clientId, id }) => ({
        clientId,
        adjustmentId: id,
        from,
        event,
        actor: "core",
        ...(event === "acknowledged" || event === "returned"
          ? {
              execution: {
                basis: event,
                reference: "F-1",
                postingDate: "2026-11-16",
              },
            }
          : {}),
      })),
    ),
  );
}

test("resolved, and a posting is returned: the gate runs again", async () => {
  await filedClient();
  const dispute = await resolvedByFile();

  await move(dispute, "executed", "returned");

  expect(await exceptions()).toMatchObject([
    { dispute, reason: "writeOff: an adjustment is batchFailed" },
  ]);
});

test("resolved while in a file, and the line is refused: the gate runs again", async () => {
  await filedClient();
  const { dispute } = await opened("filed");
  await operate(dispute, "payDispute");
  await operate(dispute, "writeOff", { amount: "100.00", justification: "cost" });
  await move(dispute, "pendingBatch", "takenIntoFile");
  expect((await operate(dispute, "resolve", { decision: "writeOff" })).status).toBe(201);

  await move(dispute, "inFile", "lineRefused");

  const [exception] = await exceptions();
  expect(exception).toMatchObject({ dispute });
  expect(String(exception?.["reason"])).toContain("batchFailed");
});

test("resolved, and what waited for its file is cancelled: the gate runs again", async () => {
  await filedClient();
  const { dispute } = await opened("filed");
  await operate(dispute, "payDispute");
  await operate(dispute, "writeOff", { amount: "100.00", justification: "cost" });
  expect((await operate(dispute, "resolve", { decision: "writeOff" })).status).toBe(201);
  const { body } = await get("/v1/assignments?type=Pending%20Batch%20Accounting");
  const loss = body.items.at(-1);

  const cancelled = await post(`/v1/assignments/${String(loss?.["id"])}/cancellation`, {
    version: Number(loss?.["version"]),
    body: { reason: "keyed twice" },
  });

  expect(cancelled.status).toBe(200);
  expect(await exceptions()).toMatchObject([{ dispute, type: "Accounting Exception" }]);
});

async function filedClient(): Promise<void> {
  await client("filed", { batchProfiles: { nightly: {} } });
}
