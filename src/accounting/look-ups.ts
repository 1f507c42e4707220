/**
 * The port through which holds ask the outside: for the card number in use, for a card's status.
 * The service room speaks to the institution's look-up services; the composition root joins them.
 */
import type { AccountKind } from "../access/seal.ts";

import type { FactValue } from "./dispute-book.ts";

export interface HoldQuestion {
  readonly clientId: string;
  readonly claimId: string;
  readonly claim: string;
  readonly claimType: string;
  readonly disputeId: string;
  readonly dispute: string;
  readonly adjustmentId: string;
  readonly operation: string;
  readonly rule: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Of the vault. */
  readonly holderAccount: string;
  readonly facts: Readonly<Record<string, FactValue>>;
  /** The client's date. */
  readonly today: string;
  /** Name in the client's `lookUps`. */
  readonly service: string;
}

export type LookUpAnswer =
  | { readonly kind: "number"; readonly number: string; readonly accountKind: AccountKind }
  | { readonly kind: "status"; readonly status: string }
  /** It was asked, and what it said is no answer, or none came. */
  | { readonly kind: "unknown"; readonly reason: string }
  /** It could not be asked. */
  | { readonly kind: "failed"; readonly reason: string };

export interface LookUps {
  /** Never throws for what the outside did; nothing secret stands in a reason. */
  ask(question: HoldQuestion): Promise<LookUpAnswer>;
}
