/**
 * Releases what is due over all disputes: PreExecuteAccounting's holds that are over. A worker
 * calls it; the truth about what is due is rows, so nothing is lost while it does not run.
 */
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";

import { allUsableClients } from "./client-runtime.ts";
import { contextOf } from "./context-of.ts";
import type { DecideContext } from "./decide-context.ts";
import type { ClientRuntime, Engine } from "./engine.ts";
import { untilDecided } from "./execute-accounting.ts";
import type { DisputeKey } from "./load-books.ts";
import { lockAndLoadBooks } from "./load-books.ts";
import type { TimedBy } from "./retime-debits.ts";
import { retimeDebits } from "./retime-debits.ts";
import { runDue } from "./run-due.ts";
import { disputesWithDueHolds } from "./views.ts";
import { writeBooks, writtenOf } from "./write-books.ts";

export interface ReleaseOptions {
  /** Disputes a client at once. */
  readonly limit?: number;
  /** What the worker remembers between its turns: which settings its debits were timed by. */
  readonly timedBy?: TimedBy;
  /** Told what could not be released; everything else is. */
  report?(problem: string, error: unknown): void;
}

/**
 * Releases what is due, at most `limit` disputes a client; answers how many adjustments were
 * released. A client whose settings do not load, or a dispute that fails, holds up no other.
 */
export async function releaseDue(engine: Engine, options: ReleaseOptions = {}): Promise<number> {
  const { limit = 500, report, timedBy = new Map() } = options;
  const { usable, unusable } = await allUsableClients(engine);
  for (const { id, failure } of unusable) report?.(`what is due at ${id} is not released`, failure);
  let released = 0;
  for (const client of usable) {
    const today = client.calendar.dateOf(engine.clock.now());
    await retimed(engine, client, timedBy, report);
    const due = await disputesWithDueHolds(engine.database, client.id, today, limit);
    released += await releaseSet(engine, client, due, report);
  }
  return released;
}

/** Settings by which a debit cannot be timed hold up no other client. */
async function retimed(
  engine: Engine,
  client: ClientRuntime,
  timedBy: TimedBy,
  report: ReleaseOptions["report"],
): Promise<void> {
  try {
    await retimeDebits(engine, client, timedBy);
  } catch (error) {
    if (error instanceof Failure && error.code === "database-unreachable") throw error;
    report?.(`debits on notice at ${client.id} are not timed anew`, error);
  }
}

/** All in one transaction; where that fails, each dispute in one of its own. */
async function releaseSet(
  engine: Engine,
  client: ClientRuntime,
  due: readonly DisputeKey[],
  report: ReleaseOptions["report"],
): Promise<number> {
  if (due.length === 0) return 0;
  try {
    return await untilDecided(engine, (tx) => releaseIn(tx, engine, client, due));
  } catch (error) {
    if (error instanceof Failure && error.code === "database-unreachable") throw error;
    if (due.length === 1) {
      report?.(`what is due on dispute ${due[0]?.disputeId} is not released`, error);
      return 0;
    }
    let released = 0;
    for (const one of due) released += await releaseSet(engine, client, [one], report);
    return released;
  }
}

/** What is due is decided again under the dispute's lock: another process may have been faster. */
async function releaseIn(
  tx: Transaction,
  engine: Engine,
  client: ClientRuntime,
  due: readonly DisputeKey[],
): Promise<number> {
  const today = client.calendar.dateOf(engine.clock.now());
  const books = [...(await lockAndLoadBooks(tx, due, engine.ids)).values()];
  const context = dueContext(engine, client);
  const released = books.map(({ book }) => runDue(book, { today }, context).released.length);
  const by = { actorOf: () => "redress", eventDate: today };
  await writeBooks(
    tx,
    engine,
    books.map((loaded) => writtenOf(loaded, client, by)),
    engine.clock.now().toString(),
  );
  return released.reduce((sum, one) => sum + one, 0);
}

/** Deciding without an operation: nothing is recorded under an outside reference. */
export function dueContext(engine: Engine, client: ClientRuntime): DecideContext {
  return contextOf(engine, client, () => false);
}
