/**
 * Work for people's hands: a dispute's credit at a client without integrations, and what became
 * of it.
 */
import { moveAdjustments } from "../../src/accounting/move-adjustments.ts";
import type { Move } from "../../src/accounting/move-adjustments.ts";
import { sql } from "../../src/database/sql.ts";
import type { Completion } from "../../src/manual/complete.ts";
import type { AssignmentRow } from "../../src/work/views.ts";
import { listAssignments } from "../../src/work/views.ts";
import { aClient, aDisputeOf, operate } from "./engine.ts";
import type { TestEngine } from "./engine.ts";

/** A client without integrations, a dispute with a provisional credit of 100.00 to post by hand. */
export async function workByHand(engine: TestEngine): Promise<AssignmentRow> {
  return credited(engine, await aClient(engine));
}

export async function credited(
  engine: TestEngine,
  clientId: string,
  input: Record<string, unknown> = {},
): Promise<AssignmentRow> {
  const dispute = await aDisputeOf(engine, clientId);
  const result = await operate(engine, clientId, dispute, "issueProvisionalCredit", input);
  const page = await listAssignments(engine.database, { clientIds: [clientId], limit: 100 });
  return page.items.find((one) => one.adjustmentId === result.adjustments[0]?.id) as AssignmentRow;
}

export function completion(row: AssignmentRow, given: Partial<Completion> = {}): Completion {
  return {
    clientId: row.clientId,
    assignmentId: row.id,
    version: row.version,
    actor: "amy",
    reference: "CORE-1",
    postingDate: "2026-11-16",
    attested: true,
    ...given,
  };
}

export async function move(
  engine: TestEngine,
  row: AssignmentRow,
  ...steps: Pick<Move, "from" | "event">[]
): Promise<void> {
  for (const step of steps) {
    await engine.database.transaction((tx) =>
      moveAdjustments(tx, engine, [
        {
          clientId: row.clientId,
          adjustmentId: row.adjustmentId ?? "",
          actor: "test",
          ...step,
        },
      ]),
    );
  }
}

export async function assignmentOf(
  engine: TestEngine,
  row: AssignmentRow,
): Promise<AssignmentRow | undefined> {
  const page = await listAssignments(engine.database, { clientIds: [row.clientId], limit: 100 });
  return page.items.find((one) => one.adjustmentId === row.adjustmentId);
}

export function executed(
  engine: TestEngine,
  row: AssignmentRow,
): Promise<{ collection: string; executed: bigint }[]> {
  return engine.database.query(sql`
    select collection, sum(executed_minor)::bigint as executed from balance
    where dispute_id = ${row.disputeId} and executed_minor <> 0
    group by collection order by collection`);
}
