/**
 * Moves an adjustment to the manual route: a person will post it. Only where it is certain that
 * neither the service nor a file has posted it already (domain §4).
 */
import type { AdjustmentState } from "../accounting/adjustment-machine.ts";
import { TRANSITIONS } from "../accounting/adjustment-machine.ts";
import type { Engine } from "../accounting/engine.ts";
import { Failure } from "../kernel/failure.ts";

import type { ReasonedItem } from "./could-not-post.ts";
import { soundReason } from "./could-not-post.ts";
import type { WorkResult } from "./locked-work.ts";
import { moveWork, refuseUncertain } from "./locked-work.ts";
import { perhapsPosted } from "./views.ts";

/** pendingService, serviceFailed, pendingBatch, batchFailed → pendingManual. */
export function moveToManual(
  engine: Engine,
  items: readonly ReasonedItem[],
): Promise<WorkResult[]> {
  return engine.database.transaction(async (tx) => {
    const { results } = await moveWork(tx, engine, items, {
      prepare: (works) =>
        perhapsPosted(
          tx,
          works.map(({ adjustment }) => ({ clientId: adjustment.clientId, id: adjustment.id })),
        ),
      decide: (item, { adjustment }, uncertain) => {
        refuseWhile(adjustment.state);
        refuseUncertain(uncertain.has(adjustment.id), adjustment.state);
        if (adjustment.isPartlyProcessed) {
          const detail = "part of it was posted: complete the rest by hand, or retry it";
          throw new Failure("transition-refused", detail, { state: adjustment.state });
        }
        return {
          clientId: item.clientId,
          adjustmentId: adjustment.id,
          from: adjustment.state,
          event: "reroutedToManual",
          actor: item.actor,
          reason: soundReason(item.reason),
        };
      },
    });
    return results;
  });
}

function refuseWhile(state: AdjustmentState): void {
  if (TRANSITIONS[state].reroutedToManual !== undefined) return;
  throw new Failure("transition-refused", `it cannot be moved while ${state}`, {
    state,
    event: "reroutedToManual",
  });
}
