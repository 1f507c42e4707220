/**
 * Decides one operation on a dispute's book: is it allowed here, with which amount, which rules
 * fire, what is booked now and what is planned. Pure: it reads and changes nothing but the book.
 *
 * A refused operation throws a `Failure` and leaves the book exactly as it was.
 */
import { Failure } from "../kernel/failure.ts";
import { formatAmount } from "../kernel/money.ts";
import type { RuleBook } from "../rulebook/load.ts";
import type { Operation } from "../rulebook/operations.ts";

import { PROPOSAL_STATES } from "./adjustment-machine.ts";
import { cancelUnsentCredits, dropAdjustment, unsentCredits } from "./cancel-adjustment.ts";
import type { Applied, DecideContext, DecideRequest } from "./decide-context.ts";
import type { Adjustment, DisputeBook, Hold } from "./dispute-book.ts";
import { adjustmentOf, moveState, record } from "./dispute-book.ts";
import type { GateResult } from "./gate.ts";
import { gateAgain } from "./gate.ts";
import { linesFired, principalOf } from "./lines-fired.ts";
import { useCredit } from "./merchant-credits.ts";
import { openAdjustments } from "./open-adjustments.ts";
import { approvalNeeded, approvalNeededToTake } from "./approval-needed.ts";
import { wordsOfReopening } from "./operations/reopen.ts";
import { PROCEDURES } from "./operations/procedures.ts";
import { amountValues, positionsOf } from "./positions.ts";
import { readInput } from "./read-input.ts";
import { restoreOnFailure } from "./restore-book.ts";
import { amountOf } from "./take-amount.ts";

export interface DecisionSummary {
  /** `no entry required` where nothing was booked and nothing planned. */
  readonly decision: string | null;
  /** The gate run again, where something happened to a resolved dispute; else null. */
  readonly gate: GateResult | null;
}

export const NO_ENTRY_REQUIRED = "no entry required";

export function decide(
  book: DisputeBook,
  request: DecideRequest,
  context: DecideContext,
): DecisionSummary {
  return restoreOnFailure(book, () => decideInPlace(book, request, context));
}

function decideInPlace(
  book: DisputeBook,
  request: DecideRequest,
  context: DecideContext,
): DecisionSummary {
  const operation = context.rulebook.operations.get(request.operation);
  if (operation === undefined) {
    throw new Failure("unknown-operation", `${request.operation} is not an operation`, {
      operation: request.operation,
    });
  }
  const from = book.changes.length;
  const input = readInput(operation, request.input, book.currency);
  const replaced = dropReplaced(book, request, context);
  const positions = positionsOf(book);
  const applied: Applied = {
    book,
    context,
    operationId: request.operationId,
    operation: operation.id,
    today: request.today,
    eventDate: request.eventDate,
    input,
    positions,
    values: amountValues(positions),
    replaced,
    overridesGate: request.overridesGate ?? false,
    approvedAfterwards: request.approvedAfterwards ?? false,
  };
  refuseByState(applied, operation);
  recordReference(applied, operation);
  const stateBefore = book.state;
  if (operation.procedure === null) fireRules(applied, operation);
  else PROCEDURES[operation.procedure](applied, operation);
  record(book, {
    type: "operationRecorded",
    operation: {
      id: request.operationId,
      operation: operation.id,
      on: request.eventDate,
      input: request.input,
      stateBefore,
    },
  });
  const nothing =
    operation.procedure === "reopen"
      ? wordsOfReopening(book, book.changes.slice(from))
      : NO_ENTRY_REQUIRED;
  const decision = movedAnything(book, from) ? null : nothing;
  return { decision, gate: stateBefore === "resolved" ? gateAgain(book, context.rulebook) : null };
}

/** Positions are those without it. Throws `transition-refused` where it may not be cancelled. */
function dropReplaced(
  book: DisputeBook,
  { replaces, operationId, operation, today, eventDate }: DecideRequest,
  context: DecideContext,
): Adjustment | null {
  if (replaces === undefined) return null;
  const { adjustmentId, event, reason } = replaces;
  const deciding = { book, context, operationId, operation, today, eventDate };
  dropAdjustment(deciding, adjustmentId, reason, event);
  return adjustmentOf(book, adjustmentId);
}

/** Throws `operation-not-allowed` by the rule book's table of states. */
function refuseByState({ book, context, replaced }: Applied, operation: Operation): void {
  if (isAllowedByState(book, context.rulebook, operation)) return;
  // Where one of the same kind was allowed, what takes its place is.
  const before = context.rulebook.operations.get(replaced?.operation ?? "");
  if (before?.group === operation.group) return;
  throw new Failure(
    "operation-not-allowed",
    `${operation.id} is not allowed while the dispute is ${book.state}`,
    { operation: operation.id, state: book.state },
  );
}

