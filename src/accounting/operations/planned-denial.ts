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
import type { Adjustment, DisputeBook } from "../dispute-book.ts";
import { moveState, record } from "../dispute-book.ts";
import { reversedAdjustments } from "../positions.ts";
import { releaseAdjustment } from "../run-due.ts";
import { reverseWhole } from "./reverse-adjustment.ts";

/** Days of notice before a Reg E debit: 12 CFR 1005.11(d)(2), comment 11(d)(2)-1. */
const NOTICE_BUSINESS_DAYS = 5;

/** The Deny Debit Date: one fact, used by the letter and by the posting. */
export function recordNoticeSent(applied: Applied, operation: Operation): void {
  const { book, context, today, input } = applied;
  const sentOn = (input["date"] as string | undefined) ?? today;
  if (sentOn > today) throw dateInvalid(operation, "date", `${sentOn} is in the future`);
  const earliest = earliestDebit(applied, sentOn);
  const lawful = context.calendar.addBusinessDays(sentOn, NOTICE_BUSINESS_DAYS);
  const debitDate = (input["debitDate"] as string | undefined) ?? lawful;
  if (debitDate < earliest) {
    throw dateInvalid(operation, "debitDate", `the earliest lawful date is ${earliest}`);
  }
  const planned = plannedDebits(book);
  for (const adjustment of planned) {
    const hold = {
      reason: "denyDebitDate" as const,
      releaseOn: debitDate,
      waitsFor: adjustment.hold?.waitsFor ?? [],
      note: `notice sent ${sentOn}`,
    };
    record(book, { type: "holdSet", adjustmentId: adjustment.id, hold });
    record(book, {
      type: "plannedDateSet",
      adjustmentId: adjustment.id,
      plannedPostingDate: context.calendar.businessDayOnOrAfter(debitDate),
    });
  }
  for (const denialId of denialsOf(planned)) {
    record(book, { type: "noticeRecorded", denialId, noticeSentOn: sentOn, debitDate });
  }
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
  const before = stateBefore(book, denials.at(-1));
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
  moveState(book, before);
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
  const planned = plannedDebits(applied.book);
  if (planned.length === 0) throw notAllowed(applied, operation, "no debit waits for its date");
  if (planned.some((one) => one.hold?.releaseOn === null)) {
    throw notAllowed(applied, operation, "no notice of the debit has been recorded");
  }
  for (const adjustment of planned) {
    if (adjustment.state !== "planned") continue;
    const need = approvalNeeded(applied, adjustment.amountMinor);
    if (need === null) releaseAdjustment(applied, adjustment, "performed now");
    else askApproval(applied, adjustment, need);
  }
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
    (one) => one.state === "planned" && one.hold?.reason === "denyDebitDate",
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
