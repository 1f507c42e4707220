/**
 * What a person does with one assignment, done with all that match, as server jobs: assign, give
 * back, pend, mark unworkable, restore. Completing and retrying are the rooms' that own them; they
 * use the same filter.
 */
import { z } from "zod";

import type { Transaction } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
import { sql } from "../database/sql.ts";
import { refuseCardNumbers } from "../kernel/card-number.ts";

import { assignedTo, refuseNobody } from "./assign.ts";
import type { StandingDecision, StandingDesk } from "./change-standing.ts";
import { changeStandingsIn, refuseOthers } from "./change-standing.ts";
import type { JobItem, JobKind } from "./job-kinds.ts";
import { pended, released, restored, unworkable } from "./standing.ts";
import { WORK_INPUTS } from "./verbs.ts";
import type { AssignmentRow } from "./views.ts";
import type { WorkFilter } from "./which-work.ts";
import { whichWork, workFilterShape } from "./which-work.ts";
import { fitting } from "../kernel/field-faults.ts";

/** Which of a person's work a bulk action reaches: what a list shows, or some of it by id. */
export const bulkFilterShape = {
  ...workFilterShape,
  assignments: z.array(z.uuid()).min(1).max(1000).optional().describe("These and no others"),
};

export interface BulkFilter extends WorkFilter {
  readonly assignments?: readonly string[] | undefined;
}

/** A filter with what is to be done to each. */
export function bulkInput<Action extends z.ZodType>(action: Action) {
  return z.strictObject({ ...bulkFilterShape, action });
}

/** More in one job would be a sign of something else being wrong. */
const MOST_ITEMS = 1_000_000;

/** A person's open work that matches, in the order of the work. */
export function matchingWork(clientIds: readonly string[], filter: BulkFilter): Statement {
  const { assignments = null } = filter;
  return sql`
    select a.client_id, a.id as assignment_id, a.adjustment_id, a.version as seen_version
    from assignment a
    where a.client_id = any (${clientIds}::text[])
      and a.is_open and a.kind = 'user'
      and ${whichWork(filter)}
      and (${assignments}::uuid[] is null or a.id = any (${assignments}::uuid[]))
    order by a.urgency desc, a.act_by, a.amount_minor desc nulls last, a.id
    limit ${MOST_ITEMS}
  `;
}

/** The bulk actions of this room. */
export function workJobKinds(desk: StandingDesk): JobKind[] {
  const kind = <Action>(
    name: string,
    label: string,
    right: JobKind["right"],
    shape: z.ZodType<Action>,
    decide: (row: AssignmentRow, action: Action, by: { actor: string; now: string }) => Decision,
    check: (tx: Transaction, action: Action) => Promise<void> = () => Promise.resolve(),
  ): JobKind => ({
    name,
    label,
    right,
    input: bulkInput(shape),
    matching: (clientIds, input) => matchingWork(clientIds, input as BulkFilter),
    perform: async (tx, items, actor, input) => {
      const action = fitting(shape, (input as { action: unknown }).action);
      refuseCardNumbers((action as { reason?: string }).reason ?? "", "reason");
      await check(tx, action);
      const now = desk.clock.now().toString();
      return changeStandingsIn(tx, items.map(seenOf), actor, {
        now,
        decide: (row) => decide(row, action, { actor, now }),
      });
    },
  });
  const { assignment, pending, restoration } = WORK_INPUTS;
  return [
    kind("assignWork", "Assign", "assignment:assign", assignment, assignedTo, refuseNobody),
    kind("releaseWork", "Give back", "assignment:assign", WORK_INPUTS.restoration, (row, action) =>
      row.assignee === null
        ? null
        : { kind: "released", reason: action.reason ?? null, to: released(row) },
    ),
    kind("pendWork", "Pend until", "assignment:work", pending, (row, action, { actor, now }) => {
      refuseOthers(row, actor);
      const to = pended(row, action.until, action.reason, now);
      return { kind: "pended", reason: action.reason, to };
    }),
    kind(
      "markWorkUnworkable",
      "Mark unworkable",
      "assignment:work",
      WORK_INPUTS.unworkable,
      (row, { reason }, { actor }) => {
        refuseOthers(row, actor);
        return { kind: "unworkable", reason, to: unworkable(row, reason) };
      },
    ),
    kind("restoreWork", "Restore", "assignment:assign", restoration, (row, action) => ({
      kind: "restored",
      reason: action.reason ?? null,
      to: restored(row),
    })),
  ];
}

type Decision = StandingDecision;

function seenOf(item: JobItem) {
  return { clientId: item.clientId, id: item.assignmentId, version: item.seenVersion };
}
