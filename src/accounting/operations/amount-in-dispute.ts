/** setAmountInDispute and clearAmountInDispute: executed like any other, without entries. */
import type { Operation } from "../../rulebook/operations.ts";

import { amountOf } from "../take-amount.ts";
import type { Applied } from "../decide-context.ts";
import { openWhole } from "../open-adjustments.ts";

export function amountInDispute(applied: Applied, operation: Operation): void {
  const amount = amountOf(applied, operation);
  openWhole(
    applied,
    { principalRule: null, proposals: [] },
    { processing: "execute", amountMinor: amount ?? 0n },
  );
}
