/**
 * Could not post: the other system refused what a person tried; the reason decides what is next.
 */
import { z } from "zod";

import type { Engine } from "../accounting/engine.ts";
import { refuseCardNumbers } from "../kernel/card-number.ts";
import { Failure } from "../kernel/failure.ts";

import type { WorkItem, WorkResult } from "./locked-work.ts";
import { moveWork } from "./locked-work.ts";

export const reasonInput = z.strictObject({ reason: z.string().trim().min(1).max(500) });

export interface ReasonedItem extends WorkItem {
  readonly reason: string;
}

/** pendingManual → serviceFailed, where it can be retried, rerouted, completed or cancelled. */
export function couldNotPost(
  engine: Engine,
  items: readonly ReasonedItem[],
): Promise<WorkResult[]> {
  return engine.database.transaction(async (tx) => {
    const { results } = await moveWork(tx, engine, items, {
      prepare: () => Promise.resolve(null),
      decide: (item, { adjustment }) => {
        if (adjustment.state !== "pendingManual") {
          throw new Failure("transition-refused", `it is not posted by hand: ${adjustment.state}`, {
            state: adjustment.state,
            event: "couldNotPost",
          });
        }
        return {
          clientId: item.clientId,
          adjustmentId: adjustment.id,
          from: adjustment.state,
          event: "couldNotPost",
          actor: item.actor,
          reason: soundReason(item.reason),
        };
      },
    });
    return results;
  });
}

/** Throws `input-invalid` for an empty reason, `card-number-in-text` for a number in it. */
export function soundReason(reason: string): string {
  const words = reason.trim();
  if (words === "") {
    throw new Failure("input-invalid", "a reason is required", {}, [
      { pointer: "/reason", detail: "is required" },
    ]);
  }
  refuseCardNumbers(words, "reason");
  return words;
}
