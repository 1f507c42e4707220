/**
 * The dates that the law and a letter name, judged without the product's calendar, clocks or
 * positions: from the facts of the case and from what posted outside.
 *
 * A breach is a date that was missed; it is the product's fault where nothing in the world kept
 * the money back, or where the product itself does not report it.
 */
import type { Case } from "./cases.ts";
import type { PlainCalendar } from "./plain-calendar.ts";

export interface Breach {
  readonly kind: "credit" | "debit";
  readonly clientId: string;
  readonly dispute: string;
  readonly story: string;
  /** The paragraph that gives the date. */
  readonly clock: string;
  readonly due: string;
  /** When that day ended at the client, in milliseconds since the epoch. */
  readonly endOfDue: number;
  /** Null where it has not posted at all. */
  readonly postedOn: string | null;
  /** The product's adjustments that moved, or should have moved, this money. */
  readonly adjustments: readonly string[];
  /** What kept it back, in words; empty where nothing did. */
  readonly causes: readonly string[];
}

/** A posting outside, with the day that its money counts for. */
export interface DatedPosting {
  readonly adjustmentId: string;
  readonly postedOn: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Business days in which a provisional credit is owed: 12 CFR 1005.11(c)(2)(i), (c)(3)(i). */
const CREDIT_DAYS = { usual: 10, newAccount: 20 };
/** Business days from sending a notice to the debit: 12 CFR 1005.11(d)(2), comment 11(d)(2)-1. */
const NOTICE_DAYS = 5;

/** The last day on which a provisional credit may post; null where none is owed. */
export function creditDueOn(one: Case, calendar: PlainCalendar): string | null {
  const { regulation, exemption, writtenConfirmationDue, newAccount } = one.facts;
  if (regulation !== "E" || exemption !== "none" || writtenConfirmationDue) return null;
  const days = newAccount ? CREDIT_DAYS.newAccount : CREDIT_DAYS.usual;
  return calendar.openDaysAfter(one.noticeReceivedOn, days);
}

export function creditClock(one: Case): string {
  const days = one.facts.newAccount ? CREDIT_DAYS.newAccount : CREDIT_DAYS.usual;
  const paragraph = one.facts.newAccount ? "(c)(3)(i)" : "(c)(2)(i)";
  return `12 CFR 1005.11${paragraph}: ${days} business days`;
}

/**
 * Whether a credit was there on its day: the first that posted, if any. A dispute that was decided
 * before the day ended owes none.
 */
export function isCreditInTime(
  one: Case,
  due: string,
  endOfDue: number,
  credits: readonly DatedPosting[],
): boolean {
  if (one.decidedAt !== null && one.decidedAt < endOfDue) return true;
  return credits.some((posting) => posting.postedOn <= due);
}

export interface DebitJudgement {
  /** The day that the last letter names; null where there was none. */
  readonly named: string | null;
  /** What must never be, in words. */
  readonly faults: readonly string[];
  /** Posted on a later day than the letter names. */
  readonly isLate: boolean;
}

/** Judges one debit of a denial that posted; `performed`: ordered before its date by two people. */
export function judgeDebit(
  one: Case,
  posting: DatedPosting,
  calendar: PlainCalendar,
): DebitJudgement {
  const told = one.notices.filter((notice) => notice.at <= posting.at);
  const last = told.at(-1);
  if (last === undefined) {
    return {
      named: null,
      faults: [`debited on ${posting.postedOn} without a notice`],
      isLate: false,
    };
  }
  const { sentOn, debitDate } = last;
  const faults: string[] = [];
  const earliest = calendar.openDaysAfter(sentOn, one.facts.regulation === "E" ? NOTICE_DAYS : 0);
  if (debitDate < earliest) {
    faults.push(`the notice of ${sentOn} names ${debitDate}, before ${earliest}`);
  }
  const isPerformed = one.performedAt !== null && one.performedAt <= posting.at;
  if (isPerformed) return { named: debitDate, faults, isLate: false };
  if (posting.postedOn < debitDate) {
    faults.push(`debited on ${posting.postedOn}, before ${debitDate} as the notice names it`);
  }
  return { named: debitDate, faults, isLate: posting.postedOn > debitDate };
}

/** Cases that came too late for their route: the desk they lay on is the reason. */
export function lateOpening(
  openedOn: string,
  due: string,
  calendar: PlainCalendar,
  routeDays: number,
): string | null {
  if (openedOn > due) return `the case was opened on ${openedOn}, after its date`;
  // On a closed day nothing leaves: the route begins with the next open one.
  if (calendar.openDaysAfter(calendar.onOrAfter(openedOn), routeDays) <= due) return null;
  return `the case was opened on ${openedOn}, ${routeDays} business days before it could post`;
}

/** What is wrong about a breach: nothing in the world caused it, or the product does not say so. */
export function faultOf(
  { kind, causes }: Pick<Breach, "kind" | "causes">,
  reportedAs: string | null,
): string | null {
  if (causes.length === 0) return `${kind} late for no reason`;
  return reportedAs === null ? `${kind} late and not reported` : null;
}
