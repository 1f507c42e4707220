/**
 * The statement that moves many adjustments of one client alike: same state before, same after.
 * What differs between them is only who they are.
 */
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { AdjustmentState } from "./adjustment-machine.ts";

export interface AlikeLock {
  readonly adjustmentId: string;
  readonly operationId: string;
  readonly openAssignmentId: string | null;
}

/** Locks those that are in the state, in the order of their ids. */
export function lockInState(
  tx: Transaction,
  clientId: string,
  state: AdjustmentState,
  ids: readonly string[],
): Promise<AlikeLock[]> {
  return tx.query<AlikeLock>(sql`
    select a.id as "adjustmentId", a.operation_id as "operationId",
           a.open_assignment_id as "openAssignmentId"
    from unnest(${ids}::uuid[]) as wanted (id)
    join adjustment a on a.client_id = ${clientId} and a.id = wanted.id
    where a.state = ${state}
    order by a.id
    for update of a
  `);
}

/** Moves locked rows; answers how many. Where they close, they show no assignment any more. */
export function moveRowsAlike(
  tx: Transaction,
  move: { clientId: string; from: AdjustmentState; to: "inFile" | "executed"; closes: boolean },
  ids: readonly string[],
  now: string,
): Promise<number> {
  return tx.execute(sql`
    update adjustment a
    set state = ${move.to}, machine_may_act = true, failed_route = null,
        partly_processed = a.partly_processed and ${move.to !== "executed"},
        overridable = false, account_changeable = false, closed_account = null,
        open_assignment_id = case when ${move.closes} then null else a.open_assignment_id end,
        version = a.version + 1, updated_at = ${now}
    from unnest(${ids}::uuid[]) as moved (id)
    where a.client_id = ${move.clientId} and a.id = moved.id and a.state = ${move.from}
  `);
}
