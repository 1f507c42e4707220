/** Server jobs: asked over HTTP, run in chunks, killed half way, cancelled, refused. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import type { Core } from "../../examples/stand-in-core/core.ts";
import { startCore } from "../../examples/stand-in-core/core.ts";
import { standInService } from "../../examples/stand-in-core/service.ts";
import { aClient } from "../../test/support/engine.ts";
import { call, testServer } from "../../test/support/http.ts";
import type { TestServer } from "../../test/support/http.ts";
import {
  failEvery,
  onlyStanding,
  pendingCredits,
  runRound,
  serviceDesk,
  standing,
} from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import type { Failpoints } from "../kernel/failpoints.ts";
import { noFailpoints } from "../kernel/failpoints.ts";
import { retryServiceCalls } from "../service/retry.ts";
import { serviceJobKinds } from "../service/job-kinds.ts";
import { takeAssignments } from "../work/take.ts";
import { jobKinds } from "../work/job-kinds.ts";
import { lockJob } from "../work/job-views.ts";
import { runTurn, startJobWorker } from "../work/run-jobs.ts";

const db = useDatabase();
const PROCESS = fileURLToPath(new URL("../../test/support/job-process.ts", import.meta.url));
let server: TestServer;
let core: Core;
let admin: string;
let client: string;

beforeAll(async () => {
  server = await testServer(db);
});
afterAll(() => server.app.close());
beforeEach(async () => {
  server.engine.clock.advance({ minutes: 1 });
  admin = await server.keyFor("admin");
  core = await startCore();
  client = await aServiceClient();
});
afterEach(() => core.stop());

function aServiceClient(): Promise<string> {
  const service = { ...standInService(core.address, { callSeconds: 0.3 }), concurrency: 100 };
  return aClient(server.engine, { services: { core: service } });
}

/** Credits that the core refused: each waits for a person. */
async function failed(amounts: readonly string[], of = client): Promise<string[]> {
  failEvery(core, "refuse");
  const ids = await pendingCredits(server.engine, of, amounts);
  await runRound(serviceDesk(server.engine));
  failEvery(core, null);
  return ids;
}

const ask = (filter: Record<string, unknown> = {}, kind = "retryFailedServiceCalls", key = admin) =>
  call(server.app, key, "POST", "/v1/jobs", { body: { kind, filter } });
const shown = (id: unknown) => call(server.app, admin, "GET", `/v1/jobs/${String(id)}`);
const items = (id: unknown, query = "") =>
  call(server.app, admin, "GET", `/v1/jobs/${String(id)}/items${query}`);

interface RunOptions {
  readonly chunk?: number;
  readonly failpoints?: Failpoints;
}

function jobDesk({ failpoints = noFailpoints }: RunOptions = {}) {
  const { engine } = server;
  const problems: unknown[] = [];
  const report = (problem: string, error: unknown) => void problems.push([problem, error]);
  return { desk: { ...engine, failpoints, report }, kinds: kindsNow(), problems };
}

function kindsNow() {
  return jobKinds(serviceJobKinds(server.engine));
}

async function runAll(options: RunOptions = {}): Promise<void> {
  const { desk, kinds } = jobDesk(options);
  while (await runTurn(desk, kinds, { worker: "test", chunk: options.chunk ?? 100 }));
}

async function states(ids: readonly string[]): Promise<string[]> {
  return (await standing(db, ids)).map((one) => one.state);
}

