/**
 * PreExecuteAccounting: before a movement is booked, does anything hold it? One interface for every
 * hold; a new one is a file in `holds/` and a line here.
 */
import { assert } from "../kernel/assert.ts";

import type { Deciding } from "./decide-context.ts";
import type { Adjustment, Hold } from "./dispute-book.ts";
import { activeCardNumber } from "./holds/active-card-number.ts";
import { clientHold } from "./holds/client-hold.ts";
import { creditNotPosted } from "./holds/credit-not-posted.ts";
import { denyDebitDate } from "./holds/deny-debit-date.ts";
import { forReview } from "./holds/for-review.ts";
import { fraudCardStatus } from "./holds/fraud-card-status.ts";
import type { BookOnDay, HeldMovement, HoldKind } from "./holds/hold.ts";
import { newAccountDelay } from "./holds/new-account-delay.ts";
import { notBefore } from "./holds/not-before.ts";
import { principalNotPosted } from "./holds/principal-not-posted.ts";

/** In the order in which they are asked. */
const HOLDS: readonly HoldKind[] = [
  principalNotPosted,
  creditNotPosted,
  denyDebitDate,
  notBefore,
  newAccountDelay,
  clientHold,
  fraudCardStatus,
  activeCardNumber,
  forReview,
];

/** The first hold that the movement needs now; null: it may be booked. */
export function preExecuteAccounting(deciding: Deciding, movement: HeldMovement): Hold | null {
  for (const kind of HOLDS) {
    const hold = kind.needed(deciding, movement);
    if (hold !== null) return hold;
  }
  return null;
}

/** Whether something is to be done about what holds an adjustment on a day. */
export function isHoldOver(on: BookOnDay, adjustment: Adjustment): boolean {
  const { hold } = adjustment;
  return hold === null || kindOf(hold).isOver(on, adjustment, hold);
}

/** What follows when it is over: the adjustment is released, or stays for a person. */
export function endHold(deciding: Deciding, adjustment: Adjustment): "release" | "stays" {
  const { hold } = adjustment;
  if (hold === null) return "release";
  return kindOf(hold).ended?.(deciding, adjustment, hold) ?? "release";
}

function kindOf({ reason }: Hold): HoldKind {
  const kind = HOLDS.find((one) => one.reason === reason);
  assert(kind !== undefined, `no hold ${reason}`);
  return kind;
}
