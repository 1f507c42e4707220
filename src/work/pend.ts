/** Pend until: work waits for a date, out of Get Next Work, and comes back by itself. */
import type { Database } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { appendEvents } from "../events/store.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";

import type { SeenAssignment, StandingDesk } from "./change-standing.ts";
import { changeStandings, refuseOthers } from "./change-standing.ts";
import { pended, resumed } from "./standing.ts";
import type { Standing } from "./standing.ts";
import { MACHINE, writeStandings } from "./store.ts";
import type { AssignmentKey, AssignmentRow } from "./views.ts";

/**
 * Lets all of the assignments wait until the instant, or none. Whoever has one keeps it. Throws
 * `date-invalid`, and as `takeAssignments`.
 */
export function pendAssignments(
  by: StandingDesk,
  actor: string,
  given: readonly SeenAssignment[],
  { until, reason }: { readonly until: string; readonly reason: string },
): Promise<AssignmentRow[]> {
  return changeStandings(by, given, actor, (row, now) => {
    refuseOthers(row, actor);
    return { kind: "pended", reason, to: pended(row, until, reason, now) };
  });
}

/** Brings them back before their date. Throws `transition-refused` for what does not wait. */
export function resumeAssignments(
  by: StandingDesk,
  actor: string,
  given: readonly SeenAssignment[],
): Promise<AssignmentRow[]> {
  return changeStandings(by, given, actor, (row) => {
    refuseOthers(row, actor);
    return { kind: "resumed", reason: null, to: resumed(row) };
  });
}

/** Brings back at most `limit` of those whose date has come; answers how many. */
export function resumeDue(
  by: { readonly database: Database; readonly clock: Clock; readonly ids: Ids },
  limit = 1000,
): Promise<number> {
  const now = by.clock.now().toString();
  return by.database.transaction(async (tx) => {
    // Served by `assignment_pended`; what somebody is just changing comes back next time.
    const due = await tx.query<Standing & AssignmentKey>(sql`
      select client_id as "clientId", id, assignee, work_group as "workGroup",
             pended_until as "pendedUntil", pend_reason as "pendReason",
             unworkable_reason as "unworkableReason"
      from assignment
      where is_open and pended_until <= ${now}
      order by pended_until
      limit ${limit}
      for update skip locked
    `);
    const common = { kind: "resumed", reason: "its date has come", actor: MACHINE } as const;
    await writeStandings(
      tx,
      due.map((row) => ({ clientId: row.clientId, id: row.id, ...common, to: resumed(row) })),
      now,
    );
    await appendEvents(
      tx,
      due.map((row) => ({
        clientId: row.clientId,
        id: by.ids.next(),
        type: "work.assignment.resumed.v1",
        subject: `assignment/${row.id}`,
        data: { assignee: row.assignee },
      })),
      now,
    );
    return due.length;
  });
}
