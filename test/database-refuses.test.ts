/**
 * What PostgreSQL itself refuses the application's own role, whatever our code would do: the
 * invariants of the books, tried one by one.
 */
import { expect, test } from "vitest";

import type { AdjustmentMoveRow } from "../src/accounting/store.ts";
import { moveAdjustmentRows } from "../src/accounting/store.ts";
import { insertOperations } from "../src/accounting/store-operations.ts";
import { sql, Statement } from "../src/database/sql.ts";
import { closePeriod, insertEntries, insertExecutions } from "../src/ledger/store.ts";
import { openAssignments } from "../src/work/store.ts";
import {
  aDispute,
  anAdjustment,
  anEntry,
  anOperation,
  bookEntry,
  ids,
  NOW,
  TODAY,
} from "./support/books.ts";
import { useDatabase } from "./support/use-database.ts";

const db = useDatabase();

const APPEND_ONLY = ["entry", "transition", "execution", "outbox", "outside_reference"];

test.each(APPEND_ONLY)("%s takes no update, delete or truncate", async (table) => {
  const change = `update ${table} set client_id = 'x'`;

  for (const text of [change, `delete from ${table}`, `truncate ${table}`]) {
    await expect(db.execute(new Statement([text], []))).rejects.toThrow(
      /append-only|permission denied/,
    );
  }
});

test("a partition cannot be written past its table", async () => {
  const placed = await aDispute(db);
  const adjustmentId = await anAdjustment(db, placed);
  await bookEntry(db, placed, adjustmentId);

  await expect(db.execute(sql`update entry_202611 set amount_minor = 1`)).rejects.toThrow(
    /permission denied/,
  );
});

test.each([
  { what: "zero", given: { amountMinor: 0n } },
  { what: "negative", given: { amountMinor: -1n } },
  {
    what: "the same on both sides",
    given: { debitCollection: "suspense", debitAccount: "dispute-suspense" },
  },
  { what: "a reversal of nothing", given: { kind: "reversal" as const } },
])("an entry that is $what is refused", async ({ given }) => {
  const placed = await aDispute(db);
  const adjustmentId = await anAdjustment(db, placed);

  await expect(bookEntry(db, placed, adjustmentId, given)).rejects.toThrow(/check constraint/);
});

test("balances follow the entries, to the cent", async () => {
  const placed = await aDispute(db);
  const adjustmentId = await anAdjustment(db, placed);

  await bookEntry(db, placed, adjustmentId);
  await bookEntry(db, placed, adjustmentId, { amountMinor: 250n });
  await db.transaction((tx) =>
    insertExecutions(tx, [executed(placed.clientId, adjustmentId)], NOW),
  );

  const rows = await db.query<{ collection: string; booked: bigint; executed: bigint }>(sql`
    select collection, booked_minor as booked, executed_minor as executed
    from balance order by collection
  `);
  expect(rows).toEqual([
    { collection: "merchant", booked: -10250n, executed: -10250n },
    { collection: "suspense", booked: 10250n, executed: 10250n },
  ]);
});

test("money that came back is taken out of the executed balance", async () => {
  const placed = await aDispute(db);
  const adjustmentId = await anAdjustment(db, placed);
  await bookEntry(db, placed, adjustmentId);

  for (const sign of [1, -1] as const) {
    const row = { ...executed(placed.clientId, adjustmentId), sign };
    await db.transaction((tx) => insertExecutions(tx, [row], NOW));
  }

  const [row] = await db.query<{ executed: bigint }>(sql`
    select sum(abs(executed_minor))::bigint as executed from balance
  `);
  expect(row?.executed).toBe(0n);
});

test("balances cannot be written by hand", async () => {
  await expect(db.execute(sql`update balance set booked_minor = 0`)).rejects.toThrow(
    /permission denied/,
  );
});

test("a second live reversal is refused; after a cancelled one another may come", async () => {
  const placed = await aDispute(db);
  const original = await anAdjustment(db, placed);
  await anAdjustment(db, placed, {
    ordinal: 2,
    reversesAdjustmentId: original,
    state: "cancelled",
  });
  await anAdjustment(db, placed, { ordinal: 3, reversesAdjustmentId: original });

  const again = anAdjustment(db, placed, { ordinal: 4, reversesAdjustmentId: original });

  await expect(again).rejects.toThrow(/adjustment_one_live_reversal/);
});

test("a key keeps its body for ever", async () => {
  const placed = await aDispute(db);
  await db.transaction((tx) => insertOperations(tx, [anOperation(placed, "k1", ids.next())], NOW));
  const other = { ...anOperation(placed, "k1", ids.next()), bodyHash: Buffer.alloc(32, 2) };

  const again = db.transaction((tx) => insertOperations(tx, [other], NOW));
  await expect(again).rejects.toThrow(/operation_client_id_key_key/);

  const rewritten = db.execute(sql`
    update operation set body_hash = ${Buffer.alloc(32, 2)} where key = 'k1'
  `);

  await expect(rewritten).rejects.toThrow(/recorded with another body/);
});

