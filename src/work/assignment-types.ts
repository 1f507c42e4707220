/**
 * Every type of assignment as data: whose work it is, in which queue it waits, and by when.
 *
 * A special case in shared code is a sign that a row here lacks a word. The rows of adjustments are
 * named by the adjustment's machine; the last two belong to a dispute that does not resolve. A new
 * type is a new row here, its actions are rows in `actions.ts`; client settings may change its SLA.
 */
import { assert } from "../kernel/assert.ts";

/** `system`: a machine works it; `user`: a person; `pending`: time does. */
export type AssignmentKind = "system" | "user" | "pending";

/**
 * A moment counted from the assignment's opening, or from the departure of its batch window or its
 * planned posting date. Business and calendar days end with the day, in the client's zone.
 */
export type Span =
  | { readonly from: "opening"; readonly minutes: number }
  | { readonly from: "opening"; readonly businessDays: number }
  | { readonly from: "opening"; readonly calendarDays: number }
  | { readonly from: "departure"; readonly minutes: number }
  | { readonly from: "postingDate"; readonly businessDays: number };

export interface UrgencySteps {
  /** 0 … 100, when it opens. */
  readonly base: number;
  readonly atGoal: number;
  readonly atDeadline: number;
  /** Again and again after the deadline, this much every so many hours. */
  readonly afterDeadline: number;
  readonly afterDeadlineHours: number;
}

export interface AssignmentTypeRow {
  readonly type: string;
  /** First half of the queue's name `Queue.ClaimType`. */
  readonly queue: string;
  readonly kind: AssignmentKind;
  readonly workGroup: string;
  /** Accounting user work is done the same day, every day (domain §6). */
  readonly dailyCritical: boolean;
  readonly goal: Span | null;
  readonly deadline: Span | null;
  readonly urgency: UrgencySteps;
}

const RISING: UrgencySteps = {
  base: 10,
  atGoal: 5,
  atDeadline: 5,
  afterDeadline: 5,
  afterDeadlineHours: 24,
};

const ONE_BUSINESS_DAY: Span = { from: "opening", businessDays: 1 };
const THREE_BUSINESS_DAYS: Span = { from: "opening", businessDays: 3 };

export const ASSIGNMENT_TYPE_ROWS: readonly AssignmentTypeRow[] = [
  {
    type: "Pending Deny Debit",
    queue: "PendingDenyDebit",
    kind: "pending",
    workGroup: "Pending",
    dailyCritical: true,
    goal: { from: "postingDate", businessDays: 0 },
    deadline: { from: "postingDate", businessDays: 1 },
    urgency: RISING,
  },
  {
    type: "Pending Accounting Hold",
    queue: "PendingAccountingHold",
    kind: "pending",
    workGroup: "Pending",
    dailyCritical: true,
    goal: { from: "postingDate", businessDays: 0 },
    deadline: { from: "postingDate", businessDays: 1 },
    urgency: RISING,
  },
  {
    type: "Review Active Card Number",
    queue: "ReviewActiveCardNumber",
    kind: "user",
    workGroup: "Accounting",
    dailyCritical: true,
    goal: { from: "opening", businessDays: 0 },
    deadline: ONE_BUSINESS_DAY,
    urgency: { ...RISING, base: 20 },
  },
  {
    type: "Review Fraud Card Status",
    queue: "ReviewFraudCardStatus",
    kind: "user",
    workGroup: "Accounting",
    dailyCritical: true,
    goal: { from: "opening", businessDays: 0 },
    deadline: ONE_BUSINESS_DAY,
    urgency: { ...RISING, base: 20 },
  },
  {
    type: "Review Accounting Hold",
    queue: "ReviewAccountingHold",
    kind: "user",
    workGroup: "Accounting",
    dailyCritical: true,
    goal: { from: "opening", businessDays: 0 },
    deadline: ONE_BUSINESS_DAY,
    urgency: { ...RISING, base: 20 },
  },
  {
    type: "Approve Accounting",
    queue: "ApproveAccounting",
    kind: "user",
    workGroup: "Approver",
    dailyCritical: true,
    goal: { from: "opening", businessDays: 0 },
    deadline: ONE_BUSINESS_DAY,
    urgency: { ...RISING, base: 20 },
  },
  {
    type: "Pending Accounting Service",
    queue: "PendingAccountingService",
    kind: "system",
    workGroup: "Exception",
    dailyCritical: false,
    goal: { from: "opening", minutes: 0 },
    deadline: { from: "opening", minutes: 5 },
    urgency: { ...RISING, atGoal: 0, atDeadline: 10, afterDeadlineHours: 1 },
  },
  {
    type: "Execute Accounting Service Failed",
    queue: "ExecuteAccountingServiceFailed",
    kind: "user",
    workGroup: "Exception",
    dailyCritical: true,
    goal: { from: "opening", businessDays: 0 },
    deadline: ONE_BUSINESS_DAY,
    urgency: { ...RISING, base: 20 },
  },
  {
    type: "Pending Batch Accounting",
    queue: "PendingBatchAccounting",
    kind: "system",
    workGroup: "Exception",
    dailyCritical: false,
    goal: { from: "departure", minutes: 0 },
    deadline: { from: "departure", minutes: 60 },
    urgency: { ...RISING, atGoal: 0, atDeadline: 10, afterDeadlineHours: 1 },
  },
  {
    type: "Execute Batch Accounting Failed",
    queue: "ExecuteBatchAccountingFailed",
    kind: "user",
    workGroup: "Exception",
    dailyCritical: true,
    goal: { from: "opening", businessDays: 0 },
    deadline: ONE_BUSINESS_DAY,
    urgency: { ...RISING, base: 20 },
  },
  {
    type: "Execute Accounting Assignment",
    queue: "ExecuteAccounting",
    kind: "user",
    workGroup: "Accounting",
    dailyCritical: true,
    goal: ONE_BUSINESS_DAY,
    deadline: THREE_BUSINESS_DAYS,
    urgency: RISING,
  },
  {
    type: "Accounting Exception",
    queue: "AccountingException",
    kind: "user",
    workGroup: "Exception",
    dailyCritical: true,
    goal: ONE_BUSINESS_DAY,
    deadline: THREE_BUSINESS_DAYS,
    urgency: { ...RISING, base: 15 },
  },
  {
    type: "Merchant Funds Disbursement",
    queue: "MerchantFundsDisbursement",
    kind: "user",
    workGroup: "Specialist",
    dailyCritical: true,
    goal: null,
    deadline: null,
    urgency: RISING,
  },
];

/** The work groups that types name; an institution adds its own. */
export const SHIPPED_WORK_GROUPS: ReadonlySet<string> = new Set(
  ASSIGNMENT_TYPE_ROWS.map((row) => row.workGroup),
);

const BY_TYPE = new Map(ASSIGNMENT_TYPE_ROWS.map((row) => [row.type, row]));

/** The row of a type; a type without one is our own mistake. */
export function assignmentType(type: string): AssignmentTypeRow {
  const row = BY_TYPE.get(type);
  assert(row !== undefined, `no assignment type ${type}`);
  return row;
}

/** The queue's name as it is shown: `ExecuteAccounting.Card`. */
export function queueOf(type: string, claimType: string): string {
  return `${assignmentType(type).queue}.${claimType}`;
}
