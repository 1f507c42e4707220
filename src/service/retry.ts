/**
 * *Retry*: what a service refused, or could not be reached for, is sent again. After a refusal it
 * carries a new key; what may have been processed never gets here.
 */
import type { ClientRuntime, Engine } from "../accounting/engine.ts";
import type { Move } from "../accounting/move-adjustments.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";

import type { ItemResult, ServiceItem } from "./locked-item.ts";
import { lockedOf, lockItems, refuseUnless } from "./locked-item.ts";
import { servicesOf } from "./service-configuration.ts";

/** All or none. Throws `transition-refused` where it has not failed, or there is no service. */
export function retryServiceCalls(
  engine: Engine,
  items: readonly ServiceItem[],
): Promise<ItemResult[]> {
  return engine.database.transaction((tx) => retryServiceCallsIn(tx, engine, items));
}

/** The same, in a transaction of the caller's. */
export async function retryServiceCallsIn(
  tx: Transaction,
  engine: Engine,
  items: readonly ServiceItem[],
): Promise<ItemResult[]> {
  const clients = await engine.clients(tx, [...new Set(items.map((one) => one.clientId))]);
  const locks = await lockItems(tx, items, engine.clock.now().toString());
  const moves = items.map((item): Move => {
    const lock = lockedOf(locks, item);
    refuseUnless(["serviceFailed", "partlyExecuted"], lock);
    return {
      clientId: item.clientId,
      adjustmentId: item.adjustmentId,
      from: lock.state,
      event: "retried",
      actor: item.actor,
      destination: serviceFor(clients.get(item.clientId) as ClientRuntime, lock.destination),
    };
  });
  const moved = await moveAdjustments(tx, engine, moves);
  return items.map((item, index) => ({
    assignmentId: item.assignmentId,
    adjustmentId: item.adjustmentId,
    state: moved[index]?.state ?? "serviceFailed",
  }));
}

/** The service it failed at; the client's own where it comes from another route. */
function serviceFor({ settings }: ClientRuntime, destination: string | null): string {
  const services = servicesOf(settings);
  if (destination !== null && services.has(destination)) return destination;
  const own = settings.service ?? [...services.keys()][0];
  if (own !== undefined && services.has(own)) return own;
  throw new Failure("transition-refused", "the client has no accounting service to retry with");
}
