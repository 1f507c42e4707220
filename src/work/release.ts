/** Release: gives an assignment back to its queue. */
import type { Database } from "../database/database.ts";

import { assignAssignments } from "./store.ts";
import type { SeenAssignment } from "./take.ts";
import { changed, lockSeen, refuseOthers } from "./take.ts";
import type { AssignmentRow } from "./views.ts";

/**
 * Gives all of the person's assignments back, or none. `anybodys` is for a supervisor, who may
 * free what somebody else has. Throws as `takeAssignments`.
 */
export function releaseAssignments(
  database: Database,
  person: string,
  given: readonly SeenAssignment[],
  options: { readonly anybodys?: boolean } = {},
): Promise<AssignmentRow[]> {
  return database.transaction(async (tx) => {
    const rows = await lockSeen(tx, given);
    if (options.anybodys !== true) for (const row of rows) refuseOthers(row, person);
    const taken = rows.filter((row) => row.assignee !== null);
    await assignAssignments(
      tx,
      taken.map((row) => ({ clientId: row.clientId, id: row.id, assignee: null })),
    );
    return rows.map((row) => (row.assignee === null ? row : changed(row, null)));
  });
}
