/** What may be done with a debit that waits for its notice: date it, cancel it, perform it now. */
import { Failure } from "../../kernel/failure.ts";
import type { Operation } from "../../rulebook/operations.ts";
import type { ApprovalNeed } from "../../work/approvals/tiers.ts";

import { nextState, NEVER_SENT_STATES, PROPOSAL_STATES } from "../adjustment-machine.ts";
import { approvalNeeded } from "../approval-needed.ts";
import { dropAdjustment } from "../cancel-adjustment.ts";
import { cancellableDenials, stateBefore } from "../denial-state.ts";
import type { Applied } from "../decide-context.ts";
import { factsOf } from "../decide-context.ts";
import { denialBehind, releaseDayOf } from "../holds/deny-debit-date.ts";
import { NOTICE_BUSINESS_DAYS } from "../holds/honoring-window.ts";
import type { Adjustment, DisputeBook } from "../dispute-book.ts";
import { moveState, record } from "../dispute-book.ts";
import { reversedAdjustments } from "../positions.ts";
import { performNow } from "../perform-now.ts";
import { reverseWhole } from "./reverse-adjustment.ts";

/**
 * The Deny Debit Date: one fact, used by the letter and by the posting. A letter that was sent too
 * late for the day that it names does not count: another day has to be named in another letter.
 */
export function recordNoticeSent(applied: Applied, operation: Operation): void {
  const { book, today, input, operationId } = applied;
  const sentOn = (input["date"] as string | undefined) ?? today;
  if (sentOn > today) throw dateInvalid(operation, "date", `${sentOn} is in the future`);
  const planned = plannedDebits(book);
  if (planned.length === 0) {
    noticeOfDebitMade(applied, operation, sentOn);
    return;
  }
  const asked = input["debitDate"] as string | undefined;
  const notice = noticeOf(applied, operation, { sentOn, asked, planned });
  const note =
    notice.debitDate === null
      ? `the letter sent ${sentOn} came too late for ${notice.lateFor}: send a new one`
      : `notice sent ${sentOn}`;
  for (const adjustment of planned) hold(applied, adjustment, notice.debitDate, note);
  for (const denialId of denialsOf(planned)) {
    const { debitDate, dateNamed } = notice;
    const noticeSentOn = debitDate === null ? null : sentOn;
    const dates = { noticeSentOn, debitDate, dateNamed };
    record(book, { type: "noticeRecorded", denialId, ...dates, operationId });
  }
}

interface Notice {
  /** Null: the letter came too late for the day that it names. */
  readonly debitDate: string | null;
  /** The day that the next letter has to name, where this one came too late. */
  readonly dateNamed: string | null;
  readonly lateFor: string | null;
}

/** Throws `date-invalid` where the day asked for is unlawful, past or no business day. */
function noticeOf(
  applied: Applied,
  operation: Operation,
  given: { sentOn: string; asked: string | undefined; planned: readonly Adjustment[] },
): Notice {
  const { context, today, book } = applied;
  const { sentOn, asked, planned } = given;
  const earliest = earliestDebit(applied, sentOn);
  const lawful = context.calendar.addBusinessDays(sentOn, NOTICE_BUSINESS_DAYS);
  const inLetter = denialsOf(planned)
    .map((id) => book.denials.find((one) => one.id === id)?.dateNamed ?? null)
    .find((date) => date !== null);
  const debitDate = asked ?? inLetter ?? lawful;
  if (asked === undefined && inLetter !== undefined && inLetter !== null) {
    if (inLetter < earliest || inLetter < today) {
      const dateNamed = context.calendar.addBusinessDays(today, NOTICE_BUSINESS_DAYS);
      return { debitDate: null, dateNamed, lateFor: inLetter };
    }
  }
  refuseUnfitDay(applied, operation, debitDate, earliest);
  return { debitDate, dateNamed: null, lateFor: null };
}

function refuseUnfitDay(
  { context, today }: Applied,
  operation: Operation,
  debitDate: string,
  earliest: string,
): void {
  if (debitDate < earliest) {
    const detail = `the earliest lawful date is ${earliest}: a letter that names another is void`;
    throw dateInvalid(operation, "debitDate", detail);
  }
  if (debitDate < today) {
    const detail = `${debitDate} has gone by: name a new day in a new letter`;
    throw dateInvalid(operation, "debitDate", detail);
  }
  if (!context.calendar.isBusinessDay(debitDate)) {
    throw dateInvalid(operation, "debitDate", `${debitDate} is no business day`);
  }
}

/** Holds a planned debit for a day, or without one. */
function hold(
  { book, context }: Applied,
  adjustment: Adjustment,
  debitDate: string | null,
  note: string,
): void {
  const { id: adjustmentId, operation } = adjustment;
  const releaseOn =
    debitDate === null ? null : releaseDayOf({ book, context, operation }, adjustment, debitDate);
  const waitsFor = adjustment.hold?.waitsFor ?? [];
  const held = { reason: "denyDebitDate", releaseOn, waitsFor, note } as const;
  record(book, { type: "holdSet", adjustmentId, hold: held });
  if (debitDate === null) return;
  record(book, { type: "plannedDateSet", adjustmentId, plannedPostingDate: debitDate });
}

