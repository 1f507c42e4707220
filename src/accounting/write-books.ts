/**
 * Writes what was decided on a set of books: each table once. Adjustments that were there before
 * are locked and compared first; if somebody moved one meanwhile, nothing is written and the
 * caller decides again (`Superseded`).
 */
import type { Transaction } from "../database/database.ts";
import type { NewEvent } from "../events/store.ts";
import { appendEvents } from "../events/store.ts";
import { assert } from "../kernel/assert.ts";
import type { NewEntry } from "../ledger/store.ts";
import { ensurePeriods, insertEntries } from "../ledger/store.ts";

import { assignmentTypeOf, nextState, PROPOSAL_STATES } from "./adjustment-machine.ts";
import type { Adjustment, Change } from "./dispute-book.ts";
import { adjustmentOf } from "./dispute-book.ts";
import type { ClientRuntime, Engine } from "./engine.ts";
import { fiscalYearOf } from "./fiscal-year.ts";
import { watchLetters } from "./letters/store.ts";
import type { LoadedBook } from "./load-books.ts";
import { showAssignments } from "./show-assignments.ts";
import { holdDecisionsIn, insertHoldDecisions } from "./store-holds.ts";
import {
  insertDenials,
  insertReferences,
  insertResolutions,
  replaceProposals,
  undoResolutions,
  updateDenials,
} from "./store-decisions.ts";
import type { AdjustmentLock, TransitionRow } from "./store.ts";
import {
  insertAdjustments,
  insertTransitions,
  lockAdjustments,
  updateAdjustments,
  updateBooks,
} from "./store.ts";

/** Somebody else changed what the decision was based on: load and decide again. */
export class Superseded extends Error {
  override readonly name = "Superseded";
}

/** Who did it and under which rule book, for the rows of one book. */
export interface WrittenBook {
  readonly loaded: LoadedBook;
  readonly rulebookVersion: string;
  readonly fiscalYearOf: (date: string) => number;
  /** The actor of an operation; the machine where none is known. */
  readonly actorOf: (operationId: string | null) => string;
  readonly eventDate: string;
}

/** A book of a client, ready to be written. */
export function writtenOf(
  loaded: LoadedBook,
  runtime: ClientRuntime,
  by: Pick<WrittenBook, "actorOf" | "eventDate">,
): WrittenBook {
  const { rulebook, settings } = runtime;
  return {
    loaded,
    rulebookVersion: `${rulebook.id} ${rulebook.version}`,
    fiscalYearOf: (date) => fiscalYearOf(date, settings.fiscalYearStartsIn),
    ...by,
  };
}

interface Touched {
  readonly written: WrittenBook;
  readonly adjustment: Adjustment;
  readonly fresh: boolean;
  routeChosenBy: string | null;
  proposalsChanged: boolean;
  moved: boolean;
}

/**
 * Writes the changes of the books given and empties their change lists. The dispute rows are
 * locked by the caller. Throws `Superseded` when an adjustment moved since the books were loaded.
 */
export async function writeBooks(
  tx: Transaction,
  engine: Engine,
  books: readonly WrittenBook[],
  now: string,
): Promise<void> {
  const changed = books.filter((one) => one.loaded.book.changes.length > 0);
  const touched = touchedBy(changed);
  const locks = await lockTouched(tx, touched);
  const openIds = await showAssignments(
    tx,
    { ids: engine.ids, terms: engine.assignmentTerms },
    touched.map((one) => shownOf(one, locks)),
    now,
  );
  const placed = touched.map((one, index) => ({ ...one, openId: openIds[index] ?? null }));

  await insertAdjustments(tx, placed.filter((one) => one.fresh).map(adjustmentRow), now);
  await updateAdjustments(
    tx,
    placed.filter((one) => !one.fresh).map((one) => ({ ...adjustmentRow(one), ...updateOf(one) })),
    now,
  );
  await replaceProposals(
    tx,
    touched.filter((one) => one.proposalsChanged).map(proposalsOf),
    new Set(touched.filter((one) => one.fresh).map((one) => one.adjustment.id)),
  );
  await insertTransitions(tx, transitionsOf(engine, changed), now);
  await bookEntries(tx, changed, now);
  await writeDecisions(tx, changed, now);
  await updateBooks(tx, changed.map(bookRow), now);
  await appendEvents(tx, eventsOf(engine, touched), now);
  for (const { loaded } of changed) loaded.book.changes.length = 0;
}

