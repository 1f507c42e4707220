/**
 * The denial of a dispute as a page shows it: notice model, day named, honoring window, and
 * what may be done now, each refusal with its reason. Pure.
 */
import type { DecideContext } from "./decide-context.ts";
import { factsOf } from "./decide-context.ts";
import type { DisputeBook } from "./dispute-book.ts";
import { cancellableDenials } from "./denial-state.ts";
import { NOTICE_BUSINESS_DAYS } from "./holds/honoring-window.ts";
import { plannedDebits } from "./operations/planned-denial.ts";

export type DenialOperation = "recordNoticeSent" | "cancelDenial" | "performDebit";

export interface DenialAction {
  readonly operation: DenialOperation;
  readonly allowed: boolean;
  readonly why: string | null;
}

export interface DenialView {
  /** Null where nothing is denied, or all that was is lifted. */
  readonly denial: {
    readonly id: string;
    readonly kind: "deny" | "withdraw";
    readonly amountMinor: bigint;
    readonly reason: string | null;
    readonly noticeSentOn: string | null;
    readonly debitDate: string | null;
    readonly dateNamed: string | null;
    readonly honorFrom: string | null;
    readonly honorUntil: string | null;
    readonly isHonoring: boolean;
  } | null;
  /** The debit that is planned, or waits for approval. */
  readonly debit: {
    readonly adjustmentId: string;
    readonly amountMinor: bigint;
    readonly state: string;
    readonly note: string | null;
  } | null;
  /** The first day that a letter sent today may name. */
  readonly earliestIfSentToday: string;
  readonly actions: readonly DenialAction[];
}

export function denialView(
  book: DisputeBook,
  context: Pick<DecideContext, "calendar"> & DecideContext,
  today: string,
): DenialView {
  const planned = plannedDebits(book);
  const last = book.denials.findLast((one) => !one.lifted && one.kind !== "receivable");
  const main = planned.find((one) => one.principalRule !== null) ?? null;
  const isE = factsOf(book, context).values["regulation"] === "E";
  return {
    denial:
      last === undefined || last.kind === "receivable"
        ? null
        : {
            ...last,
            kind: last.kind,
            isHonoring:
              last.honorFrom !== null &&
              last.honorUntil !== null &&
              last.honorFrom <= today &&
              today <= last.honorUntil,
          },
    debit:
      main === null
        ? null
        : {
            adjustmentId: main.id,
            amountMinor: main.amountMinor,
            state: main.state,
            note: main.hold?.note ?? null,
          },
    earliestIfSentToday: isE
      ? context.calendar.addBusinessDays(today, NOTICE_BUSINESS_DAYS)
      : context.calendar.businessDayOnOrAfter(today),
    actions: actionsOf(book, planned.length > 0, last?.noticeSentOn ?? null),
  };
}

function actionsOf(
  book: DisputeBook,
  isPlanned: boolean,
  noticeSentOn: string | null,
): DenialAction[] {
  const nothing = "No debit of a denial is planned";
  const performs = !isPlanned
    ? nothing
    : noticeSentOn === null
      ? "The notice has to be sent first: record it"
      : null;
  const cancels =
    cancellableDenials(book).length === 0
      ? isPlanned
        ? "A part of the denial has been debited"
        : nothing
      : null;
  return [
    action("recordNoticeSent", isPlanned ? null : nothing),
    action("performDebit", performs),
    action("cancelDenial", cancels),
  ];
}

function action(operation: DenialOperation, why: string | null): DenialAction {
  return { operation, allowed: why === null, why };
}
