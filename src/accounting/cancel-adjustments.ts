/**
 * Cancels adjustments because a person or a verb says so: contra entries for what was booked,
 * followers with them. Refused where something may have reached the system of record.
 */
import type { Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import { Failure } from "../kernel/failure.ts";

import { cancelAdjustment } from "./cancel-adjustment.ts";
import type { Deciding } from "./decide-context.ts";
import type { Adjustment } from "./dispute-book.ts";
import { adjustmentOf } from "./dispute-book.ts";
import type { ClientRuntime, Engine } from "./engine.ts";
import { untilDecided } from "./execute-accounting.ts";
import { lockAndLoadBooks } from "./load-books.ts";
import { dueContext } from "./release-due.ts";
import { restoreOnFailure } from "./restore-book.ts";
import { disputeOfAdjustments } from "./views.ts";
import { writeBooks, writtenOf } from "./write-books.ts";

export interface AdjustmentOrder {
  readonly clientId: string;
  readonly adjustmentId: string;
  readonly actor: string;
  readonly reason: string;
}

export interface OrderResult {
  readonly adjustmentId: string;
  readonly failure: Failure | null;
}

/** One refused leaves the others; answers in the order given. */
export function cancelAdjustments(
  engine: Engine,
  orders: readonly AdjustmentOrder[],
): Promise<OrderResult[]> {
  return untilDecided(engine, (tx) => cancelAdjustmentsIn(tx, engine, orders));
}

/** As `cancelAdjustments`, in the caller's transaction. Throws `Superseded`: then decide again. */
export function cancelAdjustmentsIn(
  tx: Transaction,
  engine: Engine,
  orders: readonly AdjustmentOrder[],
): Promise<OrderResult[]> {
  return carryOutIn(tx, engine, orders, (deciding, adjustment, order) => {
    cancelAdjustment(deciding, adjustment.id, order.reason);
  });
}

/** Loads, works and writes a set under the locks of its disputes; answers in the order given. */
export async function carryOutIn<Order extends AdjustmentOrder>(
  tx: Transaction,
  engine: Engine,
  orders: readonly Order[],
  work: (deciding: Deciding, adjustment: Adjustment, order: Order) => void,
): Promise<OrderResult[]> {
  const keys = orders.map((one) => ({ clientId: one.clientId, id: one.adjustmentId }));
  const found = await disputeOfAdjustments(tx, keys);
  const disputes = new Map(found.map((row) => [row.id, row]));
  const clients = await engine.clients(tx, [...new Set(found.map((row) => row.clientId))]);
  const unique = [...new Map(found.map((row) => [row.disputeId, row])).values()];
  const books = await lockAndLoadBooks(tx, unique, engine.ids);
  const actors = new Map<string, string>();
  const results = orders.map((order): OrderResult => {
    const { adjustmentId } = order;
    const at = disputes.get(adjustmentId);
    if (at === undefined) {
      const failure = new Failure("not-found", `adjustment ${adjustmentId} does not exist`);
      return { adjustmentId, failure };
    }
    const loaded = books.get(at.disputeId);
    assert(loaded !== undefined, `dispute ${at.disputeId} has no book`);
    const client = clients.get(at.clientId) as ClientRuntime;
    const adjustment = adjustmentOf(loaded.book, adjustmentId);
    const today = client.calendar.dateOf(engine.clock.now());
    const { operationId, operation } = adjustment;
    actors.set(operationId, order.actor);
    const context = dueContext(engine, client);
    const { book } = loaded;
    const deciding = { book, context, operationId, operation, today, eventDate: today };
    try {
      restoreOnFailure(book, () => work(deciding, adjustment, order));
      return { adjustmentId, failure: null };
    } catch (error) {
      if (error instanceof Failure) return { adjustmentId, failure: error };
      throw error;
    }
  });
  const now = engine.clock.now();
  const written = [...books.values()].map((loaded) => {
    const client = clients.get(loaded.book.clientId) as ClientRuntime;
    return writtenOf(loaded, client, {
      actorOf: (operationId) => actors.get(operationId ?? "") ?? "redress",
      eventDate: client.calendar.dateOf(now),
    });
  });
  await writeBooks(tx, engine, written, now.toString());
  return results;
}
