/**
 * An action that takes other people's word above a tier: it is tried and undone, asked for, and
 * done in the name of whoever asked with the last word. Part of the composition root, because the
 * verbs belong to rooms below work.
 */
import { askedBy } from "./accounting/dispute-views.ts";
import type { ClientRuntime, Engine } from "./accounting/engine.ts";
import { lockDisputes } from "./accounting/proposal-effect.ts";
import type { AdjustmentLock } from "./accounting/store.ts";
import { lockAdjustments } from "./accounting/store.ts";
import type { Transaction } from "./database/database.ts";
import { tryAndUndo } from "./database/try-and-undo.ts";
import { within } from "./database/within.ts";
import { assert } from "./kernel/assert.ts";
import { Failure } from "./kernel/failure.ts";
import { formatAmount } from "./kernel/money.ts";
import type { JobKind } from "./work/job-kinds.ts";
import type { ActionCall, ActionVerb } from "./work/perform-action.ts";
import { askApproval } from "./work/approvals/ask.ts";
import type { ApprovalEffect, DecidedRequest } from "./work/approvals/effects.ts";
import { subjectKind } from "./work/approvals/subjects.ts";
import type { ApprovalNeed } from "./work/approvals/tiers.ts";
import { tierOf } from "./work/approvals/tiers.ts";
import { waitingAbout } from "./work/approvals/views.ts";
import { freeAssignments } from "./work/free.ts";
import { assignmentsById } from "./work/views.ts";

export interface GuardedAction {
  /** Kind of subject, and key of its tiers. */
  readonly kind: "cancelBooked" | "attestation" | "holdSupply";
  /** The verb over an engine: the one given is a transaction's. */
  readonly verb: (engine: Engine) => ActionVerb;
  /** States in which the action needs nobody's word. */
  readonly freeIn: readonly string[];
  /** What it takes where the client's tiers say nothing; nobody's word where left out. */
  readonly otherwise?: (input: Input) => ApprovalNeed | null;
  /** What is kept of the input, in place of an account number, and how it is said. */
  readonly kept?: (tx: Transaction, call: ActionCall, claimId: string) => Promise<KeptInput>;
}

type Input = ActionCall["input"];

export interface KeptInput {
  readonly input: Input;
  readonly words: string;
}

/** The action as it is offered: at once where no tier fires, else asked for. */
export function approvedFirst(engine: Engine, action: GuardedAction): ActionVerb {
  return async (call) => {
    const { clientId, adjustmentId } = call;
    assert(adjustmentId !== null, "the action is about an adjustment");
    const clients = await engine.clients(engine.database, [clientId]);
    const client = clients.get(clientId) as ClientRuntime;
    const isAsked = action.kind in client.settings.approvals || action.otherwise !== undefined;
    if (!isAsked) return action.verb(engine)(call);
    const asked = await engine.database.transaction(async (tx) => {
      await lockDisputes(tx, [{ clientId, subjectId: adjustmentId }]);
      const [lock] = await lockAdjustments(tx, [{ clientId, id: adjustmentId }]);
      assert(lock !== undefined, "an assignment's adjustment is there");
      if (action.freeIn.includes(lock.state)) return false;
      const need = needOf(client, action, lock, call.input);
      if (need === null) return false;
      // What could not be done is refused now, not when somebody has agreed to it.
      await tryAndUndo(tx, () =>
        action.verb({ ...engine, database: within(tx, engine.database) })(call),
      );
      await ask(tx, engine, action, { call, lock, need });
      return true;
    });
    if (!asked) return action.verb(engine)(call);
    return { waitsForApproval: true };
  };
}

/**
 * A job does only what needs nobody's word. Its items above a tier are refused with
 * `approval-required`: each of them is asked for by itself, as what the approver agrees to.
 */
