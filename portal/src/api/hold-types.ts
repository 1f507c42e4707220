/** What the pages of holds and denials read. */
import type { AdjustmentState } from "../../../src/accounting/adjustment-machine.ts";
import type { Money } from "./types.ts";

export interface HoldEvent {
  readonly kind: "asked" | "answered" | "ended";
  readonly hold: string;
  readonly outcome: string | null;
  /** Masked. */
  readonly account: string | null;
  readonly status: string | null;
  readonly reason: string | null;
  readonly actor: string;
  readonly at: string;
}

export interface HeldBy {
  readonly reason: string;
  readonly releaseOn: string | null;
  readonly waitsFor: readonly string[];
  readonly note: string | null;
  readonly asksPerson?: boolean;
  readonly watch?: {
    readonly name: string;
    readonly since: string;
    readonly asked: number;
    readonly mayAsk: number;
    readonly nextAskAt: string | null;
    readonly deadlineOn: string | null;
    readonly regulatory: { readonly on: string; readonly source: string } | null;
    readonly endsForLawOn: string | null;
    readonly lastAnswer: string | null;
  };
}

export interface HoldOfAdjustment {
  readonly hold: HeldBy | null;
  readonly events: readonly HoldEvent[];
}

export interface DenialAction {
  readonly operation: "recordNoticeSent" | "cancelDenial" | "performDebit";
  readonly allowed: boolean;
  readonly why: string | null;
}

export interface DenialOfDispute {
  readonly denial: {
    readonly id: string;
    readonly kind: "deny" | "withdraw";
    readonly amount: Money;
    readonly reason: string | null;
    readonly noticeSentOn: string | null;
    readonly debitDate: string | null;
    readonly dateNamed: string | null;
    readonly honorFrom: string | null;
    readonly honorUntil: string | null;
    readonly isHonoring: boolean;
  } | null;
  readonly debit: {
    readonly adjustment: string;
    readonly amount: Money;
    readonly state: AdjustmentState;
    readonly note: string | null;
  } | null;
  /** Each debit against the day that was named. */
  readonly debits: readonly Pick<
    DenyDebit,
    "adjustment" | "amount" | "requiredOn" | "postingDate" | "verdict"
  >[];
  readonly earliestIfSentToday: string;
  readonly actions: readonly DenialAction[];
}

export type LetterFacts = Readonly<Record<string, string | null>>;

export interface Letters {
  readonly current: LetterFacts;
  readonly changed: readonly string[];
  readonly versions: readonly {
    readonly version: number;
    readonly facts: LetterFacts;
    readonly changed: readonly string[];
    readonly actor: string;
    readonly issuedAt: string;
  }[];
}

export interface DenyDebit {
  readonly client: string;
  readonly claim: string;
  readonly dispute: string;
  readonly adjustment: string;
  readonly state: AdjustmentState;
  readonly amount: Money;
  readonly noticeSentOn: string | null;
  readonly requiredOn: string | null;
  readonly postingDate: string | null;
  readonly honorUntil: string | null;
  readonly verdict: string;
  readonly note: string | null;
}

export interface HoldSettings {
  readonly client: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly lookUps: readonly string[];
  readonly problem: string | null;
  readonly version: number;
}
