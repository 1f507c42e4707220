/**
 * The verbs of this room as actions on assignments: `main.ts` registers them with the work room.
 */
import type { Engine } from "../accounting/engine.ts";
import { assert } from "../kernel/assert.ts";
import { Failure } from "../kernel/failure.ts";
import type { ActionCall, ActionName, ActionVerb } from "../work/actions.ts";

import type { ServiceItem } from "./locked-item.ts";
import { findingInput, recordFinding } from "./record-finding.ts";
import { retryServiceCalls } from "./retry.ts";
import { runNow } from "./run-now.ts";

type ServiceAction = Extract<ActionName, "retry" | "run" | "finding">;

/** `retry` is of what failed on the service route; the batch route has its own. */
export function serviceVerbs(
  engine: Engine,
  wake: () => void = () => undefined,
): Readonly<Record<ServiceAction, ActionVerb>> {
  return {
    retry: async (call) => {
      const [result] = await retryServiceCalls(engine, [itemOf(call)]);
      wake();
      return result;
    },
    run: async (call) => {
      const [result] = await runNow(engine, [itemOf(call)]);
      wake();
      return result;
    },
    finding: (call) => {
      const result = findingInput.safeParse(call.input);
      if (result.success) return recordFinding(engine, { ...itemOf(call), ...result.data });
      const faults = result.error.issues.map((issue) => ({
        pointer: `/${issue.path.join("/")}`,
        detail: issue.message,
      }));
      const detail = faults.map((fault) => `${fault.pointer}: ${fault.detail}`).join("; ");
      throw new Failure("input-invalid", detail, {}, faults);
    },
  };
}

function itemOf({ clientId, assignmentId, adjustmentId, version, actor }: ActionCall): ServiceItem {
  assert(adjustmentId !== null, "an assignment of the service route has an adjustment");
  return { clientId, assignmentId, adjustmentId, version, actor };
}
