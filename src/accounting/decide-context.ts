/** What deciding needs beside the book: the rule book, the client, the calendar, ids. Pure. */
import type { BusinessCalendar } from "../kernel/calendar.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Facts } from "../rulebook/facts.ts";
import type { RuleBook } from "../rulebook/load.ts";

import type { ClientSettings } from "./client-settings.ts";
import type { Adjustment, DisputeBook, RegulatoryDate } from "./dispute-book.ts";
import type { Positions } from "./positions.ts";

export interface DecideContext {
  readonly rulebook: RuleBook;
  readonly settings: ClientSettings;
  readonly calendar: BusinessCalendar;
  readonly ids: Ids;
  /** Scenarios: an execute adjustment counts as executed when booked; approvals are off. */
  readonly executesAtOnce: boolean;
  /** Whether an outside reference of this kind is recorded already, for the client. */
  referenceUsed(kind: string, reference: string): boolean;
  /** What is known of a merchant's credit; left out, what this book itself recorded of it. */
  creditOf?(reference: string): KnownCredit | undefined;
  /** The nearest date of the law by which the holder has to be credited, where a clock runs. */
  creditBy?(book: DisputeBook): RegulatoryDate | null;
  /**
   * The day on which a movement has to be released so that it posts on the date given: earlier
   * than that only where a batch window posts some days after it leaves.
   */
  releaseDay?(destination: string, postingOn: string): string;
  /** The accounting date for a day whose period is closed: the first of an open one. */
  bookingDate?(date: string): string;
}

/** A merchant's credit, as far as the usage book knows it. */
export interface KnownCredit {
  readonly currency: string;
  readonly wholeMinor: bigint;
  /** By all disputes together. */
  readonly usedMinor: bigint;
}

export interface DecideRequest {
  readonly operationId: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The client's local date now: entries are booked on it. */
  readonly today: string;
  /** The local date of the business event. */
  readonly eventDate: string;
  readonly actor: string;
  /** What it takes the place of; never from outside, where the caller knows it for certain. */
  readonly replaces?: Replaced | undefined;
  /** A gate that refuses was overridden with a second person's word; never from outside. */
  readonly overridesGate?: boolean | undefined;
  /** Nobody has to approve it first: the machine met a deadline, and a person approves it then. */
  readonly approvedAfterwards?: boolean | undefined;
}

/** An adjustment that is cancelled in the same decision, because an operation takes its place. */
export interface Replaced {
  readonly adjustmentId: string;
  readonly event: "cancelled" | "parked";
  readonly reason: string;
}

/** Who decides what, on which day: what the parts of a decision share. */
export interface Deciding {
  readonly book: DisputeBook;
  readonly context: DecideContext;
  readonly operationId: string;
  readonly operation: string;
  readonly today: string;
  readonly eventDate: string;
}

/** An operation with its input read: amounts in minor units, defaults not yet applied. */
export interface Applied extends Deciding {
  readonly input: Readonly<Record<string, InputValue>>;
  /** As they were before the operation. */
  readonly positions: Positions;
  readonly values: Record<string, bigint>;
  /** What it took the place of, cancelled by now. */
  readonly replaced: Adjustment | null;
  readonly overridesGate: boolean;
  readonly approvedAfterwards: boolean;
}

export type InputValue = string | boolean | bigint | readonly unknown[] | undefined;

const bound = new WeakMap<DisputeBook, Facts>();

/** The dispute's facts as tables read them; bound once per loaded book. */
export function factsOf(book: DisputeBook, context: Pick<DecideContext, "rulebook">): Facts {
  let facts = bound.get(book);
  if (facts === undefined) {
    facts = context.rulebook.bindDispute(book.currency, {
      ...book.facts,
      client: book.clientId,
      amount: book.amountMinor,
      currency: book.currency,
    });
    bound.set(book, facts);
  }
  return facts;
}
