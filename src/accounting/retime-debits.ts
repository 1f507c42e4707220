/**
 * A client's cut-offs or calendar changed: debits on notice are released for the window that posts
 * on their day now. Looked at once per change of the client's settings.
 */
import type { Transaction } from "../database/database.ts";

import { contextOf } from "./context-of.ts";
import { record } from "./dispute-book.ts";
import type { ClientRuntime, Engine } from "./engine.ts";
import { untilDecided } from "./execute-accounting.ts";
import { dayNamed, releaseDayOf } from "./holds/deny-debit-date.ts";
import type { DisputeKey } from "./load-books.ts";
import { lockAndLoadBooks } from "./load-books.ts";
import { disputesWithDatedDebits } from "./views-holds.ts";
import { writeBooks, writtenOf } from "./write-books.ts";

const MOST_AT_ONCE = 500;

/** The version of each client's settings that its debits were timed by, per process. */
export type TimedBy = Map<string, number>;

/** Answers how many debits are released on another day than before. */
export async function retimeDebits(
  engine: Engine,
  client: ClientRuntime,
  timedBy: TimedBy,
): Promise<number> {
  if (timedBy.get(client.id) === client.version) return 0;
  let count = 0;
  let after: string | null = null;
  for (;;) {
    const keys: DisputeKey[] = await disputesWithDatedDebits(
      engine.database,
      client.id,
      after,
      MOST_AT_ONCE,
    );
    if (keys.length > 0) {
      count += await untilDecided(engine, (tx) => retime(tx, engine, client, keys));
    }
    if (keys.length < MOST_AT_ONCE) break;
    after = keys.at(-1)?.disputeId ?? null;
  }
  timedBy.set(client.id, client.version);
  return count;
}

async function retime(
  tx: Transaction,
  engine: Engine,
  client: ClientRuntime,
  keys: readonly DisputeKey[],
): Promise<number> {
  const books = [...(await lockAndLoadBooks(tx, keys, engine.ids)).values()];
  const context = contextOf(engine, client, () => false);
  let count = 0;
  for (const { book } of books) {
    for (const adjustment of book.adjustments) {
      const { state, hold, operation, id: adjustmentId } = adjustment;
      const day = dayNamed(book, adjustment);
      const isDated = state === "planned" && hold?.reason === "denyDebitDate" && day !== null;
      if (!isDated || hold.releaseOn === null) continue;
      const releaseOn = releaseDayOf({ book, context, operation }, adjustment, day);
      if (releaseOn === hold.releaseOn) continue;
      record(book, { type: "holdSet", adjustmentId, hold: { ...hold, releaseOn } });
      count += 1;
    }
  }
  const now = engine.clock.now();
  const by = { actorOf: () => "redress", eventDate: client.calendar.dateOf(now) };
  const written = books.map((loaded) => writtenOf(loaded, client, by));
  await writeBooks(tx, engine, written, now.toString());
  return count;
}
