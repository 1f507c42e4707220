/** Where attestations above a tier meet jobs, other people's actions and operations: never twice. */
import { expect, test } from "vitest";

import { useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";
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
  const id = String(body["id"]);
  return { claim, dispute, id, url: `/v1/assignments/${id}`, version: Number(body["version"]) };
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

test("a denial does not take as unsent what was attested and waits for its approval", async () => {
  const { url, version, dispute } = await work();
  await post(`${url}/completion`, { version, body: STATED });

  const denied = await operate(dispute, "denyDispute", { debitOn: "now" });

  const { body } = await get(url);
  expect(body).toMatchObject({ outcome: null, adjustmentState: "pendingManual" });
  expect(denied.body).toMatchObject({ adjustments: [{ state: "planned" }] });
});
