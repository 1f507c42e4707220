/**
 * What the letters of a dispute are written from: amounts, and the days on which money moved or is
 * going to. Read off the book, the same facts that decide what is posted; never kept beside it.
 */
import { formatAmount } from "../../kernel/money.ts";

import type { Adjustment, Denial, DisputeBook } from "../dispute-book.ts";
import { positionsOf, reversedAdjustments } from "../positions.ts";

export interface LetterFacts {
  readonly currency: string;
  readonly disputed: string;
  /** Principal; null where none was given. */
  readonly provisionalCreditAmount: string | null;
  readonly provisionalCreditFees: string | null;
  readonly provisionalCreditInterest: string | null;
  /** When the system of record posted it; null while it has not. */
  readonly provisionalCreditExecutedOn: string | null;
  /** What was credited beside the provisional credit by the decision to pay. */
  readonly finalCreditAmount: string | null;
  readonly finalCreditExecutedOn: string | null;
  /** The day on which the provisional credit became final. */
  readonly finalOn: string | null;
  readonly denied: string;
  readonly denialReason: string | null;
  readonly noticeModel: "futureDebit" | "debitNow" | null;
  readonly noticeSentOn: string | null;
  readonly debitAmount: string | null;
  readonly debitFeesAndInterest: string | null;
  /** The day on which the debit posts, or the day that a letter not sent yet is to name. */
  readonly debitDate: string | null;
  readonly debitExecutedOn: string | null;
  readonly honorFrom: string | null;
  readonly honorUntil: string | null;
  /** No overdraft fee for items honoured in the window (comment 11(d)(2)-2). */
  readonly overdraftFeesSuppressedUntil: string | null;
  /** Why another letter has to be sent; null: none has to. */
  readonly newLetterNeeded: string | null;
}

const PROVISIONAL = new Set(["issueProvisionalCredit", "raiseProvisionalCredit"]);
const FINAL = new Set([
  "payDispute",
  "payFromLoss",
  "payFromMerchant",
  "payByCheck",
  "creditFromAtmOverShort",
]);
const FEES = new Set(["RefundFee"]);
const INTEREST = new Set(["InterestCredit"]);

/** `executedOn`: the posting date of each adjustment whose money has moved. */
export function letterFacts(
  book: DisputeBook,
  executedOn: ReadonlyMap<string, string>,
): LetterFacts {
  const words = (minor: bigint): string => formatAmount(minor, book.currency);
  const some = (minor: bigint): string | null => (minor === 0n ? null : words(minor));
  const gone = reversedAdjustments(book);
  const asked = book.adjustments.filter((one) => isOnlyAsked(book, one));
  const standing = book.adjustments.filter(
    (one) => one.state !== "cancelled" && !gone.has(one.id) && !asked.includes(one),
  );
  const of = (operations: ReadonlySet<string>): Adjustment[] =>
    standing.filter((one) => operations.has(one.operation) && creditsHolder(one));
  const [provisional, final] = [of(PROVISIONAL), of(FINAL)];
  const unsaid = book.denials.filter(
    (one) => !one.lifted && asked.some(({ denialId }) => denialId === one.id),
  );
  const denial = book.denials.findLast(
    (one) => !one.lifted && one.kind !== "receivable" && !unsaid.includes(one),
  );
  const debits = denial === undefined ? [] : standing.filter((one) => isDebitOf(one, denial));
  const paid = book.operations.findLast(
    (one) => FINAL.has(one.operation) && !asked.some(({ operationId }) => operationId === one.id),
  );
  return {
    currency: book.currency,
    disputed: words(positionsOf(book).disputed),
    provisionalCreditAmount: some(sum(provisional, (one) => one.credit === "accountHolder")),
    provisionalCreditFees: some(sum(provisional, (one) => FEES.has(one.rule))),
    provisionalCreditInterest: some(sum(provisional, (one) => INTEREST.has(one.rule))),
    provisionalCreditExecutedOn: lastDay(provisional, executedOn),
    finalCreditAmount: some(sum(final, (one) => one.credit === "accountHolder")),
    finalCreditExecutedOn: lastDay(final, executedOn),
    finalOn: book.state === "finalCredit" || book.state === "resolved" ? (paid?.on ?? null) : null,
    denied: words(
      positionsOf(book).denied - unsaid.reduce((total, one) => total + one.amountMinor, 0n),
    ),
    denialReason: denial?.reason ?? null,
    ...noticeFacts(denial, debits),
    debitAmount: some(sum(debits, (one) => one.debit === "accountHolder")),
    debitFeesAndInterest: some(sum(debits, (one) => one.debit === "accountHolderOther")),
    debitExecutedOn: lastDay(debits, executedOn),
  };
}

