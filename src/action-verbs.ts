/**
 * Which verb does what an assignment offers: part of the composition root, because the verbs belong
 * to rooms below work. Retrying means the call on the service route, the next file on the batch
 * route.
 */
import { decideApprovals } from "./accounting/cancel-adjustments.ts";
import { askedBy } from "./accounting/dispute-views.ts";
import type { Engine } from "./accounting/engine.ts";
import { nextFileVerb } from "./batch/next-file.ts";
import { assert } from "./kernel/assert.ts";
import { Failure } from "./kernel/failure.ts";
import { manualVerbs } from "./manual/verbs.ts";
import { resolveException } from "./resolution/resolve-exception.ts";
import type { AccountDesk } from "./service/change-account.ts";
import { accountVerb, serviceVerbs } from "./service/verbs.ts";
import type { ActionCall, ActionVerb, AssignmentActions } from "./work/actions.ts";
import { assignmentActions } from "./work/actions.ts";
import { workVerbs } from "./work/verbs.ts";
import { findAssignment } from "./work/views.ts";

const BATCH_FAILED = "Execute Batch Accounting Failed";

/** `wakeService` makes the service worker look at once. */
export function actionsOf(desk: AccountDesk, wakeService?: () => void): AssignmentActions {
  const { engine } = desk;
  const service = serviceVerbs(engine, wakeService);
  const verbs = {
    ...workVerbs(engine),
    ...manualVerbs(engine),
    ...service,
    account: accountVerb(desk, wakeService),
    retry: byType(engine, nextFileVerb(engine), service.retry),
    approval: (call: ActionCall) => approve(engine, call),
    // The body's shape was checked where it came in.
    resolved: (call: ActionCall) =>
      resolveException(engine, call, String(call.input["reason"] ?? "")),
  };
  return assignmentActions(engine.database, verbs, engine.clock);
}

function byType(engine: Engine, batch: ActionVerb, service: ActionVerb): ActionVerb {
  return async (call) => {
    const found = await findAssignment(engine.database, [call.clientId], call.assignmentId);
    return found?.type === BATCH_FAILED ? batch(call) : service(call);
  };
}

/**
 * Approves or declines. Throws `self-approval`, and `input-invalid` for a refusal without reason.
 */
async function approve(engine: Engine, call: ActionCall): Promise<unknown> {
  const { clientId, adjustmentId, actor } = call;
  assert(adjustmentId !== null, "what is approved is an adjustment");
  if ((await askedBy(engine.database, clientId, adjustmentId)).includes(actor)) {
    throw new Failure("self-approval", "you asked for it yourself");
  }
  const approved = call.input["approved"] === true;
  const reason = typeof call.input["reason"] === "string" ? call.input["reason"] : "";
  if (!approved && reason === "") {
    const detail = "a refusal says why";
    throw new Failure("input-invalid", detail, {}, [{ pointer: "/reason", detail }]);
  }
  const order = { clientId, adjustmentId, actor, approved, reason: reason || "approved" };
  const [result] = await decideApprovals(engine, [order]);
  if (result?.failure) throw result.failure;
  return result;
}
