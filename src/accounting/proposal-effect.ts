/**
 * What other people's word does to a proposal that waits for it: approved it goes on, to its hold
 * or booked and routed; declined it is cancelled; agreed by one of several levels it is free again.
 */
import type { Transaction } from "../database/database.ts";
import type { ApprovalEffect, DecidedRequest } from "../work/approvals/effects.ts";
import type { RequestRow } from "../work/approvals/views.ts";
import { assignAssignments } from "../work/store.ts";

import { approveProposal } from "./approve-proposal.ts";
import { cancelAdjustment } from "./cancel-adjustment.ts";
import type { AdjustmentOrder } from "./cancel-adjustments.ts";
import { carryOutIn } from "./cancel-adjustments.ts";
import type { Engine } from "./engine.ts";
import { lockBooks } from "./load-books.ts";
import { lockAdjustments } from "./store.ts";
import { disputeOfAdjustments } from "./views.ts";

export function proposalEffect(engine: Engine): ApprovalEffect {
  return {
    lock: lockDisputes,
    approved: (tx, requests) => carryOut(tx, engine, requests, true),
    declined: (tx, requests) => carryOut(tx, engine, requests, false),
    advanced: async (tx, requests) => {
      // Whoever took it has said their word: the next one finds it free.
      const locks = await lockAdjustments(tx, requests.map(keyOf));
      await assignAssignments(
        tx,
        locks.flatMap(({ clientId, openAssignmentId: id }) =>
          id === null ? [] : [{ clientId, id, assignee: null }],
        ),
      );
    },
  };
}

/** The disputes of adjustments come before requests in every order of locks. */
export async function lockDisputes(
  tx: Transaction,
  requests: readonly SubjectKey[],
): Promise<void> {
  await lockBooks(tx, await disputeOfAdjustments(tx, requests.map(keyOf)));
}

type SubjectKey = Pick<RequestRow, "clientId" | "subjectId">;

function keyOf({ clientId, subjectId }: SubjectKey): { clientId: string; id: string } {
  return { clientId, id: subjectId };
}

async function carryOut(
  tx: Transaction,
  engine: Engine,
  requests: readonly DecidedRequest[],
  isApproved: boolean,
): Promise<void> {
  const orders = requests.map((request): AdjustmentOrder => ({
    clientId: request.clientId,
    adjustmentId: request.subjectId,
    actor: request.decidedBy,
    reason: request.decidedBecause || (isApproved ? "approved" : "declined"),
  }));
  const results = await carryOutIn(tx, engine, orders, (deciding, adjustment, order) => {
    if (isApproved) approveProposal(deciding, adjustment, order.reason);
    else cancelAdjustment(deciding, adjustment.id, order.reason, "declined");
  });
  for (const { failure } of results) if (failure !== null) throw failure;
}
