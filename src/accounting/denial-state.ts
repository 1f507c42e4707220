/**
 * Where denials leave a dispute: `denialPlanned` while a debit of the holder is not booked yet,
 * then denied or withdrawn where all is denied, else back to the state before (domain §3).
 */
import { PROPOSAL_STATES } from "./adjustment-machine.ts";
import { stateLeftBefore } from "./credit-state.ts";
import type { Deciding } from "./decide-context.ts";
import type { Adjustment, Denial, DisputeBook, DisputeState } from "./dispute-book.ts";
import { moveState } from "./dispute-book.ts";
import { positionsOf } from "./positions.ts";

/** A debit of the holder by a denial that is planned, or asked of an approver. */
export function isPlannedDenial(adjustment: Adjustment): boolean {
  return PROPOSAL_STATES.has(adjustment.state) && isDenialDebit(adjustment);
}

function isDenialDebit({ denialId, operation, proposals, reversesAdjustmentId }: Adjustment) {
  const denies = denialId !== null || DENIALS.has(operation);
  return (
    denies &&
    reversesAdjustmentId === null &&
    proposals.some((one) => one.debitCollection.startsWith("accountHolder"))
  );
}

const DENIALS = new Set(["denyDispute", "withdrawDispute"]);

/** What `cancelDenial` may undo: planned debits of operations none of whose debits is booked. */
export function cancellableDenials(book: DisputeBook): Adjustment[] {
  const booked = new Set(
    book.adjustments
      .filter((one) => one.state !== "cancelled" && one.reversesAdjustmentId === null)
      .filter((one) => one.entries.some((entry) => entry.debit.collection === "accountHolder"))
      .map((one) => one.operationId),
  );
  return book.adjustments.filter((one) => isPlannedDenial(one) && !booked.has(one.operationId));
}

/** Moves the dispute on where no debit of a denial is planned any more. */
export function settleDenial(deciding: Deciding): void {
  const { book } = deciding;
  if (book.state !== "denialPlanned" || book.adjustments.some(isPlannedDenial)) return;
  moveState(book, stateBeside(deciding));
}

/** The state after a denial was made, booked, performed or dropped. */
function stateBeside(deciding: Deciding): DisputeState {
  const { book } = deciding;
  const { disputed, denied } = positionsOf(book);
  const last = book.denials.findLast((one) => !one.lifted && one.kind !== "receivable");
  if (denied === disputed) return last?.kind === "withdraw" ? "withdrawn" : "denied";
  return stateBefore(deciding, last);
}

/**
 * The state to which a dispute returns from a denial in part, or from one undone; a credit that the
 * denial cancelled, or somebody since, is no longer in force.
 */
export function stateBefore(deciding: Deciding, denial: Denial | undefined): DisputeState {
  const { operations } = deciding.book;
  const operation =
    denial === undefined
      ? operations.findLast((one) => DENIALS.has(one.operation))
      : { id: denial.operationId, stateBefore: denial.stateBefore };
  if (operation === undefined) return "open";
  return stateLeftBefore(deciding, operation.stateBefore, operation.id);
}
