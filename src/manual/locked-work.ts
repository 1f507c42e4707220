/**
 * Locks what people act on and looks at it again: adjustments first, then their assignments, both
 * in sorted order. What is closed, stale or somebody else's is refused one by one; the rest goes
 * on.
 */
import type { AdjustmentState } from "../accounting/adjustment-machine.ts";
import type { Engine } from "../accounting/engine.ts";
import type { Move } from "../accounting/move-adjustments.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import type { AdjustmentLock } from "../accounting/store.ts";
import { lockAdjustments } from "../accounting/store.ts";
import type { Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import { Failure } from "../kernel/failure.ts";
import { refuseLocked } from "../work/claim-lock.ts";
import { refuseOthers, refuseUnseen } from "../work/take.ts";
import type { AssignmentRow } from "../work/views.ts";
import { assignmentsById, lockAssignments } from "../work/views.ts";

/** Which assignment, as whom, and as it was seen. */
export interface WorkItem {
  readonly clientId: string;
  readonly assignmentId: string;
  /** The version the person saw. */
  readonly version: number;
  readonly actor: string;
  /** Who agreed to it, where it took another person; their own lock hinders nothing. */
  readonly agreedBy?: string | undefined;
}

export interface WorkResult {
  readonly assignmentId: string;
  readonly adjustmentId: string | null;
  /** The adjustment's state now; null where there is none. */
  readonly state: AdjustmentState | null;
  /** Why nothing was done; null when it was. */
  readonly failure: Failure | null;
}

export interface LockedWork {
  readonly assignment: AssignmentRow;
  readonly adjustment: AdjustmentLock;
}

/**
 * Decides a set of items one by one and moves those that may. `prepare` reads what `decide` needs,
 * for all of them at once; `decide` answers a move or throws a `Failure`.
 */
export async function moveWork<Item extends WorkItem, Facts>(
  tx: Transaction,
  engine: Engine,
  items: readonly Item[],
  by: {
    readonly prepare: (works: readonly LockedWork[]) => Promise<Facts>;
    readonly decide: (item: Item, work: LockedWork, facts: Facts) => Move;
  },
): Promise<{ results: WorkResult[]; moved: { item: Item; work: LockedWork }[] }> {
  const works = await lockWork(tx, items);
  const facts = await by.prepare([...works.values()]);
  const moves: Move[] = [];
  const moved: { item: Item; work: LockedWork }[] = [];
  const seen = new Set<string>();
  const now = engine.clock.now().toString();
  const results = items.map((item): WorkResult => {
    const work = works.get(item.assignmentId);
    const adjustmentId = work?.adjustment.id ?? null;
    try {
      const sound = refuseUnfit(item, work, seen);
      const { lockedBy } = sound.assignment;
      const isApprovers = lockedBy !== null && lockedBy === item.agreedBy;
      if (!isApprovers) refuseLocked(sound.assignment, item.actor, now);
      const move = by.decide(item, sound, facts);
      moves.push(move);
      moved.push({ item, work: sound });
      return { assignmentId: item.assignmentId, adjustmentId, state: move.from, failure: null };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const state = work?.adjustment.state ?? null;
      return { assignmentId: item.assignmentId, adjustmentId, state, failure: error };
    }
  });
  const answers = await moveAdjustments(tx, engine, moves);
  const stateOf = new Map(answers.map((answer) => [answer.adjustmentId, answer.state]));
  assert(
    answers.every((answer) => answer.moved),
    "locked adjustments stay as they were read",
  );
  return {
    moved,
    results: results.map((result) =>
      result.failure === null
        ? { ...result, state: stateOf.get(result.adjustmentId ?? "") ?? result.state }
        : result,
    ),
  };
}

async function lockWork(
  tx: Transaction,
  items: readonly WorkItem[],
): Promise<Map<string, LockedWork>> {
  const keys = items.map((item) => ({ clientId: item.clientId, id: item.assignmentId }));
  const unlocked = await assignmentsById(tx, distinct(keys));
  const adjustments = await lockAdjustments(
    tx,
    distinct(
      unlocked.flatMap(({ clientId, adjustmentId }) =>
        adjustmentId === null ? [] : [{ clientId, id: adjustmentId }],
      ),
    ),
  );
  const byId = new Map(adjustments.map((one) => [`${one.clientId} ${one.id}`, one]));
  const works = new Map<string, LockedWork>();
  for (const assignment of await lockAssignments(tx, distinct(keys))) {
    const adjustment = byId.get(`${assignment.clientId} ${assignment.adjustmentId ?? ""}`);
    if (adjustment !== undefined) works.set(assignment.id, { assignment, adjustment });
  }
  return works;
}

function distinct<Key extends { readonly clientId: string; readonly id: string }>(
  keys: readonly Key[],
): Key[] {
  return [...new Map(keys.map((key) => [`${key.clientId} ${key.id}`, key])).values()];
}

function refuseUnfit(item: WorkItem, work: LockedWork | undefined, seen: Set<string>): LockedWork {
  if (work?.assignment.clientId !== item.clientId) {
    throw new Failure("not-found", `assignment ${item.assignmentId} is of no movement`, {
      id: item.assignmentId,
    });
  }
  refuseUnseen(work.assignment, item.version);
  refuseOthers(work.assignment, item.actor);
  if (seen.has(item.assignmentId)) {
    throw new Failure("stale-version", "it is named twice", { id: item.assignmentId });
  }
  seen.add(item.assignmentId);
  return work;
}

/** Throws `transition-refused` where an earlier call may have posted it: never twice. */
export function refuseUncertain(isUncertain: boolean, state: AdjustmentState): void {
  if (!isUncertain) return;
  throw new Failure("transition-refused", "an earlier call may have posted it: find out first", {
    state,
  });
}

/** The only result of a set of one; throws its failure. */
export function onlyResult(results: readonly WorkResult[]): WorkResult {
  const [result] = results;
  assert(result !== undefined && results.length === 1, "a set of one has one result");
  if (result.failure !== null) throw result.failure;
  return result;
}
