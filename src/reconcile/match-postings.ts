/**
 * Compares lines of a feed with movements of ours (domain §8): the same reference is the same
 * posting, and then amount, currency, side and day have to be the same too. Pure.
 */
import { Temporal } from "temporal-polyfill";

import type { InboundLine } from "../formats/read/document.ts";
import { formatAmount } from "../kernel/money.ts";

/** A movement of ours as far as a statement can show it. */
export interface OurPosting {
  readonly adjustmentId: string;
  readonly disputeId: string;
  readonly reference: string;
  readonly amountMinor: bigint;
  /** Of its single entries: an account's statement may show one of them. */
  readonly partsMinor: readonly bigint[];
  readonly currency: string;
  /** The day we say it posted; null of tracked movements that say none. */
  readonly postingDate: string | null;
}

export type MatchOutcome = "matched" | "different" | "missingHere" | "missingThere";
export type MatchSide = "debit" | "credit" | "either";

export interface MatchedLine {
  readonly lineNumber: number | null;
  readonly outcome: MatchOutcome;
  readonly reference: string | null;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly side: "debit" | "credit" | null;
  readonly bookedOn: string | null;
  readonly posting: OurPosting | null;
  readonly difference: string | null;
}

export interface Comparison {
  /** By reference. Several movements may share one: an operation that is several adjustments. */
  readonly ours: ReadonlyMap<string, readonly OurPosting[]>;
  /** `adjustment side` of what a feed confirmed before. */
  readonly confirmed: ReadonlySet<string>;
  /** Days by which the two may differ. */
  readonly toleranceDays: number;
}

/** The lines in their order. What was confirmed before, or twice here, was posted twice there. */
export function matchPostings(
  lines: readonly InboundLine[],
  { ours, confirmed, toleranceDays }: Comparison,
): MatchedLine[] {
  const taken = new Set(confirmed);
  return lines.map((line): MatchedLine => {
    const { lineNumber, reference, amountMinor, currency, side, bookedOn } = line;
    const shown = { lineNumber, reference, amountMinor, currency, side, bookedOn };
    const candidates = ours.get(reference ?? "") ?? [];
    if (reference === null || candidates.length === 0) {
      const difference =
        reference === null ? "it names no reference" : "no movement of ours has this reference";
      return { ...shown, outcome: "missingHere", posting: null, difference };
    }
    const compared = candidates.map((posting) => ({
      posting,
      words: differences(line, posting, toleranceDays),
    }));
    const same = compared.filter(({ words }) => words.length === 0);
    const free = same.find(({ posting }) => !taken.has(keyOf(posting, side)));
    if (free !== undefined) {
      taken.add(keyOf(free.posting, side));
      return { ...shown, outcome: "matched", posting: free.posting, difference: null };
    }
    const [nearest] = [...same, ...compared];
    const words = same.length > 0 ? ["it was posted there before"] : (nearest?.words ?? []);
    const posting = nearest?.posting ?? null;
    return { ...shown, outcome: "different", posting, difference: words.join("; ") };
  });
}

export function keyOf({ adjustmentId }: OurPosting, side: "debit" | "credit" | null): string {
  return `${adjustmentId} ${side ?? "either"}`;
}

function differences(line: InboundLine, posting: OurPosting, toleranceDays: number): string[] {
  const words: string[] = [];
  const { amountMinor, currency, bookedOn } = line;
  if (currency !== null && currency !== posting.currency) {
    words.push(`in ${currency} there, in ${posting.currency} here`);
  } else if (amountMinor !== null && !amountsOf(posting).includes(amountMinor)) {
    const money = (minor: bigint): string => formatAmount(minor, posting.currency);
    words.push(`${money(amountMinor)} there, ${money(posting.amountMinor)} here`);
  }
  if (bookedOn !== null && posting.postingDate !== null) {
    const apart = Math.abs(daysBetween(bookedOn, posting.postingDate));
    if (apart > toleranceDays) words.push(`on ${bookedOn} there, ${posting.postingDate} here`);
  }
  return words;
}

function amountsOf({ amountMinor, partsMinor }: OurPosting): readonly bigint[] {
  return [amountMinor, ...partsMinor];
}

function daysBetween(one: string, other: string): number {
  return Temporal.PlainDate.from(one).until(other, { largestUnit: "days" }).days;
}