test("an open adjustment without an open assignment does not commit", async () => {
  const placed = await aDispute(db);
  const open = { state: "pendingManual", processing: "execute" } as const;

  await expect(anAdjustment(db, placed, open)).rejects.toThrow(/adjustment_check/);
  const dangling = anAdjustment(db, placed, { ...open, openAssignmentId: ids.next() });
  await expect(dangling).rejects.toThrow(/shows assignment .*, which is not open for it/);
});

test("an adjustment shows no assignment of another, and none that is closed", async () => {
  const placed = await aDispute(db);
  const [id, own, alien] = [ids.next(), ids.next(), ids.next()];
  const open = { id, state: "pendingManual", processing: "execute" } as const;
  const showing = (shown: string) => ({ ...open, openAssignmentId: shown });

  const ofNone = anAdjustment(db, placed, showing(alien), [assignmentOf(placed, alien, null)]);
  await expect(ofNone).rejects.toThrow(/which is not open for it/);

  await anAdjustment(db, placed, showing(own), [assignmentOf(placed, own, id)]);
  await db.execute(sql`
    update adjustment set state = 'executed', open_assignment_id = null where id = ${id}
  `);
  await db.execute(sql`
    update assignment set is_open = false, closed_at = ${NOW} where id = ${own}
  `);
  const again = db.execute(sql`
    update adjustment set state = 'pendingManual', open_assignment_id = ${own} where id = ${id}
  `);
  await expect(again).rejects.toThrow(/which is not open for it/);
});

test("an execution of an adjustment that is not there is refused", async () => {
  const { clientId } = await aDispute(db);

  const executing = db.transaction((tx) =>
    insertExecutions(tx, [executed(clientId, ids.next())], NOW),
  );

  await expect(executing).rejects.toThrow(/of 1 executions, 0 are of an adjustment/);
});

test("what is not in the state that a move starts from does not move", async () => {
  const placed = await aDispute(db);
  const adjustmentId = await anAdjustment(db, placed, { state: "executed", processing: "execute" });

  const moved = await db.transaction((tx) =>
    moveAdjustmentRows(tx, [aMove(placed, adjustmentId)], NOW),
  );

  const transitions = await db.query(sql`
    select id from transition where adjustment_id = ${adjustmentId} and event = 'refused'
  `);
  expect({ moved, transitions }).toEqual({ moved: 0, transitions: [] });
});

test("an assignment that an open adjustment shows cannot be closed under it", async () => {
  const placed = await aDispute(db);
  const assignmentId = ids.next();
  const adjustmentId = ids.next();
  const shown = {
    id: adjustmentId,
    state: "pendingManual",
    processing: "execute",
    openAssignmentId: assignmentId,
  } as const;
  await anAdjustment(db, placed, shown, [assignmentOf(placed, assignmentId, adjustmentId)]);

  const closing = db.execute(sql`
    update assignment set is_open = false, closed_at = ${NOW} where id = ${assignmentId}
  `);

  await expect(closing).rejects.toThrow(/is closed, and adjustment .* shows it/);
});

test("an adjustment has at most one open assignment", async () => {
  const placed = await aDispute(db);
  const adjustmentId = await anAdjustment(db, placed);

  const two = db.transaction((tx) =>
    openAssignments(tx, [
      assignmentOf(placed, ids.next(), adjustmentId),
      assignmentOf(placed, ids.next(), adjustmentId),
    ]),
  );

  await expect(two).rejects.toThrow(/assignment_one_open/);
});

test("no entry is dated in a closed period, nor in none", async () => {
  const placed = await aDispute(db);
  const adjustmentId = await anAdjustment(db, placed);
  await db.transaction((tx) =>
    closePeriod(tx, {
      clientId: placed.clientId,
      startsOn: "2026-11-01",
      closedBy: "test",
      closedAt: NOW,
    }),
  );

  await expect(bookEntry(db, placed, adjustmentId)).rejects.toThrow(/in no open period/);
  const nowhere = bookEntry(db, placed, adjustmentId, { bookedOn: "2031-01-01" });
  await expect(nowhere).rejects.toThrow(/in no open period/);
});