export function withoutApproval(engine: Engine, action: GuardedAction, kind: JobKind): JobKind {
  return {
    ...kind,
    perform: async (tx, items, actor, input) => {
      const clients = await engine.clients(tx, [...new Set(items.map((one) => one.clientId))]);
      const keys = items.flatMap(({ clientId, adjustmentId: id }) =>
        id === null ? [] : [{ clientId, id }],
      );
      for (const lock of await lockAdjustments(tx, keys)) {
        if (action.freeIn.includes(lock.state)) continue;
        const client = clients.get(lock.clientId) as ClientRuntime;
        const need = needOf(client, action, lock, input as Input);
        if (need === null) continue;
        const detail = `${need.words}: do it by itself, so that somebody is asked`;
        throw new Failure("approval-required", detail, { rule: need.rule });
      }
      return kind.perform(tx, items, actor, input);
    },
  };
}

function needOf(
  { settings }: ClientRuntime,
  { kind, otherwise }: GuardedAction,
  amount: AdjustmentLock,
  input: Input,
): ApprovalNeed | null {
  if (!(kind in settings.approvals)) return otherwise?.(input) ?? null;
  return tierOf(settings.approvals, kind, amount);
}

async function ask(
  tx: Transaction,
  engine: Engine,
  { kind, kept }: GuardedAction,
  { call, lock, need }: { call: ActionCall; lock: AdjustmentLock; need: ApprovalNeed },
): Promise<void> {
  const { clientId, assignmentId, actor, input } = call;
  const subject = { kind, id: lock.id };
  if ((await waitingAbout(tx, { clientId, kinds: [kind], id: lock.id })) !== undefined) {
    throw new Failure("transition-refused", "it waits for approval already", { action: kind });
  }
  const { input: keeps, words } = (await kept?.(tx, call, lock.claimId)) ?? { input, words: "" };
  const makers = await askedBy(tx, clientId, lock.id);
  const amount = `${formatAmount(lock.amountMinor, lock.currency)} ${lock.currency}`;
  await askApproval(tx, engine, {
    clientId,
    subject,
    summary: `${subjectKind(kind).label.toLowerCase()}: ${amount}${words}`,
    need,
    requestedBy: actor,
    reason: typeof input["reason"] === "string" ? input["reason"] : "",
    claimId: lock.claimId,
    disputeId: lock.disputeId,
    amountMinor: lock.amountMinor,
    currency: lock.currency,
    alsoBy: makers.map((maker) => ({ actor: maker, why: "made the operation" })),
    payload: { assignmentId, adjustmentVersion: lock.version, input: keeps },
  });
}

/** The verb, in the name of whoever asked, in the transaction of the last word. */
export function approvedEffect(engine: Engine, action: GuardedAction): ApprovalEffect {
  return {
    lock: lockDisputes,
    approved: async (tx, requests) => {
      for (const request of requests) await carryOut(tx, engine, action, request);
    },
  };
}

async function carryOut(
  tx: Transaction,
  engine: Engine,
  { verb }: GuardedAction,
  request: DecidedRequest,
): Promise<void> {
  const { clientId, subjectId: id, payload, requestedBy: actor, decidedBy: agreedBy } = request;
  const [lock] = await lockAdjustments(tx, [{ clientId, id }]);
  if (lock === undefined || lock.version !== payload["adjustmentVersion"]) {
    throw new Failure("stale-version", `it is ${lock?.state ?? "gone"} by now: ask again`, {});
  }
  const assignmentId = String(payload["assignmentId"]);
  const key = { clientId, id: assignmentId };
  const [held] = await assignmentsById(tx, [key]);
  if (held?.isOpen === true && held.assignee !== null && held.assignee !== actor) {
    // Whoever took it to look at it does not stand between the two words.
    const at = engine.clock.now().toString();
    await freeAssignments(tx, [key], { reason: "it was agreed to meanwhile", at });
  }
  const [assignment] = await assignmentsById(tx, [key]);
  if (assignment === undefined) throw new Failure("not-found", `no assignment ${assignmentId}`);
  await verb({ ...engine, database: within(tx, engine.database) })({
    clientId,
    assignmentId,
    adjustmentId: id,
    version: assignment.version,
    actor,
    rights: new Set(),
    input: payload["input"] as Input,
    agreedBy,
  });
}
