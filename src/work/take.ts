/** Take: an open assignment becomes somebody's own. A stale or foreign one is refused. */
import type { Database, Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";

import { assignAssignments } from "./store.ts";
import type { AssignmentKey, AssignmentRow } from "./views.ts";
import { lockAssignments } from "./views.ts";

export interface SeenAssignment extends AssignmentKey {
  /** As the person saw it; null where they did not look. */
  readonly version: number | null;
}

/**
 * Gives all of the assignments to the person, or none. Throws `not-found`, `assignment-closed`,
 * `stale-version`, and `assignment-taken` where somebody else has one.
 */
export function takeAssignments(
  database: Database,
  person: string,
  wanted: readonly SeenAssignment[],
): Promise<AssignmentRow[]> {
  return database.transaction(async (tx) => {
    const rows = await lockSeen(tx, wanted);
    for (const row of rows) refuseOthers(row, person);
    const free = rows.filter((row) => row.assignee === null);
    await assignAssignments(
      tx,
      free.map((row) => ({ clientId: row.clientId, id: row.id, assignee: person })),
    );
    return rows.map((row) => (row.assignee === null ? changed(row, person) : row));
  });
}

/** The assignments' rows, locked, open and as they were seen; in the order given. */
export async function lockSeen(
  tx: Transaction,
  wanted: readonly SeenAssignment[],
): Promise<AssignmentRow[]> {
  const found = new Map((await lockAssignments(tx, wanted)).map((row) => [row.id, row]));
  return wanted.map((one) => {
    const row = found.get(one.id);
    if (row?.clientId !== one.clientId) {
      throw new Failure("not-found", `assignment ${one.id} does not exist`, { id: one.id });
    }
    refuseUnseen(row, one.version);
    return row;
  });
}

/** Throws `assignment-closed` or `stale-version`, saying what changed. */
export function refuseUnseen(row: AssignmentRow, version: number | null): void {
  if (!row.isOpen) {
    throw new Failure("assignment-closed", `it ended ${row.outcome ?? ""}`.trim(), {
      id: row.id,
      outcome: row.outcome,
      closedAt: row.closedAt,
    });
  }
  if (version !== null && version !== row.version) {
    throw new Failure("stale-version", `version ${version} was read, it is ${row.version} now`, {
      id: row.id,
      version: row.version,
      assignee: row.assignee,
      state: row.adjustmentState,
    });
  }
}

/** Throws `assignment-taken` when somebody else has it. */
export function refuseOthers(row: AssignmentRow, person: string): void {
  if (row.assignee === null || row.assignee === person) return;
  throw new Failure("assignment-taken", `${row.assignee} has it`, {
    id: row.id,
    assignee: row.assignee,
  });
}

export function changed(row: AssignmentRow, assignee: string | null): AssignmentRow {
  return { ...row, assignee, version: row.version + 1 };
}
