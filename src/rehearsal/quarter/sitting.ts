/** What the judge keeps between two looks, and how it accuses. */
import type { Case } from "./cases.ts";
import type { Wrong } from "./judge-books.ts";
import type { Breach } from "./judge-dates.ts";
import type { PlayedClient } from "./institution.ts";
import type { Quarter } from "./quarter.ts";

export interface Violation extends Wrong {
  readonly check: string;
  /** The day after which it was seen. */
  readonly seenOn: string;
}

export interface ReportedBreach extends Breach {
  /** In the product's own words. */
  readonly reportedAs: string;
}

/** A credit that was not there when its last day ended. */
export interface LateCredit {
  readonly one: Case;
  readonly client: PlayedClient;
  readonly due: string;
}

export interface Sitting {
  readonly quarter: Quarter;
  readonly violations: Violation[];
  readonly breaches: Breach[];
  readonly lateCredits: LateCredit[];
  /** Open days between a credit and its last day, by client. */
  readonly margins: Map<string, number[]>;
  /** Debits that were judged, by client. */
  readonly debits: Map<string, number>;
  /** Cases whose credit is still to be judged, and all that were ever looked at. */
  readonly waiting: Set<Case>;
  readonly known: Set<Case>;
}

/** Accuses the product; of the same thing only once. */
export function accuse(sitting: Sitting, check: string, found: readonly Wrong[]): void {
  const { violations, quarter } = sitting;
  const seenOn = quarter.clock.now().toString().slice(0, 10);
  for (const one of found) {
    const isKnown = violations.some(
      (old) => old.check === check && old.subject === one.subject && old.detail === one.detail,
    );
    if (!isKnown) violations.push({ check, seenOn, ...one });
  }
}