describe("a job", () => {
  test("retries everything that failed, and says what became of each", async () => {
    const ids = await failed(["10.00", "11.00", "12.00"]);

    const asked = await ask({ client, service: "core" });
    expect(asked).toMatchObject({
      status: 202,
      body: { state: "waiting", progress: { total: 3, open: 3 }, askedBy: "key:admin" },
    });
    expect(asked.headers.location).toBe(`/v1/jobs/${String(asked.body["id"])}`);
    await runAll({ chunk: 2 });

    const { body } = await shown(asked.body["id"]);
    expect(body).toMatchObject({
      state: "done",
      progress: { total: 3, done: 3, skipped: 0, failed: 0, open: 0 },
    });
    const { body: results } = await items(asked.body["id"]);
    expect(results.items.map((one) => [one["ordinal"], one["outcome"]])).toEqual([
      [1, "done"],
      [2, "done"],
      [3, "done"],
    ]);
    // A retried item is only due: the dispatcher's own limits stay.
    expect(await states(ids)).toEqual(["pendingService", "pendingService", "pendingService"]);
    const actors = await db.query(
      sql`select distinct actor from transition where event = 'retried'`,
    );
    expect(actors).toEqual([{ actor: "key:admin" }]);
    await runRound(serviceDesk(server.engine));
    expect(new Set(await states(ids))).toEqual(new Set(["executed"]));
    expect(core.book.postings()).toHaveLength(3);
  });

  test("reaches what matched when it was asked for: service, code, reason, time", async () => {
    const [first] = await failed(["10.00"]);
    const before = server.engine.clock.now().toString();
    server.engine.clock.advance({ minutes: 5 });
    await failed(["11.00"]);
    const other = await aServiceClient();
    await failed(["12.00"], other);
    const count = async (filter: Record<string, unknown>): Promise<unknown> => {
      const { body } = await call(server.app, admin, "POST", "/v1/jobs?dryRun=true", {
        body: { kind: "retryFailedServiceCalls", filter },
      });
      return body["matches"];
    };

    expect([
      await count({}),
      await count({ client }),
      await count({ client, service: "another" }),
      await count({ client, code: "INSUFFICIENT_FUNDS" }),
      await count({ client, code: "ANOTHER" }),
      await count({ client, reason: "ENOUGH money" }),
      await count({ client, reason: "something else" }),
      await count({ client, failedBefore: before }),
    ]).toEqual([3, 2, 0, 2, 0, 2, 0, 1]);
    const asked = await ask({ client, failedBefore: before });
    await failed(["13.00"]);
    await runAll();

    const { body } = await items(asked.body["id"]);
    expect(body.items.map((one) => one["adjustment"])).toEqual([first]);
  });

  test("skips what moved on and what somebody else has, with the reason", async () => {
    const ids = await failed(["10.00", "11.00", "12.00"]);
    const asked = await ask({ client });
    const [moved, taken] = await standing(db, ids);
    await retryServiceCalls(server.engine, [
      {
        clientId: client,
        assignmentId: moved?.assignmentId ?? "",
        adjustmentId: ids[0] ?? "",
        version: null,
        actor: "bob",
      },
    ]);
    const seen = { clientId: client, id: taken?.assignmentId ?? "", version: null };
    await takeAssignments(server.engine, "bob", [seen]);

    await runAll();

    const { body } = await items(asked.body["id"]);
    expect(body.items.map((one) => [one["outcome"], one["code"]])).toEqual([
      ["skipped", "assignment-closed"],
      ["skipped", "stale-version"],
      ["done", null],
    ]);
    const skipped = await items(asked.body["id"], "?outcome=skipped&limit=1");
    expect(skipped.body.items).toHaveLength(1);
    const next = String(skipped.body["next"]);
    const rest = await items(asked.body["id"], `?outcome=skipped&limit=1&cursor=${next}`);
    expect(rest.body.items.map((one) => one["ordinal"])).toEqual([2]);
  });

  test("is done by whoever asked, with the rights they have when it is done", async () => {
    const [id = ""] = await failed(["10.00"]);
    const asked = await ask({ client });
    await db.execute(sql`update api_key set roles = '{viewer}' where name = 'admin'`);

    await runAll();

    server.engine.clock.advance({ minutes: 1 });
    const { body } = await items(asked.body["id"]);
    expect(body.items).toMatchObject([{ outcome: "skipped", code: "forbidden" }]);
    expect(await onlyStanding(db, id)).toMatchObject({ state: "serviceFailed" });
  });

  test("makes due now what waits for its next call", async () => {
    failEvery(core, "throttle");
    const [id] = await pendingCredits(server.engine, client, ["10.00"]);
    await runRound(serviceDesk(server.engine));
    failEvery(core, null);

    const asked = await ask({ client }, "runServiceCallsNow");
    await runAll();

    expect(asked.body).toMatchObject({ progress: { total: 1 } });
    expect(await runRound(serviceDesk(server.engine))).toBe(1);
    expect(await onlyStanding(db, id ?? "")).toMatchObject({ state: "executed" });
  });

  test("that finds nothing is done at once", async () => {
    const asked = await ask({ client });

    expect(asked.body).toMatchObject({ state: "done", progress: { total: 0 } });
  });

  test("of one item that cannot be done stops no other", async () => {
    const ids = await failed(["10.00", "11.00"]);
    const asked = await ask({ client });
    // Moved behind everybody's back: its assignment is open, and it is not.
    await db.owner.execute(sql`
      update adjustment set state = 'executed', open_assignment_id = null where id = ${ids[0]}
    `);

    await runAll();

    const { body } = await shown(asked.body["id"]);
    expect(body).toMatchObject({ state: "done", progress: { done: 1, skipped: 1 } });
  });
});

