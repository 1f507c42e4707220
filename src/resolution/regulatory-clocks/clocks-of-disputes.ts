/** The clocks of a set of disputes, in a constant number of queries however many there are. */
import { Temporal } from "temporal-polyfill";

import type { ClientRuntime, Engine } from "../../accounting/engine.ts";
import type { DisputeKey, LoadedBook } from "../../accounting/load-books.ts";
import { loadBooks } from "../../accounting/load-books.ts";
import type { Queries } from "../../database/database.ts";

import type { Posting } from "./case-of-book.ts";
import { caseOfBook } from "./case-of-book.ts";
import type { ClockReading, ClockRules } from "./read-clocks.ts";
import { readClocks } from "./read-clocks.ts";
import type { ClockRow } from "./store.ts";
import { openedAt, postingsOf } from "./views.ts";

export interface DisputeClocks {
  readonly client: ClientRuntime;
  readonly loaded: LoadedBook;
  readonly readings: readonly ClockReading[];
}

/** By dispute id, as of now or of each one's moment; a dispute that does not exist is absent. */
export async function clocksOfDisputes(
  db: Queries,
  engine: Pick<Engine, "clients" | "clock">,
  keys: readonly DisputeKey[],
  asOf: (disputeId: string) => Temporal.Instant = () => engine.clock.now(),
): Promise<ReadonlyMap<string, DisputeClocks>> {
  if (keys.length === 0) return new Map();
  const clients = await engine.clients(db, [...new Set(keys.map((key) => key.clientId))]);
  const books = await loadBooks(db, keys);
  const opened = await openedAt(db, keys);
  const postings = new Map<string, Posting[]>();
  for (const posting of await postingsOf(db, keys)) {
    const list = postings.get(posting.disputeId);
    if (list === undefined) postings.set(posting.disputeId, [posting]);
    else list.push(posting);
  }
  const result = new Map<string, DisputeClocks>();
  for (const [disputeId, loaded] of books) {
    const client = clients.get(loaded.book.clientId) as ClientRuntime;
    const { calendar } = client;
    const on = calendar.dateOf(Temporal.Instant.from(opened.get(disputeId) as string));
    const given = caseOfBook(loaded.book, on, postings.get(disputeId) ?? []);
    const today = calendar.dateOf(asOf(disputeId));
    result.set(disputeId, { client, loaded, readings: readClocks(given, rulesOf(client), today) });
  }
  return result;
}

export function keyOf({ loaded: { book } }: DisputeClocks): DisputeKey {
  return { clientId: book.clientId, disputeId: book.id };
}

/** The clocks of a dispute that are kept: what began. */
export function keptClocks(one: DisputeClocks): ClockRow[] {
  return one.readings.flatMap((reading) => {
    const { round, clock, state, startsOn, warnOn, dueOn, endedOn } = reading;
    if (state === "notApplicable" || state === "notStarted") return [];
    if (startsOn === null || warnOn === null || dueOn === null) return [];
    return [{ ...keyOf(one), round, clock, state, startsOn, warnOn, dueOn, endedOn }];
  });
}

/** Those of the client's rule book that the client has not disabled. */
export function rulesOf({ rulebook, calendar, settings }: ClientRuntime): ClockRules {
  const { countsDayOfReceipt, disabled } = settings.clocks;
  const clocks =
    disabled.length === 0
      ? rulebook.clocks
      : new Map([...rulebook.clocks].filter(([id]) => !disabled.includes(id)));
  return { clocks, facts: rulebook.facts, calendar, countsDayOfReceipt };
}