/** Nobody has agreed to it yet: no letter says it. A debit on notice was told the holder before. */
function isOnlyAsked({ denials }: DisputeBook, { state, denialId }: Adjustment): boolean {
  if (state !== "awaitingApproval") return false;
  const notice = denials.find((one) => one.id === denialId)?.noticeSentOn ?? null;
  return notice === null;
}

type NoticeFacts = Pick<
  LetterFacts,
  | "noticeModel"
  | "noticeSentOn"
  | "debitDate"
  | "honorFrom"
  | "honorUntil"
  | "overdraftFeesSuppressedUntil"
  | "newLetterNeeded"
>;

function noticeFacts(denial: Denial | undefined, debits: readonly Adjustment[]): NoticeFacts {
  const { noticeSentOn = null, debitDate = null, dateNamed = null } = denial ?? {};
  const { honorFrom = null, honorUntil = null } = denial ?? {};
  const isNow = honorUntil !== null;
  const waiting = debits.find((one) => one.hold?.reason === "denyDebitDate");
  const asksForLetter = waiting !== undefined && waiting.hold?.releaseOn === null;
  return {
    noticeModel: debits.length === 0 ? null : isNow ? "debitNow" : "futureDebit",
    noticeSentOn,
    debitDate: debitDate ?? dateNamed,
    honorFrom,
    honorUntil,
    overdraftFeesSuppressedUntil: honorUntil,
    newLetterNeeded: asksForLetter ? (waiting.hold?.note ?? null) : null,
  };
}

interface Line {
  readonly rule: string;
  readonly debit: string;
  readonly credit: string;
  readonly amountMinor: bigint;
}

/** What an adjustment moves, planned or booked. */
function linesOf({ proposals, entries }: Adjustment): Line[] {
  return [
    ...proposals.map((one) => ({
      rule: one.rule,
      debit: one.debitCollection,
      credit: one.creditCollection,
      amountMinor: one.amountMinor,
    })),
    ...entries.map((one) => ({
      rule: one.rule,
      debit: one.debit.collection,
      credit: one.credit.collection,
      amountMinor: one.amountMinor,
    })),
  ];
}

function creditsHolder(adjustment: Adjustment): boolean {
  return linesOf(adjustment).some((one) => one.credit.startsWith("accountHolder"));
}

function isDebitOf(adjustment: Adjustment, denial: Denial): boolean {
  const { denialId, operationId, reversesAdjustmentId } = adjustment;
  if (denialId !== denial.id && operationId !== denial.operationId) return false;
  if (reversesAdjustmentId !== null) return false;
  return linesOf(adjustment).some((one) => one.debit.startsWith("accountHolder"));
}

function sum(adjustments: readonly Adjustment[], counts: (line: Line) => boolean): bigint {
  return adjustments
    .flatMap(linesOf)
    .filter(counts)
    .reduce((total, one) => total + one.amountMinor, 0n);
}

/** The last posting date, once all of them have moved. */
function lastDay(
  adjustments: readonly Adjustment[],
  executedOn: ReadonlyMap<string, string>,
): string | null {
  const days = adjustments.map((one) => executedOn.get(one.id) ?? null);
  if (days.length === 0 || days.includes(null)) return null;
  return (days as string[]).sort().at(-1) ?? null;
}

/** The facts that differ, by name. */
export function changedFacts(before: LetterFacts | null, after: LetterFacts): string[] {
  if (before === null) return [];
  const names = Object.keys(after) as (keyof LetterFacts)[];
  return names.filter((name) => (before[name] ?? null) !== after[name]);
}

/** Whether nothing of it changes any more unless somebody acts on the dispute again. */
export function isSettled(book: DisputeBook): boolean {
  return book.state === "resolved" && book.adjustments.every((one) => CLOSED.has(one.state));
}

const CLOSED: ReadonlySet<string> = new Set(["executed", "tracked", "cancelled"]);
