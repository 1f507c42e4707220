/**
 * The date by which a provisional credit is owed under Regulation E: ten business days from the
 * notice of error, twenty where the account is new (12 CFR 1005.11(c)(2)(i), (c)(3)(i)). It ends
 * the holds of a credit; null where none is owed.
 */
import type { ClientRuntime } from "../engine.ts";
import type { DisputeBook, RegulatoryDate } from "../dispute-book.ts";

const BUSINESS_DAYS = 10;
const BUSINESS_DAYS_NEW_ACCOUNT = 20;

export function provisionalCreditBy(
  book: DisputeBook,
  { calendar }: Pick<ClientRuntime, "calendar">,
): RegulatoryDate | null {
  const { regulation, noticeReceivedOn, newAccount, exemption, writtenConfirmationDue } =
    book.facts;
  if (regulation !== "E" || typeof noticeReceivedOn !== "string") return null;
  if (book.state !== "open" && book.state !== "provisionallyCredited") return null;
  const isExempt = typeof exemption === "string" && exemption !== "none";
  if (isExempt || writtenConfirmationDue === true) return null;
  return newAccount === true
    ? {
        on: calendar.addBusinessDays(noticeReceivedOn, BUSINESS_DAYS_NEW_ACCOUNT),
        source: "12 CFR 1005.11(c)(3)(i)",
      }
    : {
        on: calendar.addBusinessDays(noticeReceivedOn, BUSINESS_DAYS),
        source: "12 CFR 1005.11(c)(2)(i)",
      };
}
