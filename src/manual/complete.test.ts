import { expect, test } from "vitest";

import { aClient, operate, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import {
  assignmentOf,
  completion,
  credited,
  executed,
  move,
  workByHand,
} from "../../test/support/work-by-hand.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import { sql } from "../database/sql.ts";
import { takeAssignments } from "../work/take.ts";
import type { AssignmentRow } from "../work/views.ts";
import { listAssignments } from "../work/views.ts";

import { completeByHand } from "./complete.ts";
import { attestationsOf } from "./views.ts";

const database = useDatabase();
const engine = testEngine(database);

test("an attested posting is executed, with the statement kept and nothing left open", async () => {
  const row = await workByHand(engine);

  const results = await completeByHand(engine, [completion(row, { note: "by phone" })]);

  expect(results).toMatchObject([{ state: "executed", failure: null }]);
  expect(await executed(engine, row)).toEqual([
    { collection: "accountHolder", executed: 10000n },
    { collection: "suspense", executed: -10000n },
  ]);
  expect(await assignmentOf(engine, row)).toBeUndefined();
  const stated = await attestationsOf(database, {
    clientId: row.clientId,
    id: row.adjustmentId ?? "",
  });
  expect(stated).toMatchObject([
    { reference: "CORE-1", postingDate: "2026-11-16", note: "by phone", actor: "amy" },
  ]);
});

test("the statement cannot be changed afterwards", async () => {
  const row = await workByHand(engine);
  await completeByHand(engine, [completion(row)]);

  const change = () => database.execute(sql`update attestation set reference = 'CORE-2'`);

  await expect(change()).rejects.toThrow(/append-only|permission denied/);
});

test.each([
  ["tomorrow", { postingDate: "2026-11-17" }, "date-invalid"],
  ["a day before the event", { postingDate: "2026-11-15" }, "date-invalid"],
  ["no attestation", { attested: false }, "input-invalid"],
  ["no reference", { reference: "  " }, "input-invalid"],
  ["a card number", { note: "card 4111111111111111" }, "card-number-in-text"],
  ["a stale version", { version: 9 }, "stale-version"],
  ["an assignment of nobody", { assignmentId: engine.ids.next() }, "not-found"],
])("%s is refused and changes nothing", async (_, given, code) => {
  const row = await workByHand(engine);

  const [result] = await completeByHand(engine, [completion(row, given)]);

  expect(result?.failure).toMatchObject({ code });
  expect(await executed(engine, row)).toEqual([]);
  expect(await assignmentOf(engine, row)).toMatchObject({ version: row.version });
});

test("a debit made at once on a day that is closed is attested for that day", async () => {
  const row = await workByHand(engine);
  await completeByHand(engine, [completion(row)]);
  engine.clock.advance({ hours: 5 * 24 });
  await operate(engine, row.clientId, row.dispute ?? "", "denyDispute", { debitOn: "now" });
  const { items } = await listAssignments(database, { clientIds: [row.clientId], limit: 10 });
  const debit = items.find((one) => one.type === "Execute Accounting Assignment");

  // A Saturday; the debit is planned for the Monday.
  const saturday = { postingDate: "2026-11-21" };
  const [result] = await completeByHand(engine, [completion(debit as AssignmentRow, saturday)]);
  engine.clock.advance({ hours: -5 * 24 });

  expect(result).toMatchObject({ state: "executed", failure: null });
});

test("the day is the client's, not the machine's", async () => {
  const row = await workByHand(engine);
  engine.clock.advance({ hours: 13 });

  // 04:00Z on the 17th is still the 16th in New York.
  const [early] = await completeByHand(engine, [completion(row, { postingDate: "2026-11-17" })]);
  engine.clock.advance({ hours: 1 });
  const [due] = await completeByHand(engine, [completion(row, { postingDate: "2026-11-17" })]);
  engine.clock.advance({ hours: -14 });

  expect(early?.failure?.code).toBe("date-invalid");
  expect(due?.failure).toBeNull();
});

test("in a set one refusal leaves the others, and the same one twice is done once", async () => {
  const first = await workByHand(engine);
  const second = await credited(engine, first.clientId);

  const results = await completeByHand(engine, [
    completion(first),
    completion(second, { version: 9 }),
    completion(first),
  ]);

  expect(results.map((one) => one.failure?.code ?? "done")).toEqual([
    "done",
    "stale-version",
    "stale-version",
  ]);
  expect(await assignmentOf(engine, second)).toBeDefined();
});

test("two people at once: one completes, the other is told that it is closed", async () => {
  const row = await workByHand(engine);

  const both = await Promise.all([
    completeByHand(engine, [completion(row, { reference: "A" })]),
    completeByHand(engine, [completion(row, { reference: "B", actor: "ben" })]),
  ]);

  expect(both.flat().map((one) => one.failure?.code ?? "done")).toEqual(
    expect.arrayContaining(["done", "assignment-closed"]),
  );
  expect((await executed(engine, row))[0]?.executed).toBe(10000n);
});

test("what somebody else has taken is theirs to complete", async () => {
  const row = await workByHand(engine);
  await takeAssignments(engine, "ben", [{ ...row, version: null }]);

  const [result] = await completeByHand(engine, [completion(row, { version: row.version + 1 })]);

  expect(result?.failure).toMatchObject({ code: "assignment-taken", facts: { assignee: "ben" } });
});

test("what the service refused can be done by hand", async () => {
  const row = await workByHand(engine);
  await move(engine, row, { from: "pendingManual", event: "couldNotPost" });
  const failed = (await assignmentOf(engine, row)) as AssignmentRow;

  const [result] = await completeByHand(engine, [completion(failed)]);

  expect(failed.type).toBe("Execute Accounting Service Failed");
  expect(result).toMatchObject({ state: "executed", failure: null });
});

test("of a partly executed adjustment only the rest is executed", async () => {
  const row = await credited(engine, await aClient(engine), { fees: "5.00" });
  const [first] = await database.query<{ id: string }>(sql`
      select id from entry where adjustment_id = ${row.adjustmentId} order by id`);
  await move(
    engine,
    row,
    { from: "pendingManual", event: "couldNotPost" },
    { from: "serviceFailed", event: "retried" },
    { from: "pendingService", event: "sent" },
  );
  await database.transaction((tx) =>
    moveAdjustments(tx, engine, [
      {
        clientId: row.clientId,
        adjustmentId: row.adjustmentId ?? "",
        from: "sending",
        event: "partlyPosted",
        actor: "core",
        execution: {
          basis: "posted",
          reference: "S-1",
          postingDate: "2026-11-16",
          entryIds: [first?.id ?? ""],
        },
      },
    ]),
  );
  const rest = (await assignmentOf(engine, row)) as AssignmentRow;

  const [result] = await completeByHand(engine, [completion(rest)]);

  expect(result?.failure ?? null).toBeNull();
  expect(await executed(engine, row)).toContainEqual({
    collection: "accountHolder",
    executed: 10000n,
  });
  expect(
    (await executed(engine, row)).find((one) => one.collection === "accountHolderOther")?.executed,
  ).toBe(500n);
});
