/** What a hold on an adjustment is, how far it is, and how it ended. */
import type { AdjustmentState } from "../adjustment-machine.ts";
import { PROPOSAL_STATES } from "../adjustment-machine.ts";

/** `custom`: stopped for a person to look at. `clientHold`: one that the client's settings add. */
export type HoldReason =
  | "denyDebitDate"
  | "creditNotPosted"
  | "principalNotPosted"
  | "notBefore"
  | "activeCardNumber"
  | "fraudCardStatus"
  | "newAccountDelay"
  | "clientHold"
  | "custom";

export interface Hold {
  readonly reason: HoldReason;
  /** Released, or looked at again, at the start of this date; null: only by its condition. */
  readonly releaseOn: string | null;
  /** Adjustments that have to be executed, tracked or cancelled first. */
  readonly waitsFor: readonly string[];
  readonly note: string | null;
  /** A person has been asked: its assignment is a review. */
  readonly asksPerson?: boolean;
  /** Of a hold that the client's settings switch on. */
  readonly watch?: HoldWatch;
}

/** How far a hold is that asks the outside, counts days, or waits for a person's word. */
export interface HoldWatch {
  /** Which hold: its reason, or `clientHold NAME`. */
  readonly name: string;
  readonly since: string;
  /** Look-ups made, and how many there may be; a person's retry allows more. */
  readonly asked: number;
  readonly mayAsk: number;
  /** ISO instant of the next look-up; null: at once, or none where `mayAsk` is reached. */
  readonly nextAskAt: string | null;
  /** The date on which its own days are used up. */
  readonly deadlineOn: string | null;
  /** The date of the law that ends it first, and the day on which it therefore ends. */
  readonly regulatory: RegulatoryDate | null;
  readonly endsForLawOn: string | null;
  /** What was answered last. */
  readonly lastAnswer: string | null;
}

export interface RegulatoryDate {
  readonly on: string;
  /** The paragraph that it comes from. */
  readonly source: string;
}

/** How a hold ended for an adjustment: it is not asked again. */
export interface HoldDecision {
  readonly id: string;
  /** As `HoldWatch.name`. */
  readonly hold: string;
  readonly outcome: "passed" | "postable" | "notPostable" | "daysUsedUp" | "regulatoryDate";
  /** It is posted by a person: the route is manual whatever the table says. */
  readonly byHand: boolean;
  /** The holder's account found, by its id in the vault. */
  readonly account: string | null;
  readonly status: string | null;
  readonly reason: string;
}

/** When the look-up of a hold is due, ISO instant; null where nobody is asked by the machine. */
export function askAt(
  { state, hold }: { readonly state: AdjustmentState; readonly hold: Hold | null },
  now: string,
): string | null {
  const watch = hold?.watch;
  if (!PROPOSAL_STATES.has(state) || watch === undefined || watch.mayAsk === 0) return null;
  return hold?.asksPerson === true ? null : (watch.nextAskAt ?? now);
}
