/**
 * Writes what was decided on a set of books: each table once. Adjustments that were there before
 * are locked and compared first; if somebody moved one meanwhile, nothing is written and the
 * caller decides again (`Superseded`).
 */
import { Temporal } from "temporal-polyfill";

import type { Transaction } from "../database/database.ts";
import type { NewEvent } from "../events/store.ts";
import { appendEvents } from "../events/store.ts";
import type { NewEntry } from "../ledger/store.ts";
import { ensurePeriods, insertEntries } from "../ledger/store.ts";

import { assignmentTypeOf, nextState, PROPOSAL_STATES } from "./adjustment-machine.ts";
import type { Adjustment, Change, DisputeBook } from "./dispute-book.ts";
import { adjustmentOf } from "./dispute-book.ts";
import type { ClientRuntime, Engine } from "./engine.ts";
import { fiscalYearOf } from "./fiscal-year.ts";
import type { LoadedBook } from "./load-books.ts";
import { mayHaveWork } from "./dispute-work.ts";
import { showAssignments } from "./show-assignments.ts";
import type { ShownDispute } from "./show-dispute-work.ts";
import { showDisputeWork } from "./show-dispute-work.ts";
import { lookAgain } from "./holds/look-again.ts";
import { holdDecisionsIn, insertHoldDecisions } from "./store-holds.ts";
import { replaceProposals } from "./store-decisions.ts";
import { writeApprovals } from "./write-approvals.ts";
import type { AdjustmentLock, TransitionRow } from "./store.ts";
import { writeDecisions } from "./write-decisions.ts";
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
  readonly runtime: ClientRuntime;
  readonly rulebook: ClientRuntime["rulebook"];
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
    runtime,
    rulebook,
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
  heldAnew: boolean;
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
  for (const { loaded, runtime } of changed) {
    const today = runtime.calendar.dateOf(Temporal.Instant.from(now));
    lookAgain({ book: loaded.book, context: runtime, today });
  }
  const touched = touchedBy(changed);
  const locks = await lockTouched(tx, touched);
  const { openIds, write } = showAssignments(
    tx,
    { ids: engine.ids, terms: engine.assignmentTerms },
    touched.map((one) => shownOf(one, locks)),
    now,
  );
  const placed = touched.map((one, index) => ({ ...one, openId: openIds[index] ?? null }));
  const known = placed.filter((one) => !one.fresh);

  // While the database writes the first, the rows of the next are made.
  await Promise.all([
    insertAdjustments(tx, placed.filter((one) => one.fresh).map(adjustmentRow), now),
    updateAdjustments(
      tx,
      known.map((one) => ({ ...adjustmentRow(one), ...updateOf(one) })),
      now,
    ),
    write(),
  ]);
  await replaceProposals(
    tx,
    touched.filter((one) => one.proposalsChanged).map(proposalsOf),
    new Set(touched.filter((one) => one.fresh).map((one) => one.adjustment.id)),
  );
  await insertTransitions(tx, transitionsOf(engine, changed), now);
  await writeApprovals(tx, engine, changed, now);
  await bookEntries(tx, changed, now);
  await writeDecisions(
    tx,
    engine,
    changed.map(({ loaded, rulebook }) => ({ book: loaded.book, rulebook })),
    now,
  );
  await Promise.all([
    insertHoldDecisions(tx, holdDecisionsIn(books), now),
    updateBooks(tx, changed.map(bookRow), now),
    appendEvents(tx, eventsOf(engine, touched), now),
  ]);
  const withWork = changed.filter(({ loaded }) => mayHaveWork(loaded.book));
  await showDisputeWork(tx, engine, withWork.map(shownDispute));
  for (const { loaded } of changed) loaded.book.changes.length = 0;
}

/** Whatever a gate refused before, nothing is to be decided yet. */
function isAtWorkAgain({ state, changes }: DisputeBook): boolean {
  const open = state === "open" || state === "provisionallyCredited";
  return open && changes.some(({ type }) => type === "stateChanged");
}

function shownDispute({ loaded, rulebook, eventDate }: WrittenBook): ShownDispute {
  const happened = new Set(loaded.book.changes.map((change) => change.type));
  const exceptionEnds = happened.has("resolutionRecorded")
    ? "resolved"
    : happened.has("resolutionUndone") || isAtWorkAgain(loaded.book)
      ? "reopened"
      : null;
  const disbursed = loaded.book.changes.some(
    (one) => one.type === "adjustmentOpened" && one.adjustment.operation.startsWith("disburse"),
  );
  return { loaded, rulebook, today: eventDate, exceptionEnds, disbursed };
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
          heldAnew: false,
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
  if (change.type === "holdSet") one.heldAnew = true;
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
    // Another day is another term, and its own reason.
    renew: one.heldAnew && !one.fresh && adjustment.hold?.reason === "denyDebitDate",
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
