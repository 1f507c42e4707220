/**
 * A dispute's book in memory: its facts, its adjustments with proposals and entries, its denials
 * and decisions. `decide` works on it; stores load and write it; scenarios keep it in memory.
 *
 * Everything that happens to a book is a `Change` made through `record`, which applies it and
 * remembers it, so that what is written to the database is exactly what was decided.
 */
import { assert } from "../kernel/assert.ts";
import type { DisputeState } from "../rulebook/operations.ts";
import type { ApprovalNeed } from "../work/approvals/tiers.ts";

import type { AdjustmentEvent, AdjustmentState } from "./adjustment-machine.ts";
import { PROPOSAL_STATES } from "./adjustment-machine.ts";
import type { Hold, HoldDecision } from "./holds/hold-states.ts";

import type { Denial, PastOperation, Resolution } from "./decisions.ts";

export { DISPUTE_STATES } from "../rulebook/operations.ts";
export type { DisputeState } from "../rulebook/operations.ts";
export type { Denial, PastOperation, Resolution, ResolutionDecision } from "./decisions.ts";
export type { Hold, HoldDecision, RegulatoryDate } from "./holds/hold-states.ts";

export type Processing = "execute" | "track";
export type Route = "AUTO" | "BATCH" | "MANUAL";
export type FactValue = string | boolean | number | null | readonly string[];

/** Where money stands: a collection and the account that it resolved to. */
export interface Side {
  readonly collection: string;
  readonly account: string;
}

/** A rule that is going to fire: collections and amount; the accounts are chosen at booking. */
export interface Proposal {
  readonly rule: string;
  readonly debitCollection: string;
  readonly creditCollection: string;
  readonly amountMinor: bigint;
  /** Of a reversal: the entry whose sides are swapped. Its accounts are taken from there. */
  readonly reverses: string | null;
}

/** One rule fired once; one row, balanced by construction, immutable. */
export interface Entry {
  readonly id: string;
  readonly rule: string;
  readonly debit: Side;
  readonly credit: Side;
  readonly debitTranCode: string | null;
  readonly creditTranCode: string | null;
  readonly amountMinor: bigint;
  readonly processing: Processing;
  /**
   * `contra` undoes an entry of a cancelled adjustment, `reversal` one that may have moved money.
   */
  readonly kind: "original" | "contra" | "reversal";
  /** The entry undone, of a contra or a reversal. */
  readonly undoes: string | null;
  readonly eventDate: string;
  readonly plannedPostingDate: string;
  /** The accounting date: decides the period. */
  readonly bookedOn: string;
  /** Which table rows chose the accounts, e.g. `suspense:3`. */
  readonly chosenBy: readonly string[];
}

export interface Adjustment {
  readonly id: string;
  readonly operationId: string;
  /** Which operation fired it, e.g. `issueProvisionalCredit`. */
  readonly operation: string;
  /** Order inside the dispute, from 1. */
  readonly ordinal: number;
  readonly processing: Processing;
  /** The rule that routes it: of combined entries, the principal's. `null` when money-less. */
  readonly principalRule: string | null;
  readonly amountMinor: bigint;
  readonly reversesAdjustmentId: string | null;
  /** The refused one whose place it takes, to another account. */
  readonly replacesAdjustmentId: string | null;
  /** The holder's account that it is booked to; null: the dispute's own. */
  holderAccount: string | null;
  /** The principal that a second operation or a loss entry follows. */
  followsAdjustmentId: string | null;
  /** The denial that planned or made this debit. */
  readonly denialId: string | null;
  /** By how much the disputed amount grows while this is planned or booked (raise). */
  readonly raisesDisputedMinor: bigint;
  /** Something of it was posted: it is never cancelled whole. */
  readonly isPartlyProcessed: boolean;
  /** A person said that they posted it, and somebody else is to agree: it may have moved. */
  readonly isAttested?: boolean;
  state: AdjustmentState;
  route: Route | null;
  /** Name of the service or batch profile; null when manual or tracked. */
  destination: string | null;
  hold: Hold | null;
  plannedPostingDate: string;
  /** While it is a proposal: the holds that ended for it. */
  holdDecisions: readonly HoldDecision[];
  proposals: readonly Proposal[];
  /** Original entries first, then the contra entries of a cancellation. */
  entries: readonly Entry[];
  /** Row version in the database; 0 when new. */
  version: number;
}

