/** Letters are issued again for everybody, whatever is wrong with one of them. */
import { expect, test } from "vitest";

import { aClient, aDisputeOf, operate, testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { sql } from "../../database/sql.ts";

import { reissueLetters } from "./issue-letters.ts";

const database = useDatabase();
const engine = testEngine(database);

async function denied() {
  const clientId = await aClient(engine);
  const dispute = await aDisputeOf(engine, clientId);
  await operate(engine, clientId, dispute, "denyDispute", { debitOn: "noticeDate" });
  return clientId;
}

const versions = () =>
  database.query<{ clientId: string; version: number }>(sql`
    select client_id as "clientId", version from letter order by client_id`);

test("a letter that cannot be written holds up no other client's", async () => {
  const broken = await denied();
  await reissueLetters(engine);
  // The version in force is not known any more: the next one finds its place taken.
  await database.owner.execute(sql`
    update letter set version = 0, is_watched = true where client_id = ${broken}`);
  const sound = await denied();
  const problems: string[] = [];

  await reissueLetters(engine, { report: (problem) => problems.push(problem) });

  expect(problems).toHaveLength(1);
  expect((await versions()).find((one) => one.clientId === sound)?.version).toBe(1);
});
