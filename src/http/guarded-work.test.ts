/** Where attestations above a tier meet jobs, other people and operations: never done twice. */
import { describe, expect, test } from "vitest";

import { useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { allJobKinds } from "../job-kinds.ts";
import { noFailpoints } from "../kernel/failpoints.ts";
import { runTurn } from "../work/run-jobs.ts";

const db = useDatabase();
const api = useCaseApi(db, { approvals: { attestation: [{ above: "50.00", levels: 1 }] } });
const { assignmentOf, get, opened, operate, post, server } = api;

const STATED = { reference: "CORE-1", postingDate: "2026-11-16", attested: true };

async function work() {
  const { claim, dispute } = await opened();
  await operate(dispute, "issueProvisionalCredit");
  const { body } = await assignmentOf(dispute);
  const adjustment = String(body["adjustment"]);
  const url = `/v1/assignments/${String(body["id"])}`;
  return { claim, dispute, adjustment, url, version: Number(body["version"]) };
}

async function runJobs(): Promise<void> {
  const { engine } = server();
  const report = (problem: string, error: unknown): never => {
    throw new Error(problem, { cause: error });
  };
  const desk = { ...engine, failpoints: noFailpoints, report };
  while (await runTurn(desk, allJobKinds(engine), { worker: "test" }));
}

test("a job completes nothing above a tier without the second person", async () => {
  const { url } = await work();

  const job = await post("/v1/jobs", {
    body: { kind: "completeWork", filter: { client: "harbor" }, action: STATED },
  });
  await runJobs();

  const { body } = await get(url);
  expect(body).toMatchObject({ outcome: null });
  const { body: results } = await get(`/v1/jobs/${String(job.body["id"])}/items`);
  expect(results.items).toMatchObject([{ outcome: "failed", code: "approval-required" }]);
});

test.each([
  ["failure", { reason: "refused there" }],
  ["cancellation", { reason: "not wanted" }],
])("what was attested and waits for its approval allows no %s", async (action, body) => {
  const { url, version } = await work();
  const asked = await post(`${url}/completion`, { version, body: STATED });
  const ben = await server().keyFor("ben");

  const other = await post(`${url}/${action}`, { version, body }, ben);

  expect(asked.body).toMatchObject({ outcome: null });
  expect([other.status, other.body["code"]]).toEqual([409, "transition-refused"]);
  expect((await get("/v1/approvals")).body.items).toMatchObject([{ state: "waiting" }]);
});

test("an attestation that is declined holds nothing up any more", async () => {
  const { url, version } = await work();
  await post(`${url}/completion`, { version, body: STATED });
  const [request] = (await get("/v1/approvals")).body.items;
  const ben = await server().keyFor("ben");

  await post(
    `/v1/approvals/${String(request?.["id"])}/decisions`,
    { version: 1, body: { approved: false, reason: "it is not in the core" } },
    ben,
  );
  const failed = await post(`${url}/failure`, { version, body: { reason: "refused there" } });

  expect(failed.status).toBe(200);
});

test.each(["claim", "assignment"])("whoever approves may have the %s open", async (what) => {
  const { claim, url, version } = await work();
  await post(`${url}/completion`, { version, body: STATED });
  const [request] = (await get("/v1/approvals")).body.items;
  const ben = await server().keyFor("ben");
  if (what === "claim") await post(`/v1/claims/${claim}/lock`, { key: null }, ben);
  else await post(`${url}/take`, { version }, ben);

  const decided = await post(
    `/v1/approvals/${String(request?.["id"])}/decisions`,
    { version: 1, body: { approved: true } },
    ben,
  );

  expect(decided.body).toMatchObject({ state: "approved" });
  expect((await get(url)).body).toMatchObject({ outcome: "executed" });
});

test("a denial does not take as unsent what was attested and waits for its approval", async () => {
  const { url, version, dispute } = await work();
  await post(`${url}/completion`, { version, body: STATED });

  const denied = await operate(dispute, "denyDispute", { debitOn: "now" });

  const { body } = await get(url);
  expect(body).toMatchObject({ outcome: null, adjustmentState: "pendingManual" });
  expect(denied.body).toMatchObject({ adjustments: [{ state: "planned" }] });
});

describe("a job respects whoever has the claim open", () => {
  const jobOf = async (kind: string) => {
    const job = await post("/v1/jobs", {
      body: { kind, filter: { client: "harbor" }, action: {} },
    });
    await runJobs();
    return (await get(`/v1/jobs/${String(job.body["id"])}/items`)).body.items;
  };
  const failedAs = async (route: "service" | "batch") => {
    const { claim, adjustment, url, version } = await work();
    await post(`${url}/failure`, { version, body: { reason: "refused there" } });
    if (route === "batch") {
      await db.owner.execute(sql`
        update adjustment set state = 'batchFailed', failed_route = 'batch'
        where id = ${adjustment}`);
      await db.owner.execute(sql`
        update assignment set type = 'Execute Batch Accounting Failed'
        where adjustment_id = ${adjustment} and is_open`);
    }
    return { claim, adjustment };
  };

  test.each([
    ["nextFileWork", "batch"],
    ["retryWork", "service"],
  ] as const)("%s skips it", async (kind, route) => {
    const { claim } = await failedAs(route);
    await post(`/v1/claims/${claim}/lock`, { key: null }, await server().keyFor("ben"));

    expect(await jobOf(kind)).toMatchObject([{ outcome: "skipped", code: "claim-locked" }]);
  });

  test("and whoever has the assignment", async () => {
    await failedAs("batch");
    const [row] = (await get("/v1/assignments")).body.items;
    const take = `/v1/assignments/${String(row?.["id"])}/take`;
    await post(take, { version: Number(row?.["version"]) }, await server().keyFor("ben"));

    expect(await jobOf("nextFileWork")).toMatchObject([
      { outcome: "skipped", code: "assignment-taken" },
    ]);
  });
});

test("what was attested and waits for its approval goes into no next file", async () => {
  const { adjustment, url, version } = await work();
  await post(`${url}/failure`, { version, body: { reason: "refused there" } });
  await db.owner.execute(sql`
    update adjustment set state = 'batchFailed', failed_route = 'batch' where id = ${adjustment}`);
  await db.owner.execute(sql`
    update assignment set type = 'Execute Batch Accounting Failed'
    where adjustment_id = ${adjustment} and is_open`);
  const [row] = (await get("/v1/assignments")).body.items;
  const failed = `/v1/assignments/${String(row?.["id"])}`;
  const seen = Number(row?.["version"]);
  await post(`${failed}/completion`, { version: seen, body: STATED });

  const again = await post(`${failed}/retry`, { version: seen, body: {} });

  expect([again.status, again.body["code"]]).toEqual([409, "transition-refused"]);
  expect(String(again.body["detail"])).toContain("attested");
});

test("evidence names no card number, and comes not while others have the claim open", async () => {
  const { claim, url } = await work();
  const headers = { "content-type": "application/octet-stream" };
  const show = (name: string) =>
    post(`${url}/evidence?name=${encodeURIComponent(name)}`, {
      body: Buffer.from("%PDF-1.7 posted"),
      headers,
    });

  const named = await show("print 4000123412341234.pdf");
  await post(`/v1/claims/${claim}/lock`, { key: null }, await server().keyFor("ben"));
  const locked = await show("print.pdf");

  expect([named.status, named.body["code"]]).toEqual([422, "card-number-in-text"]);
  expect([locked.status, locked.body["code"]]).toEqual([409, "claim-locked"]);
});