test("jobs are listed newest first, by state and page by page", async () => {
  await failed(["10.00"]);
  const first = await ask({ client });
  const second = await ask({ client, code: "NONE" });

  const page = await call(server.app, admin, "GET", "/v1/jobs?limit=1");
  const next = String(page.body["next"]);
  const rest = await call(server.app, admin, "GET", `/v1/jobs?limit=1&cursor=${next}`);
  const done = await call(server.app, admin, "GET", "/v1/jobs?state=done");

  const ids = [...page.body.items, ...rest.body.items].map((one) => one["id"]);
  expect(ids).toEqual([second.body["id"], first.body["id"]]);
  expect(done.body.items.map((one) => one["id"])).toEqual([second.body["id"]]);
});

describe("a small job", () => {
  test("does not wait for a large one to end", async () => {
    await failed(Array<string>(15).fill("10.00"));
    const large = await ask({ client });
    const other = await aServiceClient();
    await failed(["12.00"], other);
    const small = await ask({ client: other });
    const { desk, kinds } = jobDesk();

    await runTurn(desk, kinds, { worker: "test", chunk: 1 });
    await runTurn(desk, kinds, { worker: "test", chunk: 1 });

    expect((await shown(small.body["id"])).body).toMatchObject({ state: "done" });
    expect((await shown(large.body["id"])).body).toMatchObject({
      state: "running",
      progress: { done: 10, open: 5 },
    });
  });
});

describe("cancelling", () => {
  test("ends what has not begun; what is done stays done", async () => {
    const ids = await failed(Array<string>(12).fill("10.00"));
    const asked = await ask({ client });
    const { desk, kinds } = jobDesk();
    await runTurn(desk, kinds, { worker: "test", chunk: 1 });

    const path = `/v1/jobs/${String(asked.body["id"])}/cancellation`;
    const cancelled = await call(server.app, admin, "POST", path);
    await runAll();

    expect(cancelled.body).toMatchObject({
      state: "cancelled",
      cancelledBy: "key:admin",
      progress: { done: 10, open: 2 },
    });
    const left = (await states(ids)).filter((state) => state === "serviceFailed");
    expect(left).toHaveLength(2);
    expect((await items(asked.body["id"], "?outcome=open")).body.items).toHaveLength(2);
    const again = await call(server.app, admin, "POST", path);
    expect(again.body).toMatchObject({ state: "cancelled", progress: { done: 10 } });
  });
});

