/** Answers are settled whatever goes wrong beside them. */
import { expect, test } from "vitest";

import { useClosingCore } from "../../test/support/closing-core.ts";
import { aClient, aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import { onlyStanding, serviceDesk } from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import type { Database } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";
import { createDispatcher } from "./dispatcher.ts";

const db = useDatabase();
const engine = testEngine(db);
const core = useClosingCore();

/** The database, away for one look at what closed accounts are due. */
function awayOnce(): Database {
  let isAway = true;
  return {
    ...db,
    query: (statement) => {
      if (!isAway || !statement.text.includes("closed_account")) return db.query(statement);
      isAway = false;
      return Promise.reject(new Failure("database-unreachable", "away for a moment"));
    },
  };
}

test("a database away after a set was settled stops no later set", async () => {
  const problems: unknown[] = [];
  const desk = serviceDesk({ ...engine, database: awayOnce() }, { problems });
  const client = await aClient(engine, { services: { core: core.service("check") } });
  const dispute = await aDisputeOf(engine, client);
  const { adjustments } = await operate(engine, client, dispute, "issueProvisionalCredit", {});
  const dispatcher = createDispatcher(desk, { worker: "test" });

  expect(await dispatcher.round()).toBe(1);
  await dispatcher.idle();
  await dispatcher.takeOver();
  await dispatcher.close();

  expect(problems).toHaveLength(1);
  const { state } = await onlyStanding(db, adjustments[0]?.id ?? "");
  expect(state).not.toBe("sending");
});
