/** What waits for approval, approved by somebody else. */
import { decideApprovals } from "../../src/accounting/cancel-adjustments.ts";
import type { Engine } from "../../src/accounting/engine.ts";
import type { AssignmentRow } from "../../src/work/views.ts";

export async function approved(engine: Engine, rows: readonly AssignmentRow[]): Promise<void> {
  const results = await decideApprovals(
    engine,
    rows.map((row) => ({
      clientId: row.clientId,
      adjustmentId: row.adjustmentId ?? "",
      actor: "olga",
      reason: "approved",
      approved: true,
    })),
  );
  for (const { failure } of results) if (failure !== null) throw failure;
}
