/**
 * bookCustomerReceivable: the core refuses a debit, so what was to be taken becomes a claim on the
 * holder. The failed debit is cancelled, an opened offset given back first; each failed entry's
 * credit is what the receivable credits.
 */
import { Failure } from "../../kernel/failure.ts";
import { maximum, minimum } from "../../kernel/money.ts";
import type { Operation } from "../../rulebook/operations.ts";

import { approvalNeeded } from "../approval-needed.ts";
import { dropAdjustment } from "../cancel-adjustment.ts";
import { amountOf } from "../take-amount.ts";
import type { Applied } from "../decide-context.ts";
import { newDenial } from "../decisions.ts";
import type { Adjustment } from "../dispute-book.ts";
import { record } from "../dispute-book.ts";
import { openAdjustments } from "../open-adjustments.ts";
import type { Line } from "../open-adjustments.ts";
import { amountValues, positionsOf, reversedAdjustments } from "../positions.ts";
import { giveBack } from "./planned-denial.ts";

export function bookCustomerReceivable(applied: Applied, operation: Operation): void {
  const { book, context, operationId } = applied;
  if (applied.positions.committed("checksPayable") !== 0n) {
    throw new Failure("operation-not-allowed", "a check is outstanding: void it, or let it clear", {
      operation: operation.id,
      state: book.state,
    });
  }
  // One of them, where somebody converts that one; all that failed, where somebody says so here.
  const { replaced } = applied;
  const failed = replaced === null ? book.adjustments.filter(isFailedDebit) : [replaced];
  const credits = failed.flatMap((one) => one.entries.filter((entry) => entry.kind === "original"));
  for (const adjustment of failed) {
    giveBackOffset(applied, adjustment);
    if (replaced === null) {
      dropAdjustment(applied, adjustment.id, "became a claim on the holder");
    }
  }
  // The failed debit is undone: what it had taken stands on the account again.
  const positions = positionsOf(book);
  const again: Applied = { ...applied, positions, values: amountValues(positions) };
  const amount = amountOf(again, operation) ?? 0n;
  let left = amount;
  const lines: Line[] = [];
  for (const entry of credits) {
    const part = minimum(left, entry.amountMinor);
    if (part <= 0n) continue;
    const creditCollection =
      entry.credit.collection === "customerOffset" ? "suspense" : entry.credit.collection;
    lines.push({ rule: "CustomerReceivable", amountMinor: part, follows: false, creditCollection });
    left -= part;
  }
  if (left > 0n) lines.push({ rule: "CustomerReceivable", amountMinor: left, follows: false });
  const restored = minimum(amount, maximum(0n, -positions.booked("atmOverShort")));
  if (restored > 0n) {
    lines.push({ rule: "AtmOverShortRestored", amountMinor: restored, follows: true });
  }
  const beyond = maximum(0n, amount - positions.surplus);
  const denialId = beyond > 0n ? context.ids.next() : null;
  if (denialId !== null) {
    record(book, {
      type: "denialRecorded",
      denial: newDenial({
        id: denialId,
        operationId,
        kind: "receivable",
        amountMinor: minimum(beyond, positions.disputed - positions.denied),
        reason: null,
        stateBefore: book.state,
      }),
    });
  }
  openAdjustments(applied, lines, {
    denialId,
    approval: approvalNeeded(applied, amount),
  });
}

function isFailedDebit(adjustment: Adjustment): boolean {
  const failed = adjustment.state === "serviceFailed" || adjustment.state === "batchFailed";
  return failed && adjustment.entries.some((entry) => entry.debit.collection === "accountHolder");
}

function giveBackOffset(applied: Applied, debit: Adjustment): void {
  if (debit.denialId === null) return;
  const reversed = reversedAdjustments(applied.book);
  for (const one of [...applied.book.adjustments]) {
    if (one.principalRule !== "CustomerOffsetOpen" || one.denialId !== debit.denialId) continue;
    if (!reversed.has(one.id)) giveBack(applied, one);
  }
}
