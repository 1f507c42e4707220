/**
 * recordCoreSuspensePosting: the core parked the credit itself because the account is closed. The
 * open credit that it replaces is cancelled.
 */
import type { Operation } from "../../rulebook/operations.ts";

import { TRANSITIONS } from "../adjustment-machine.ts";
import { dropAdjustment } from "../cancel-adjustment.ts";
import { amountOf } from "../take-amount.ts";
import type { Applied } from "../decide-context.ts";
import { isOpenHolderCredit } from "../holds/credit-not-posted.ts";
import { openAdjustments } from "../open-adjustments.ts";

export function recordCoreSuspensePosting(applied: Applied, operation: Operation): void {
  const amount = amountOf(applied, operation) ?? 0n;
  const replaced = applied.book.adjustments.find(
    (one) =>
      isOpenHolderCredit(one) &&
      TRANSITIONS[one.state].cancelled !== undefined &&
      one.amountMinor === amount,
  );
  if (replaced !== undefined) {
    dropAdjustment(applied, replaced.id, "the core parked it in its own suspense");
  }
  openAdjustments(applied, [{ rule: "CoreSuspensePosting", amountMinor: amount, follows: false }]);
}
