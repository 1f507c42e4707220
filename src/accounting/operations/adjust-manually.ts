/** adjustManually: one rule of the book fired by a person, beyond limits, with approval. */
import { Failure } from "../../kernel/failure.ts";
import type { Operation } from "../../rulebook/operations.ts";

import { approvalNeeded } from "../approval-needed.ts";
import { amountOf } from "../take-amount.ts";
import type { Applied } from "../decide-context.ts";
import { openAdjustments } from "../open-adjustments.ts";

/** `trackingOnly` books without executing: somebody else moved the money. */
export function adjustManually(applied: Applied, operation: Operation): void {
  const { context, input } = applied;
  const rule = String(input["rule"]);
  if (!context.rulebook.rules.has(rule)) {
    throw new Failure("unknown-rule", `${rule} is not a rule of the book`, { rule }, [
      { pointer: "/rule", detail: "is not a rule of the book" },
    ]);
  }
  const amount = amountOf(applied, operation) ?? 0n;
  openAdjustments(applied, [{ rule, amountMinor: amount, follows: false }], {
    ...(input["trackingOnly"] === true ? { processing: "track" } : {}),
    approval: approvalNeeded(applied, amount),
  });
}
