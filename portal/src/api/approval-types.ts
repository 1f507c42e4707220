/** Approvals and delegations, as the API answers them. */
import type { Money, Posting } from "./types.ts";

export type RequestState = "waiting" | "approved" | "declined" | "withdrawn";

export interface ApprovalLevel {
  readonly level: number;
  readonly right: string;
  readonly roles: readonly string[];
  readonly state: "approved" | "declined" | "next" | "later" | "over";
  readonly decidedBy: string | null;
  readonly onBehalfOf: string | null;
  readonly reason: string | null;
  readonly decidedAt: string | null;
}

export interface Approval {
  readonly id: string;
  readonly client: string;
  readonly kind: string;
  readonly label: string;
  readonly subject: string;
  readonly claim: string | null;
  readonly dispute: string | null;
  readonly summary: string;
  readonly rule: string;
  readonly ruleWords: string;
  readonly amount: Money | null;
  readonly requestedBy: string;
  readonly requester: string;
  readonly reason: string;
  readonly isAfter: boolean;
  readonly state: RequestState;
  readonly levels: readonly ApprovalLevel[];
  readonly excluded: readonly { readonly person: string; readonly why: string }[];
  readonly stillNeeded: string | null;
  readonly mayDecide: boolean;
  readonly whyNot: string | null;
  readonly onBehalfOf: string | null;
  readonly ifApproved: string;
  readonly ifDeclined: string;
  readonly requestedAt: string;
  readonly settledAt: string | null;
  readonly settledBy: string | null;
  readonly settledBecause: string | null;
  readonly version: number;
}

export interface ApprovalDetails extends Approval {
  readonly proposals: readonly {
    readonly rule: string;
    readonly debit: string;
    readonly credit: string;
    readonly amount: Money;
  }[];
  readonly posting: Posting | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface Delegation {
  readonly id: string;
  readonly delegator: string;
  readonly delegate: string;
  readonly permissions: readonly string[];
  readonly clients: readonly string[] | null;
  readonly kinds: readonly string[] | null;
  readonly maximum: Money | null;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly state: "planned" | "inForce" | "over" | "revoked";
  readonly reason: string;
  readonly givenAt: string;
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
}
