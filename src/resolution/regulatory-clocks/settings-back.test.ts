/** A client whose calendar changes while clocks run, read by processes that come and go. */
import { Temporal } from "temporal-polyfill";

import { expect, test } from "vitest";

import { aClient, aDisputeOf, testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { updateClientSettings } from "../../cases/store.ts";
import { sql } from "../../database/sql.ts";
import { manualClock } from "../../kernel/clock.ts";
import { lookAtClocks } from "./look-at-clocks.ts";

const db = useDatabase();
const engineOfAProcess = () =>
  testEngine(db, manualClock(Temporal.Instant.from("2026-11-16T15:00:00Z")));

test("what one process read under settings that were taken back, another reads again", async () => {
  const [one, other] = [engineOfAProcess(), engineOfAProcess()];
  const clientId = await aClient(one);
  await aDisputeOf(one, clientId, { pointOfSale: false, outOfState: false, newAccount: false });
  const set = (settings: unknown): Promise<void> =>
    db.transaction((tx) => updateClientSettings(tx, { id: clientId, settings }));
  const dueOn = async (): Promise<string | undefined> => {
    const [row] = await db.query<{ dueOn: string }>(sql`
      select due_on as "dueOn" from regulatory_clock where clock = 'regEProvisionalCredit'`);
    return row?.dueOn;
  };
  await lookAtClocks(one);
  const before = await dueOn();

  // Two more closed days: read by the other process alone, which then dies.
  const holidays = "federal-reserve";
  const calendar = { holidays, zone: "America/New_York" };
  await set({ calendar: { ...calendar, closedDays: ["2026-11-18", "2026-11-19"] } });
  await lookAtClocks(other);
  const between = await dueOn();
  await set({});
  await lookAtClocks(one);

  expect([before, between, await dueOn()]).toEqual(["2026-12-01", "2026-12-03", "2026-12-01"]);
});
