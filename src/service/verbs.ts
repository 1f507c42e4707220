/**
 * The verbs of this room as actions on assignments: `main.ts` registers them with the work room.
 */

import type { Engine } from "../accounting/engine.ts";
import { assert } from "../kernel/assert.ts";
import { fitting } from "../kernel/field-faults.ts";
import type { ActionName } from "../work/actions.ts";
import type { ActionCall, ActionVerb } from "../work/perform-action.ts";

import type { AccountDesk } from "./change-account.ts";
import { accountInput, changeAccountOf } from "./change-account.ts";
import type { ServiceItem } from "./locked-item.ts";
import { overrideInput, overrideRefusal } from "./override-refusal.ts";
import { findingInput, recordFinding } from "./record-finding.ts";
import { retryServiceCalls } from "./retry.ts";
import { runNow } from "./run-now.ts";

type ServiceAction = Extract<ActionName, "retry" | "run" | "finding" | "override">;

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
    finding: async (call) => {
      const { rights } = call;
      const finding = { ...itemOf(call), rights, ...fitting(findingInput, call.input) };
      const result = await recordFinding(engine, finding);
      wake();
      return result;
    },
    override: async (call) => {
      const result = await overrideRefusal(engine, {
        ...itemOf(call),
        ...fitting(overrideInput, call.input),
      });
      wake();
      return result;
    },
  };
}

/** The one that needs the vault, and asks the core. */
export function accountVerb(desk: AccountDesk, wake: () => void = () => undefined): ActionVerb {
  return async (call) => {
    const order = { ...itemOf(call), ...fitting(accountInput, call.input) };
    const result = await changeAccountOf(desk, order);
    wake();
    return result;
  };
}

function itemOf({ clientId, assignmentId, adjustmentId, version, actor }: ActionCall): ServiceItem {
  assert(adjustmentId !== null, "an assignment of the service route has an adjustment");
  return { clientId, assignmentId, adjustmentId, version, actor };
}
