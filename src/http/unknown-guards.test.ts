/**
 * While nobody knows whether it was posted, the API lets nobody take another way: every verb, every
 * operation that could undo it, until somebody found out.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Peer, PeerAnswer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";
import type { Answer } from "../../test/support/http.ts";
import { useCaseApi } from "../../test/support/http-case.ts";
import { runRound, serviceDesk } from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { noFailpoints } from "../kernel/failpoints.ts";
import { createDispatcher } from "../service/dispatcher.ts";
import { serviceJobKinds } from "../service/job-kinds.ts";
import { jobKinds } from "../work/job-kinds.ts";
import { runTurn } from "../work/run-jobs.ts";

const db = useDatabase();
let peer: Peer;
let answer: PeerAnswer;
const { assignmentOf, client, get, opened, operate, post, server } = useCaseApi(db);

beforeEach(async () => {
  answer = "drop";
  peer = await startPeer(() => answer);
});
afterEach(() => peer.stop());

let ordinal = 0;

/** A credit of which the call was made and the answer is lost. */
async function aCredit(settings: Record<string, unknown> = {}) {
  const bank = `bank-${(ordinal += 1)}`;
  const core = {
    protocol: "rest-json",
    url: peer.address,
    key: { lifeSeconds: 0 },
    post: { path: "/post", body: { key: "{{key}}" } },
    answer: { reference: "body.id", code: "body.code" },
    accountChange: { allowed: true },
    ...settings,
  };
  await client(bank, { services: { core } });
  const { dispute } = await opened(bank);
  await operate(dispute, "issueProvisionalCredit");
  return { bank, dispute };
}

async function anUnknown(settings: Record<string, unknown> = {}) {
  const one = await aCredit(settings);
  await runRound(serviceDesk(server().engine));
  const { body } = await assignmentOf(one.dispute);
  expect(body).toMatchObject({ adjustmentState: "unknown" });
  return one;
}

const BODIES: [string, Record<string, unknown>][] = [
  ["retry", {}],
  ["manual", { reason: "we do it ourselves" }],
  ["cancellation", { reason: "keyed twice" }],
  ["completion", { reference: "R1", postingDate: "2026-11-16", attested: true }],
  ["failure", { reason: "could not" }],
  ["override", { reason: "let it through" }],
  ["account", { number: "9988776655", reason: "moved" }],
  ["receivable", { reason: "closed" }],
  ["approval", { approved: true }],
];

async function perform(
  dispute: string,
  verb: string,
  body: Record<string, unknown>,
  key?: string,
): Promise<Answer> {
  const shown = await assignmentOf(dispute);
  const url = `/v1/assignments/${String(shown.body["id"])}/${verb}`;
  return post(url, { body, version: Number(shown.body["version"]) }, key);
}

async function untouched(dispute: string, state: string): Promise<void> {
  const rows = await db.query(sql`
    select a.state, a.route, (select count(*)::int from entry e
      where e.client_id = a.client_id and e.adjustment_id = a.id) as entries,
      (select count(*)::int from execution x
      where x.client_id = a.client_id and x.adjustment_id = a.id) as executions
    from adjustment a
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    where d.number = ${dispute}
    order by a.ordinal limit 1
  `);
  expect(rows).toEqual([{ state, route: "AUTO", entries: 1, executions: 0 }]);
}

describe("no verb while unknown", () => {
  test.each([...BODIES, ["run", {}] as [string, Record<string, unknown>]])(
    "%s, where only a person can find out",
    async (verb, body) => {
      const { dispute } = await anUnknown();
      expect((await assignmentOf(dispute)).body["type"]).toBe("Execute Accounting Service Failed");

      const refused = await perform(dispute, verb, body);

      expect([refused.status, refused.body["code"]]).toEqual([409, "transition-refused"]);
      await untouched(dispute, "unknown");
    },
  );

  test.each([
    ...BODIES,
    ["finding", { posted: false, reason: "not there" }] as [string, Record<string, unknown>],
  ])("%s, where the machine still finds out", async (verb, body) => {
    const { dispute } = await anUnknown({ key: { lifeSeconds: 86_400 } });
    expect((await assignmentOf(dispute)).body["type"]).toBe("Pending Accounting Service");

    const refused = await perform(dispute, verb, body);

    expect([refused.status, refused.body["code"]]).toEqual([409, "transition-refused"]);
    await untouched(dispute, "unknown");
  });

  test("none is offered but a finding", async () => {
    const { dispute } = await anUnknown();

    const { body } = await assignmentOf(dispute);
    const actions = body["actions"] as { name: string; allowed: boolean; why?: string }[];

    const allowed = actions.filter((one) => one.allowed).map((one) => one.name);
    // The others only say who works it, and when.
    expect(allowed).toEqual([
      ...["take", "finding", "pending", "unworkable", "assignment", "note"],
    ]);
    const retry = actions.find((one) => one.name === "retry");
    expect(retry?.why).toBe("Nobody knows yet whether it was posted: find out first");
  });
});

