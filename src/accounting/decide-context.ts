/**
 * What a decision is given beside the book: the request, and everything of the outside world as a
 * parameter, so that deciding is pure.
 */
import type { BusinessCalendar } from "../kernel/calendar.ts";
import type { Ids } from "../kernel/ids.ts";
import type { RuleBook } from "../rulebook/load.ts";

import type { ClientSettings } from "./client-settings.ts";
import type { DisputeBook, ResolutionDecision } from "./dispute-book.ts";

export interface DecideRequest {
  readonly operationId: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** ISO instant of the business event. */
  readonly at: string;
  /** The client's local date on which it is booked. */
  readonly today: string;
  /** The client's local date of the business event. */
  readonly eventDate: string;
  readonly actor: string;
  readonly source: string;
}

/** Asked of every adjustment about to be booked: how many other people have to agree. */
export interface ApprovalQuestion {
  readonly operation: string;
  readonly rule: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** The domain itself asks for a second person, whatever the client's thresholds say. */
  readonly mandatory: boolean;
}

export interface DecideContext {
  readonly rulebook: RuleBook;
  readonly calendar: BusinessCalendar;
  readonly settings: ClientSettings;
  readonly ids: Ids;
  /** True in rehearsals: what is booked counts as executed, so nothing waits for money. */
  readonly executesAtOnce: boolean;
  /** Levels of approval needed; 0 books at once. */
  readonly approvals: (question: ApprovalQuestion) => number;
  /** Whether this outside reference of the kind is recorded already for the client. */
  readonly isReferenceUsed?: (kind: string, reference: string) => boolean;
  /** The accounting date for what happens on a date: the first one in an open period. */
  readonly bookingDate?: (date: string) => string;
}

/** An adjustment that stays as it is for a person to look at: nothing was sent. */
export interface AccountingException {
  readonly adjustmentId: string | null;
  readonly reason: string;
}

/** What the resolution gate says of one decision (domain §7). */
export interface GateAnswer {
  readonly decision: ResolutionDecision;
  readonly allowed: boolean;
  /** Minor units by collection: what had to be zero, or not positive, and is not. */
  readonly outOfBalance: Readonly<Record<string, bigint>>;
  /** In words, for people. */
  readonly because: readonly string[];
}

export interface DecisionSummary {
  /** `no entry required` when nothing was booked and nothing planned, else null. */
  readonly decision: string | null;
  /** Of `resolve`, and of whatever happens to a resolved dispute. */
  readonly gate: GateAnswer | null;
  /** Each opens an Accounting Exception. */
  readonly exceptions: readonly AccountingException[];
}

export interface DueRequest {
  readonly today: string;
  readonly at: string;
  readonly actor: string;
}

export interface DueSummary {
  /** Adjustments that were booked and routed, in order. */
  readonly released: readonly string[];
  readonly exceptions: readonly AccountingException[];
  readonly gate: GateAnswer | null;
}

export interface CancelRequest {
  readonly adjustmentId: string;
  /** The operation or act that cancels; written with the contra entries. */
  readonly operationId: string;
  readonly reason: string | null;
  readonly today: string;
  readonly at: string;
  readonly actor: string;
  /** `declined` is the answer of an approver; default `cancelled`. */
  readonly event?: "cancelled" | "declined";
}

/** An approver's yes, once enough of them said it. */
export interface ApproveRequest extends DueRequest {
  readonly adjustmentId: string;
}

export interface CancelSummary {
  /** The adjustment and its followers, in order. */
  readonly cancelled: readonly string[];
  readonly gate: GateAnswer | null;
}

export const NO_APPROVALS = (): number => 0;

export type Decide = (
  book: DisputeBook,
  request: DecideRequest,
  context: DecideContext,
) => DecisionSummary;
export type RunDue = (book: DisputeBook, due: DueRequest, context: DecideContext) => DueSummary;
export type ApproveAdjustment = (
  book: DisputeBook,
  request: ApproveRequest,
  context: DecideContext,
) => DueSummary;
export type CancelAdjustment = (
  book: DisputeBook,
  request: CancelRequest,
  context: DecideContext,
) => CancelSummary;