function touchedBy(books: readonly WrittenBook[]): Touched[] {
  const touched = new Map<string, Touched>();
  for (const written of books) {
    const { book } = written.loaded;
    for (const change of book.changes) {
      const id = adjustmentIdOf(change);
      if (id === null) continue;
      let one = touched.get(id);
      if (one === undefined) {
        const adjustment = adjustmentOf(book, id);
        one = {
          written,
          adjustment,
          fresh: change.type === "adjustmentOpened",
          routeChosenBy: null,
          proposalsChanged: false,
          moved: false,
        };
        touched.set(id, one);
      }
      note(one, change);
    }
  }
  return [...touched.values()];
}

function note(one: Touched, change: Change): void {
  if (change.type === "adjustmentRouted") one.routeChosenBy = change.chosenBy;
  if (change.type === "adjustmentMoved") one.moved = true;
  if (change.type === "adjustmentOpened" && one.adjustment.proposals.length > 0) {
    one.proposalsChanged = true;
  }
  if (change.type === "proposalsReplaced" || change.type === "adjustmentMoved") {
    one.proposalsChanged = true;
  }
}

function adjustmentIdOf(change: Change): string | null {
  if (change.type === "adjustmentOpened") return change.adjustment.id;
  return "adjustmentId" in change ? change.adjustmentId : null;
}

/** The rows as they stand, by id. Refuses to write over what somebody moved. */
async function lockTouched(
  tx: Transaction,
  touched: readonly Touched[],
): Promise<Map<string, AdjustmentLock>> {
  const known = touched.filter((one) => !one.fresh);
  if (known.length === 0) return new Map();
  const rows = await lockAdjustments(
    tx,
    known.map((one) => ({ clientId: one.written.loaded.book.clientId, id: one.adjustment.id })),
  );
  const locks = new Map(rows.map((row) => [row.id, row]));
  for (const { adjustment } of known) {
    if (locks.get(adjustment.id)?.version !== adjustment.version) {
      throw new Superseded(`adjustment ${adjustment.id} moved while its dispute was decided`);
    }
  }
  return locks;
}

function shownOf(one: Touched, locks: ReadonlyMap<string, AdjustmentLock>) {
  const { adjustment, written } = one;
  const { book, claimType } = written.loaded;
  const lock = locks.get(adjustment.id);
  const openId = lock?.openAssignmentId ?? null;
  return {
    clientId: book.clientId,
    adjustmentId: adjustment.id,
    disputeId: book.id,
    claimId: book.claimId,
    claimType,
    amountMinor: adjustment.amountMinor,
    currency: book.currency,
    destination: adjustment.destination,
    plannedPostingDate: adjustment.plannedPostingDate,
    isDenialDebit: adjustment.denialId !== null,
    before: openId === null ? null : { id: openId, type: lock?.assignmentType ?? "" },
    type: assignmentTypeOf(adjustment.state, {
      hold: adjustment.hold?.reason ?? null,
      asksPerson: adjustment.hold?.asksPerson ?? false,
      machineMayAct: lock?.machineMayAct ?? true,
      failedRoute: lock?.failedRoute ?? null,
    }),
    dueAt: undefined,
    renew: false,
    reason: adjustment.hold?.note ?? byHandReason(adjustment),
    outcome: adjustment.state,
  };
}

/** Why a person has to post it: a hold that ended without what it waited for. */
function byHandReason({ holdDecisions, state }: Adjustment): string | null {
  if (state !== "pendingManual") return null;
  return holdDecisions.find((one) => one.byHand)?.reason ?? null;
}

type Placed = Touched & { readonly openId: string | null };

function adjustmentRow(one: Placed) {
  const { book } = one.written.loaded;
  return {
    clientId: book.clientId,
    disputeId: book.id,
    currency: book.currency,
    eventDate: one.written.eventDate,
    rulebookVersion: one.written.rulebookVersion,
    routeChosenBy: one.routeChosenBy,
    openAssignmentId: one.openId,
    adjustment: one.adjustment,
  };
}

function updateOf({ adjustment, routeChosenBy, openId }: Placed) {
  return {
    id: adjustment.id,
    state: adjustment.state,
    route: adjustment.route,
    destination: adjustment.destination,
    routeChosenBy,
    followsAdjustmentId: adjustment.followsAdjustmentId,
    holderAccount: adjustment.holderAccount,
    hold: adjustment.hold,
    plannedPostingDate: adjustment.plannedPostingDate,
    openAssignmentId: openId,
  };
}

