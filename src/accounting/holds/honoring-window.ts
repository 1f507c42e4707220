/**
 * The honoring window: a provisional credit that is taken back before the day of a notice, or with
 * none, is taken back lawfully only where checks, drafts and preauthorized transfers are honoured
 * for five business days from the notice, without overdraft charge (12 CFR 1005.11(d)(2)(i)-(ii)).
 */
import type { Deciding } from "../decide-context.ts";
import { factsOf } from "../decide-context.ts";
import type { Adjustment } from "../dispute-book.ts";
import { record } from "../dispute-book.ts";

import { denialBehind } from "./deny-debit-date.ts";

/** Days of notice before a Reg E debit, and days of honouring: comments 11(d)(2)-1 and -2. */
export const NOTICE_BUSINESS_DAYS = 5;

/** Of a denial's debit that is booked now, not on the day named: the window from its notice. */
export function recordHonoring(deciding: Deciding, adjustment: Adjustment): void {
  const { book, context, today } = deciding;
  const debits = adjustment.proposals.some((one) => one.debitCollection === "accountHolder");
  if (!debits || adjustment.reversesAdjustmentId !== null) return;
  const denial = denialBehind(book, adjustment);
  if (denial?.kind !== "deny" || denial.honorUntil !== null) return;
  if (factsOf(book, context).values["regulation"] !== "E") return;
  const isOnItsDay = denial.debitDate !== null && isDayOfRelease(deciding, adjustment, denial);
  if (isOnItsDay) return;
  const notice = denial.noticeSentOn ?? today;
  const until = context.calendar.addBusinessDays(notice, NOTICE_BUSINESS_DAYS);
  record(book, { type: "honoringRecorded", denialId: denial.id, from: notice, until });
}

/** Released for the day named, be it some days before, because its file posts then. */
function isDayOfRelease(
  { today }: Deciding,
  { plannedPostingDate, holdDecisions }: Adjustment,
  { debitDate }: { readonly debitDate: string | null },
): boolean {
  if (holdDecisions.some((one) => one.hold === "denyDebitDate")) return debitDate === today;
  return plannedPostingDate === debitDate;
}
