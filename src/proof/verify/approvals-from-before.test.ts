/** A database from before there were requests: what was approved then is no violation, once. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { approved } from "../../../test/support/approved.ts";
import { batchDesk } from "../../../test/support/batch-desk.ts";
import { aClient, aDisputeOf, operate, testEngine } from "../../../test/support/engine.ts";
import { execute } from "../../../test/support/owner.ts";
import { violationsOf } from "../../../test/support/planted.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { sql } from "../../database/sql.ts";
import { listAssignments } from "../../work/views.ts";

const database = useDatabase();
const engine = testEngine(database);
const desk = batchDesk(engine);
const MIGRATIONS = join(import.meta.dirname, "../../../migrations");

const UPGRADED = "2026-11-17T00:00:00Z";

/** A credit and a fee that somebody else approved. */
async function agreedTo(clientId: string): Promise<void> {
  const dispute = await aDisputeOf(engine, clientId);
  await operate(engine, clientId, dispute, "issueProvisionalCredit");
  const fee = { rule: "CoreFee", amount: "10.00", reason: "test" };
  await operate(engine, clientId, dispute, "adjustManually", fee);
  const { items } = await listAssignments(database, { clientIds: [clientId], limit: 20 });
  await approved(
    engine,
    items.filter((row) => row.type === "Approve Accounting"),
  );
}

const forgetRequests = () =>
  execute(
    database.url,
    `set session_replication_role = replica;
     delete from approval_decision; delete from approval_level; delete from approval_chain;
     delete from approval_request;`,
  );

/** As if the requests had come at that instant: the migration that tells old from new runs anew. */
async function upgradedAt(instant: string): Promise<void> {
  const file = join(MIGRATIONS, "000225_approvals_from_before.sql");
  const text = await readFile(file, "utf8");
  await execute(
    database.url,
    `update schema_migration set applied_at = '${instant}' where number = 105;
     ${text.slice(text.indexOf("insert into approval_before"))}`,
  );
}

const found = async () => (await violationsOf(desk)).map(({ check, what }) => [check, what]);

test("what was approved before is none, what is done after without its approval is", async () => {
  const clientId = await aClient(engine, {
    approvals: { issueProvisionalCredit: [{ above: "0.00", levels: 1 }] },
  });
  await agreedTo(clientId);
  await forgetRequests();
  const unknowing = await found();

  await upgradedAt(UPGRADED);
  const upgraded = await found();
  engine.clock.advance({ hours: 48 });
  await agreedTo(clientId);
  const after = await found();
  await forgetRequests();

  const byItself = [
    ["approval-of-what-was-done", "went on 1 times from waiting, approved 0 times"],
    ["approval-of-what-was-done", "went on 1 times from waiting, approved 0 times"],
  ];
  expect(unknowing).toEqual(byItself);
  expect(upgraded).toEqual([]);
  expect(after).toEqual([]);
  expect(await found()).toEqual(byItself);
});

test("nobody passes off as old what is done now", async () => {
  const forged = database.execute(sql`
    insert into approval_before (client_id, subject_kind, subject_id)
    select client_id, 'adjustment', id from adjustment`);

  await expect(forged).rejects.toThrow(/permission denied/);
});
