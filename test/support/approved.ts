/** What waits for approval, approved or declined by somebody else. */
import type { Engine } from "../../src/accounting/engine.ts";
import { PROPOSAL_KINDS } from "../../src/accounting/write-approvals.ts";
import { APPROVAL_RIGHTS } from "../../src/work/approvals/tiers.ts";
import { decideApproval } from "../../src/work/approvals/decide.ts";
import { waitingAbout } from "../../src/work/approvals/views.ts";
import { approvalDesk } from "../../src/approval-desk.ts";
import type { AssignmentRow } from "../../src/work/views.ts";

export async function approved(
  engine: Engine,
  rows: readonly Pick<AssignmentRow, "clientId" | "adjustmentId">[],
  isApproved = true,
): Promise<void> {
  const desk = approvalDesk(engine);
  for (const { clientId, adjustmentId } of rows) {
    const subject = { clientId, kinds: PROPOSAL_KINDS, id: adjustmentId ?? "" };
    const request = await waitingAbout(engine.database, subject);
    if (request === undefined) throw new Error(`nothing waits about ${adjustmentId ?? ""}`);
    await decideApproval(desk, {
      clientId,
      requestId: request.id,
      approved: isApproved,
      reason: isApproved ? "approved" : "declined",
      by: { name: "olga", rights: new Set(APPROVAL_RIGHTS) },
    });
  }
}
