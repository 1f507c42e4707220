/**
 * Processes whose clocks differ, or one whose clock was set back: what comes after comes after, in
 * the books, in their history and in the proof.
 */
import { expect, test } from "vitest";

import { loadBooks } from "../src/accounting/load-books.ts";
import { sql } from "../src/database/sql.ts";
import { completeByHand } from "../src/manual/complete.ts";
import { listAssignments } from "../src/work/views.ts";
import { aClient, aDisputeOf, operate, START, testEngine } from "./support/engine.ts";
import { expectSound } from "./support/sound-books.ts";
import { useDatabase } from "./support/use-database.ts";
import { completion } from "./support/work-by-hand.ts";
import { manualClock } from "../src/kernel/clock.ts";
import { Temporal } from "temporal-polyfill";

const db = useDatabase();
const ahead = testEngine(db);
const behind = testEngine(db, manualClock(Temporal.Instant.from(START).subtract({ minutes: 5 })));

test("the last denial is the last, whoever's clock it came by", async () => {
  const client = await aClient(ahead);
  const dispute = await aDisputeOf(ahead, client);
  for (const [engine, amount] of [
    [ahead, "40.00"],
    [behind, "30.00"],
    [ahead, "20.00"],
    [behind, "10.00"],
  ] as const) {
    await operate(engine, client, dispute, "denyDispute", { amount, debitOn: "now" });
  }

  const { id: disputeId } = await db.one<{ id: string }>(sql`select id from dispute`);
  const loaded = (await loadBooks(db, [{ clientId: client, disputeId }])).get(disputeId);

  expect(loaded?.book.denials.map((one) => one.amountMinor)).toEqual([4000n, 3000n, 2000n, 1000n]);
  expect(loaded?.book.operations).toHaveLength(4);
  expect(loaded?.book.operations.map((one) => one.input["amount"])).toEqual([
    "40.00",
    "30.00",
    "20.00",
    "10.00",
  ]);
});

test("what a process with a slower clock attests is sound, and said in its order", async () => {
  const client = await aClient(ahead);
  const dispute = await aDisputeOf(ahead, client);
  await operate(ahead, client, dispute, "issueProvisionalCredit");
  const { items } = await listAssignments(db, { clientIds: [client], limit: 9 });

  await completeByHand(
    behind,
    items.map((row) => completion(row)),
  );

  const { state } = await db.one<{ state: string }>(sql`select state from adjustment`);
  expect(state).toBe("executed");
  await expectSound(ahead);
});
