/**
 * The life of an adjustment, as a table: in this state, this event leads there.
 *
 * A pair that is absent is refused. Server, portal and documentation use this one table, so they
 * cannot disagree (domain §4). `null` is "not there yet": what ExecuteAccounting may create.
 */
import { Failure } from "../kernel/failure.ts";

export const ADJUSTMENT_STATES = [
  "planned",
  "awaitingApproval",
  "pendingService",
  "sending",
  "unknown",
  "serviceFailed",
  "partlyExecuted",
  "pendingBatch",
  "inFile",
  "batchFailed",
  "pendingManual",
  "executed",
  "tracked",
  "cancelled",
] as const;

export type AdjustmentState = (typeof ADJUSTMENT_STATES)[number];

export const ADJUSTMENT_EVENTS = [
  "approvalAsked",
  "held",
  "routedToService",
  "routedToBatch",
  "routedToManual",
  "tracked",
  "declined",
  "cancelled",
  "sent",
  "posted",
  "partPosted",
  "partlyPosted",
  "refused",
  "parked",
  "parkingAsked",
  "notProcessed",
  "retriesUsedUp",
  "outcomeUnknown",
  "foundPosted",
  "foundNotPosted",
  "resent",
  "leftToPerson",
  "retried",
  "reroutedToBatch",
  "reroutedToManual",
  "takenIntoFile",
  "unrenderable",
  "handedOver",
  "acknowledged",
  "matched",
  "lineRefused",
  "fileVoided",
  "fileNotDelivered",
  "fileResent",
  "nextFileAsked",
  "attested",
  "couldNotPost",
  "returned",
  "partlyReturned",
  "handOverDisproved",
] as const;

export type AdjustmentEvent = (typeof ADJUSTMENT_EVENTS)[number];

type Row = Readonly<Partial<Record<AdjustmentEvent, AdjustmentState>>>;

/** What a proposal becomes when it is booked: the route table's answer, or tracking. */
const BOOKED: Row = {
  routedToService: "pendingService",
  routedToBatch: "pendingBatch",
  routedToManual: "pendingManual",
  tracked: "tracked",
};

export const CREATION: Row = { ...BOOKED, held: "planned", approvalAsked: "awaitingApproval" };

export const TRANSITIONS: Readonly<Record<AdjustmentState, Row>> = {
  planned: { ...BOOKED, approvalAsked: "awaitingApproval", cancelled: "cancelled" },
  awaitingApproval: { ...BOOKED, held: "planned", declined: "cancelled", cancelled: "cancelled" },
  pendingService: {
    sent: "sending",
    retriesUsedUp: "serviceFailed",
    partlyPosted: "partlyExecuted",
    reroutedToBatch: "pendingBatch",
    reroutedToManual: "pendingManual",
    cancelled: "cancelled",
  },
  sending: {
    posted: "executed",
    // One entry or step of it, and the next one is due.
    partPosted: "pendingService",
    partlyPosted: "partlyExecuted",
    refused: "serviceFailed",
    // The account is closed: the core put it into its own suspense, or is asked to next.
    parked: "cancelled",
    parkingAsked: "pendingService",
    notProcessed: "pendingService",
    retriesUsedUp: "serviceFailed",
    outcomeUnknown: "unknown",
  },
  unknown: {
    // Still unknown, and from now on only a person can find out.
    outcomeUnknown: "unknown",
    resent: "sending",
    posted: "executed",
    partPosted: "pendingService",
    partlyPosted: "partlyExecuted",
    foundPosted: "executed",
    foundNotPosted: "serviceFailed",
    refused: "serviceFailed",
    parked: "cancelled",
    parkingAsked: "pendingService",
  },
  serviceFailed: {
    // What the machine was to do about a closed account cannot be done: only a person can help.
    leftToPerson: "serviceFailed",
    retried: "pendingService",
    reroutedToBatch: "pendingBatch",
    reroutedToManual: "pendingManual",
    attested: "executed",
    cancelled: "cancelled",
  },
  partlyExecuted: {
    retried: "pendingService",
    nextFileAsked: "pendingBatch",
    attested: "executed",
  },
  pendingBatch: {
    takenIntoFile: "inFile",
    unrenderable: "batchFailed",
    reroutedToManual: "pendingManual",
    cancelled: "cancelled",
  },
  inFile: {
    handedOver: "executed",
    acknowledged: "executed",
    matched: "executed",
    partlyPosted: "partlyExecuted",
    lineRefused: "batchFailed",
    fileVoided: "pendingBatch",
    // The file's tries are used up, or begin anew: only what the assignment shows changes.
    fileNotDelivered: "inFile",
    fileResent: "inFile",
  },
  batchFailed: {
    nextFileAsked: "pendingBatch",
    reroutedToManual: "pendingManual",
    attested: "executed",
    cancelled: "cancelled",
  },
  pendingManual: { attested: "executed", couldNotPost: "serviceFailed", cancelled: "cancelled" },
  executed: {
    returned: "batchFailed",
    // Some entries of it came back, the others stay posted.
    partlyReturned: "partlyExecuted",
    handOverDisproved: "pendingBatch",
  },
  tracked: {},
  cancelled: {},
};