export interface DisputeFacts {
  readonly id: string;
  readonly clientId: string;
  readonly claimId: string;
  readonly currency: string;
  /** As first disputed; raises are adjustments. Minor units. */
  readonly amountMinor: bigint;
  /** The holder's account id in the vault; what the holder collections resolve to. */
  readonly holderAccount: string;
  readonly facts: Readonly<Record<string, FactValue>>;
}

export type Change =
  | { readonly type: "operationRecorded"; readonly operation: PastOperation }
  | {
      readonly type: "adjustmentOpened";
      readonly adjustment: Adjustment;
      readonly event: AdjustmentEvent;
    }
  | {
      readonly type: "adjustmentMoved";
      readonly adjustmentId: string;
      readonly from: AdjustmentState;
      readonly to: AdjustmentState;
      readonly event: AdjustmentEvent;
      readonly operationId: string;
      readonly reason: string | null;
    }
  | {
      readonly type: "entriesBooked";
      readonly adjustmentId: string;
      readonly entries: readonly Entry[];
      /** The operation that booked them, where it is not the adjustment's own: a cancellation. */
      readonly operationId?: string;
    }
  | {
      readonly type: "adjustmentRouted";
      readonly adjustmentId: string;
      readonly route: Route | null;
      readonly destination: string | null;
      /** The rows of the route table that decided, for "why this route?". */
      readonly chosenBy: string | null;
    }
  | {
      readonly type: "proposalsReplaced";
      readonly adjustmentId: string;
      readonly proposals: readonly Proposal[];
    }
  | {
      /** It waits for other people's word; by which operation, and whose. */
      readonly type: "approvalAsked";
      readonly adjustmentId: string;
      readonly operationId: string;
      readonly need: ApprovalNeed;
    }
  | {
      /** Its principal is replaced by another one. */
      readonly type: "followerMoved";
      readonly adjustmentId: string;
      readonly followsAdjustmentId: string;
    }
  | { readonly type: "holdSet"; readonly adjustmentId: string; readonly hold: Hold | null }
  | {
      readonly type: "holdDecided";
      readonly adjustmentId: string;
      readonly decision: HoldDecision;
    }
  | {
      readonly type: "holderAccountSet";
      readonly adjustmentId: string;
      readonly account: string;
    }
  | {
      readonly type: "plannedDateSet";
      readonly adjustmentId: string;
      readonly plannedPostingDate: string;
    }
  | { readonly type: "stateChanged"; readonly from: DisputeState; readonly to: DisputeState }
  | { readonly type: "denialRecorded"; readonly denial: Denial }
  | { readonly type: "denialLifted"; readonly denialId: string; readonly operationId: string }
  | {
      readonly type: "noticeRecorded";
      readonly denialId: string;
      readonly noticeSentOn: string | null;
      /** Null: it was sent too late for the day that it names, so another one has to be sent. */
      readonly debitDate: string | null;
      readonly dateNamed: string | null;
      readonly operationId: string;
    }
  | {
      readonly type: "honoringRecorded";
      readonly denialId: string;
      readonly from: string;
      readonly until: string;
    }
  | { readonly type: "resolutionRecorded"; readonly resolution: Resolution }
  | {
      readonly type: "resolutionUndone";
      readonly resolutionId: string;
      readonly operationId: string;
    }
  | {
      readonly type: "referenceRecorded";
      /** Unique per client and kind: the same event keyed twice is one event. */
      readonly kind: string;
      readonly reference: string;
      readonly operationId: string;
    }
  | {
      /** A part of a merchant's credit counts for this dispute and for no other. */
      readonly type: "creditUsed";
      readonly reference: string;
      readonly wholeMinor: bigint;
      readonly amountMinor: bigint;
      readonly operationId: string;
    };

export interface DisputeBook extends DisputeFacts {
  state: DisputeState;
  readonly operations: PastOperation[];
  readonly adjustments: Adjustment[];
  readonly denials: Denial[];
  readonly resolutions: Resolution[];
  /** What happened since the book was loaded, in order; stores write exactly this. */
  readonly changes: Change[];
  /** Row version of the book in the database; 0 when new. */
  version: number;
}

