/** One client's broken settings, or one dispute that cannot go on, hold up nobody else. */
import { expect, test } from "vitest";

import { aClient, aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { usableClients } from "./client-runtime.ts";
import { releaseDue } from "./release-due.ts";

const db = useDatabase();
const engine = testEngine(db);

async function aDebitOnNotice(client: string): Promise<string> {
  const dispute = await aDisputeOf(engine, client);
  await operate(engine, client, dispute, "issueProvisionalCredit");
  await operate(engine, client, dispute, "denyDispute");
  await operate(engine, client, dispute, "recordNoticeSent");
  return dispute;
}

const TRACKED = { tracked: ["ProvisionalCredit"] };

test("what is due is released although another client's settings do not load", async () => {
  const client = await aClient(engine, TRACKED);
  await aDebitOnNotice(client);
  const broken = await aClient(engine, { rulebook: "nobody's" });
  engine.clock.advance({ hours: 24 * 7 });

  const problems: string[] = [];
  const released = await releaseDue(engine, { report: (problem) => problems.push(problem) });

  expect(released).toBe(1);
  expect(problems).toEqual([`what is due at ${broken} is not released`]);
});

test("a dispute that fails holds up no other of its client", async () => {
  const client = await aClient(engine, TRACKED);
  const ill = await aDebitOnNotice(client);
  await aDebitOnNotice(client);
  await db.owner.execute(sql`
    update adjustment a set hold = jsonb_set(hold, '{reason}', '"unheardOf"')
    from dispute d
    where d.id = a.dispute_id and d.number = ${ill} and a.state = 'planned'
  `);
  engine.clock.advance({ hours: 24 * 8 });

  const problems: string[] = [];
  const released = await releaseDue(engine, { report: (problem) => problems.push(problem) });

  expect(released).toBe(1);
  expect(problems).toHaveLength(1);
});

test.each([
  [{ levels: 0 }, "/levels: has to be 1 or more: one other person approves"],
  [{ levels: 10 }, "/levels: has to be at most 9"],
  [{ levels: 2, rights: ["assignment:approve"] }, "/rights: has to name one right for each level"],
  [{ above: "much" }, "/above: has to be a decimal, such as 1000.00"],
])("a tier that says %o is refused by its place", async (tier, words) => {
  const approvals = { adjustManually: [{ above: "0", levels: 1, ...tier }] };
  const client = await aClient(engine, { approvals });

  const { unusable } = await usableClients(engine, db, [client]);

  expect(unusable.map((one) => one.failure.message)).toEqual([
    `/approvals/adjustManually/0${words}`,
  ]);
});

test("clients that load and those that do not are told apart", async () => {
  const client = await aClient(engine);
  const broken = await aClient(engine, { calendar: { zone: "Mars/Olympus" } });

  const { usable, unusable } = await usableClients(engine, db, [broken, client]);

  expect(usable.map((one) => one.id)).toEqual([client]);
  expect(unusable.map((one) => [one.id, one.failure.code])).toEqual([
    [broken, "configuration-invalid"],
  ]);
});