test("a period does not close under an entry that is being booked in it", async () => {
  const placed = await aDispute(db);
  const adjustmentId = await anAdjustment(db, placed);
  const order: string[] = [];
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));

  const booking = db.transaction(async (tx) => {
    await insertEntries(tx, [anEntry(placed, adjustmentId)], NOW);
    order.push("booked");
    await held;
  });
  while (order.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const closing = db
    .transaction((tx) =>
      closePeriod(tx, {
        clientId: placed.clientId,
        startsOn: "2026-11-01",
        closedBy: "test",
        closedAt: NOW,
      }),
    )
    .then(() => order.push("closed"));
  await waitUntilBlocked();
  order.push("released");
  goOn();
  await Promise.all([booking, closing]);

  expect(order).toEqual(["booked", "released", "closed"]);
});

async function waitUntilBlocked(): Promise<void> {
  for (;;) {
    const [row] = await db.owner.query<{ waiting: boolean }>(sql`
      select exists (
        select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock') as waiting
    `);
    if (row?.waiting === true) return;
  }
}

function executed(clientId: string, adjustmentId: string) {
  return {
    clientId,
    id: ids.next(),
    adjustmentId,
    entryId: null,
    sign: 1 as const,
    basis: "posted" as const,
    reference: null,
    postingDate: TODAY,
    actor: "test",
  };
}

function aMove({ clientId }: { clientId: string }, id: string): AdjustmentMoveRow {
  return {
    clientId,
    id,
    from: "sending",
    state: "serviceFailed",
    transitionId: ids.next(),
    event: "refused",
    actor: "test",
    reason: "no",
    outside: null,
    route: null,
    destination: null,
    machineMayAct: true,
    failedRoute: "service",
    raiseKeyRevision: false,
    isPartlyProcessed: false,
    isOverridable: false,
    isAccountChangeable: false,
    closedAccount: undefined,
    openAssignmentId: null,
  };
}

function assignmentOf(
  placed: { clientId: string; claimId: string; disputeId: string },
  id: string,
  adjustmentId: string | null,
) {
  return {
    clientId: placed.clientId,
    id,
    claimId: placed.claimId,
    disputeId: placed.disputeId,
    adjustmentId,
    type: "Execute Accounting Assignment",
    queue: "ExecuteAccounting.Card",
    kind: "user" as const,
    workGroup: "Accounting",
    urgency: 10,
    goalAt: null,
    deadlineAt: null,
    amountMinor: 10000n,
    currency: "USD",
    destination: null,
    dueAt: null,
    reason: null,
    openedAt: NOW,
  };
}

test("a transition and a line of an adjustment that is not there are refused", async () => {
  const { clientId } = await aDispute(db);
  const [adjustmentId, fileId] = [ids.next(), ids.next()];

  const transition = db.execute(sql`
    insert into transition (client_id, id, adjustment_id, to_state, event, actor, recorded_at)
    values (${clientId}, ${ids.next()}, ${adjustmentId}, 'inFile', 'takenIntoFile', 'me', ${NOW})
  `);
  await expect(transition).rejects.toThrow(/does not have/);

  const line = db.execute(sql`
    insert into batch_line (
      client_id, file_id, line_number, detail_count, adjustment_id, amount_minor, direction,
      key_revision, first_posting_date)
    values (${clientId}, ${fileId}, 1, 1, ${adjustmentId}, 1, 'credit', 1, ${TODAY})
  `);
  await expect(line).rejects.toThrow(/does not have/);
});

test("a file takes in what waits for one, and no line is without a file", async () => {
  const placed = await aDispute(db);
  const openAssignmentId = ids.next();
  const id = ids.next();
  const processing = "execute";
  const pending = { id, processing, state: "pendingBatch", openAssignmentId } as const;
  const assignment = assignmentOf(placed, openAssignmentId, id);
  const waiting = await anAdjustment(db, placed, pending, [assignment]);
  const over = { processing, state: "executed", ordinal: 2 } as const;
  const executed = await anAdjustment(db, placed, over);
  const takeInto = (...taken: string[]) => sql`
    select take_into_file(
      ${placed.clientId}, 'pendingBatch', 'inFile', 'takenIntoFile', 'me', '{}', ${NOW},
      ${taken}::uuid[], ${taken.map((_, index) => index + 1)}::int[],
      ${taken.map(() => ids.next())}::uuid[], ${ids.next()}::uuid, ${taken.map(() => 1)}::int[],
      ${taken.map(() => 100)}::bigint[], ${taken.map(() => "credit")}::text[],
      ${taken.map(() => 1)}::smallint[], ${taken.map(() => TODAY)}::date[],
      ${taken.map(() => null)}::text[])`;

  for (const taken of [[ids.next()], [waiting, executed], [waiting, ids.next()]]) {
    await expect(db.execute(takeInto(...taken))).rejects.toThrow(/are still to be taken/);
  }
  await expect(db.execute(takeInto(waiting))).rejects.toThrow(/batch_line_file_client_id_file_id/);
});
