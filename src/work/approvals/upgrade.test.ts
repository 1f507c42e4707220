/** What waited for a second person before there were requests has one after the migrations. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { aSentFile } from "../../../test/support/answers.ts";
import { batchDesk } from "../../../test/support/batch-desk.ts";
import { aClient, aDisputeOf, operate, testEngine } from "../../../test/support/engine.ts";
import { execute } from "../../../test/support/owner.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { stateFate } from "../../batch/state-fate.ts";
import { sql } from "../../database/sql.ts";

const db = useDatabase();
const engine = testEngine(db);
const MIGRATIONS = join(import.meta.dirname, "../../../migrations");

/** The statements of a migration that give what waits its requests. */
async function insertsOf(file: string): Promise<string> {
  const text = await readFile(join(MIGRATIONS, file), "utf8");
  return text.slice(text.indexOf("insert into approval_request"));
}

test("a proposal and a statement that waited wait on, for one other person", async () => {
  const client = await aClient(engine);
  const dispute = await aDisputeOf(engine, client);
  const input = { rule: "CoreFee", amount: "10.00", reason: "before" };
  const { adjustments } = await operate(engine, client, dispute, "adjustManually", input);
  const desk = batchDesk(engine);
  const two = { regeneration: { secondPerson: true } };
  const sent = await aSentFile(desk, engine, ["10.00", "20.00"], two);
  const stated = { statement: "rejected", reason: "they said so", actor: "ann" } as const;
  await stateFate(desk, { clientId: sent.client, fileId: sent.fileId, ...stated });
  await execute(
    db.url,
    `set session_replication_role = replica;
     delete from approval_level; delete from approval_chain; delete from approval_request;`,
  );

  await execute(db.url, await insertsOf("000105_approvals.sql"));
  await execute(db.url, await insertsOf("000106_batch_release.sql"));

  const rows = await db.query(sql`
    select r.subject_kind as kind, r.subject_id as subject, r.amount_minor as amount, r.requester,
           r.levels, l.permission, r.state
    from approval_request r
    join approval_level l on l.client_id = r.client_id and l.request_id = r.id
    order by r.subject_kind
  `);
  const waiting = { levels: 1, state: "waiting" };
  expect(rows).toMatchObject([
    {
      ...waiting,
      kind: "operation",
      subject: adjustments[0]?.id,
      amount: 1000n,
      requester: "test",
      permission: "assignment:approve",
    },
    {
      ...waiting,
      kind: "regenerateBatch",
      amount: 3000n,
      requester: "ann",
      permission: "batch:regenerate",
    },
  ]);
  const chain = await db.query(sql`select person, why from approval_chain order by person`);
  expect(chain).toEqual([
    { person: "ann", why: "asked for it" },
    { person: "test", why: "asked for it" },
  ]);
});
