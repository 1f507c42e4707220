/**
 * recordCoreSuspensePosting: the core parked the credit itself because the account is closed. The
 * open credit that it replaces is cancelled.
 */
import type { Operation } from "../../rulebook/operations.ts";

import { TRANSITIONS } from "../adjustment-machine.ts";
import { dropAdjustment } from "../cancel-adjustment.ts";
import { amountOf } from "../take-amount.ts";
import type { Applied } from "../decide-context.ts";
import type { Adjustment } from "../dispute-book.ts";
import { isOpenHolderCredit } from "../holds/credit-not-posted.ts";
import { openAdjustments } from "../open-adjustments.ts";

export function recordCoreSuspensePosting(applied: Applied, operation: Operation): void {
  const amount = amountOf(applied, operation) ?? 0n;
  if (applied.replaced === null) dropOpenCredit(applied, amount);
  openAdjustments(applied, [{ rule: "CoreSuspensePosting", amountMinor: amount, follows: false }]);
}

/** Somebody says what the core did: the credit is found by its amount. */
function dropOpenCredit(applied: Applied, amount: bigint): void {
  const replaced = applied.book.adjustments.find(
    (one) =>
      isOpenHolderCredit(one) &&
      TRANSITIONS[one.state].cancelled !== undefined &&
      (one.amountMinor === amount || principalOf(one) === amount),
  );
  if (replaced !== undefined) {
    dropAdjustment(applied, replaced.id, "the core parked it in its own suspense");
  }
}

/** What of a credit is the holder's principal: fees and interest may be combined with it. */
function principalOf({ proposals, entries }: Adjustment): bigint {
  const planned = proposals.filter((one) => one.creditCollection === "accountHolder");
  const booked = entries.filter(
    (one) => one.kind === "original" && one.credit.collection === "accountHolder",
  );
  return [...planned, ...booked].reduce((sum, one) => sum + one.amountMinor, 0n);
}
