/**
 * Merchant Funds Disbursement: a dispute that was paid is denied or withdrawn, and money of the
 * merchant (or of another institution) is left. A person returns it elsewhere and attests; the
 * statement is kept beside the entry that it books.
 */
import { z } from "zod";

import type { ClientRuntime, Engine } from "../accounting/engine.ts";
import { disbursable } from "../accounting/dispute-work.ts";
import { executeAccountingIn, untilDecided } from "../accounting/execute-accounting.ts";
import { lockAndLoadBooks } from "../accounting/load-books.ts";
import { assert } from "../kernel/assert.ts";
import { refuseCardNumbers } from "../kernel/card-number.ts";
import { Failure } from "../kernel/failure.ts";
import { formatAmount } from "../kernel/money.ts";
import { refuseUnfitDate } from "../manual/complete.ts";
import { insertAttestations } from "../manual/store.ts";
import type { ActionCall } from "../work/perform-action.ts";
import { lockSeen, refuseOthers } from "../work/take.ts";
import { assignmentsById } from "../work/views.ts";

export const disbursementInput = z.strictObject({
  /** Decimal string; all that is left where left out. */
  amount: z.string().max(30).optional(),
  /** What the other system calls the payment. */
  reference: z.string().trim().min(1).max(100),
  /** The day it was paid. */
  postingDate: z.iso.date(),
  /** The ticked statement that the money was returned. */
  attested: z.literal(true, "has to be ticked: the money was returned"),
  note: z.string().trim().max(2000).nullish(),
});

export type DisbursementInput = z.infer<typeof disbursementInput>;

/**
 * Throws `transition-refused` where nothing is left to return, `amount-exceeds-limit`,
 * `date-invalid`, and what acting on an assignment is refused with.
 */
export function disburse(
  engine: Engine,
  call: ActionCall,
  input: DisbursementInput,
): Promise<{ readonly operationId: string | null }> {
  refuseCardNumbers(input.reference, "reference");
  refuseCardNumbers(input.note ?? "", "note");
  return untilDecided(engine, async (tx) => {
    const { clientId, assignmentId: id, version, actor } = call;
    const [found] = await assignmentsById(tx, [{ clientId, id }]);
    const disputeId = found?.disputeId ?? "";
    const client = (await engine.clients(tx, [clientId])).get(clientId) as ClientRuntime;
    const loaded = (await lockAndLoadBooks(tx, [{ clientId, disputeId }], engine.ids)).get(
      disputeId,
    );
    const [seen] = await lockSeen(tx, [{ clientId, id, version }]);
    assert(loaded !== undefined && seen !== undefined, "a disbursement is a dispute's");
    refuseOthers(seen, actor);
    const { book } = loaded;
    const due = disbursable(book, client.rulebook);
    if (due === null) throw new Failure("transition-refused", "nothing is left to return");
    const now = engine.clock.now();
    const today = client.calendar.dateOf(now);
    const { reference, postingDate, note = null } = input;
    const eventDate = firstDayOf(book.operations);
    refuseUnfitDate(input, { today, eventDate, notBefore: null });
    const amount = input.amount ?? formatAmount(due.amountMinor, book.currency);
    const [result] = await executeAccountingIn(tx, engine, [
      {
        clientId,
        key: `disbursement/${id}/${version}`,
        source: "portal",
        actor,
        dispute: disputeId,
        operation: due.operation,
        input: { amount, attestation: `returned on ${postingDate}: ${reference}` },
      },
    ]);
    if (result?.failure) throw result.failure;
    const adjustmentId = result?.adjustments[0]?.id;
    if (adjustmentId !== undefined) {
      const attested = { reference, postingDate, note, actor, adjustmentId, assignmentId: id };
      const row = { clientId, id: engine.ids.next(), ...attested };
      await insertAttestations(tx, [row], now.toString());
    }
    return { operationId: result?.operationId ?? null };
  });
}

/** Nothing was returned before anything happened. */
function firstDayOf(operations: readonly { readonly on: string }[]): string {
  return operations[0]?.on ?? "";
}
