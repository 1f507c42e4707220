/** When the first stage of an assignment passes: by the client's own SLA, whoever opens it. */
import { expect, test } from "vitest";

import { aClient, aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";

const db = useDatabase();
const engine = testEngine(db);

const QUIET_GOAL = { goal: { urgency: 0 } };

async function firstRiseOf(clientId: string, type: string): Promise<unknown> {
  return db.one(sql`
    select next_rise_at = deadline_at as "atDeadline", next_rise_at is null as never
    from assignment
    where client_id = ${clientId} and type = ${type}`);
}

test("an exception first rises at its deadline where the goal says nothing", async () => {
  const type = "Accounting Exception";
  const tracked = ["Paid"];
  const clientId = await aClient(engine, { tracked, slas: { [type]: QUIET_GOAL } });
  const dispute = await aDisputeOf(engine, clientId);
  await operate(engine, clientId, dispute, "payDispute");

  const refused = operate(engine, clientId, dispute, "resolve", { decision: "pay" });

  await expect(refused).rejects.toMatchObject({ code: "gate-refused" });
  expect(await firstRiseOf(clientId, type)).toEqual({ atDeadline: true, never: false });
});

test("what has no stage at all never rises", async () => {
  const type = "Execute Accounting Assignment";
  const slas = { [type]: { ...QUIET_GOAL, deadline: null } };
  const clientId = await aClient(engine, { slas });

  await operate(engine, clientId, await aDisputeOf(engine, clientId), "issueProvisionalCredit");

  expect(await firstRiseOf(clientId, type)).toEqual({ atDeadline: null, never: true });
});
