/**
 * *Accounting Exception Resolved*: a person has seen to it. Where a decision is in force its gate
 * is evaluated again, and what is still out of balance stays an exception.
 */
import { recordAudit } from "../access/audit.ts";
import type { ClientRuntime, Engine } from "../accounting/engine.ts";
import { gateAgain } from "../accounting/gate.ts";
import { lockAndLoadBooks } from "../accounting/load-books.ts";
import { refuseCardNumbers } from "../kernel/card-number.ts";
import { Failure } from "../kernel/failure.ts";
import type { ActionCall } from "../work/actions.ts";
import { closeAssignments } from "../work/store.ts";
import { lockSeen, refuseOthers } from "../work/take.ts";
import { assignmentsById } from "../work/views.ts";

export interface ResolvedException {
  readonly assignmentId: string;
}

/** Throws `transition-refused` with what is still out of balance. */
export function resolveException(
  engine: Engine,
  call: ActionCall,
  reason: string,
): Promise<ResolvedException> {
  refuseCardNumbers(reason, "reason");
  return engine.database.transaction(async (tx) => {
    const { clientId, assignmentId: id, version, actor } = call;
    const [found] = await assignmentsById(tx, [{ clientId, id }]);
    const disputeId = found?.disputeId ?? null;
    const client = (await engine.clients(tx, [clientId])).get(clientId) as ClientRuntime;
    const books = disputeId === null ? null : await lockAndLoadBooks(tx, [{ clientId, disputeId }]);
    const book = books?.get(disputeId ?? "")?.book;
    const [seen] = await lockSeen(tx, [{ clientId, id, version }]);
    if (seen !== undefined) refuseOthers(seen, actor);
    const gate = book === undefined ? null : gateAgain(book, client.rulebook);
    if (gate?.allowed === false) {
      const detail = `still out of balance: ${gate.because.join("; ")}`;
      throw new Failure("transition-refused", detail, { decision: gate.decision });
    }
    const now = engine.clock.now().toString();
    await closeAssignments(tx, [{ clientId, id, outcome: "resolved", actor }], now);
    await recordAudit(tx, engine, [
      { actor, clientId, action: "resolveException", subject: `assignment/${id}`, reason },
    ]);
    return { assignmentId: id };
  });
}
