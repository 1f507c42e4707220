/**
 * Approve or decline everything that matches, as a server job: each item judged by itself, as the
 * person who asked for the job. What is not theirs to decide is skipped with the reason.
 */
import { z } from "zod";

import { callerNamed } from "../../access/authenticate.ts";
import { rightsOf } from "../../access/caller.ts";
import type { Transaction } from "../../database/database.ts";
import { assert } from "../../kernel/assert.ts";
import { Failure } from "../../kernel/failure.ts";

import type { JobItem, JobKind } from "../job-kinds.ts";

import type { ApprovalDesk, ApprovalOrder } from "./decide.ts";
import { decideApprovalsIn } from "./decide.ts";
import { SUBJECT_KINDS } from "./subjects.ts";
import { decidableItems } from "./views.ts";

export const decisionJobInput = z
  .strictObject({
    client: z.string().optional(),
    approved: z.boolean(),
    reason: z.string().trim().max(2000).optional().describe("Needed to decline"),
    kind: z.string().max(60).optional().describe("Only this kind of subject"),
    ids: z.array(z.uuid()).min(1).max(1000).optional().describe("Only these; all that wait"),
  })
  .refine((input) => input.approved || (input.reason ?? "") !== "", {
    path: ["reason"],
    message: "a refusal says why",
  })
  .refine(
    (input) => input.kind === undefined || SUBJECT_KINDS.some((one) => one.kind === input.kind),
    {
      path: ["kind"],
      message: "is nothing that is approved",
    },
  );

type DecisionJob = z.infer<typeof decisionJobInput>;

const TRIES = 3;

export function decisionJobKind(desk: ApprovalDesk): JobKind {
  return {
    name: "decideApprovals",
    label: "Approve or decline",
    // Whose word it takes is judged item by item: a lent right is no right of a role.
    right: "case:read",
    input: decisionJobInput,
    matching: (clientIds, input) => {
      const { kind, ids } = input as DecisionJob;
      return decidableItems(clientIds, { kind: kind ?? null, ids: ids ?? null });
    },
    perform: (tx, items, actor, input) => perform(tx, desk, items, actor, input as DecisionJob),
  };
}

async function perform(
  tx: Transaction,
  desk: ApprovalDesk,
  items: readonly JobItem[],
  actor: string,
  { approved, reason }: DecisionJob,
): Promise<unknown> {
  const caller = await callerNamed(tx, actor, desk.clock.now().toString());
  if (caller === undefined)
    throw new Failure("forbidden", "whoever asked may not come in any more");
  const by = { name: actor, rights: rightsOf(caller) };
  const orders = items.map((item): ApprovalOrder => {
    const { clientId, approvalId, seenVersion: version } = item;
    assert(approvalId !== null, "an item of this job is a request");
    return { clientId, requestId: approvalId, approved, reason: reason ?? "", by, version };
  });
  for (let tried = 1; ; tried += 1) {
    try {
      return await tx.savepoint(() => decideApprovalsIn(tx, desk, orders));
    } catch (error) {
      if (tried >= TRIES || !desk.isOvertaken(error)) throw error;
    }
  }
}
