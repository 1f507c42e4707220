/**
 * Moves adjustments through their machine when the outside world, a person or a file says so.
 *
 * A set at once. A move whose `from` is no longer the adjustment's state does nothing and says so:
 * an answer to an older attempt changes nothing but the record.
 */
import { askInOrder } from "../database/ask-in-order.ts";
import type { Transaction } from "../database/database.ts";
import { appendEvents } from "../events/store.ts";
import { assert } from "../kernel/assert.ts";
import { Failure } from "../kernel/failure.ts";
import { eachInParts } from "../kernel/in-parts.ts";
import type { ExecutionBasis, NewExecution } from "../ledger/store.ts";
import { insertExecutions } from "../ledger/store.ts";
import { attestationsWaiting } from "../work/approvals/views.ts";
import { setDue } from "../work/store.ts";

import type { AdjustmentEvent, AdjustmentState } from "./adjustment-machine.ts";
import { assignmentTypeOf, nextState } from "./adjustment-machine.ts";
import type { Engine } from "./engine.ts";
import { gateOfResolved } from "./gate-of-resolved.ts";
import type { ShownAdjustment } from "./show-assignments.ts";
import { showAssignments, stays } from "./show-assignments.ts";
import type { AdjustmentLock, ClosedAccountStep } from "./store.ts";
import { lockAdjustments, moveAdjustmentRows } from "./store.ts";

export interface Move {
  readonly clientId: string;
  readonly adjustmentId: string;
  readonly from: AdjustmentState;
  readonly event: AdjustmentEvent;
  readonly actor: string;
  readonly reason?: string | null;
  /** What the outside world said, masked. */
  readonly outside?: Readonly<Record<string, unknown>> | null;
  /** Money that moved (or, with basis returned or disproved, that did not after all). */
  readonly execution?: {
    readonly basis: ExecutionBasis;
    readonly reference: string | null;
    readonly postingDate: string;
    /** The entries that moved, when not all of the adjustment's. */
    readonly entryIds?: readonly string[];
    /** Entries of a returned whole that stay posted all the same. */
    readonly keptEntryIds?: readonly string[];
  };
  /** While unknown: false when only a person can find out. */
  readonly machineMayAct?: boolean;
  /** After a definite refusal the next call carries a new key. */
  readonly raiseKeyRevision?: boolean;
  /** It was refused with codes that a person may override. */
  readonly isOverridable?: boolean;
  /** It was refused for certain by a service that allows another account. */
  readonly isAccountChangeable?: boolean;
  /** What follows because the account is closed; left out, it stays while the calls go on. */
  readonly closedAccount?: ClosedAccountStep;
  /** The service or profile of the new route, with a rerouting event. */
  readonly destination?: string | null;
  /** When the machine acts next, on the assignment shown. ISO instant. */
  readonly dueAt?: string | null;
}

export interface MoveResult {
  readonly adjustmentId: string;
  readonly moved: boolean;
  /** The state it is in now. */
  readonly state: AdjustmentState;
}

const ROUTE_OF_EVENT: Partial<Record<AdjustmentEvent, "AUTO" | "BATCH" | "MANUAL">> = {
  reroutedToBatch: "BATCH",
  reroutedToManual: "MANUAL",
  nextFileAsked: "BATCH",
  retried: "AUTO",
};

/** Something of it was posted, and the rest was not. */
const PARTLY: ReadonlySet<AdjustmentEvent> = new Set([
  "partPosted",
  "partlyPosted",
  "partlyReturned",
]);

/** What a resolved dispute does not survive unseen: its gate is run again. */
const FAILED: ReadonlySet<AdjustmentState> = new Set([
  "serviceFailed",
  "batchFailed",
  "partlyExecuted",
]);

/** Sends it, or lets it be sent, once more. */
const SENDS_AGAIN: ReadonlySet<AdjustmentEvent> = new Set([
  "retried",
  "nextFileAsked",
  "reroutedToBatch",
  "reroutedToManual",
  "couldNotPost",
]);

