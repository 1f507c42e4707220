/**
 * Unworkable: nobody can work it as it is. It leaves the queue for a supervisor's list, with the
 * reason, until it is restored or something else ends it.
 */
import type { SeenAssignment, StandingDesk } from "./change-standing.ts";
import { changeStandings, refuseOthers } from "./change-standing.ts";
import { restored, unworkable } from "./standing.ts";
import type { AssignmentRow } from "./views.ts";

/** Marks all of them, or none. Throws as `takeAssignments`. */
export function markUnworkable(
  by: StandingDesk,
  actor: string,
  given: readonly SeenAssignment[],
  reason: string,
): Promise<AssignmentRow[]> {
  return changeStandings(by, given, actor, (row) => {
    refuseOthers(row, actor);
    return { kind: "unworkable", reason, to: unworkable(row, reason) };
  });
}

/** Puts all of them back into their queues, or none. */
export function restoreAssignments(
  by: StandingDesk,
  actor: string,
  given: readonly SeenAssignment[],
  reason: string | null,
): Promise<AssignmentRow[]> {
  return changeStandings(by, given, actor, (row) => ({
    kind: "restored",
    reason,
    to: restored(row),
  }));
}
