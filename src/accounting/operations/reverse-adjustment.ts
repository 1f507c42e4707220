/**
 * reverseAdjustment: a linked correction of one that was executed or tracked. All its entries with
 * sides swapped, under the rule's own processing; at most one that is not cancelled.
 */
import { Failure } from "../../kernel/failure.ts";
import { formatAmount } from "../../kernel/money.ts";
import type { Operation } from "../../rulebook/operations.ts";

import { approvalNeeded } from "../approval-needed.ts";
import type { Applied } from "../decide-context.ts";
import type { Adjustment, Processing, Proposal } from "../dispute-book.ts";
import { openWhole } from "../open-adjustments.ts";
import { positionsOf, reversedAdjustments } from "../positions.ts";
import type { Positions } from "../positions.ts";

export function reverseAdjustment(applied: Applied, operation: Operation): void {
  const { book, input } = applied;
  const adjustment = book.adjustments.find((one) => one.id === input["adjustment"]);
  if (adjustment === undefined) {
    throw new Failure(
      "not-found",
      `the dispute has no adjustment ${String(input["adjustment"])}`,
      {},
      [{ pointer: "/adjustment", detail: "is no adjustment of this dispute" }],
    );
  }
  if (adjustment.reversesAdjustmentId !== null) {
    throw notReversible(operation, "a reversal is not reversed: book what is right");
  }
  if (adjustment.state !== "executed" && adjustment.state !== "tracked") {
    throw notReversible(operation, `it is ${adjustment.state}: cancel it instead`);
  }
  if (adjustment.entries.length === 0) {
    throw notReversible(operation, "it moved no money");
  }
  if (reversedAdjustments(book).has(adjustment.id)) {
    throw new Failure("already-reversed", `adjustment ${adjustment.id} has a live reversal`);
  }
  const before = applied.positions;
  reverseWhole(applied, adjustment, input["trackingOnly"] === true ? "track" : null);
  refuseBeyondLimits(applied, before, positionsOf(book));
}

/** Opens the reversal of an adjustment; its checks are the caller's. */
export function reverseWhole(
  applied: Applied,
  adjustment: Adjustment,
  processing: Processing | null,
): string {
  const proposals: Proposal[] = adjustment.entries
    .filter((entry) => entry.kind === "original")
    .map((entry) => ({
      rule: entry.rule,
      debitCollection: entry.credit.collection,
      creditCollection: entry.debit.collection,
      amountMinor: entry.amountMinor,
      reverses: entry.id,
    }));
  return openWhole(
    applied,
    { principalRule: adjustment.principalRule, proposals },
    {
      processing: processing ?? ruleProcessing(applied, adjustment),
      reversesAdjustmentId: adjustment.id,
      approval: approvalNeeded(applied, adjustment.amountMinor),
    },
  );
}

/** The rule's processing type, not the adjustment's: a tracked double posting is really undone. */
function ruleProcessing({ context }: Applied, adjustment: Adjustment): Processing {
  const rule = context.rulebook.rules.get(adjustment.principalRule ?? "");
  if (rule === undefined) return adjustment.processing;
  return context.settings.tracked.includes(rule.id) ? "track" : rule.processing;
}

/** Raises the holder's credit by at most uncredited, lowers it by at most what stands there. */
function refuseBeyondLimits(applied: Applied, before: Positions, after: Positions): void {
  const raised = after.holderCredit - before.holderCredit;
  const lowered = -raised;
  const shrunk = before.disputed - after.disputed;
  const limits: [bigint, bigint, string][] = [
    [
      raised,
      before.uncredited,
      "raises the holder's credit by more than is uncredited: reopen first",
    ],
    [lowered, before.committed("accountHolder"), "lowers the holder's credit by more than stands"],
    [shrunk, before.disputed - before.denied, "lowers the disputed amount below what is denied"],
  ];
  for (const [change, limit, words] of limits) {
    if (change <= 0n || change <= limit) continue;
    const amount = formatAmount(change, applied.book.currency);
    throw new Failure("amount-exceeds-limit", `the reversal of ${amount} ${words}`, { amount });
  }
}

function notReversible(operation: Operation, detail: string): Failure {
  return new Failure("not-reversible", `${operation.id}: ${detail}`, {}, [
    { pointer: "/adjustment", detail },
  ]);
}
