/** A debit on notice leaves with the window that posts on its day: not before, and not after. */
import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";

import { aBatchClient, aDirectory } from "../../test/support/batch.ts";
import { batchDesk, PROFILE } from "../../test/support/batch-desk.ts";
import { aDisputeOf, operate, START, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { releaseDue } from "../accounting/release-due.ts";
import { sql } from "../database/sql.ts";
import { manualClock } from "../kernel/clock.ts";
import { departureOf, releaseDayOf } from "./pend-for-batch-accounting.ts";
import { cutDueWindows, makeWindows } from "./windows.ts";

const db = useDatabase();

interface Posted {
  readonly postingDate: string;
  readonly state: string;
}

async function filesOf(client: string): Promise<Posted[]> {
  return db.query(sql`
    select f.posting_date as "postingDate", a.state
    from batch_line l
    join batch_file f on f.client_id = l.client_id and f.id = l.file_id
    join adjustment a on a.client_id = l.client_id and a.id = l.adjustment_id
    where l.client_id = ${client} and a.principal_rule = 'DenyDispute'
  `);
}

async function shownOf(client: string): Promise<string | null> {
  const row = await db.maybe<{ deadlineAt: string }>(sql`
    select s.deadline_at as "deadlineAt"
    from adjustment a
    join assignment s on s.client_id = a.client_id and s.id = a.open_assignment_id
    where a.client_id = ${client} and a.principal_rule = 'DenyDispute'
      and a.state = 'pendingBatch'
  `);
  return row?.deadlineAt ?? null;
}

test.each([
  { businessDaysAfter: 0, times: ["18:00"] },
  { businessDaysAfter: 0, times: ["09:00", "13:00", "18:00"] },
  { businessDaysAfter: 1, times: ["18:00"] },
  { businessDaysAfter: 2, times: ["02:00"] },
  { businessDaysAfter: 3, times: ["23:30"] },
])("posting $businessDaysAfter days after $times", async ({ businessDaysAfter, times }) => {
  const clock = manualClock(Temporal.Instant.from(START));
  const engine = testEngine(db, clock, { departureOf, releaseDay: releaseDayOf });
  const desk = batchDesk(engine);
  const client = await aBatchClient(
    engine,
    await aDirectory(),
    {
      postingDate: { businessDaysAfter },
      cutOffs: times.map((time, index) => ({ name: `cut${index}`, time, days: "business" })),
    },
    { tracked: ["ProvisionalCredit"] },
  );
  const dispute = await aDisputeOf(engine, client);
  await operate(engine, client, dispute, "issueProvisionalCredit");
  await operate(engine, client, dispute, "denyDispute");
  // Over Thanksgiving: the fifth business day after Friday 2026-11-20 is Monday 2026-11-30.
  clock.set(Temporal.Instant.from("2026-11-20T15:00:00Z"));
  await operate(engine, client, dispute, "recordNoticeSent");

  const leaving: (string | null)[] = [];
  for (let hour = 0; hour < 24 * 12; hour += 1) {
    clock.advance({ hours: 1 });
    await releaseDue(engine);
    await makeWindows(desk);
    await cutDueWindows(desk, "redress");
    leaving.push(await shownOf(client));
  }

  expect(await filesOf(client)).toEqual([{ postingDate: "2026-11-30", state: expect.any(String) }]);
  // What the assignment says of its departure is the window that took it, an hour on.
  const said = new Set(leaving.filter((one) => one !== null));
  expect(said.size).toBeLessThanOrEqual(1);
});

test("the window before the day is named by its own calendar and cut-offs", async () => {
  const engine = testEngine(db);
  const client = await aBatchClient(engine, await aDirectory(), {
    postingDate: { businessDaysAfter: 1 },
  });
  const runtime = (await engine.clients(db, [client])).get(client);
  if (runtime === undefined) throw new Error("no client");

  expect(releaseDayOf(PROFILE, "2026-11-30", runtime)).toBe("2026-11-27");
  expect(releaseDayOf(PROFILE, "2026-11-27", runtime)).toBe("2026-11-25");
  expect(releaseDayOf("nobody", "2026-11-27", runtime)).toBe("2026-11-27");
});

test("cut-offs that change after the notice change the window, not the day", async () => {
  const clock = manualClock(Temporal.Instant.from("2026-11-20T15:00:00Z"));
  const engine = testEngine(db, clock, { departureOf, releaseDay: releaseDayOf });
  const tracked = { tracked: ["ProvisionalCredit"] };
  const client = await aBatchClient(engine, await aDirectory(), {}, tracked);
  const dispute = await aDisputeOf(engine, client);
  await operate(engine, client, dispute, "issueProvisionalCredit");
  await operate(engine, client, dispute, "denyDispute");
  await operate(engine, client, dispute, "recordNoticeSent");
  const releaseOn = async () =>
    (
      await db.maybe<{ on: string }>(sql`
        select release_on as "on" from adjustment
        where client_id = ${client} and principal_rule = 'DenyDispute'`)
    )?.on;
  const timedBy = new Map<string, number>();
  await releaseDue(engine, { timedBy });
  expect(await releaseOn()).toBe("2026-11-30");

  await db.owner.execute(sql`
    update client
    set version = version + 1, settings = jsonb_set(
      settings::jsonb, '{batchProfiles,nightly,postingDate}', '{"businessDaysAfter": 2}')::json
    where id = ${client}
  `);
  await releaseDue(engine, { timedBy });

  expect(await releaseOn()).toBe("2026-11-25");
});
