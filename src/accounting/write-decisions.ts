/**
 * Writes what was decided on books beside their movements: denials, resolutions, references of the
 * outside, and what disputes use of merchants' credits.
 */
import type { Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import type { RuleBook } from "../rulebook/load.ts";

import type { Change, DisputeBook } from "./dispute-book.ts";
import type { Engine } from "./engine.ts";
import { watchLetters } from "./letters/store.ts";
import { creditUses } from "./merchant-credits.ts";
import { insertCredits, insertCreditUses } from "./store-credits.ts";
import {
  insertDenials,
  insertReferences,
  insertResolutions,
  undoResolutions,
  updateDenials,
} from "./store-decisions.ts";

interface DecidedBook {
  readonly book: DisputeBook;
  readonly rulebook: RuleBook;
}

/** Of books whose changes are not forgotten yet. */
export async function writeDecisions(
  tx: Transaction,
  { ids }: Pick<Engine, "ids">,
  decided: readonly DecidedBook[],
  now: string,
): Promise<void> {
  const books = decided.map((one) => one.book);
  const denials = [];
  const dated = new Map<string, Parameters<typeof updateDenials>[1][number]>();
  const resolutions = [];
  const undone = [];
  const references = [];
  for (const book of books) {
    const key = { clientId: book.clientId, disputeId: book.id };
    for (const change of book.changes) {
      if (change.type === "denialRecorded") denials.push({ ...key, item: change.denial });
      if (CHANGES_DENIAL.has(change.type) && "denialId" in change) {
        const item = book.denials.find((one) => one.id === change.denialId);
        assert(item !== undefined, `no denial ${change.denialId}`);
        const liftedBy = change.type === "denialLifted" ? change.operationId : null;
        const before = dated.get(item.id)?.liftedBy ?? null;
        dated.set(item.id, { ...key, item, liftedBy: liftedBy ?? before });
      }
      if (change.type === "resolutionRecorded")
        resolutions.push({ ...key, item: change.resolution });
      if (change.type === "resolutionUndone") {
        undone.push({
          clientId: book.clientId,
          id: change.resolutionId,
          undoneBy: change.operationId,
        });
      }
      if (change.type === "referenceRecorded")
        references.push({ clientId: book.clientId, ...change });
    }
  }
  await insertDenials(tx, denials, now);
  // What a denial says goes into a letter: its data is issued from now on.
  await watchLetters(tx, [...new Map(denials.map((one) => [one.disputeId, one])).values()], now);
  await updateDenials(tx, [...dated.values()]);
  await insertResolutions(tx, resolutions, now);
  await undoResolutions(tx, undone);
  await insertReferences(tx, references, now);
  await insertCredits(tx, books.flatMap(creditsOf), now);
  await insertCreditUses(
    tx,
    decided.flatMap(({ rulebook, book }) =>
      creditUses(rulebook, book, book.changes).map((use) => ({
        ...use,
        clientId: book.clientId,
        disputeId: book.id,
        id: ids.next(),
      })),
    ),
    now,
  );
}

const CHANGES_DENIAL: ReadonlySet<Change["type"]> = new Set([
  "noticeRecorded",
  "honoringRecorded",
  "denialLifted",
]);

function creditsOf({ clientId, currency, changes }: DisputeBook) {
  return changes.flatMap((change) =>
    change.type === "creditUsed"
      ? [{ clientId, currency, reference: change.reference, wholeMinor: change.wholeMinor }]
      : [],
  );
}