/** The notice of a debit that was made at once: its honoring window is counted from then. */
function noticeOfDebitMade(applied: Applied, operation: Operation, sentOn: string): void {
  const { book, context } = applied;
  const denial = book.denials.findLast((one) => !one.lifted && one.honorUntil !== null);
  if (denial === undefined) throw notAllowed(applied, operation, "no debit waits for a notice");
  const { id: denialId, debitDate, dateNamed } = denial;
  record(book, {
    type: "noticeRecorded",
    denialId,
    noticeSentOn: sentOn,
    debitDate,
    dateNamed,
    operationId: applied.operationId,
  });
  const until = context.calendar.addBusinessDays(sentOn, NOTICE_BUSINESS_DAYS);
  record(book, { type: "honoringRecorded", denialId, from: sentOn, until });
}

/** Reg E: the fifth business day after sending. Elsewhere the same day, after the notice. */
function earliestDebit({ book, context }: Applied, sentOn: string): string {
  const { regulation } = factsOf(book, context).values;
  if (regulation !== "E") return sentOn;
  return context.calendar.addBusinessDays(sentOn, NOTICE_BUSINESS_DAYS);
}

/** Undoes only the denial whose debit is planned; an opened offset is given back. */
export function cancelDenial(applied: Applied, operation: Operation): void {
  const { book, operationId } = applied;
  const planned = cancellableDenials(book);
  if (planned.length === 0) throw notAllowed(applied, operation, "no debit of a denial is planned");
  const operations = new Set(planned.map((one) => one.operationId));
  const denials = book.denials.filter((one) => !one.lifted && operations.has(one.operationId));
  const last = denials.at(-1);
  const reversed = reversedAdjustments(book);
  for (const one of book.adjustments) {
    if (!operations.has(one.operationId) || !PROPOSAL_STATES.has(one.state)) continue;
    dropAdjustment(applied, one.id, "denial cancelled");
  }
  for (const opened of [...book.adjustments]) {
    if (opened.principalRule !== "CustomerOffsetOpen" || reversed.has(opened.id)) continue;
    if (operations.has(opened.operationId)) giveBack(applied, opened);
  }
  for (const { id } of denials) record(book, { type: "denialLifted", denialId: id, operationId });
  moveState(book, stateBefore(applied, last));
}

/** Cancels what was never sent, reverses what was. */
export function giveBack(applied: Applied, adjustment: Adjustment): void {
  if (adjustment.state === "cancelled") return;
  if (NEVER_SENT_STATES.has(adjustment.state)) {
    dropAdjustment(applied, adjustment.id, "given back before it was sent");
  } else reverseWhole(applied, adjustment, null);
}

/** Lawful before the date only with a notice that was given, and with a second person. */
export function performDebit(applied: Applied, operation: Operation): void {
  const { book } = applied;
  const planned = plannedDebits(book);
  if (planned.length === 0) throw notAllowed(applied, operation, "no debit waits for its date");
  if (planned.some((one) => noticeGivenOn(book, one) === null)) {
    throw notAllowed(applied, operation, "no notice of the debit has been recorded");
  }
  for (const adjustment of planned) {
    if (adjustment.state !== "planned") continue;
    const need = approvalNeeded(applied, adjustment.amountMinor);
    if (need === null) performNow(applied, adjustment, "performed now");
    else askApproval(applied, adjustment, need);
  }
}

/** Of a taking without a denial, its day stands for its notice. */
function noticeGivenOn(book: DisputeBook, adjustment: Adjustment): string | null {
  const denial = denialBehind(book, adjustment);
  return denial === null ? (adjustment.hold?.releaseOn ?? null) : denial.noticeSentOn;
}

/** The date is given up for the approver's word; declined, it comes back. */
function askApproval(
  { book, operationId }: Applied,
  { id, state }: Adjustment,
  need: ApprovalNeed,
): void {
  const event = "approvalAsked" as const;
  record(book, { type: "holdSet", adjustmentId: id, hold: null });
  record(book, {
    type: "adjustmentMoved",
    adjustmentId: id,
    from: state,
    to: nextState(state, event),
    event,
    operationId,
    reason: "debit before its date",
  });
  record(book, { type: "approvalAsked", adjustmentId: id, operationId, need });
}

function notAllowed({ book }: Applied, operation: Operation, detail: string): Failure {
  const facts = { operation: operation.id, state: book.state };
  return new Failure("operation-not-allowed", detail, facts);
}

export function plannedDebits(book: DisputeBook): Adjustment[] {
  return book.adjustments.filter(
    (one) => PROPOSAL_STATES.has(one.state) && one.hold?.reason === "denyDebitDate",
  );
}

function denialsOf(adjustments: readonly Adjustment[]): string[] {
  const ids = adjustments.map((one) => one.denialId).filter((id) => id !== null);
  return [...new Set(ids)];
}

function dateInvalid(operation: Operation, field: string, detail: string): Failure {
  return new Failure("date-invalid", `${operation.id} ${field}: ${detail}`, { field }, [
    { pointer: `/${field}`, detail },
  ]);
}
