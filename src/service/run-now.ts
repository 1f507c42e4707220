/** *Run now*: what waits for its next call or look-up is due at once. It opens no circuit. */
import type { Engine } from "../accounting/engine.ts";
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";
import { setDue } from "../work/store.ts";

import type { ItemResult, ServiceItem } from "./locked-item.ts";
import { lockedOf, lockItems, refuseUnless } from "./locked-item.ts";

/** Throws `transition-refused` where it is being sent, or only a person can find out. */
export function runNow(engine: Engine, items: readonly ServiceItem[]): Promise<ItemResult[]> {
  return engine.database.transaction((tx) => runNowIn(tx, engine, items));
}

/** The same, in a transaction of the caller's. */
export async function runNowIn(
  tx: Transaction,
  engine: Engine,
  items: readonly ServiceItem[],
): Promise<ItemResult[]> {
  const locks = await lockItems(tx, items, engine.clock.now().toString());
  const results = items.map((item): ItemResult => {
    const lock = lockedOf(locks, item);
    refuseUnless(["pendingService", "unknown"], lock);
    if (lock.state === "unknown" && !lock.machineMayAct) {
      throw new Failure("transition-refused", "only a person can find out what became of it", {
        state: lock.state,
      });
    }
    const { assignmentId, adjustmentId } = item;
    return { assignmentId, adjustmentId, state: lock.state };
  });
  const dueAt = engine.clock.now().toString();
  await setDue(
    tx,
    items.map((item) => ({ clientId: item.clientId, id: item.assignmentId, dueAt })),
  );
  return results;
}
