/**
 * Releases what is due over all disputes: PreExecuteAccounting's holds that are over. A worker
 * calls it; the truth about what is due is rows, so nothing is lost while it does not run.
 */
import { sortedClients } from "./client-runtime.ts";
import type { DecideContext } from "./decide-context.ts";
import type { ClientRuntime, Engine } from "./engine.ts";
import { untilDecided } from "./execute-accounting.ts";
import { lockAndLoadBooks } from "./load-books.ts";
import { runDue } from "./run-due.ts";
import { disputesWithDueHolds } from "./views.ts";
import { writeBooks, writtenOf } from "./write-books.ts";

/** Releases at most `limit` disputes' holds; answers how many adjustments were released. */
export async function releaseDue(engine: Engine, limit = 500): Promise<number> {
  let released = 0;
  for (const client of await sortedClients(engine)) {
    const today = client.calendar.dateOf(engine.clock.now());
    released += await untilDecided(engine, async (tx) => {
      const due = await disputesWithDueHolds(tx, client.id, today, limit);
      if (due.length === 0) return 0;
      const books = [...(await lockAndLoadBooks(tx, due)).values()];
      const context = dueContext(engine, client);
      const count = books
        .map(({ book }) => runDue(book, { today }, context).released.length)
        .reduce((sum, one) => sum + one, 0);
      const by = { actorOf: () => "redress", eventDate: today };
      await writeBooks(
        tx,
        engine,
        books.map((loaded) => writtenOf(loaded, client, by)),
        engine.clock.now().toString(),
      );
      return count;
    });
  }
  return released;
}

/** Deciding without an operation: nothing is recorded under an outside reference. */
export function dueContext(engine: Engine, client: ClientRuntime): DecideContext {
  return {
    rulebook: client.rulebook,
    settings: client.settings,
    calendar: client.calendar,
    ids: engine.ids,
    executesAtOnce: false,
    referenceUsed: () => false,
  };
}
