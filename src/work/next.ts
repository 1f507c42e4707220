/**
 * Get Next Work: the most urgent assignment nobody has, then the nearest goal, then the largest
 * amount; it is the person's own when this returns. What others hold or the person has no right to
 * work is passed over.
 */
import type { Permission } from "../access/roles.ts";
import type { Database } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";

import { workableTypes } from "./actions.ts";
import { assignAssignments } from "./store.ts";
import type { AssignmentRow } from "./views.ts";
import { assignmentsById, lockBestFree } from "./views.ts";

/** Heads of each queue looked at; the second time for when all of them were just being taken. */
const DEPTHS = [64, 2048];

export interface WorkSeeker {
  readonly person: string;
  readonly rights: ReadonlySet<Permission>;
  readonly clientIds: readonly string[];
  /** `Queue.ClaimType` or `Queue`; every queue when left out. */
  readonly queue?: string | undefined;
}

/** The assignment, taken; undefined when there is none. */
export function takeNext(
  by: { readonly database: Database; readonly clock: Clock },
  seeker: WorkSeeker,
): Promise<AssignmentRow | undefined> {
  const types = workableTypes(seeker.rights);
  const now = by.clock.now().toString();
  return by.database.transaction(async (tx) => {
    for (const depth of DEPTHS) {
      const key = await lockBestFree(tx, { ...seeker, types, now, depth });
      if (key === undefined) continue;
      await assignAssignments(tx, [{ ...key, assignee: seeker.person }]);
      return (await assignmentsById(tx, [key]))[0];
    }
    return undefined;
  });
}
