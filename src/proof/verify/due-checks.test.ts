/** Whatever waits for a service has its time: planted against, one way after the other. */
import { beforeEach, expect, test } from "vitest";

import { standInService } from "../../../examples/stand-in-core/service.ts";
import { batchDesk } from "../../../test/support/batch-desk.ts";
import { aClient, testEngine } from "../../../test/support/engine.ts";
import { planterOf, violationsOf } from "../../../test/support/planted.ts";
import { pendingCredits } from "../../../test/support/service.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { sql } from "../../database/sql.ts";

const database = useDatabase();
const engine = testEngine(database);
const desk = batchDesk(engine);
const plant = planterOf(database);

beforeEach(async () => {
  const services = { core: standInService("http://127.0.0.1:9") };
  const client = await aClient(engine, { services });
  await pendingCredits(engine, client, ["1.00", "2.00"]);
});

test("what waits and is due is sound", async () => {
  expect(await violationsOf(desk)).toEqual([]);
});

test.each([
  [
    "a due call was lost",
    sql`delete from due_call where assignment_id = (select min(id::text)::uuid from assignment)`,
    /waits for a service and is never due/,
  ],
  [
    "a due call is one too many",
    sql`insert into due_call (client_id, assignment_id, adjustment_id, service, due_at)
        select client_id, adjustment_id, adjustment_id, service, due_at from due_call limit 1`,
    /is due, but waits for no service/,
  ],
  [
    "a due call has no time",
    sql`update due_call set due_at = null
        where assignment_id = (select min(id::text)::uuid from assignment)`,
    /without a time/,
  ],
  [
    "a due call is another service's",
    sql`update due_call set service = 'other'
        where assignment_id = (select min(id::text)::uuid from assignment)`,
    /at service other, not for .* at core/,
  ],
])("%s: found", async (_, statement, what) => {
  await plant(statement);

  const found = await violationsOf(desk);

  expect(found).toMatchObject([{ check: "due-call", what: expect.stringMatching(what) }]);
});
