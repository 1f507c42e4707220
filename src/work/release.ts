/** Release: gives an assignment back to its queue. */
import type { SeenAssignment, StandingDesk } from "./change-standing.ts";
import { changeStandings, refuseOthers } from "./change-standing.ts";
import { released } from "./standing.ts";
import type { AssignmentRow } from "./views.ts";

/**
 * Gives all of the person's assignments back, or none. `anybodys` is for a supervisor, who may
 * free what somebody else has. Throws as `takeAssignments`.
 */
export function releaseAssignments(
  by: StandingDesk,
  person: string,
  given: readonly SeenAssignment[],
  options: { readonly anybodys?: boolean; readonly reason?: string | null } = {},
): Promise<AssignmentRow[]> {
  return changeStandings(by, given, person, (row) => {
    if (options.anybodys !== true) refuseOthers(row, person);
    if (row.assignee === null) return null;
    const reason = options.reason ?? null;
    return { kind: "released", reason, to: released(row), isPossibleWhileLocked: true };
  });
}
