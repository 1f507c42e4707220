/**
 * A database that is one transaction: what a verb would do in a transaction of its own it does as a
 * part of this one, which may fail alone. So that a verb runs with what it belongs to, or not.
 */
import type { Database, Transaction } from "./database.ts";

/** Levels of isolation asked for inside are those of the transaction. */
export function within(tx: Transaction, database: Database): Database {
  return {
    ...tx,
    transaction: (work) => tx.savepoint(() => work(tx)),
    listen: (channel, heard) => database.listen(channel, heard),
    close: () => Promise.resolve(),
  };
}
