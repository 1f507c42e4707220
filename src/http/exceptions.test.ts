/** An Accounting Exception over HTTP: a refused credit that nobody is credited for. */
import { afterEach, beforeEach, expect, test } from "vitest";

import { closedAccountService } from "../../test/support/closing-core.ts";
import type { Peer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";
import { useCaseApi } from "../../test/support/http-case.ts";
import { runRound, serviceDesk } from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";

const db = useDatabase();
let peer: Peer;
const { assignmentOf, client, get, opened, operate, post, server } = useCaseApi(db);

beforeEach(async () => {
  peer = await startPeer(() => ({ status: 422, body: '{"code": "CLOSED"}' }));
});
afterEach(() => peer.stop());

let ordinal = 0;

async function anException() {
  const bank = `closing-${(ordinal += 1)}`;
  const core = closedAccountService(peer.address);
  await client(bank, { services: { core } });
  const { claim, dispute } = await opened(bank);
  await operate(dispute, "issueProvisionalCredit");
  await runRound(serviceDesk(server().engine));
  const { body } = await assignmentOf(dispute);
  return { claim, dispute, id: String(body["id"]), version: Number(body["version"]), body };
}

test("is somebody's work, in the Resolve step, and closed with a reason", async () => {
  const { claim, dispute, id, version, body } = await anException();
  expect(body).toMatchObject({
    type: "Accounting Exception",
    kind: "user",
    amount: { amount: "100.00" },
    reason: expect.stringContaining("nothing is credited"),
  });
  const rollup = await get(`/v1/claims/${claim}/rollup`);
  expect(JSON.stringify(rollup.body)).toContain("Accounting Exception");

  const url = `/v1/assignments/${id}/resolved`;
  const mute = await post(url, { body: {}, version });
  const done = await post(url, { body: { reason: "paid from another account" }, version });

  expect(mute.status).toBe(422);
  expect(done.body).toMatchObject({ outcome: "resolved", actions: [] });
  const [kept] = await db.query(sql`
    select actor, reason from audit where action = 'resolveException'`);
  expect(kept).toEqual({ actor: "key:admin", reason: "paid from another account" });
  expect((await operate(dispute, "payByCheck")).status).toBe(201);
});

test("stays while a decision in force does not pass its gate", async () => {
  const { dispute, id, version } = await anException();
  const denial = await operate(dispute, "denyDispute", { debitOn: "now", reason: "no error" });
  const resolved = await operate(dispute, "resolve", { decision: "deny" });
  await operate(dispute, "recordChargeback", { amount: "100.00", reference: "CB-1" });

  const url = `/v1/assignments/${id}/resolved`;
  const refused = await post(url, { body: { reason: "seen to" }, version });

  expect([denial.status, resolved.status]).toEqual([201, 201]);
  expect([refused.status, refused.body["code"]]).toEqual([409, "transition-refused"]);
  expect(String(refused.body["detail"])).toContain("still out of balance");
});