const FAILED_ROUTE: Partial<Record<AdjustmentState, "service" | "batch">> = {
  serviceFailed: "service",
  batchFailed: "batch",
};

/**
 * Throws `not-found` for an adjustment that does not exist, `transition-refused` by the table, and
 * for sending again what somebody attested while their statement waits for approval.
 */
export async function moveAdjustments(
  tx: Transaction,
  engine: Engine,
  moves: readonly Move[],
): Promise<MoveResult[]> {
  if (moves.length === 0) return [];
  await engine.clients(tx, [...new Set(moves.map((move) => move.clientId))]);
  const locks = await lockAdjustments(
    tx,
    moves.map((move) => ({ clientId: move.clientId, id: move.adjustmentId })),
  );
  return moveLocked(tx, engine, moves, locks);
}

/** As `moveAdjustments` for one who has locked the adjustments, and loaded their clients. */
export async function moveLocked(
  tx: Transaction,
  engine: Engine,
  moves: readonly Move[],
  locked: readonly AdjustmentLock[],
): Promise<MoveResult[]> {
  const now = engine.clock.now().toString();
  const locks = new Map(locked.map((lock) => [lock.id, lock]));
  await refuseAttested(tx, moves);
  const results: MoveResult[] = [];
  const going: Going[] = [];
  await eachInParts(moves, (move) => {
    const lock = locks.get(move.adjustmentId);
    assert(lock !== undefined, `no adjustment ${move.adjustmentId} of ${move.clientId}`);
    if (lock.state !== move.from) {
      results.push({ adjustmentId: move.adjustmentId, moved: false, state: lock.state });
      return;
    }
    const to = nextState(move.from, move.event);
    going.push(goingOf(move, lock, to));
    results.push({ adjustmentId: move.adjustmentId, moved: true, state: to });
  });
  await writeMoves(tx, engine, going, now);
  await gateOfResolved(
    tx,
    engine,
    going.filter((one) => FAILED.has(one.to)).map((one) => one.lock),
  );
  return results;
}

/** What a person says they posted is not sent again while somebody is still to agree. */
async function refuseAttested(tx: Transaction, moves: readonly Move[]): Promise<void> {
  const again = moves.filter((move) => SENDS_AGAIN.has(move.event));
  if (again.length === 0) return;
  const [attested] = await attestationsWaiting(
    tx,
    again.map(({ clientId, adjustmentId: id }) => ({ clientId, id })),
  );
  if (attested === undefined) return;
  const detail = "somebody attested that it posted: that is decided first";
  throw new Failure("transition-refused", detail, { adjustment: attested });
}

interface Going {
  readonly move: Move;
  readonly lock: AdjustmentLock;
  readonly to: AdjustmentState;
  readonly machineMayAct: boolean;
  readonly failedRoute: "service" | "batch" | null;
  readonly shown: ShownAdjustment;
}

function goingOf(move: Move, lock: AdjustmentLock, to: AdjustmentState): Going {
  const machineMayAct = move.machineMayAct ?? (to === "unknown" ? lock.machineMayAct : true);
  const failedRoute = FAILED_ROUTE[to] ?? (to === "partlyExecuted" ? routeLeft(move.from) : null);
  const destination =
    ROUTE_OF_EVENT[move.event] === undefined ? lock.destination : (move.destination ?? null);
  return {
    move,
    lock,
    to,
    machineMayAct,
    failedRoute,
    shown: {
      clientId: move.clientId,
      adjustmentId: move.adjustmentId,
      disputeId: lock.disputeId,
      claimId: lock.claimId,
      claimType: lock.claimType,
      amountMinor: lock.amountMinor,
      currency: lock.currency,
      destination,
      plannedPostingDate: lock.plannedPostingDate,
      isDenialDebit: lock.isDenialDebit,
      before:
        lock.openAssignmentId === null
          ? null
          : { id: lock.openAssignmentId, type: lock.assignmentType ?? "" },
      type: assignmentTypeOf(to, {
        hold: lock.hold?.reason ?? null,
        asksPerson: lock.hold?.asksPerson ?? false,
        machineMayAct,
        failedRoute,
      }),
      dueAt: move.dueAt,
      renew: false,
      reason: move.reason ?? null,
      outcome: to,
      actor: move.actor,
    },
  };
}

