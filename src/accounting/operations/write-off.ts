/** writeOff and reverseWriteOff: suspense to loss and back (domain §3). */
import { Failure } from "../../kernel/failure.ts";
import { maximum, minimum } from "../../kernel/money.ts";
import type { Operation } from "../../rulebook/operations.ts";

import { approvalLevels } from "../approval-levels.ts";
import { amountOf, withinLimit } from "../take-amount.ts";
import type { Applied } from "../decide-context.ts";
import { fiscalYearOf } from "../fiscal-year.ts";
import { openAdjustments } from "../open-adjustments.ts";
import type { Line } from "../open-adjustments.ts";
import { reversedAdjustments } from "../positions.ts";

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
  openAdjustments(applied, lines, { approvalLevels: approvalLevels(applied, amount) });
}

/** In the fiscal year of the write-off it is reversed; later it is a recovery. */
export function reverseWriteOff(applied: Applied, operation: Operation): void {
  const amount = amountOf(applied, operation) ?? 0n;
  if (amount === 0n) return;
  const rule = isSameFiscalYear(applied) ? "LossAdjustmentReversal" : "LossRecovery";
  openAdjustments(applied, [{ rule, amountMinor: amount, follows: false }], {
    approvalLevels: approvalLevels(applied, amount),
  });
}

function isSameFiscalYear({ book, context, today }: Applied): boolean {
  const reversed = reversedAdjustments(book);
  const writtenOffOn = book.adjustments
    .filter((one) => !reversed.has(one.id) && one.state !== "cancelled")
    .flatMap((one) => one.entries)
    .filter((entry) => entry.kind === "original" && entry.debit.collection === "loss")
    .map((entry) => entry.bookedOn)
    .sort()
    .at(-1);
  if (writtenOffOn === undefined) return true;
  const { fiscalYearStartsIn } = context.settings;
  return fiscalYearOf(writtenOffOn, fiscalYearStartsIn) === fiscalYearOf(today, fiscalYearStartsIn);
}
