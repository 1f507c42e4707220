import { describe, expect, test } from "vitest";

import { aClient, aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { aPerson } from "../../test/support/work.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import type { Move } from "../accounting/move-adjustments.ts";
import { sql } from "../database/sql.ts";
import { assignmentActions } from "../work/actions.ts";
import { takeAssignments } from "../work/take.ts";
import type { AssignmentRow } from "../work/views.ts";
import { listAssignments } from "../work/views.ts";

import { cancelWork } from "./cancel.ts";
import type { Completion } from "./complete.ts";
import { completeByHand } from "./complete.ts";
import { couldNotPost } from "./could-not-post.ts";
import { moveToManual } from "./move-to-manual.ts";
import { postingDetails } from "./posting-details.ts";
import { manualVerbs } from "./verbs.ts";
import { attestationsOf } from "./views.ts";

const database = useDatabase();
const engine = testEngine(database);

/** A client without integrations, a dispute with a provisional credit of 100.00 to post by hand. */
async function workByHand(): Promise<AssignmentRow> {
  return credited(await aClient(engine));
}

async function credited(
  clientId: string,
  input: Record<string, unknown> = {},
): Promise<AssignmentRow> {
  const dispute = await aDisputeOf(engine, clientId);
  const result = await operate(engine, clientId, dispute, "issueProvisionalCredit", input);
  const page = await listAssignments(database, { clientIds: [clientId], limit: 100 });
  return page.items.find((one) => one.adjustmentId === result.adjustments[0]?.id) as AssignmentRow;
}

function completion(row: AssignmentRow, given: Partial<Completion> = {}): Completion {
  return {
    clientId: row.clientId,
    assignmentId: row.id,
    version: row.version,
    actor: "amy",
    reference: "CORE-1",
    postingDate: "2026-11-16",
    attested: true,
    ...given,
  };
}

async function move(row: AssignmentRow, ...steps: Pick<Move, "from" | "event">[]): Promise<void> {
  for (const step of steps) {
    await database.transaction((tx) =>
      moveAdjustments(tx, engine, [
        {
          clientId: row.clientId,
          adjustmentId: row.adjustmentId ?? "",
          actor: "test",
          ...step,
        },
      ]),
    );
  }
}

async function assignmentOf(row: AssignmentRow): Promise<AssignmentRow | undefined> {
  const page = await listAssignments(database, { clientIds: [row.clientId], limit: 100 });
  return page.items.find((one) => one.adjustmentId === row.adjustmentId);
}

function executed(row: AssignmentRow): Promise<{ collection: string; executed: bigint }[]> {
  return database.query(sql`
    select collection, sum(executed_minor)::bigint as executed from balance
    where dispute_id = ${row.disputeId} and executed_minor <> 0
    group by collection order by collection`);
}

describe("complete", () => {
  test("an attested posting is executed, with the statement kept and nothing left open", async () => {
    const row = await workByHand();

    const results = await completeByHand(engine, [completion(row, { note: "by phone" })]);

    expect(results).toMatchObject([{ state: "executed", failure: null }]);
    expect(await executed(row)).toEqual([
      { collection: "accountHolder", executed: 10000n },
      { collection: "suspense", executed: -10000n },
    ]);
    expect(await assignmentOf(row)).toBeUndefined();
    const stated = await attestationsOf(database, {
      clientId: row.clientId,
      id: row.adjustmentId ?? "",
    });
    expect(stated).toMatchObject([
      { reference: "CORE-1", postingDate: "2026-11-16", note: "by phone", actor: "amy" },
    ]);
  });

  test("the statement cannot be changed afterwards", async () => {
    const row = await workByHand();
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
    const row = await workByHand();

    const [result] = await completeByHand(engine, [completion(row, given)]);

    expect(result?.failure).toMatchObject({ code });
    expect(await executed(row)).toEqual([]);
    expect(await assignmentOf(row)).toMatchObject({ version: row.version });
  });

  test("the day is the client's, not the machine's", async () => {
    const row = await workByHand();
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
    const first = await workByHand();
    const second = await credited(first.clientId);

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
    expect(await assignmentOf(second)).toBeDefined();
  });

  test("two people at once: one completes, the other is told that it is closed", async () => {
    const row = await workByHand();

    const both = await Promise.all([
      completeByHand(engine, [completion(row, { reference: "A" })]),
      completeByHand(engine, [completion(row, { reference: "B", actor: "ben" })]),
    ]);

    expect(both.flat().map((one) => one.failure?.code ?? "done")).toEqual(
      expect.arrayContaining(["done", "assignment-closed"]),
    );
    expect((await executed(row))[0]?.executed).toBe(10000n);
  });

  test("what somebody else has taken is theirs to complete", async () => {
    const row = await workByHand();
    await takeAssignments(database, "ben", [{ ...row, version: null }]);

    const [result] = await completeByHand(engine, [completion(row, { version: row.version + 1 })]);

    expect(result?.failure).toMatchObject({ code: "assignment-taken", facts: { assignee: "ben" } });
  });

  test("what the service refused can be done by hand", async () => {
    const row = await workByHand();
    await move(row, { from: "pendingManual", event: "couldNotPost" });
    const failed = (await assignmentOf(row)) as AssignmentRow;

    const [result] = await completeByHand(engine, [completion(failed)]);

    expect(failed.type).toBe("Execute Accounting Service Failed");
    expect(result).toMatchObject({ state: "executed", failure: null });
  });

  test("of a partly executed adjustment only the rest is executed", async () => {
    const row = await credited(await aClient(engine), { fees: "5.00" });
    const [first] = await database.query<{ id: string }>(sql`
      select id from entry where adjustment_id = ${row.adjustmentId} order by id`);
    await move(
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
    const rest = (await assignmentOf(row)) as AssignmentRow;

    const [result] = await completeByHand(engine, [completion(rest)]);

    expect(result?.failure ?? null).toBeNull();
    expect(await executed(row)).toContainEqual({ collection: "accountHolder", executed: 10000n });
    expect(
      (await executed(row)).find((one) => one.collection === "accountHolderOther")?.executed,
    ).toBe(500n);
  });
});

describe("what cannot be done", () => {
  test("could not post: a person's failure is one to retry, reroute or cancel", async () => {
    const row = await workByHand();
    const item = {
      clientId: row.clientId,
      assignmentId: row.id,
      version: row.version,
      actor: "amy",
      reason: "account closed",
    };

    const [result] = await couldNotPost(engine, [item]);
    const [again] = await couldNotPost(engine, [item]);

    expect(result).toMatchObject({ state: "serviceFailed", failure: null });
    expect(await assignmentOf(row)).toMatchObject({
      type: "Execute Accounting Service Failed",
      reason: "account closed",
    });
    expect(again?.failure?.code).toBe("assignment-closed");
  });

  test("a reason is required", async () => {
    const row = await workByHand();
    const item = {
      clientId: row.clientId,
      assignmentId: row.id,
      version: row.version,
      actor: "amy",
    };

    const [result] = await couldNotPost(engine, [{ ...item, reason: " " }]);

    expect(result?.failure).toMatchObject({
      code: "input-invalid",
      faults: [{ pointer: "/reason" }],
    });
  });

  test("cancelled: contra entries, no balance left, nothing open", async () => {
    const row = await workByHand();

    const [result] = await cancelWork(engine, [
      {
        clientId: row.clientId,
        assignmentId: row.id,
        version: row.version,
        actor: "amy",
        reason: "keyed twice",
      },
    ]);

    expect(result).toMatchObject({ state: "cancelled", failure: null });
    expect(await assignmentOf(row)).toBeUndefined();
    const left = await database.query(sql`select 1 as one from balance where booked_minor <> 0`);
    expect(left).toEqual([]);
  });

  test("a cancellation that nobody looked at again is refused", async () => {
    const row = await workByHand();

    const [result] = await cancelWork(engine, [
      { clientId: row.clientId, assignmentId: row.id, version: 9, actor: "amy", reason: "twice" },
    ]);

    expect(result?.failure?.code).toBe("stale-version");
    expect(await assignmentOf(row)).toBeDefined();
  });

  test("what a call may have posted is neither cancelled, moved nor completed by hand", async () => {
    const row = await workByHand();
    await move(
      row,
      { from: "pendingManual", event: "couldNotPost" },
      { from: "serviceFailed", event: "retried" },
      { from: "pendingService", event: "sent" },
      { from: "sending", event: "outcomeUnknown" },
      { from: "unknown", event: "resent" },
      { from: "sending", event: "notProcessed" },
      { from: "pendingService", event: "retriesUsedUp" },
    );
    const failed = (await assignmentOf(row)) as AssignmentRow;
    const item = {
      clientId: row.clientId,
      assignmentId: failed.id,
      version: failed.version,
      actor: "amy",
      reason: "give up",
    };

    const refusals = [
      ...(await moveToManual(engine, [item])),
      ...(await cancelWork(engine, [item])),
      ...(await completeByHand(engine, [completion(failed)])),
    ];

    expect(refusals.map((one) => one.failure?.code)).toEqual(
      Array.from({ length: 3 }, () => "transition-refused"),
    );
  });

  test("what was never sent can be moved to a person's hand", async () => {
    const row = await workByHand();
    await move(
      row,
      { from: "pendingManual", event: "couldNotPost" },
      { from: "serviceFailed", event: "reroutedToBatch" },
    );
    const pending = (await assignmentOf(row)) as AssignmentRow;

    const [result] = await moveToManual(engine, [
      {
        clientId: row.clientId,
        assignmentId: pending.id,
        version: pending.version,
        actor: "amy",
        reason: "urgent",
      },
    ]);

    expect(result).toMatchObject({ state: "pendingManual", failure: null });
    expect(await assignmentOf(row)).toMatchObject({
      type: "Execute Accounting Assignment",
      route: "MANUAL",
      destination: null,
    });
  });
});

describe("as actions on assignments", () => {
  test("a completion's fields are named when they do not fit, then it is done", async () => {
    const row = await workByHand();
    const { perform } = assignmentActions(database, manualVerbs(engine));
    const request = {
      clientIds: [row.clientId],
      assignmentId: row.id,
      action: "completion" as const,
      version: row.version,
      person: aPerson(),
    };

    const unfit = () =>
      perform({ ...request, input: { reference: "R", postingDate: "today", x: 1 } });

    await expect(unfit()).rejects.toMatchObject({
      code: "input-invalid",
      faults: [{ pointer: "/postingDate" }, { pointer: "/attested" }, { pointer: "/" }],
    });
    const input = { reference: "R", postingDate: "2026-11-16", attested: true };
    await expect(perform({ ...request, input })).resolves.toMatchObject({ state: "executed" });
  });
});

describe("posting details", () => {
  test("say everything to post it elsewhere, the number masked, and why", async () => {
    const row = await workByHand();

    const details = await postingDetails(engine, engine.vault, {
      clientId: row.clientId,
      id: row.adjustmentId ?? "",
    });

    expect(details).toMatchObject({
      claim: row.claim,
      dispute: row.dispute,
      amount: { amount: "100.00", currency: "USD" },
      eventDate: "2026-11-16",
      plannedPostingDate: "2026-11-16",
      statementText: expect.stringContaining(row.dispute ?? "-"),
      why: { operation: "issueProvisionalCredit", askedBy: "test", route: "MANUAL" },
      entries: [
        {
          rule: "ProvisionalCredit",
          debit: { collection: "suspense", accountNumber: "1410-0100", revealable: false },
          credit: { collection: "accountHolder", revealable: true },
          isExecuted: false,
        },
      ],
      attestations: [],
    });
    const [entry] = details.entries;
    expect(entry?.credit.accountNumber).toMatch(/1234$/);
    expect(entry?.credit.tranCode).not.toBeNull();
    expect(entry?.chosenBy.length).toBeGreaterThan(0);
    expect(JSON.stringify(details)).not.toContain("4000123412341234");
  });

  test("what does not exist is not found", async () => {
    const clientId = await aClient(engine);

    const missing = () =>
      postingDetails(engine, engine.vault, {
        clientId,
        id: engine.ids.next(),
      });

    await expect(missing()).rejects.toMatchObject({ code: "not-found" });
  });
});
