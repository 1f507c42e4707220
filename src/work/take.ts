/** Take: an open assignment becomes somebody's own. A stale or foreign one is refused. */
import { Failure } from "../kernel/failure.ts";

import type { SeenAssignment, StandingDesk } from "./change-standing.ts";
import { changeStandings, refuseOthers } from "./change-standing.ts";
import { taken } from "./standing.ts";
import type { AssignmentRow } from "./views.ts";

export { lockSeen, refuseOthers, refuseUnseen, type SeenAssignment } from "./change-standing.ts";

/**
 * Gives all of the assignments to the person, or none. Throws `not-found`, `assignment-closed`,
 * `stale-version`, `claim-locked`, and `assignment-taken` where somebody else has one.
 */
export function takeAssignments(
  by: StandingDesk,
  person: string,
  wanted: readonly SeenAssignment[],
): Promise<AssignmentRow[]> {
  return changeStandings(by, wanted, person, (row) => {
    if (row.kind !== "user") {
      const detail = `${row.type} is not a person's work`;
      throw new Failure("transition-refused", detail, { type: row.type });
    }
    refuseOthers(row, person);
    if (row.assignee === person) return null;
    return { kind: "taken", reason: null, to: taken(row, person) };
  });
}
