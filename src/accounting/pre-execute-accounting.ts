/**
 * PreExecuteAccounting: before a movement is booked, does anything hold it? One interface for every
 * hold; a new one is a file in `holds/` and a line here.
 */
import { assert } from "../kernel/assert.ts";

import type { Deciding } from "./decide-context.ts";
import type { Adjustment, DisputeBook, Hold } from "./dispute-book.ts";
import { creditNotPosted } from "./holds/credit-not-posted.ts";
import { denyDebitDate } from "./holds/deny-debit-date.ts";
import { forReview } from "./holds/for-review.ts";
import type { HeldMovement, HoldKind } from "./holds/hold.ts";
import { notBefore } from "./holds/not-before.ts";
import { principalNotPosted } from "./holds/principal-not-posted.ts";

/** In the order in which they are asked. */
const HOLDS: readonly HoldKind[] = [
  principalNotPosted,
  creditNotPosted,
  denyDebitDate,
  notBefore,
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

/** Whether what holds an adjustment is over on a day. */
export function isHoldOver(book: DisputeBook, { hold }: Adjustment, today: string): boolean {
  if (hold === null) return true;
  const kind = HOLDS.find((one) => one.reason === hold.reason);
  assert(kind !== undefined, `no hold ${hold.reason}`);
  return kind.isOver(book, hold, today);
}
