/**
 * Cancelling an adjustment of which nothing can have reached the system of record: a proposal is
 * dropped, booked entries get linked contra entries. What follows it is cancelled with it.
 */
import { Failure } from "../kernel/failure.ts";
import { minimum } from "../kernel/money.ts";

import { nextState, NEVER_SENT_STATES, PROPOSAL_STATES } from "./adjustment-machine.ts";
import { contraEntries } from "./book-entries.ts";
import { takeMoveBack } from "./credit-state.ts";
import type { Deciding } from "./decide-context.ts";
import type { Adjustment } from "./dispute-book.ts";
import { adjustmentOf, isStandIn, moveState, record } from "./dispute-book.ts";
import { isPlannedDenial, settleDenial, stateBefore } from "./denial-state.ts";
import { releaseDayOf } from "./holds/deny-debit-date.ts";
import type { Line } from "./open-adjustments.ts";
import { EXTRA_REVERSALS } from "./positions.ts";
import type { ExtraRule } from "./positions.ts";

/**
 * Cancels by a person's word. A denial that an approver declines is lifted; where a planned debit
 * is dropped, the dispute moves on; without its credits it goes back. Throws `transition-refused`
 * where the state forbids it.
 */
export function cancelAdjustment(
  deciding: Deciding,
  adjustmentId: string,
  reason: string,
  event: "cancelled" | "declined" = "cancelled",
): void {
  const { book } = deciding;
  const adjustment = adjustmentOf(book, adjustmentId);
  if (isStandIn(book, adjustment)) {
    // What it was to replace stands as it was, with all that hangs on it.
    dropAdjustment(deciding, adjustmentId, reason, event);
    return;
  }
  if (event === "declined" && putBack(deciding, adjustment, reason)) return;
  const declined = event === "declined" && isPlannedDenial(adjustment);
  dropAdjustment(deciding, adjustmentId, reason, event);
  if (declined) liftDenialOf(deciding, adjustment);
  takeMoveBack(deciding, adjustment);
  if (adjustment.principalRule === "CustomerReceivable") liftDenialOf(deciding, adjustment);
  settleDenial(deciding);
}

/** A debit whose notice names a date was only asked for early: declined, it waits for its date. */
function putBack(deciding: Deciding, adjustment: Adjustment, reason: string): boolean {
  const { book, operationId } = deciding;
  const denial = book.denials.find((one) => one.id === adjustment.denialId && !one.lifted);
  const day = denial?.debitDate ?? null;
  if (adjustment.state !== "awaitingApproval" || day === null) return false;
  const releaseOn = releaseDayOf(deciding, adjustment, day);
  const hold = { reason: "denyDebitDate" as const, releaseOn, waitsFor: [], note: reason };
  const { id: adjustmentId, state: from } = adjustment;
  record(book, { type: "holdSet", adjustmentId, hold });
  const to = nextState(from, "held");
  record(book, {
    type: "adjustmentMoved",
    adjustmentId,
    from,
    to,
    event: "held",
    operationId,
    reason,
  });
  return true;
}

/** What a declined debit, or a cancelled claim on the holder, denied is denied no more. */
function liftDenialOf(deciding: Deciding, { denialId }: Adjustment): void {
  const { book, operationId } = deciding;
  const denial = book.denials.find((one) => one.id === denialId);
  if (denial === undefined || denial.lifted) return;
  for (const other of book.adjustments) {
    if (other.denialId === denialId && PROPOSAL_STATES.has(other.state)) {
      dropAdjustment(deciding, other.id, "its denial was declined");
    }
  }
  record(book, { type: "denialLifted", denialId: denial.id, operationId });
  if (book.state === "denialPlanned") moveState(book, stateBefore(deciding, denial));
}

/** As part of an operation: the dispute's own state is the operation's. */
export function dropAdjustment(
  deciding: Deciding,
  adjustmentId: string,
  reason: string,
  event: "cancelled" | "declined" | "parked" = "cancelled",
): void {
  const { book, operationId } = deciding;
  const adjustment = adjustmentOf(book, adjustmentId);
  const from = adjustment.state;
  if (adjustment.isPartlyProcessed) {
    const detail = "part of it was posted: it is never cancelled whole";
    throw new Failure("transition-refused", detail, { state: from, event });
  }
  if (adjustment.isAttested === true) {
    const detail = "somebody attested that it posted: that is decided first";
    throw new Failure("transition-refused", detail, { state: from, event });
  }
  const to = nextState(from, event);
  const entries = PROPOSAL_STATES.has(from) ? [] : contraEntries(deciding, adjustment);
  record(book, { type: "adjustmentMoved", adjustmentId, from, to, event, operationId, reason });
  if (entries.length > 0) {
    record(book, { type: "entriesBooked", adjustmentId, entries, operationId });
  }
  if (adjustment.proposals.length > 0) {
    record(book, { type: "proposalsReplaced", adjustmentId, proposals: [] });
  }
  for (const other of book.adjustments) {
    if (!PROPOSAL_STATES.has(other.state)) continue;
    if (other.followsAdjustmentId === adjustmentId) {
      dropAdjustment(deciding, other.id, "its principal was cancelled");
    } else if (other.replacesAdjustmentId === adjustmentId) {
      dropAdjustment(deciding, other.id, "what it was to replace was cancelled");
    }
  }
}

