/** How many other people have to approve an operation of this amount, by the client's tiers. */
import { parseAmount } from "../kernel/money.ts";

import type { Applied } from "./decide-context.ts";

/** 0 where nobody has to. */
export function approvalLevels(applied: Applied, amountMinor: bigint): number {
  const { book, context, operation } = applied;
  if (context.executesAtOnce || applied.approvedAfterwards) return 0;
  const tiers = context.settings.approvals[operation] ?? [];
  const needed = tiers
    .filter((tier) => amountMinor > parseAmount(tier.above, book.currency))
    .map((tier) => tier.levels);
  return Math.max(isMandatory(applied) ? 1 : 0, ...needed);
}

/** Where the domain itself asks for a second person, whatever the client's tiers say. */
function isMandatory({ book, operation }: Applied): boolean {
  if (operation === "adjustManually" || operation === "performDebit") return true;
  return operation === "reverseAdjustment" && book.state === "resolved";
}
