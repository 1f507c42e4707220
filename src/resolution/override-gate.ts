/**
 * Override of the resolution gate (domain §7): books that are still out of balance are resolved all
 * the same, by the right to do so, a reason and a second person. What is left ages as an item with
 * an owner and a date until the books are right.
 */
import { z } from "zod";

import { recordAudit } from "../access/audit.ts";
import type { Permission } from "../access/roles.ts";
import { demandOf } from "../access/roles.ts";
import type { DisputeBook, ResolutionDecision } from "../accounting/dispute-book.ts";
import { decisionAsked, exceptionOf } from "../accounting/dispute-work.ts";
import type { ClientRuntime, Engine } from "../accounting/engine.ts";
import { executeAccountingIn } from "../accounting/execute-accounting.ts";
import { adjustmentsUnderWay } from "../accounting/gate-detail.ts";
import { evaluateGate } from "../accounting/gate.ts";
import { lockAndLoadBooks, lockBooks } from "../accounting/load-books.ts";
import { insertAgeingItem, settleAgeing } from "../accounting/store-ageing.ts";
import type { Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import { Failure } from "../kernel/failure.ts";
import type { ActionCall } from "../work/perform-action.ts";
import { askApproval } from "../work/approvals/ask.ts";
import type { ApprovalEffect, DecidedRequest } from "../work/approvals/effects.ts";
import { domainNeed, stricter, tierFired } from "../work/approvals/tiers.ts";
import { waitingAbout } from "../work/approvals/views.ts";
import { closeAssignments } from "../work/store.ts";

export const overrideInput = z.strictObject({
  /** Who sees to what is left. */
  owner: z.string().trim().min(1).max(80),
  /** Until when, at the latest. */
  dueOn: z.iso.date(),
  /** The decision to resolve as; the one in force or suggested where left out. */
  decision: z.enum(["pay", "deny", "partialDeny", "writeOff"]).optional(),
  /** Who takes over a claim on the holder, where there is one. */
  collections: z.string().trim().min(1).max(200).optional(),
});

export type OverrideInput = z.infer<typeof overrideInput>;

export const OVERRIDE_KIND = "overrideGate";
const RIGHT: Permission = "gate:override";

/** What the approver agrees to; kept with the request. */
const agreedShape = overrideInput.required({ decision: true }).extend({
  /** In the gate's words: if they are others by then, nobody agreed to that. */
  difference: z.string(),
});

/**
 * Asks a second person. Throws `forbidden`, `date-invalid`, `approval-required` where somebody
 * asked already, and `transition-refused` while work is under way that has to end first.
 */
export async function askOverride(
  tx: Transaction,
  engine: Engine,
  call: ActionCall,
  asked: {
    readonly book: DisputeBook;
    readonly dispute: string;
    readonly client: ClientRuntime;
    readonly override: OverrideInput;
    readonly reason: string;
  },
): Promise<void> {
  const { clientId, assignmentId, actor } = call;
  const { book, client, override, reason } = asked;
  demandOf(call.rights, RIGHT);
  const today = client.calendar.dateOf(engine.clock.now());
  if (override.dueOn < today) {
    const detail = `${override.dueOn} is past: today is ${today}`;
    throw new Failure("date-invalid", detail, {}, [{ pointer: "/override/dueOn", detail }]);
  }
  const subject = { kind: OVERRIDE_KIND, id: assignmentId };
  const kinds = [OVERRIDE_KIND];
  if ((await waitingAbout(tx, { clientId, kinds, id: assignmentId })) !== undefined) {
    throw new Failure("approval-required", "somebody asked for it already: another person agrees");
  }
  const decision = override.decision ?? decisionAsked(book);
  if (!isInForce(book) && adjustmentsUnderWay(book).length > 0) {
    throw new Failure("transition-refused", "adjustments are under way: they have to end first");
  }
  const { reason: difference, amountMinor } = exceptionOf(book, gateOf(book, client, decision));
  const { currency } = book;
  const tier = tierFired(client.settings.approvals[OVERRIDE_KIND], {
    setting: OVERRIDE_KIND,
    amountMinor,
    currency,
    right: "assignment:approve",
  });
  const need = stricter(
    tier,
    domainNeed("an override of the gate: another person agrees", "assignment:approve"),
  );
  assert(need !== null, "the domain asks for one");
  await askApproval(tx, engine, {
    clientId,
    subject,
    summary: `resolve ${asked.dispute} out of balance, ${difference}`,
    need,
    requestedBy: actor,
    reason,
    claimId: book.claimId,
    disputeId: book.id,
    amountMinor,
    currency,
    sameMatter: `${OVERRIDE_KIND} ${book.id}`,
    payload: { ...override, decision, difference },
  });
}

function isInForce({ resolutions }: DisputeBook): boolean {
  return resolutions.some((one) => !one.undone);
}

function gateOf(book: DisputeBook, { rulebook }: ClientRuntime, decision: ResolutionDecision) {
  return evaluateGate(book, rulebook, decision);
}

/** What the second person's word does; registered where approvals are put together. */
export function overrideEffect(engine: Engine): ApprovalEffect {
  return {
    lock: (tx, requests) =>
      lockBooks(
        tx,
        requests.flatMap(({ clientId, disputeId }) =>
          disputeId === null ? [] : [{ clientId, disputeId }],
        ),
      ),
    approved: async (tx, requests) => {
      for (const request of requests) await override(tx, engine, request);
    },
  };
}

/** Throws `transition-refused` where the books moved since it was asked for. */
async function override(tx: Transaction, engine: Engine, request: DecidedRequest): Promise<void> {
  const { clientId, subjectId: assignmentId, decidedBy } = request;
  const agreed = agreedShape.parse(request.payload);
  const disputeId = request.disputeId ?? "";
  const client = (await engine.clients(tx, [clientId])).get(clientId) as ClientRuntime;
  const loaded = (await lockAndLoadBooks(tx, [{ clientId, disputeId }], engine.ids)).get(disputeId);
  assert(loaded !== undefined, `dispute ${disputeId} has a book`);
  const { book } = loaded;
  const { decision, difference } = agreed;
  const now = engine.clock.now().toString();
  const gate = gateOf(book, client, decision);
  const left = gate.allowed ? null : exceptionOf(book, gate);
  if (left !== null && left.reason !== difference) {
    throw new Failure("transition-refused", `the books moved since: ${left.reason}`, { decision });
  }
  await closeAssignments(tx, [{ clientId, id: assignmentId, outcome: "overridden" }], now);
  if (left !== null) {
    // A difference that grew beyond what was excused before is excused as it is now.
    await settleAgeing(tx, [{ clientId, disputeId, outcome: "balanced" }], now);
    await insertAgeingItem(
      tx,
      {
        clientId,
        id: engine.ids.next(),
        claimId: book.claimId,
        disputeId,
        assignmentId,
        decision,
        difference,
        amountMinor: left.amountMinor,
        currency: book.currency,
        reason: request.reason,
        owner: agreed.owner,
        dueOn: agreed.dueOn,
        askedBy: request.requestedBy,
        approvedBy: decidedBy,
      },
      now,
    );
  }
  if (!isInForce(book)) await resolveAllTheSame(tx, engine, request, agreed);
  await recordAudit(tx, engine, [
    {
      actor: request.requestedBy,
      clientId,
      action: "overrideGate",
      subject: `assignment/${assignmentId}`,
      reason: `${request.reason} (agreed by ${decidedBy})`,
    },
  ]);
}

async function resolveAllTheSame(
  tx: Transaction,
  engine: Engine,
  { clientId, disputeId, id, requestedBy }: DecidedRequest,
  { decision, collections }: z.infer<typeof agreedShape>,
): Promise<void> {
  const [result] = await executeAccountingIn(tx, engine, [
    {
      clientId,
      key: `override/${id}`,
      source: "portal",
      actor: requestedBy,
      dispute: disputeId ?? "",
      operation: "resolve",
      input: { decision, ...(collections === undefined ? {} : { collections }) },
      overridesGate: true,
    },
  ]);
  if (result?.failure) throw result.failure;
}
