/** Free for the next person: the machine gives back what somebody has had their word on. */
import type { Transaction } from "../database/database.ts";

import { standingOf } from "./standing.ts";
import { MACHINE, writeStandings } from "./store.ts";
import type { AssignmentKey } from "./views.ts";
import { lockAssignments } from "./views.ts";

/** Those of the assignments that are open and somebody's. */
export async function freeAssignments(
  tx: Transaction,
  keys: readonly AssignmentKey[],
  { reason, at }: { readonly reason: string; readonly at: string },
): Promise<void> {
  const rows = await lockAssignments(tx, keys);
  await writeStandings(
    tx,
    rows
      .filter((row) => row.isOpen && row.assignee !== null)
      .map((row) => ({
        clientId: row.clientId,
        id: row.id,
        kind: "released" as const,
        reason,
        actor: MACHINE,
        to: { ...standingOf(row), assignee: null },
      })),
    at,
  );
}
