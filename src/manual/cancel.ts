/**
 * Cancels what an assignment is about, with its reason: contra entries, followers with it. Refused
 * where something may have reached the system of record.
 */
import { cancelAdjustments } from "../accounting/cancel-adjustments.ts";
import type { Engine } from "../accounting/engine.ts";
import { Failure } from "../kernel/failure.ts";
import { refuseOthers, refuseUnseen } from "../work/take.ts";
import type { AssignmentRow } from "../work/views.ts";
import { assignmentsById } from "../work/views.ts";

import type { ReasonedItem } from "./could-not-post.ts";
import { soundReason } from "./could-not-post.ts";
import type { WorkResult } from "./locked-work.ts";
import { refuseUncertain } from "./locked-work.ts";
import { partlyMoved, perhapsPosted } from "./views.ts";

/** Cancels a set; each result says what became of it. */
export async function cancelWork(
  engine: Engine,
  items: readonly ReasonedItem[],
): Promise<WorkResult[]> {
  const rows = new Map(
    (
      await assignmentsById(
        engine.database,
        items.map((item) => ({ clientId: item.clientId, id: item.assignmentId })),
      )
    ).map((row) => [row.id, row]),
  );
  const keys = [...rows.values()].flatMap(({ clientId, adjustmentId }) =>
    adjustmentId === null ? [] : [{ clientId, id: adjustmentId }],
  );
  const unsafe = {
    uncertain: await perhapsPosted(engine.database, keys),
    moved: await partlyMoved(engine.database, keys),
  };
  const results = items.map((item) => considered(item, rows.get(item.assignmentId), unsafe));
  const sound = results.flatMap((result, index) =>
    result.failure === null ? [{ item: items[index] as ReasonedItem, result }] : [],
  );
  const answers = await cancelAdjustments(
    engine,
    sound.map(({ item, result }) => ({
      clientId: item.clientId,
      adjustmentId: result.adjustmentId ?? "",
      actor: item.actor,
      reason: item.reason.trim(),
    })),
  );
  const failures = new Map(answers.map((answer) => [answer.adjustmentId, answer.failure]));
  return results.map((result): WorkResult => {
    if (result.failure !== null) return result;
    const failure = failures.get(result.adjustmentId ?? "") ?? null;
    return failure === null ? { ...result, state: "cancelled" } : { ...result, failure };
  });
}

function considered(
  item: ReasonedItem,
  row: AssignmentRow | undefined,
  unsafe: { readonly uncertain: ReadonlySet<string>; readonly moved: ReadonlySet<string> },
): WorkResult {
  const adjustmentId = row?.adjustmentId ?? null;
  const result = { assignmentId: item.assignmentId, adjustmentId, state: null };
  try {
    if (row?.clientId !== item.clientId || adjustmentId === null) {
      throw new Failure("not-found", `assignment ${item.assignmentId} is of no movement`);
    }
    refuseUnseen(row, item.version);
    refuseOthers(row, item.actor);
    soundReason(item.reason);
    refuseUncertain(unsafe.uncertain.has(adjustmentId), "serviceFailed");
    if (unsafe.moved.has(adjustmentId)) {
      throw new Failure("transition-refused", "part of it has moved: it is never cancelled whole", {
        state: row.adjustmentState,
        event: "cancelled",
      });
    }
    return { ...result, failure: null };
  } catch (error) {
    if (error instanceof Failure) return { ...result, failure: error };
    throw error;
  }
}
