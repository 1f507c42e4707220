/**
 * *Override*: a refusal whose codes the core lets somebody override is sent again with them. Who
 * may says so with a reason; it is on record before the call, and holds for that one refusal.
 */
import { z } from "zod";

import { personsBehind } from "../access/persons.ts";
import { askedBy } from "../accounting/dispute-views.ts";
import type { Engine } from "../accounting/engine.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import { refuseCardNumbers } from "../kernel/card-number.ts";
import { Failure } from "../kernel/failure.ts";

import type { ItemResult, ServiceItem } from "./locked-item.ts";
import { lockedOf, lockItems, refuseUnless } from "./locked-item.ts";
import { lastRefusal } from "./refusal-views.ts";
import { insertOverride } from "./store.ts";

export const overrideInput = z.strictObject({
  reason: z.string().trim().min(1).max(2000),
  /** Some of the codes that were refused; all of them where left out. */
  codes: z.array(z.string().min(1).max(60)).min(1).max(50).optional(),
});

export type Override = ServiceItem & z.infer<typeof overrideInput>;

/**
 * Throws `transition-refused` unless its last call was refused with codes that may be overridden,
 * `self-approval` for whoever asked for the movement, `input-invalid` for a code it was not
 * refused with.
 */
export function overrideRefusal(engine: Engine, override: Override): Promise<ItemResult> {
  return engine.database.transaction(async (tx) => {
    const { clientId, adjustmentId, assignmentId, actor } = override;
    refuseCardNumbers(override.reason, "reason");
    const lock = lockedOf(await lockItems(tx, [override], engine.clock.now().toString()), override);
    refuseUnless(["serviceFailed", "partlyExecuted"], lock);
    const refusal = await lastRefusal(tx, clientId, adjustmentId);
    if (refusal?.outcome !== "refusedOverridable") {
      const detail = "the refusal is not one that may be overridden";
      throw new Failure("transition-refused", detail, { state: lock.state });
    }
    const asked = await askedBy(tx, clientId, adjustmentId);
    const persons = await personsBehind(tx, [...asked, actor]);
    if (asked.some((one) => persons.get(one) === persons.get(actor))) {
      throw new Failure("self-approval", "you asked for the movement yourself");
    }
    const codes = override.codes ?? refusal.codes;
    const strange = codes.find((code) => !refusal.codes.includes(code));
    if (strange !== undefined) {
      const detail = `it was refused with ${refusal.codes.join(", ")}, not with ${strange}`;
      throw new Failure("input-invalid", `codes: ${detail}`, {}, [{ pointer: "/codes", detail }]);
    }
    const { reason } = override;
    // The refusal raised the revision: the call that carries the codes has a key of its own.
    await insertOverride(
      tx,
      {
        clientId,
        id: engine.ids.next(),
        adjustmentId,
        keyRevision: refusal.keyRevisionNow,
        codes,
        reason,
        actor,
      },
      engine.clock.now().toString(),
    );
    const [moved] = await moveAdjustments(tx, engine, [
      {
        clientId,
        adjustmentId,
        from: lock.state,
        event: "retried",
        actor,
        reason: `override of ${codes.join(", ")}: ${reason}`,
        destination: lock.destination,
      },
    ]);
    return { assignmentId, adjustmentId, state: moved?.state ?? lock.state };
  });
}
