/**
 * The verbs of this room as actions on assignments: `main.ts` registers them with the work room.
 */
import type { z } from "zod";

import type { Engine } from "../accounting/engine.ts";
import { assert } from "../kernel/assert.ts";
import { Failure } from "../kernel/failure.ts";
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
      const finding = { ...itemOf(call), rights, ...inputOf(findingInput, call) };
      const result = await recordFinding(engine, finding);
      wake();
      return result;
    },
    override: async (call) => {
      const result = await overrideRefusal(engine, {
        ...itemOf(call),
        ...inputOf(overrideInput, call),
      });
      wake();
      return result;
    },
  };
}

/** The one that needs the vault, and asks the core. */
export function accountVerb(desk: AccountDesk, wake: () => void = () => undefined): ActionVerb {
  return async (call) => {
    const order = { ...itemOf(call), ...inputOf(accountInput, call) };
    const result = await changeAccountOf(desk, order);
    wake();
    return result;
  };
}

/** Throws `input-invalid` with every place that does not fit. */
function inputOf<Shape extends z.ZodType>(shape: Shape, { input }: ActionCall): z.output<Shape> {
  const result = shape.safeParse(input);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => ({
    pointer: `/${issue.path.join("/")}`,
    detail: issue.message,
  }));
  const detail = faults.map((fault) => `${fault.pointer}: ${fault.detail}`).join("; ");
  throw new Failure("input-invalid", detail, {}, faults);
}

function itemOf({ clientId, assignmentId, adjustmentId, version, actor }: ActionCall): ServiceItem {
  assert(adjustmentId !== null, "an assignment of the service route has an adjustment");
  return { clientId, assignmentId, adjustmentId, version, actor };
}