function routeLeft(from: AdjustmentState): "service" | "batch" {
  // What was executed comes back in part only by a line of a return file.
  return from === "inFile" || from === "executed" ? "batch" : "service";
}

async function writeMoves(
  tx: Transaction,
  engine: Engine,
  going: readonly Going[],
  now: string,
): Promise<void> {
  if (going.length === 0) return;
  const { openIds, write } = showAssignments(
    tx,
    { ids: engine.ids, terms: engine.assignmentTerms },
    going.map((one) => one.shown),
    now,
  );
  const rows = going.map((one, index) => ({
    clientId: one.move.clientId,
    id: one.move.adjustmentId,
    from: one.move.from,
    state: one.to,
    transitionId: engine.ids.next(),
    event: one.move.event,
    actor: one.move.actor,
    reason: one.move.reason ?? null,
    outside: one.move.outside ?? null,
    route: ROUTE_OF_EVENT[one.move.event] ?? null,
    destination: one.shown.destination,
    machineMayAct: one.machineMayAct,
    failedRoute: one.failedRoute,
    raiseKeyRevision: one.move.raiseKeyRevision ?? false,
    isPartlyProcessed: PARTLY.has(one.move.event),
    isOverridable: one.move.isOverridable ?? false,
    isAccountChangeable: one.move.isAccountChangeable ?? false,
    // A retry of a person's is a call like the first.
    closedAccount: one.move.event === "retried" ? null : one.move.closedAccount,
    openAssignmentId: openIds[index] ?? null,
  }));
  // None of them needs what another answers: they are sent at once.
  const [count] = await askInOrder(
    [
      () => moveAdjustmentRows(tx, rows, now),
      write,
      () => setDue(tx, dueTimes(going)),
      () => insertExecutions(tx, going.flatMap(executionsOf(engine)), now),
      () => appendEvents(tx, going.map(eventOf(engine)), now),
    ],
    going.length,
  );
  assert(count === going.length, "what is locked in a state stays there");
}

/** An assignment that stays is told its next time; a lease on it ends with the move. */
function dueTimes(going: readonly Going[]) {
  return going
    .filter((one) => one.move.dueAt !== undefined && stays(one.shown))
    .map((one) => ({
      clientId: one.move.clientId,
      id: (one.shown.before as { id: string }).id,
      dueAt: one.move.dueAt ?? null,
    }));
}

function executionsOf(engine: Engine) {
  return ({ move }: Going): NewExecution[] => {
    const { execution } = move;
    if (execution === undefined) return [];
    const sign =
      execution.basis === "returned" || execution.basis === "disproved"
        ? (-1 as const)
        : (1 as const);
    const entryIds = execution.entryIds ?? [null];
    const common = {
      clientId: move.clientId,
      adjustmentId: move.adjustmentId,
      reference: execution.reference,
      postingDate: execution.postingDate,
      actor: move.actor,
    };
    const moved = entryIds.map((entryId) => ({ entryId, sign, basis: execution.basis }));
    const kept = (execution.keptEntryIds ?? []).map((entryId) => ({
      entryId,
      sign: 1 as const,
      basis: "acknowledged" as const,
    }));
    return [...moved, ...kept].map((one) => ({ ...common, id: engine.ids.next(), ...one }));
  };
}

function eventOf(engine: Engine) {
  return ({ move, to }: Going) => ({
    clientId: move.clientId,
    id: engine.ids.next(),
    type: `accounting.adjustment.${to}.v1`,
    subject: `adjustment/${move.adjustmentId}`,
    data: { state: to, event: move.event },
  });
}
