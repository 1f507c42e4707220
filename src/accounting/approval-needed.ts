/** Whether an operation of this amount takes other people, by the client's tiers or the domain. */
import type { ApprovalNeed } from "../work/approvals/tiers.ts";
import { domainNeed, stricter, tierFired, tierOf } from "../work/approvals/tiers.ts";

import { PROPOSAL_STATES } from "./adjustment-machine.ts";
import type { Applied } from "./decide-context.ts";
import type { Adjustment } from "./dispute-book.ts";

const RIGHT = "assignment:approve";

/** Null where nobody has to agree. */
export function approvalNeeded(applied: Applied, amountMinor: bigint): ApprovalNeed | null {
  const { book, context, operation } = applied;
  if (context.executesAtOnce || applied.approvedAfterwards) return null;
  const tier = tierFired(context.settings.approvals[operation], {
    setting: operation,
    amountMinor,
    currency: book.currency,
    right: RIGHT,
  });
  return stricter(tier, mandatory(applied));
}

/** As `approvalNeeded` where the domain wants a second person for a reason of its own. */
export function approvalNeededFor(
  applied: Applied,
  amountMinor: bigint,
  why: string | null,
): ApprovalNeed | null {
  const needed = approvalNeeded(applied, amountMinor);
  if (why === null || applied.context.executesAtOnce) return needed;
  return stricter(needed, domainNeed(why, RIGHT));
}

/**
 * What a taking asks for that would cancel what is booked and was never sent: the word that
 * cancelling it directly takes, beside the taking's own. The whole of it waits then.
 */
export function approvalNeededToTake(
  applied: Applied,
  own: ApprovalNeed | null,
  credits: readonly Adjustment[],
): ApprovalNeed | null {
  const { book, context } = applied;
  if (context.executesAtOnce || applied.approvedAfterwards) return own;
  return credits
    .filter((one) => !PROPOSAL_STATES.has(one.state))
    .map(({ amountMinor }) =>
      tierOf(context.settings.approvals, "cancelBooked", { amountMinor, currency: book.currency }),
    )
    .reduce(stricter, own);
}

function mandatory({ book, operation }: Applied): ApprovalNeed | null {
  if (operation === "adjustManually") {
    return domainNeed("adjustManually goes beyond limits: another person agrees", RIGHT);
  }
  if (operation === "performDebit") {
    return domainNeed("a debit before its date: another person agrees", RIGHT);
  }
  if (operation === "reverseAdjustment" && book.state === "resolved") {
    return domainNeed("a reversal in a resolved dispute: another person agrees", RIGHT);
  }
  return null;
}