describe("refused", () => {
  test("to whoever may not retry, and of a client outside the scope", async () => {
    const viewer = await server.keyFor("viewer", ["viewer"]);
    const elsewhere = await server.keyFor("elsewhere", ["operator"], []);
    const asked = await ask({ client });
    const path = `/v1/jobs/${String(asked.body["id"])}`;

    const answers = [
      await ask({ client }, "retryFailedServiceCalls", viewer),
      await ask({ client }, "retryFailedServiceCalls", elsewhere),
      await call(server.app, elsewhere, "GET", path),
      await call(server.app, elsewhere, "GET", `${path}/items`),
      await call(server.app, elsewhere, "POST", `${path}/cancellation`),
      await call(server.app, viewer, "POST", `${path}/cancellation`),
      await ask({ client, surprise: 1 }),
      await ask({ client }, "everything"),
      await shown("7"),
    ];

    expect(answers.map((one) => one.status)).toEqual([403, 404, 404, 404, 404, 403, 422, 422, 404]);
    const { body } = await call(server.app, elsewhere, "GET", "/v1/jobs");
    expect(body.items).toEqual([]);
  });
});

describe("a worker that dies", () => {
  test.each(["job.chunk.uncommitted", "job.chunk.committed"])(
    "at %s has done a chunk or not begun it; another goes on, nothing twice",
    async (point) => {
      const ids = await failed(["10.00", "11.00", "12.00", "13.00", "14.00"]);
      const asked = await ask({ client });
      const now = server.engine.clock.now().toString();
      const child = spawn(process.execPath, [PROCESS, db.url, now, "2", `${point}=kill`], {
        stdio: ["ignore", "ignore", "inherit"],
      });
      const [, signal] = (await once(child, "exit")) as [number | null, string | null];
      expect(signal).toBe("SIGKILL");
      const half = (await shown(asked.body["id"])).body;
      const done = point.endsWith("uncommitted") ? 0 : 2;
      expect(half).toMatchObject({ state: "running", progress: { done, open: 5 - done } });

      // Its lease is not over yet: nobody else touches it.
      await runAll();
      expect((await shown(asked.body["id"])).body).toEqual(half);
      server.engine.clock.advance({ seconds: 31 });
      // The server may need a moment to see that the dead worker's connection is gone.
      await expect
        .poll(async () => {
          await runAll();
          return (await shown(asked.body["id"])).body;
        })
        .toMatchObject({ state: "done", progress: { done: 5, skipped: 0, failed: 0 } });
      const retried = await db.query<{ id: string; times: bigint }>(sql`
        select adjustment_id as id, count(*) as times from transition
        where event = 'retried' group by adjustment_id
      `);
      expect(retried.map((one) => one.id).sort()).toEqual([...ids].sort());
      expect(retried.every((one) => one.times === 1n)).toBe(true);
    },
  );

  test("keeps its lease while it lives, and gives it back when it stops", async () => {
    await failed(Array<string>(30).fill("10.00"));
    const asked = await ask({ client });
    const { desk, kinds, problems } = jobDesk();
    const worker = startJobWorker(desk, kinds, { worker: "w", chunk: 1, pollSeconds: 0.02 });

    await expect
      .poll(async () => (await shown(asked.body["id"])).body["state"], { timeout: 30_000 })
      .toBe("done");
    await worker.stop();

    expect(problems).toEqual([]);
    const [row] = await db.query(sql`select leased_by, leased_until from job`);
    expect(row).toEqual({ leased_by: null, leased_until: null });
  });

  test("loses what somebody else took over: its chunk is not written", async () => {
    await failed(["10.00", "11.00"]);
    const asked = await ask({ client });
    const { desk, kinds } = jobDesk({
      failpoints: {
        at: (name) => {
          if (name === "job.chunk.committed") throw new Error("slept");
        },
      },
    });
    await expect(runTurn(desk, kinds, { worker: "slow", chunk: 1 })).rejects.toThrow("slept");
    await db.execute(sql`update job set leased_by = 'other', leased_until = '2030-01-01'`);

    const id = String(asked.body["id"]);
    const lockedBy = (worker: string) => db.transaction((tx) => lockJob(tx, id, worker));

    await runAll();

    expect([await lockedBy("slow"), (await lockedBy("other"))?.id]).toEqual([undefined, id]);
    expect((await shown(id)).body).toMatchObject({ progress: { done: 1, open: 1 } });
  });
});
