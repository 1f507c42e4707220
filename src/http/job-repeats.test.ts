/** A job whose answer was lost, and jobs over work that no movement belongs to. */
import { afterEach, beforeEach, expect, test } from "vitest";

import { aClaim, useCaseApi } from "../../test/support/http-case.ts";
import { closedAccountService } from "../../test/support/closing-core.ts";
import type { Peer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";
import { runRound, serviceDesk } from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { allJobKinds } from "../job-kinds.ts";
import { noFailpoints } from "../kernel/failpoints.ts";
import { runTurn } from "../work/run-jobs.ts";

const db = useDatabase();
const { client, get, opened, operate, post, server } = useCaseApi(db);
let peer: Peer;

beforeEach(async () => {
  peer = await startPeer(() => ({ status: 422, body: '{"code": "CLOSED"}' }));
});
afterEach(() => peer.stop());

const toBen = { kind: "assignWork", filter: { client: "harbor" }, action: { person: "key:ben" } };

/** As after the death of a server between what it did and the answer to it. */
async function answerLost(key: string): Promise<void> {
  await db.owner.execute(sql`
    update http_answer
    set status = null, headers = null, body = null, started_at = started_at - interval '1 hour'
    where key = ${key}`);
}

async function assigned(): Promise<number> {
  const engine = server().engine;
  const desk = { ...engine, failpoints: noFailpoints, report: () => undefined };
  while (await runTurn(desk, allJobKinds(engine), { worker: "test" }));
  const { events } = await db.one<{ events: number }>(sql`
    select count(*)::int as events from assignment_event where kind = 'assigned'`);
  return events;
}

test("a job whose answer was lost is the same job when it is asked for again", async () => {
  await server().keyFor("ben");
  const { dispute } = await opened();
  await operate(dispute, "issueProvisionalCredit");
  const first = await post("/v1/jobs", { body: toBen, key: "once" });
  const before = await assigned();
  await answerLost("once");

  const again = await post("/v1/jobs", { body: toBen, key: "once" });

  expect([again.status, again.body["id"]]).toEqual([202, first.body["id"]]);
  expect([before, await assigned()]).toEqual([1, 1]);
});

test("another job under the key of a former one is refused", async () => {
  await server().keyFor("ben");
  await post("/v1/jobs", { body: toBen, key: "once" });
  await db.owner.execute(sql`delete from http_answer`);

  const other = { ...toBen, kind: "releaseWork", action: {} };
  const again = await post("/v1/jobs", { body: other, key: "once" });

  expect(again).toMatchObject({ status: 422, body: { code: "key-reused" } });
});

test("a claim whose answer was lost is opened once", async () => {
  const first = await post("/v1/claims", { body: aClaim(), key: "claim" });
  await answerLost("claim");

  const again = await post("/v1/claims", { body: aClaim(), key: "claim" });

  expect([again.status, again.body]).toEqual([201, first.body]);
});

test.each([
  ["retryWork", "skipped"],
  ["completeWork", "skipped"],
  ["nextFileWork", "skipped"],
  ["assignWork", "done"],
])(
  "%s over work of a dispute as a whole, which no movement belongs to: %s",
  async (kind, outcome) => {
    await server().keyFor("ben");
    const bank = `closing-${kind.toLowerCase()}`;
    const core = closedAccountService(peer.address);
    const approvals = { attestation: [{ above: "10.00", levels: 1 }] };
    await client(bank, { services: { core }, approvals });
    const { dispute } = await opened(bank);
    await operate(dispute, "issueProvisionalCredit");
    await runRound(serviceDesk(server().engine));
    const filter = { client: bank, type: "Accounting Exception" };
    const statement = { reference: "R-1", postingDate: "2026-11-16", attested: true };
    const actions: Record<string, object> = { completeWork: statement, assignWork: toBen.action };
    const action = actions[kind] ?? {};

    const asked = await post("/v1/jobs", { body: { kind, filter, action } });
    await assigned();

    const { body } = await get(`/v1/jobs/${String(asked.body["id"])}/items`);
    expect(body.items.map((one) => [one["adjustment"], one["outcome"]])).toEqual([[null, outcome]]);
  },
);