/** Whether the rule book's table of states lets the operation through. */
export function isAllowedByState(
  book: DisputeBook,
  rulebook: RuleBook,
  operation: Operation,
): boolean {
  if (rulebook.states.get(book.state)?.has(operation.group) === true) return true;
  // A taking on notice leaves the state alone; its notice is recorded all the same.
  if (operation.group !== "plannedDenial") return false;
  if (operation.id === "recordNoticeSent" && waitsForNotice(book)) return true;
  return book.adjustments.some(
    (one) => PROPOSAL_STATES.has(one.state) && one.hold?.reason === "denyDebitDate",
  );
}

/** A debit that was made at once, whose notice has not been recorded. */
function waitsForNotice(book: DisputeBook): boolean {
  return book.denials.some(
    (one) => !one.lifted && one.honorUntil !== null && one.noticeSentOn === null,
  );
}

/** The same event recorded twice is one event. Throws `reference-already-used`. */
function recordReference(applied: Applied, operation: Operation): void {
  if (operation.referenceInput === null) return;
  const reference = applied.input[operation.referenceInput];
  if (typeof reference !== "string") return;
  if (applied.context.referenceUsed(operation.id, reference)) {
    throw new Failure(
      "reference-already-used",
      `${operation.id} with reference ${reference} is recorded already`,
      { reference },
      [{ pointer: `/${operation.referenceInput}`, detail: "is recorded already" }],
    );
  }
  const { operationId } = applied;
  if (operation.wholeInput !== null) {
    useCredit(applied, operation, reference);
    return;
  }
  record(applied.book, { type: "referenceRecorded", kind: operation.id, reference, operationId });
}

/** An operation that is data: the rules of the book fire with their amounts, within the limit. */
function fireRules(applied: Applied, operation: Operation): void {
  if (operation.movesTo === "finalCredit") refuseOnUnapproved(applied, operation);
  // A stage that the network does not have is said before anything about amounts.
  principalOf(applied, operation);
  const amount = amountOf(applied, operation);
  const lines = linesFired(applied, operation, amount);
  const hold = notBeforeOf(applied, operation);
  const { credits } = unsentCredits(applied, hold === undefined ? lines : []);
  const approval = approvalNeededToTake(applied, approvalNeeded(applied, amount ?? 0n), credits);
  const isFree = hold === undefined && approval === null;
  const left = isFree ? cancelUnsentCredits(applied, lines) : lines;
  openAdjustments(applied, left, {
    ...(hold === undefined ? {} : { hold }),
    raisesDisputedMinor: operation.raisesDisputed ? (amount ?? 0n) : 0n,
    approval,
  });
  if (operation.raisesDisputed) refuseSurplus(applied);
  const moves = operation.movesTo;
  const nothing = left.length === 0 && moves === "provisionallyCredited";
  if (moves !== null && !nothing) moveState(applied.book, moves);
}

/** Paid on the strength of a credit that is declined, the holder would have nothing. */
function refuseOnUnapproved({ book }: Applied, operation: Operation): void {
  const waits = book.adjustments.some(
    ({ state, proposals }) =>
      state === "awaitingApproval" &&
      proposals.some((one) => one.creditCollection === "accountHolder" && one.reverses === null),
  );
  if (!waits) return;
  const detail = "a credit of it waits for approval: that is decided first";
  const facts = { operation: operation.id, state: book.state };
  throw new Failure("operation-not-allowed", detail, facts);
}

/** A raise credits what it makes owed: where a merchant's credit covers that, it is too much. */
function refuseSurplus({ book, operation, positions }: Applied): void {
  const more = positionsOf(book).surplus - positions.surplus;
  if (more <= 0n) return;
  const words = formatAmount(more, book.currency);
  throw new Failure(
    "amount-exceeds-limit",
    `${operation} would credit ${words} more than it makes owed`,
    { surplus: words },
    [{ pointer: "/amount", detail: `would credit ${words} more than it makes owed` }],
  );
}

function notBeforeOf(applied: Applied, operation: Operation): Hold | undefined {
  if (operation.notBeforeInput === null) return undefined;
  const date = applied.input[operation.notBeforeInput];
  if (typeof date !== "string" || date <= applied.today) return undefined;
  return { reason: "notBefore", releaseOn: date, waitsFor: [], note: `not before ${date}` };
}

function movedAnything(book: DisputeBook, from: number): boolean {
  return book.changes
    .slice(from)
    .some(
      ({ type }) =>
        type === "entriesBooked" || type === "adjustmentOpened" || type === "adjustmentMoved",
    );
}