export function newBook(facts: DisputeFacts): DisputeBook {
  return {
    ...facts,
    state: "open",
    operations: [],
    adjustments: [],
    denials: [],
    resolutions: [],
    changes: [],
    version: 0,
  };
}

export function adjustmentOf(book: DisputeBook, id: string): Adjustment {
  const found = book.adjustments.find((adjustment) => adjustment.id === id);
  assert(found !== undefined, `dispute ${book.id} has no adjustment ${id}`);
  return found;
}

/** A proposal to take the place of one that still stands: until then it moves nothing. */
export function isStandIn(book: DisputeBook, { replacesAdjustmentId, state }: Adjustment): boolean {
  if (replacesAdjustmentId === null || !PROPOSAL_STATES.has(state)) return false;
  return adjustmentOf(book, replacesAdjustmentId).state !== "cancelled";
}

/** Moves the dispute's state; the same state again is no change. */
export function moveState(book: DisputeBook, to: DisputeState): void {
  if (book.state !== to) record(book, { type: "stateChanged", from: book.state, to });
}

/** Applies a change to the book and remembers it for the store. */
export function record(book: DisputeBook, change: Change): void {
  apply(book, change);
  book.changes.push(change);
}

function apply(book: DisputeBook, change: Change): void {
  switch (change.type) {
    case "operationRecorded":
      book.operations.push(change.operation);
      return;
    case "adjustmentOpened":
      book.adjustments.push(change.adjustment);
      return;
    case "adjustmentMoved": {
      const adjustment = adjustmentOf(book, change.adjustmentId);
      assert(adjustment.state === change.from, `${adjustment.id} is not ${change.from}`);
      adjustment.state = change.to;
      return;
    }
    case "entriesBooked": {
      const adjustment = adjustmentOf(book, change.adjustmentId);
      adjustment.entries = [...adjustment.entries, ...change.entries];
      return;
    }
    case "adjustmentRouted": {
      const adjustment = adjustmentOf(book, change.adjustmentId);
      adjustment.route = change.route;
      adjustment.destination = change.destination;
      return;
    }
    case "proposalsReplaced":
      adjustmentOf(book, change.adjustmentId).proposals = change.proposals;
      return;
    case "holdSet":
      adjustmentOf(book, change.adjustmentId).hold = change.hold;
      return;
    case "holdDecided": {
      const adjustment = adjustmentOf(book, change.adjustmentId);
      adjustment.holdDecisions = [...adjustment.holdDecisions, change.decision];
      return;
    }
    case "holderAccountSet":
      adjustmentOf(book, change.adjustmentId).holderAccount = change.account;
      return;
    case "followerMoved":
      adjustmentOf(book, change.adjustmentId).followsAdjustmentId = change.followsAdjustmentId;
      return;
    case "plannedDateSet":
      adjustmentOf(book, change.adjustmentId).plannedPostingDate = change.plannedPostingDate;
      return;
    case "stateChanged":
      assert(book.state === change.from, `dispute ${book.id} is not ${change.from}`);
      book.state = change.to;
      return;
    default:
      applyDecision(book, change);
  }
}

function applyDecision(book: DisputeBook, change: Change): void {
  switch (change.type) {
    case "denialRecorded":
      book.denials.push(change.denial);
      return;
    case "denialLifted":
      denialOf(book, change.denialId).lifted = true;
      return;
    case "noticeRecorded": {
      const denial = denialOf(book, change.denialId);
      denial.noticeSentOn = change.noticeSentOn;
      denial.debitDate = change.debitDate;
      denial.dateNamed = change.dateNamed;
      return;
    }
    case "honoringRecorded": {
      const denial = denialOf(book, change.denialId);
      denial.honorFrom = change.from;
      denial.honorUntil = change.until;
      return;
    }
    case "resolutionRecorded":
      book.resolutions.push(change.resolution);
      return;
    case "resolutionUndone": {
      const found = book.resolutions.find((one) => one.id === change.resolutionId);
      assert(found !== undefined, `no resolution ${change.resolutionId}`);
      found.undone = true;
      return;
    }
    default:
      return;
  }
}

export function denialOf(book: DisputeBook, id: string): Denial {
  const found = book.denials.find((denial) => denial.id === id);
  assert(found !== undefined, `dispute ${book.id} has no denial ${id}`);
  return found;
}
