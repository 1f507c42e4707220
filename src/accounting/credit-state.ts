/**
 * Where a credit that never left leaves its dispute: without any that stands, it is where it was
 * before the first of them, with its clocks running. Declined or cancelled, it is the same.
 */
import type { Deciding } from "./decide-context.ts";
import type { Adjustment, DisputeBook, DisputeState } from "./dispute-book.ts";
import { moveState } from "./dispute-book.ts";
import { positionsOf } from "./positions.ts";

/** After an adjustment was cancelled: the dispute goes back where its operation had moved it. */
export function takeMoveBack(deciding: Deciding, { operation }: Adjustment): void {
  const { book } = deciding;
  if (movesOf(deciding)(operation) !== book.state) return;
  const state = withoutCredits(deciding, { state: book.state, until: book.operations.length });
  if (state !== book.state) moveState(book, state);
}

/**
 * The state that a dispute was in before one of its operations, as it is by now: a credit that
 * brought it there and was cancelled since is none.
 */
export function stateLeftBefore(
  deciding: Deciding,
  state: DisputeState,
  operationId: string,
): DisputeState {
  const at = deciding.book.operations.findIndex((one) => one.id === operationId);
  return at < 0 ? state : withoutCredits(deciding, { state, until: at });
}

type MovesTo = (operation: string) => DisputeState | null;

function movesOf({ context }: Deciding): MovesTo {
  return (name) => context.rulebook.operations.get(name)?.movesTo ?? null;
}

/** An operation of which all that it was to move is cancelled: nothing of it is in force. */
export function isCancelled({ adjustments }: DisputeBook, operationId: string): boolean {
  const own = adjustments.filter((one) => one.operationId === operationId);
  return own.length > 0 && own.every((one) => one.state === "cancelled");
}

/** The state as if the cancelled of the operations that led to it had not been. */
function withoutCredits(
  deciding: Deciding,
  at: { readonly state: DisputeState; readonly until: number },
): DisputeState {
  const { book } = deciding;
  const movesTo = movesOf(deciding);
  let { state, until } = at;
  for (;;) {
    const from = movedAt(book, { state, until }, movesTo);
    if (from === null) return state;
    const movers = book.operations
      .slice(from, until)
      .filter((one) => movesTo(one.operation) === state);
    if (!movers.every((one) => isCancelled(book, one.id))) return state;
    // Whatever brought it about, there is a credit still.
    const isCredited = positionsOf(book).holderCredit !== 0n;
    if (state === "provisionallyCredited" && isCredited) return state;
    state = book.operations[from]?.stateBefore ?? state;
    until = from;
  }
}

/** The operation by which the dispute came into the state it was in last; null: by none of them. */
function movedAt(
  { operations }: DisputeBook,
  { state, until }: { readonly state: DisputeState; readonly until: number },
  movesTo: MovesTo,
): number | null {
  for (let at = until - 1; at >= 0; at -= 1) {
    const past = operations[at];
    if (past?.stateBefore !== state) return movesTo(past?.operation ?? "") === state ? at : null;
  }
  return null;
}