/** Open states show exactly one open assignment; the others none. */
export const CLOSED_STATES: ReadonlySet<AdjustmentState> = new Set([
  "executed",
  "tracked",
  "cancelled",
]);

/** Proposals: rows that may still be replaced; booking writes entries. */
export const PROPOSAL_STATES: ReadonlySet<AdjustmentState> = new Set([
  "planned",
  "awaitingApproval",
]);

/** States in which nothing can have reached the system of record: cancelling is safe. */
export const NEVER_SENT_STATES: ReadonlySet<AdjustmentState> = new Set([
  "planned",
  "awaitingApproval",
  "pendingService",
  "pendingBatch",
  "pendingManual",
]);

/** The resolution gate does not pass while one of these is open (domain §7). */
export const GATE_BLOCKING_STATES: ReadonlySet<AdjustmentState> = new Set([
  "planned",
  "awaitingApproval",
  "pendingService",
  "sending",
  "unknown",
  "serviceFailed",
  "batchFailed",
  "partlyExecuted",
  "pendingManual",
]);

/** The state an event leads to. Throws `transition-refused` when the table has no such pair. */
export function nextState(state: AdjustmentState | null, event: AdjustmentEvent): AdjustmentState {
  const target = (state === null ? CREATION : TRANSITIONS[state])[event];
  if (target === undefined) {
    throw new Failure("transition-refused", `${event} is not possible while ${state ?? "new"}`, {
      state,
      event,
    });
  }
  return target;
}

/** The events an adjustment in this state can receive; empty when the state is final. */
export function possibleEvents(state: AdjustmentState): AdjustmentEvent[] {
  return Object.keys(TRANSITIONS[state]) as AdjustmentEvent[];
}

export const ASSIGNMENT_TYPES = [
  "Pending Deny Debit",
  "Pending Accounting Hold",
  "Review Active Card Number",
  "Review Fraud Card Status",
  "Review Accounting Hold",
  "Approve Accounting",
  "Pending Accounting Service",
  "Execute Accounting Service Failed",
  "Pending Batch Accounting",
  "Execute Batch Accounting Failed",
  "Execute Accounting Assignment",
] as const;

/** The assignments that an adjustment shows; disputes have others (`resolution`). */
export type AdjustmentAssignmentType = (typeof ASSIGNMENT_TYPES)[number];

/**
 * The assignment that an open adjustment shows, or null when it is closed (domain §4).
 *
 * `machineMayAct` matters while unknown: past the key's life, or with no look-up and no resend
 * left, a person has to find out. And while in a file: its tries may be used up.
 */
export function assignmentTypeOf(
  state: AdjustmentState,
  facts: {
    hold: string | null;
    /** What holds it has asked for a person. */
    asksPerson?: boolean;
    machineMayAct: boolean;
    failedRoute: "service" | "batch" | null;
  },
): AdjustmentAssignmentType | null {
  switch (state) {
    case "planned":
      return heldAs(facts.hold, facts.asksPerson ?? false);
    case "awaitingApproval":
      return "Approve Accounting";
    case "pendingService":
    case "sending":
      return "Pending Accounting Service";
    case "unknown":
      return facts.machineMayAct
        ? "Pending Accounting Service"
        : "Execute Accounting Service Failed";
    case "serviceFailed":
      return "Execute Accounting Service Failed";
    case "partlyExecuted":
      return facts.failedRoute === "batch"
        ? "Execute Batch Accounting Failed"
        : "Execute Accounting Service Failed";
    case "pendingBatch":
      return "Pending Batch Accounting";
    case "inFile":
      return facts.machineMayAct ? "Pending Batch Accounting" : "Execute Batch Accounting Failed";
    case "batchFailed":
      return "Execute Batch Accounting Failed";
    case "pendingManual":
      return "Execute Accounting Assignment";
    case "executed":
    case "tracked":
    case "cancelled":
      return null;
  }
}

function heldAs(hold: string | null, asksPerson: boolean): AdjustmentAssignmentType {
  if (hold === "denyDebitDate") return "Pending Deny Debit";
  if (!asksPerson) return "Pending Accounting Hold";
  if (hold === "activeCardNumber") return "Review Active Card Number";
  return hold === "fraudCardStatus" ? "Review Fraud Card Status" : "Review Accounting Hold";
}
