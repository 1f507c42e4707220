/** How many other people have to approve an operation of this amount, by the client's tiers. */
import { parseAmount } from "../kernel/money.ts";

import type { Applied } from "./decide-context.ts";

/** 0 where nobody has to. A resolved dispute's manual corrections always need one. */
export function approvalLevels(applied: Applied, amountMinor: bigint): number {
  const { book, context, operation } = applied;
  if (context.executesAtOnce) return 0;
  const tiers = context.settings.approvals[operation] ?? [];
  const needed = tiers
    .filter((tier) => amountMinor > parseAmount(tier.above, book.currency))
    .map((tier) => tier.levels);
  const least = book.state === "resolved" && isManual(operation) ? 1 : 0;
  return Math.max(least, ...needed, 0);
}

function isManual(operation: string): boolean {
  return operation === "adjustManually" || operation === "reverseAdjustment";
}
