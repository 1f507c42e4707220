/**
 * Which verb does what an assignment offers: part of the composition root, because the verbs belong
 * to rooms below work. Retrying means the call on the service route, the next file on the batch
 * route.
 */
import { decideApprovals } from "./accounting/cancel-adjustments.ts";
import { askedBy } from "./accounting/dispute-views.ts";
import type { Engine } from "./accounting/engine.ts";
import type { HoldWord } from "./accounting/review-holds.ts";
import { reviewHold, supplyInput } from "./accounting/review-holds.ts";
import { nextFileVerb } from "./batch/next-file.ts";
import { assert } from "./kernel/assert.ts";
import { Failure } from "./kernel/failure.ts";
import { manualVerbs } from "./manual/verbs.ts";
import { resolveException } from "./resolution/resolve-exception.ts";
import type { AccountDesk } from "./service/change-account.ts";
import { accountVerb, serviceVerbs } from "./service/verbs.ts";
import type { ActionCall, ActionVerb, AssignmentActions } from "./work/actions.ts";
import { assignmentActions } from "./work/actions.ts";
import { findAssignment } from "./work/views.ts";

const BATCH_FAILED = "Execute Batch Accounting Failed";

/** `wakeService` makes the service worker look at once. */
export function actionsOf(desk: AccountDesk, wakeService?: () => void): AssignmentActions {
  const { engine } = desk;
  const service = serviceVerbs(engine, wakeService);
  return assignmentActions(engine.database, {
    ...manualVerbs(engine),
    ...service,
    account: accountVerb(desk, wakeService),
    ...holdVerbs(desk),
    retry: byType(engine, {
      batch: nextFileVerb(engine),
      hold: holdVerbs(desk).retry,
      service: service.retry,
    }),
    approval: (call) => approve(engine, call),
    // The body's shape was checked where it came in.
    resolved: (call) => resolveException(engine, call, String(call.input["reason"] ?? "")),
  });
}

/** Retrying is the call on the service route, the next file on the batch route, another look. */
function byType(
  engine: Engine,
  verbs: Readonly<Record<"batch" | "hold" | "service", ActionVerb>>,
): ActionVerb {
  return async (call) => {
    const found = await findAssignment(engine.database, [call.clientId], call.assignmentId);
    if (found?.adjustmentState === "planned") return verbs.hold(call);
    return found?.type === BATCH_FAILED ? verbs.batch(call) : verbs.service(call);
  };
}

/** The words of people about what holds a movement. Bodies were checked where they came in. */
function holdVerbs(desk: Pick<AccountDesk, "engine" | "vault">) {
  const verb =
    (wordOf: (input: ActionCall["input"]) => HoldWord): ActionVerb =>
    ({ clientId, assignmentId, adjustmentId, version, actor, input }) => {
      assert(adjustmentId !== null, "what is held is an adjustment");
      const seen = { assignmentId, version };
      return reviewHold(desk, { clientId, adjustmentId, seen, actor, word: wordOf(input) });
    };
  const reasonOf = (input: ActionCall["input"]): string =>
    String(input["reason"] ?? "looked again");
  return {
    retry: verb((input) => ({ action: "retry", reason: reasonOf(input) })),
    supply: verb((input) => ({ action: "supply", ...supplyInput.parse(input) })),
    postable: verb((input) => ({ action: "postable", reason: reasonOf(input) })),
    notPostable: verb((input) => ({ action: "notPostable", reason: reasonOf(input) })),
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
