/**
 * What was decided on a dispute, as later operations must know it: its state, denials,
 * resolutions, and the operations themselves.
 */
import type { DisputeState } from "../rulebook/operations.ts";

export interface Denial {
  readonly id: string;
  readonly operationId: string;
  /** `receivable`: the part of a customer receivable above the surplus counts as denied. */
  readonly kind: "deny" | "withdraw" | "receivable";
  readonly amountMinor: bigint;
  readonly reason: string | null;
  readonly stateBefore: DisputeState;
  /** True once cancelled or lifted by a reopening: no longer in force. */
  lifted: boolean;
  noticeSentOn: string | null;
  /** The day that the notice names: the debit posts on it. */
  debitDate: string | null;
  /** The day that a letter not sent yet names. */
  dateNamed: string | null;
  /**
   * Debited now: items are honoured and overdraft charges left out from the one day through the
   * other (12 CFR 1005.11(d)(2)(ii)).
   */
  honorFrom: string | null;
  honorUntil: string | null;
}

type DenialBegun = Pick<
  Denial,
  "id" | "operationId" | "kind" | "amountMinor" | "reason" | "stateBefore"
>;

/** A denial in force, of which nothing else is known yet but what is given. */
export function newDenial(given: DenialBegun & Partial<Denial>): Denial {
  return {
    lifted: false,
    noticeSentOn: null,
    debitDate: null,
    dateNamed: null,
    honorFrom: null,
    honorUntil: null,
    ...given,
  };
}

export type ResolutionDecision = "pay" | "deny" | "partialDeny" | "writeOff";

export interface Resolution {
  readonly id: string;
  readonly operationId: string;
  readonly decision: ResolutionDecision;
  readonly stateBefore: DisputeState;
  readonly decidedOn: string;
  undone: boolean;
}

/** A past operation, as far as later ones must know it. */
export interface PastOperation {
  readonly id: string;
  readonly operation: string;
  readonly on: string;
  /** As normalised at the time: amounts as decimal strings. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly stateBefore: DisputeState;
}