/**
 * Before a take-back: holder credits that were never sent and lie wholly inside what is taken back
 * are cancelled instead. Answers the lines that are left to take.
 */
export function cancelUnsentCredits(
  deciding: Deciding,
  lines: readonly Line[],
  allDenied = false,
): Line[] {
  const { credits, left } = unsentCredits(deciding, lines, allDenied);
  for (const { id } of credits) dropAdjustment(deciding, id, "taken back before it was sent");
  return left;
}

/** What `cancelUnsentCredits` would cancel, and what it would leave to take. Changes nothing. */
export function unsentCredits(
  deciding: Deciding,
  lines: readonly Line[],
  allDenied = false,
): { readonly credits: readonly Adjustment[]; readonly left: Line[] } {
  const left = new Map(lines.map((line) => [line.rule, line.amountMinor]));
  const taking = lines.find((line) => isPrincipalDebit(deciding, line))?.rule;
  const credits: Adjustment[] = [];
  if (taking === undefined) return { credits, left: [...lines] };
  for (const credit of deciding.book.adjustments.toReversed()) {
    if (!NEVER_SENT_STATES.has(credit.state) || credit.reversesAdjustmentId !== null) continue;
    if (credit.isPartlyProcessed || credit.isAttested === true) continue;
    // Cancelling a raise shrinks the dispute: beside a part denial it would be taken twice.
    if (credit.raisesDisputedMinor > 0n && !allDenied) continue;
    const parts = partsOf(deciding, credit, taking);
    if (parts === null || parts.size === 0) continue;
    if (!givesBackTheSame(deciding, credit, taking)) continue;
    const inside = [...parts].every(([rule, amount]) => amount <= (left.get(rule) ?? 0n));
    if (!inside) continue;
    for (const [rule, amount] of parts) left.set(rule, (left.get(rule) ?? 0n) - amount);
    giveBackOverShort(left, credit);
    credits.push(credit);
  }
  const rest = lines
    .map((line) => ({ ...line, amountMinor: left.get(line.rule) ?? 0n }))
    .filter((line) => line.amountMinor > 0n);
  return { credits, left: rest };
}

function isPrincipalDebit({ context }: Deciding, line: Line): boolean {
  return context.rulebook.rules.get(line.rule)?.debit === "accountHolder";
}

/** What of the debit's lines a credit would use up, by rule; null where it is no such credit. */
function partsOf(
  { context }: Deciding,
  credit: Adjustment,
  taking: string,
): Map<string, bigint> | null {
  const parts = new Map<string, bigint>();
  const lines = PROPOSAL_STATES.has(credit.state) ? credit.proposals : credit.entries;
  let creditsHolder = false;
  for (const line of lines) {
    const rule = context.rulebook.rules.get(line.rule);
    let uses: string | undefined;
    if (rule?.credit === "accountHolder") {
      uses = taking;
      creditsHolder = true;
    } else uses = EXTRA_REVERSALS[line.rule as ExtraRule];
    if (uses === undefined) return null;
    parts.set(uses, (parts.get(uses) ?? 0n) + line.amountMinor);
  }
  return creditsHolder ? parts : null;
}

/** What comes back from the holder goes where the credit came from; suspense is settled later. */
function givesBackTheSame({ context }: Deciding, credit: Adjustment, taking: string): boolean {
  const { rules } = context.rulebook;
  const target = rules.get(taking)?.credit;
  return target !== "loss" || rules.get(credit.principalRule ?? "")?.debit === target;
}

/** A cancelled over/short credit needs no restoring: its contra entry did that. */
function giveBackOverShort(left: Map<string, bigint>, credit: Adjustment): void {
  const restored = left.get("AtmOverShortRestored");
  if (restored === undefined || credit.principalRule !== "AtmOverShortCredit") return;
  left.set("AtmOverShortRestored", restored - minimum(restored, credit.amountMinor));
}
