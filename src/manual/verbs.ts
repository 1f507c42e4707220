/**
 * The verbs of this room as actions on assignments: `main.ts` registers them with the work room.
 */
import type { z } from "zod";

import type { Engine } from "../accounting/engine.ts";
import { fitting } from "../kernel/field-faults.ts";
import type { ActionName } from "../work/actions.ts";
import type { ActionCall, ActionVerb } from "../work/perform-action.ts";

import { cancelWork } from "./cancel.ts";
import { completeByHand, completionInput } from "./complete.ts";
import { convertToReceivable } from "./convert-to-receivable.ts";
import { couldNotPost, reasonInput } from "./could-not-post.ts";
import type { WorkItem, WorkResult } from "./locked-work.ts";
import { onlyResult } from "./locked-work.ts";
import { moveToManual } from "./move-to-manual.ts";

type ManualAction = Extract<
  ActionName,
  "completion" | "failure" | "manual" | "cancellation" | "receivable"
>;

export function manualVerbs(engine: Engine): Readonly<Record<ManualAction, ActionVerb>> {
  return {
    completion: acting(completionInput, (items) => completeByHand(engine, items)),
    failure: acting(reasonInput, (items) => couldNotPost(engine, items)),
    manual: acting(reasonInput, (items) => moveToManual(engine, items)),
    cancellation: acting(reasonInput, (items) => cancelWork(engine, items)),
    receivable: (call) =>
      convertToReceivable(engine, call, fitting(reasonInput, call.input).reason),
  };
}

function acting<Input extends object>(
  shape: z.ZodType<Input>,
  verb: (items: (WorkItem & Input)[]) => Promise<WorkResult[]>,
): ActionVerb {
  return async (call) => {
    const input = fitting(shape, call.input);
    return onlyResult(await verb([{ ...itemOf(call), ...input }]));
  };
}

function itemOf({ clientId, assignmentId, version, actor, agreedBy }: ActionCall): WorkItem {
  return { clientId, assignmentId, version, actor, agreedBy };
}