describe("no verb while it is being sent", () => {
  test.each(BODIES)("%s", async (verb, body) => {
    const { dispute } = await aCredit();
    answer = { status: 200, body: '{"id": "S1"}', milliseconds: 300 };
    const dispatcher = createDispatcher(serviceDesk(server().engine), { worker: "test" });
    await dispatcher.round();

    const refused = await perform(dispute, verb, body);

    expect([refused.status, refused.body["code"]]).toEqual([409, "transition-refused"]);
    await dispatcher.idle();
    await dispatcher.close();
    const rows = await db.query(sql`
      select a.state from adjustment a
      join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
      where d.number = ${dispute}
    `);
    expect(rows).toEqual([{ state: "executed" }]);
  });
});

describe("no operation undoes it", () => {
  test("a denial waits, a reversal and a resolution are refused", async () => {
    const { dispute } = await anUnknown();
    const { body } = await assignmentOf(dispute);
    const adjustment = String(body["adjustment"]);

    const reversed = await post(`/v1/adjustments/${adjustment}/reversal`, {
      body: { reason: "wrong" },
      version: Number((await get(`/v1/adjustments/${adjustment}`)).body["version"]),
    });
    const denied = await operate(dispute, "denyDispute", { debitOn: "now", reason: "no error" });
    const resolved = await operate(dispute, "resolve", { decision: "deny" });

    expect(reversed.body["code"]).toBe("not-reversible");
    expect(denied.body).toMatchObject({ adjustments: [{ state: "planned" }] });
    expect(resolved.status).toBe(409);
    await untouched(dispute, "unknown");
  });

  test("the core's own suspense cancels no credit that may have been posted", async () => {
    const { dispute } = await anUnknown();

    const input = { amount: "100.00", reference: "CS-1" };
    const recorded = await operate(dispute, "recordCoreSuspensePosting", input);

    expect(recorded.status).toBe(201);
    await untouched(dispute, "unknown");
  });

  test("a job that retries all that failed leaves it alone", async () => {
    const { bank, dispute } = await anUnknown();

    const { engine } = server();

    const asked = await post("/v1/jobs", {
      body: { kind: "retryFailedServiceCalls", filter: { client: bank } },
    });
    const desk = { ...engine, failpoints: noFailpoints, report: () => undefined };
    const kinds = jobKinds(serviceJobKinds(engine));
    while (await runTurn(desk, kinds, { worker: "test", chunk: 10 }));

    expect(asked).toMatchObject({ status: 202, body: { progress: { total: 0 } } });
    await untouched(dispute, "unknown");
  });
});

describe("after a finding", () => {
  test("of two people that it did not post, every way is open again", async () => {
    const { dispute } = await anUnknown();
    const other = await server().keyFor("other");
    const found = { posted: false, reason: "not on the list" };

    const first = await perform(dispute, "finding", found);
    expect((await perform(dispute, "cancellation", { reason: "twice" })).status).toBe(409);
    const second = await perform(dispute, "finding", found, other);
    const moved = await perform(dispute, "manual", { reason: "we do it ourselves" });

    expect([first.status, second.status, moved.status]).toEqual([200, 200, 200]);
    expect(moved.body).toMatchObject({ adjustmentState: "pendingManual" });
  });

  test("that it posted, it is executed and nothing is open", async () => {
    const { dispute } = await anUnknown();

    const found = { posted: true, reference: "S1", postingDate: "2026-11-16", reason: "seen" };
    const answered = await perform(dispute, "finding", found);

    expect(answered.body).toMatchObject({ adjustmentState: "executed", actions: [] });
  });
});

describe("before anything was processed", () => {
  test.each([
    ["cancellation", { reason: "keyed twice" }],
    ["manual", { reason: "the core is down" }],
  ])("%s is possible: after a call that certainly did nothing", async (verb, body) => {
    answer = { status: 429, body: "{}" };
    const { dispute } = await aCredit();
    await runRound(serviceDesk(server().engine));

    expect((await perform(dispute, verb, body)).status).toBe(200);
  });
});
