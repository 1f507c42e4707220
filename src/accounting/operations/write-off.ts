/** writeOff and reverseWriteOff: suspense to loss and back (domain §3). */
import { Failure } from "../../kernel/failure.ts";
import { maximum, minimum } from "../../kernel/money.ts";
import type { Operation } from "../../rulebook/operations.ts";

import { approvalNeeded } from "../approval-needed.ts";
import { amountOf, withinLimit } from "../take-amount.ts";
import type { Applied } from "../decide-context.ts";
import { fiscalYearOf } from "../fiscal-year.ts";
import { openAdjustments } from "../open-adjustments.ts";
import type { Line } from "../open-adjustments.ts";

/** States in which a write-off may credit the holder the part not credited yet. */
const MAY_CREDIT = new Set(["open", "provisionallyCredited", "finalCredit"]);

/**
 * WriteOff for what suspense does not hold yet, then LossAdjustment for the amount. Where the
 * holder may not be credited any more, the amount is at most what suspense still carries.
 */
export function writeOff(applied: Applied, operation: Operation): void {
  const { book, positions } = applied;
  const suspense = positions.bookedSuspense;
  const isShortfall = positions.uncredited > 0n || suspense < 0n;
  if (book.state === "finalCredit" && !isShortfall) {
    throw new Failure("operation-not-allowed", "nothing is short of the final credit", {
      operation: operation.id,
      state: book.state,
    });
  }
  const isDefault = applied.input["amount"] === undefined;
  const amount = amountOf(applied, operation) ?? 0n;
  let credited = maximum(0n, amount + suspense);
  if (isDefault) credited = minimum(credited, positions.uncredited);
  const limit = MAY_CREDIT.has(book.state) ? positions.uncredited : 0n;
  withinLimit(applied, credited, limit);
  const lines: Line[] = [];
  if (credited > 0n) lines.push({ rule: "WriteOff", amountMinor: credited, follows: false });
  if (amount > 0n) {
    lines.push({ rule: "LossAdjustment", amountMinor: amount, follows: credited > 0n });
  }
  openAdjustments(applied, lines, { approval: approvalNeeded(applied, amount) });
}

/** What was written off in this fiscal year is reversed; what is older is a recovery. */
export function reverseWriteOff(applied: Applied, operation: Operation): void {
  const amount = amountOf(applied, operation) ?? 0n;
  const ofThisYear = minimum(amount, maximum(0n, lossOfThisYear(applied)));
  const lines: Line[] = [
    { rule: "LossAdjustmentReversal", amountMinor: ofThisYear, follows: false },
    { rule: "LossRecovery", amountMinor: amount - ofThisYear, follows: false },
  ];
  openAdjustments(
    applied,
    lines.filter((line) => line.amountMinor > 0n),
    { approval: approvalNeeded(applied, amount) },
  );
}

/** Net debits of loss that are booked in the fiscal year of today. */
function lossOfThisYear({ book, context, today }: Applied): bigint {
  const { fiscalYearStartsIn } = context.settings;
  const year = fiscalYearOf(today, fiscalYearStartsIn);
  return book.adjustments
    .flatMap((one) => one.entries)
    .filter((entry) => fiscalYearOf(entry.bookedOn, fiscalYearStartsIn) === year)
    .reduce((sum, { debit, credit, amountMinor }) => {
      if (debit.collection === "loss") return sum + amountMinor;
      return credit.collection === "loss" ? sum - amountMinor : sum;
    }, 0n);
}
