import { describe, expect, test } from "vitest";

import { testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { aPerson } from "../../test/support/work.ts";
import { assignmentOf, completion, move, workByHand } from "../../test/support/work-by-hand.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import { sql } from "../database/sql.ts";
import { assignmentActions } from "../work/perform-action.ts";
import type { AssignmentRow } from "../work/views.ts";

import { cancelWork } from "./cancel.ts";
import { completeByHand } from "./complete.ts";
import { couldNotPost } from "./could-not-post.ts";
import { moveToManual } from "./move-to-manual.ts";
import { manualVerbs } from "./verbs.ts";

const database = useDatabase();
const engine = testEngine(database);

describe("what cannot be done", () => {
  test("could not post: a person's failure is one to retry, reroute or cancel", async () => {
    const row = await workByHand(engine);
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
    expect(await assignmentOf(engine, row)).toMatchObject({
      type: "Execute Accounting Service Failed",
      reason: "account closed",
    });
    expect(again?.failure?.code).toBe("assignment-closed");
  });

  test("a reason is required", async () => {
    const row = await workByHand(engine);
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
    const row = await workByHand(engine);

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
    expect(await assignmentOf(engine, row)).toBeUndefined();
    const left = await database.query(sql`select 1 as one from balance where booked_minor <> 0`);
    expect(left).toEqual([]);
  });

  test("a cancellation that nobody looked at again is refused", async () => {
    const row = await workByHand(engine);

    const [result] = await cancelWork(engine, [
      { clientId: row.clientId, assignmentId: row.id, version: 9, actor: "amy", reason: "twice" },
    ]);

    expect(result?.failure?.code).toBe("stale-version");
    expect(await assignmentOf(engine, row)).toBeDefined();
  });

  test("what has moved in part is never cancelled whole", async () => {
    const row = await workByHand(engine);
    await move(
      engine,
      row,
      { from: "pendingManual", event: "couldNotPost" },
      { from: "serviceFailed", event: "retried" },
      { from: "pendingService", event: "sent" },
    );
    const [entry] = await database.query<{ id: string }>(sql`
      select id from entry where adjustment_id = ${row.adjustmentId}`);
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
            entryIds: [entry?.id ?? ""],
          },
        },
      ]),
    );
    await move(engine, row, { from: "partlyExecuted", event: "retried" });
    const failed = (await assignmentOf(engine, row)) as AssignmentRow;

    const [result] = await cancelWork(engine, [
      { ...failed, assignmentId: failed.id, actor: "amy", reason: "give up" },
    ]);

    expect(failed.adjustmentState).toBe("pendingService");
    expect(result?.failure).toMatchObject({
      code: "transition-refused",
      message: expect.stringContaining("never cancelled whole"),
    });
  });

  test("what a call may have posted is not cancelled, moved or completed by hand", async () => {
    const row = await workByHand(engine);
    await move(
      engine,
      row,
      { from: "pendingManual", event: "couldNotPost" },
      { from: "serviceFailed", event: "retried" },
      { from: "pendingService", event: "sent" },
      { from: "sending", event: "outcomeUnknown" },
      { from: "unknown", event: "resent" },
      { from: "sending", event: "notProcessed" },
      { from: "pendingService", event: "retriesUsedUp" },
    );
    const failed = (await assignmentOf(engine, row)) as AssignmentRow;
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
    const row = await workByHand(engine);
    await move(
      engine,
      row,
      { from: "pendingManual", event: "couldNotPost" },
      { from: "serviceFailed", event: "reroutedToBatch" },
    );
    const pending = (await assignmentOf(engine, row)) as AssignmentRow;

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
    expect(await assignmentOf(engine, row)).toMatchObject({
      type: "Execute Accounting Assignment",
      route: "MANUAL",
      destination: null,
    });
  });
});

describe("as actions on assignments", () => {
  test("a completion's fields are named when they do not fit, then it is done", async () => {
    const row = await workByHand(engine);
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
