/** Locks, history, groups, bulk jobs and past moments over HTTP, with who may what. */
import { describe, expect, test } from "vitest";

import { call } from "../../test/support/http.ts";
import { useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { allJobKinds } from "../job-kinds.ts";
import { noFailpoints } from "../kernel/failpoints.ts";
import { runTurn } from "../work/run-jobs.ts";

const db = useDatabase();
const api = useCaseApi(db);
const { assignmentOf, get, opened, operate, post, server } = api;

async function work(): Promise<{ claim: string; id: string; version: number }> {
  const { claim, dispute } = await opened();
  await operate(dispute, "issueProvisionalCredit");
  const { body } = await assignmentOf(dispute);
  return { claim, id: String(body["id"]), version: Number(body["version"]) };
}

const remove = (url: string, key: string) => call(server().app, key, "DELETE", url);

async function runJobs(): Promise<void> {
  const { engine } = server();
  const report = (problem: string, error: unknown): never => {
    throw new Error(problem, { cause: error });
  };
  const desk = { ...engine, failpoints: noFailpoints, report };
  while (await runTurn(desk, allJobKinds(engine), { worker: "test" }));
}

describe("a claim's lock", () => {
  test("is taken, seen on case and queue, kept from others, given back", async () => {
    const { claim, id, version } = await work();
    const ben = await server().keyFor("ben", ["analyst"]);
    const url = `/v1/claims/${claim}/lock`;

    const free = await get(url);
    const taken = await post(url, { key: null });
    const others = await post(url, { key: null }, ben);
    const bens = await post(`/v1/assignments/${id}/take`, { version }, ben);
    const next = await post("/v1/assignments/next", { body: {} }, ben);
    const { body: queue } = await get("/v1/assignments", ben);
    const refused = await remove(url, ben);
    const gone = await remove(url, api.admin());

    expect(free.body).toMatchObject({ holder: null, isMine: false });
    expect(taken.body).toMatchObject({ holder: "key:admin", isMine: true });
    expect(others.body).toMatchObject({ code: "claim-locked", facts: { holder: "key:admin" } });
    expect(bens.body).toMatchObject({ code: "claim-locked" });
    expect(next.status).toBe(204);
    expect(queue.items[0]?.["lock"]).toMatchObject({ holder: "key:admin" });
    expect(refused.status).toBe(409);
    expect(gone.status).toBe(204);
    expect((await get(url)).body).toMatchObject({
      holder: null,
      history: [{ kind: "released" }, { kind: "taken" }],
    });
  });

  test("is broken by a supervisor with a reason alone", async () => {
    const { claim } = await work();
    await post(`/v1/claims/${claim}/lock`, { key: null });
    const supervisor = await server().keyFor("sue", ["supervisor"]);
    const viewer = await server().keyFor("vic", ["viewer"]);

    const without = await remove(`/v1/claims/${claim}/lock`, supervisor);
    const notAllowed = await remove(`/v1/claims/${claim}/lock?reason=x`, viewer);
    const broken = await remove(`/v1/claims/${claim}/lock?reason=went%20home`, supervisor);

    expect([without.status, notAllowed.status, broken.status]).toEqual([422, 403, 204]);
    expect((await get(`/v1/claims/${claim}/lock`)).body["history"]).toMatchObject([
      { kind: "broken", actor: "key:sue", holder: "key:admin", reason: "went home" },
      { kind: "taken" },
    ]);
  });
});

test("a stale write is told what changed, by whom and when; the history says it all", async () => {
  const { id, version } = await work();
  const ben = await server().keyFor("ben", ["analyst"]);
  await post(`/v1/assignments/${id}/take`, { version }, ben);

  const stale = await post(`/v1/assignments/${id}/unworkable`, {
    version,
    body: { reason: "cannot" },
  });
  const history = await get(`/v1/assignments/${id}/history`);

  expect(stale.status).toBe(412);
  expect(stale.body["detail"]).toContain("taken by key:ben");
  expect(stale.body["facts"]).toMatchObject({ changes: [{ what: "taken", by: "key:ben" }, {}] });
  expect(history.body.items).toMatchObject([
    { kind: "opened", actor: "redress" },
    { kind: "taken", what: "taken", actor: "key:ben", assignee: "key:ben" },
  ]);
});

describe("all that match", () => {
  const bulk = (kind: string, filter: object, action: object, more = "") =>
    post(`/v1/jobs${more}`, { body: { kind, filter, action } });

  test("are completed by one statement, item by item, as a job", async () => {
    const items = [await work(), await work(), await work()];
    const ben = await server().keyFor("ben", ["analyst"]);
    await post(`/v1/assignments/${items[1]?.id}/take`, { version: 1 }, ben);
    const action = { reference: "CORE-DAY", postingDate: "2026-11-16", attested: true };

    const dry = await bulk("completeWork", { queue: "ExecuteAccounting" }, action, "?dryRun=true");
    const asked = await bulk("completeWork", { queue: "ExecuteAccounting" }, action);
    await runJobs();
    const job = await get(`/v1/jobs/${String(asked.body["id"])}`);
    const results = await get(`/v1/jobs/${String(asked.body["id"])}/items`);

    expect(dry.body).toEqual({ matches: 3 });
    expect(job.body).toMatchObject({ state: "done", progress: { done: 2, skipped: 1, failed: 0 } });
    expect(results.body.items).toContainEqual(
      expect.objectContaining({ outcome: "skipped", code: "assignment-taken" }),
    );
    expect((await get("/v1/assignments")).body.items).toMatchObject([{ id: items[1]?.id }]);
  });

  test("are assigned, pended, marked and restored, those named and no others", async () => {
    const [one, other] = [await work(), await work()];
    const these = { assignments: [one.id] };
    const until = "2026-12-01T15:00:00Z";
    const rowOf = async (id: string) => (await get(`/v1/assignments/${id}`)).body;

    await bulk("assignWork", these, { person: "key:admin" });
    await runJobs();
    const assigned = await rowOf(one.id);
    await bulk("pendWork", { assignee: "me" }, { until, reason: "later" });
    await runJobs();
    const pended = await rowOf(one.id);
    await bulk("markWorkUnworkable", { standing: "pended" }, { reason: "cannot" });
    await runJobs();
    const marked = await rowOf(one.id);
    await bulk("restoreWork", { standing: "unworkable" }, {});
    await runJobs();

    expect(assigned).toMatchObject({ assignee: "key:admin" });
    expect(pended).toMatchObject({ pendedUntil: until, pendReason: "later" });
    expect(marked).toMatchObject({ unworkable: "cannot", assignee: null, pendedUntil: null });
    expect(await rowOf(one.id)).toMatchObject({ unworkable: null, assignee: null });
    expect(await rowOf(other.id)).toMatchObject({ assignee: null, version: other.version });
  });

  test("need the right of their kind, and an action that fits", async () => {
    await work();
    const analyst = await server().keyFor("ben", ["analyst"]);
    const body = { kind: "assignWork", filter: {}, action: { person: "key:ben" } };

    const forbidden = await post("/v1/jobs", { body }, analyst);
    const unfit = await bulk("pendWork", {}, { until: "soon", reason: "later" });
    const kinds = await get("/v1/jobs/kinds", analyst);

    expect(forbidden.status).toBe(403);
    expect(unfit.body).toMatchObject({ code: "input-invalid" });
    expect(unfit.text).toContain("/action/until");
    expect(kinds.body.items).toContainEqual(
      expect.objectContaining({ kind: "assignWork", isAllowed: false }),
    );
  });
});

describe("groups", () => {
  test("are set up, changed as they were read, and removed", async () => {
    const url = "/v1/work-groups";
    const made = await post(url, { body: { name: "Chargebacks", members: ["key:admin"] } });
    const put = (version: number) =>
      call(server().app, api.admin(), "PUT", `${url}/Chargebacks`, {
        version,
        body: { description: "second floor" },
      });
    const changed = await put(1);
    const stale = await put(1);
    const listed = (await get(url)).body.items;
    const analyst = await server().keyFor("ben", ["analyst"]);
    const forbidden = await post(url, { body: { name: "Mine" } }, analyst);
    const gone = await remove(`${url}/Chargebacks`, api.admin());

    expect(made.status).toBe(201);
    expect(changed.body).toMatchObject({ description: "second floor", members: [], version: 2 });
    expect([stale.status, forbidden.status, gone.status]).toEqual([412, 403, 204]);
    expect(listed.map((one) => one["name"])).toEqual(
      ["Accounting", "Approver", "Chargebacks", "Exception", "Pending", "Specialist"].filter(
        (name) => listed.some((one) => one["name"] === name),
      ),
    );
    expect((await get(`${url}/Chargebacks`)).status).toBe(404);
  });
});

test("list, counts, plot, past and bulk action count the same work of a group", async () => {
  const { engine } = server();
  const items = [await work(), await work(), await work()];
  for (const { id, version } of items.slice(1)) {
    await post(`/v1/assignments/${id}/assignment`, {
      version,
      body: { person: "key:admin", workGroup: "Specialist" },
    });
  }
  engine.clock.advance({ hours: 1 });
  const now = engine.clock.now().toString();
  const filter = { workGroup: "Specialist", assignee: "me", queue: "ExecuteAccounting" };
  const query = new URLSearchParams(filter).toString();
  const listed = async (url: string) => (await get(url)).body.items;
  const open = async (url: string) => (await listed(url)).map((queue) => queue["open"]);
  const completion = { reference: "CORE-1", postingDate: "2026-11-16", attested: true };
  const body = { kind: "completeWork", filter, action: completion };

  const bulk = await post("/v1/jobs?dryRun=true", { body });

  expect(bulk.body).toEqual({ matches: 2 });
  expect(await listed(`/v1/assignments?${query}`)).toHaveLength(2);
  expect(await listed(`/v1/assignments?${query}&asOf=${now}`)).toHaveLength(2);
  expect(await open(`/v1/queues?${query}`)).toEqual([2]);
  expect(await open(`/v1/queues?${query}&asOf=${now}`)).toEqual([2]);
  const span = `from=2026-11-16T00:00:00Z&to=${now}&moments=2`;
  expect(await open(`/v1/queues/history?${query}&${span}`)).toEqual([0, 2]);
  expect(await open("/v1/queues?workGroup=Nobody")).toEqual([]);
});

test("a past moment is listed page by page as it was then", async () => {
  const { engine } = server();
  const [one, other] = [await work(), await work()];
  engine.clock.advance({ hours: 1 });
  const before = engine.clock.now().toString();
  engine.clock.advance({ hours: 1 });
  const statement = { reference: "CORE-1", postingDate: "2026-11-16", attested: true };
  await post(`/v1/assignments/${one.id}/completion`, { version: one.version, body: statement });
  await post(`/v1/assignments/${other.id}/take`, { version: other.version });

  const first = await get(`/v1/assignments?asOf=${before}&limit=1`);
  const second = await get(
    `/v1/assignments?asOf=${before}&limit=1&cursor=${String(first.body["next"])}`,
  );
  const queues = async (query: string) => (await get(`/v1/queues${query}`)).body.items;
  const plot = await get(
    `/v1/queues/history?from=${before}&to=${engine.clock.now().toString()}&moments=2`,
  );

  const shown = [...first.body.items, ...second.body.items];
  expect(new Set(shown.map((row) => row["id"]))).toEqual(new Set([one.id, other.id]));
  expect(shown).toMatchObject([
    { adjustmentState: "pendingManual", assignee: null, actions: [] },
    { adjustmentState: "pendingManual", assignee: null, actions: [] },
  ]);
  expect(second.body["next"]).toBeNull();
  expect(await queues(`?asOf=${before}`)).toMatchObject([{ open: 2, unassigned: 2 }]);
  expect(await queues("")).toMatchObject([{ open: 1, unassigned: 0 }]);
  expect(plot.body.items).toMatchObject([{ open: 2 }, { open: 1 }]);
});
