/**
 * Which verb does what an assignment offers: part of the composition root, because the verbs belong
 * to rooms below work. Retrying means the call on the service route, the next file on the batch
 * route.
 */
import type { Engine } from "./accounting/engine.ts";
import { PROPOSAL_KINDS } from "./accounting/write-approvals.ts";
import { ATTESTATION, CANCELLATION, approvalDesk, supplyAction } from "./approval-desk.ts";
import { approvedFirst } from "./approved-first.ts";
import type { HoldWord } from "./accounting/review-holds.ts";
import { reviewHold } from "./accounting/review-holds.ts";
import { nextFileVerb } from "./batch/next-file.ts";
import { assert } from "./kernel/assert.ts";
import { Failure } from "./kernel/failure.ts";
import { manualVerbs } from "./manual/verbs.ts";
import { disburse, disbursementInput } from "./resolution/disburse.ts";
import { resolvedInput, resolveException } from "./resolution/resolve-exception.ts";
import type { AccountDesk } from "./service/change-account.ts";
import { accountVerb, serviceVerbs } from "./service/verbs.ts";
import type { ActionCall, ActionVerb, AssignmentActions } from "./work/perform-action.ts";
import { assignmentActions } from "./work/perform-action.ts";
import type { ApprovalDesk } from "./work/approvals/decide.ts";
import { decideApproval } from "./work/approvals/decide.ts";
import { waitingAbout } from "./work/approvals/views.ts";
import { workVerbs } from "./work/verbs.ts";
import { findAssignment } from "./work/views.ts";

const BATCH_FAILED = "Execute Batch Accounting Failed";

/** `wakeService` makes the service worker look at once. */
export function actionsOf(
  desk: AccountDesk,
  wakeService?: () => void,
  approvals: ApprovalDesk = approvalDesk(desk.engine),
): AssignmentActions {
  const { engine } = desk;
  const service = serviceVerbs(engine, wakeService);
  const verbs = {
    ...workVerbs(engine),
    ...manualVerbs(engine),
    completion: approvedFirst(engine, ATTESTATION),
    cancellation: approvedFirst(engine, CANCELLATION),
    ...service,
    account: accountVerb(desk, wakeService),
    ...holdVerbs(desk),
    retry: byType(engine, {
      batch: nextFileVerb(engine),
      hold: holdVerbs(desk).retry,
      service: service.retry,
    }),
    approval: (call: ActionCall) => approve(approvals, call),
    // The body's shape was checked where it came in.
    disbursement: (call: ActionCall) => disburse(engine, call, disbursementInput.parse(call.input)),
    resolved: (call: ActionCall) => resolveException(engine, call, resolvedInput.parse(call.input)),
  };
  return assignmentActions(engine.database, verbs, engine.clock);
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
    supply: approvedFirst(desk.engine, supplyAction(desk.vault)),
    postable: verb((input) => ({ action: "postable", reason: reasonOf(input) })),
    notPostable: verb((input) => ({ action: "notPostable", reason: reasonOf(input) })),
  };
}

/** The request that the assignment stands for, decided. Throws as `decideApproval`. */
async function approve(desk: ApprovalDesk, call: ActionCall): Promise<unknown> {
  const { clientId, adjustmentId, actor, rights, input } = call;
  assert(adjustmentId !== null, "what is approved is an adjustment");
  const subject = { clientId, kinds: PROPOSAL_KINDS, id: adjustmentId };
  const request = await waitingAbout(desk.database, subject);
  if (request === undefined) {
    throw new Failure("transition-refused", "nobody's word is waited for any more");
  }
  return decideApproval(desk, {
    clientId,
    requestId: request.id,
    approved: input["approved"] === true,
    reason: typeof input["reason"] === "string" ? input["reason"] : "",
    by: { name: actor, rights },
  });
}
