/**
 * *Convert to receivable*: the core refuses a debit of the holder, so what was to be taken becomes
 * a claim on them. The debit is cancelled and the receivable booked by one operation.
 */
import type { Adjustment } from "../accounting/dispute-book.ts";
import { adjustmentOf } from "../accounting/dispute-book.ts";
import type { Engine } from "../accounting/engine.ts";
import { executeAccountingIn, untilDecided } from "../accounting/execute-accounting.ts";
import { lockAndLoadBooks } from "../accounting/load-books.ts";
import { disputeOfAdjustments } from "../accounting/views.ts";
import { assert } from "../kernel/assert.ts";
import { Failure } from "../kernel/failure.ts";
import { formatAmount } from "../kernel/money.ts";
import type { ActionCall } from "../work/perform-action.ts";
import { lockSeen, refuseOthers } from "../work/take.ts";

import { soundReason } from "./could-not-post.ts";

export interface ReceivableResult {
  readonly operationId: string | null;
}

/**
 * Throws `transition-refused` unless it is a failed debit of the holder, and what
 * bookCustomerReceivable is refused with.
 */
export function convertToReceivable(
  engine: Engine,
  call: ActionCall,
  reason: string,
): Promise<ReceivableResult> {
  const words = soundReason(reason);
  return untilDecided(engine, async (tx) => {
    const { clientId, assignmentId, version, actor } = call;
    const adjustmentId = call.adjustmentId ?? "";
    const [found] = await disputeOfAdjustments(tx, [{ clientId, id: adjustmentId }]);
    if (found === undefined) throw new Failure("not-found", `no adjustment ${adjustmentId}`);
    const { disputeId } = found;
    const loaded = (await lockAndLoadBooks(tx, [{ clientId, disputeId }], engine.ids)).get(
      disputeId,
    );
    assert(loaded !== undefined, `dispute ${disputeId} has no book`);
    const [seen] = await lockSeen(tx, [{ clientId, id: assignmentId, version }]);
    assert(seen !== undefined, "an assignment seen is there");
    refuseOthers(seen, actor);
    const { book } = loaded;
    const amount = debitedBy(adjustmentOf(book, adjustmentId));
    const [result] = await executeAccountingIn(tx, engine, [
      {
        clientId,
        key: `receivable/${assignmentId}`,
        source: "api",
        actor,
        dispute: disputeId,
        operation: "bookCustomerReceivable",
        input: { amount: formatAmount(amount, book.currency) },
        replaces: {
          adjustmentId,
          event: "cancelled",
          reason: `became a claim on the holder: ${words}`,
        },
      },
    ]);
    if (result?.failure) throw result.failure;
    return { operationId: result?.operationId ?? null };
  });
}

/** What of it was to be taken from the holder's principal. */
function debitedBy(debit: Adjustment): bigint {
  const failed = debit.state === "serviceFailed" || debit.state === "batchFailed";
  const amount = debit.entries
    .filter((entry) => entry.kind !== "contra" && entry.debit.collection === "accountHolder")
    .reduce((sum, entry) => sum + entry.amountMinor, 0n);
  if (failed && amount > 0n) return amount;
  throw new Failure("transition-refused", "only a refused debit of the holder is a receivable", {
    state: debit.state,
  });
}
