/**
 * What every verb needs: the database, the clock, ids, and each client's rule book, settings and
 * calendar. Assembled in `main.ts`; a simulated day assembles its own.
 */
import type { Database, Queries } from "../database/database.ts";
import type { BusinessCalendar } from "../kernel/calendar.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { RuleBook } from "../rulebook/load.ts";
import type { Terms, TermsFacts } from "../work/assignment-terms.ts";

import type { ClientSettings } from "./client-settings.ts";
import type { DisputeBook, RegulatoryDate } from "./dispute-book.ts";

export interface ClientRuntime {
  readonly id: string;
  readonly name: string;
  /** Row version: a client that changed is assembled anew. */
  readonly version: number;
  readonly settings: ClientSettings;
  readonly calendar: BusinessCalendar;
  readonly rulebook: RuleBook;
}

/** Queue, urgency and times of an assignment about to be opened. */
export type AssignmentTerms = (facts: TermsFacts) => Terms;

export type ReleaseDay = (destination: string, postingOn: string, client: ClientRuntime) => string;

export interface Engine {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  /** For clients that `clients` was asked for before. */
  readonly assignmentTerms: AssignmentTerms;
  /**
   * The nearest date of the law by which the holder has to be credited; the provisional credit's
   * where left out. A hold ends for it.
   */
  readonly creditBy?: (book: DisputeBook, client: ClientRuntime) => RegulatoryDate | null;
  /** The day on which what a batch profile takes is released, so that it posts on the date. */
  readonly releaseDay?: ReleaseDay | undefined;
  /** The clients as they are now. Throws `not-found` naming the first that does not exist. */
  clients(db: Queries, ids: readonly string[]): Promise<ReadonlyMap<string, ClientRuntime>>;
}