function proposalsOf({ adjustment, written }: Touched) {
  return {
    clientId: written.loaded.book.clientId,
    adjustmentId: adjustment.id,
    proposals: PROPOSAL_STATES.has(adjustment.state) ? adjustment.proposals : [],
  };
}

function transitionsOf(engine: Engine, books: readonly WrittenBook[]): TransitionRow[] {
  const rows: TransitionRow[] = [];
  for (const { loaded, actorOf } of books) {
    for (const change of loaded.book.changes) {
      if (change.type !== "adjustmentOpened" && change.type !== "adjustmentMoved") continue;
      const opened = change.type === "adjustmentOpened";
      const operationId = opened ? change.adjustment.operationId : change.operationId;
      rows.push({
        clientId: loaded.book.clientId,
        id: engine.ids.next(),
        adjustmentId: opened ? change.adjustment.id : change.adjustmentId,
        from: opened ? null : change.from,
        to: opened ? nextState(null, change.event) : change.to,
        event: change.event,
        actor: actorOf(operationId),
        reason: opened ? null : change.reason,
        outside: null,
        operationId,
      });
    }
  }
  return rows;
}

async function bookEntries(
  tx: Transaction,
  books: readonly WrittenBook[],
  now: string,
): Promise<void> {
  const rows: NewEntry[] = [];
  const months = new Map<string, { clientId: string; month: string; fiscalYear: number }>();
  for (const written of books) {
    const { book } = written.loaded;
    for (const change of book.changes) {
      if (change.type !== "entriesBooked") continue;
      const operationId = change.operationId ?? adjustmentOf(book, change.adjustmentId).operationId;
      for (const entry of change.entries) {
        const month = entry.bookedOn.slice(0, 7);
        months.set(`${book.clientId} ${month}`, {
          clientId: book.clientId,
          month,
          fiscalYear: written.fiscalYearOf(entry.bookedOn),
        });
        rows.push({
          clientId: book.clientId,
          id: entry.id,
          disputeId: book.id,
          adjustmentId: change.adjustmentId,
          operationId,
          rule: entry.rule,
          kind: entry.kind,
          undoes: entry.undoes,
          debitCollection: entry.debit.collection,
          debitAccount: entry.debit.account,
          debitTranCode: entry.debitTranCode,
          creditCollection: entry.credit.collection,
          creditAccount: entry.credit.account,
          creditTranCode: entry.creditTranCode,
          amountMinor: entry.amountMinor,
          currency: book.currency,
          processing: entry.processing,
          eventDate: entry.eventDate,
          plannedPostingDate: entry.plannedPostingDate,
          bookedOn: entry.bookedOn,
          rulebookVersion: written.rulebookVersion,
          chosenBy: entry.chosenBy,
          actor: written.actorOf(operationId),
        });
      }
    }
  }
  await ensurePeriods(tx, [...months.values()]);
  await insertEntries(tx, rows, now);
}

async function writeDecisions(
  tx: Transaction,
  books: readonly WrittenBook[],
  now: string,
): Promise<void> {
  const denials = [];
  const dated = new Map<string, Parameters<typeof updateDenials>[1][number]>();
  const resolutions = [];
  const undone = [];
  const references = [];
  for (const { loaded } of books) {
    const { book } = loaded;
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
  await insertHoldDecisions(tx, holdDecisionsIn(books), now);
  await insertDenials(tx, denials, now);
  // What a denial says goes into a letter: its data is issued from now on.
  await watchLetters(tx, [...new Map(denials.map((one) => [one.disputeId, one])).values()], now);
  await updateDenials(tx, [...dated.values()]);
  await insertResolutions(tx, resolutions, now);
  await undoResolutions(tx, undone);
  await insertReferences(tx, references, now);
}

const CHANGES_DENIAL: ReadonlySet<Change["type"]> = new Set([
  "noticeRecorded",
  "honoringRecorded",
  "denialLifted",
]);

function bookRow({ loaded: { book } }: WrittenBook) {
  return { clientId: book.clientId, disputeId: book.id, state: book.state };
}

function eventsOf(engine: Engine, touched: readonly Touched[]): NewEvent[] {
  return touched
    .filter((one) => one.fresh || one.moved)
    .map(({ adjustment, written }) => ({
      clientId: written.loaded.book.clientId,
      id: engine.ids.next(),
      type: `accounting.adjustment.${adjustment.state}.v1`,
      subject: `adjustment/${adjustment.id}`,
      data: { dispute: written.loaded.number, state: adjustment.state },
    }));
}
