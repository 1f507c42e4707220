/** The verbs of this room as actions on assignments; each checks its input by its shape. */
import { z } from "zod";

import { refuseCardNumbers } from "../kernel/card-number.ts";
import { fitting } from "../kernel/field-faults.ts";

import type { ActionName } from "./actions.ts";
import type { ActionCall, ActionVerb } from "./perform-action.ts";
import { assignAssignmentsTo } from "./assign.ts";
import type { SeenAssignment, StandingDesk } from "./change-standing.ts";
import { markUnworkable, restoreAssignments } from "./mark-unworkable.ts";
import { pendAssignments, resumeAssignments } from "./pend.ts";
import { noteAssignments } from "./store.ts";

const reason = z.string().trim().min(1).max(2000);

/** What the actions of this room take. */
export const WORK_INPUTS = {
  assignment: z.strictObject({
    person: z.string().min(1).max(80).optional().describe("A user, or `key:` and a key's name"),
    workGroup: z.string().min(1).max(60).optional(),
    reason: reason.optional(),
  }),
  pending: z.strictObject({ until: z.iso.datetime({ offset: true }), reason }),
  resumption: z.strictObject({}),
  unworkable: z.strictObject({ reason }),
  restoration: z.strictObject({ reason: reason.optional() }),
  note: z.strictObject({ text: reason }),
} as const satisfies Partial<Record<ActionName, z.ZodType>>;

export type WorkAction = keyof typeof WORK_INPUTS;

export function workVerbs(desk: StandingDesk): Readonly<Record<WorkAction, ActionVerb>> {
  return {
    assignment: (call) => {
      const to = fitting(WORK_INPUTS.assignment, call.input);
      refuseCardNumbers(to.reason ?? "", "reason");
      return assignAssignmentsTo(desk, call.actor, [seen(call)], to);
    },
    pending: (call) => {
      const input = fitting(WORK_INPUTS.pending, call.input);
      refuseCardNumbers(input.reason, "reason");
      return pendAssignments(desk, call.actor, [seen(call)], input);
    },
    resumption: (call) => resumeAssignments(desk, call.actor, [seen(call)]),
    unworkable: (call) => {
      const input = fitting(WORK_INPUTS.unworkable, call.input);
      refuseCardNumbers(input.reason, "reason");
      return markUnworkable(desk, call.actor, [seen(call)], input.reason);
    },
    restoration: (call) => {
      const why = fitting(WORK_INPUTS.restoration, call.input).reason ?? null;
      refuseCardNumbers(why ?? "", "reason");
      return restoreAssignments(desk, call.actor, [seen(call)], why);
    },
    note: (call) => {
      const { text } = fitting(WORK_INPUTS.note, call.input);
      refuseCardNumbers(text, "text");
      const { clientId, assignmentId: id, actor } = call;
      const by = { actor, at: desk.clock.now().toString() };
      return desk.database.transaction((tx) => noteAssignments(tx, [{ clientId, id, text }], by));
    },
  };
}

function seen({ clientId, assignmentId, version }: ActionCall): SeenAssignment {
  return { clientId, id: assignmentId, version };
}
