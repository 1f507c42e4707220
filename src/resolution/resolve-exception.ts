/**
 * *Accounting Exception Resolved*: a person has seen to it, and the gate is evaluated again. What
 * is still out of balance stays an exception, unless it is overridden with a second person's word.
 */
import { z } from "zod";

import { recordAudit } from "../access/audit.ts";
import type { DisputeBook } from "../accounting/dispute-book.ts";
import { decisionAsked } from "../accounting/dispute-work.ts";
import type { ClientRuntime, Engine } from "../accounting/engine.ts";
import { untilDecided } from "../accounting/execute-accounting.ts";
import type { GateResult } from "../accounting/gate.ts";
import { evaluateGate, gateAgain } from "../accounting/gate.ts";
import { lockAndLoadBooks } from "../accounting/load-books.ts";
import { refuseCardNumbers } from "../kernel/card-number.ts";
import { Failure } from "../kernel/failure.ts";
import type { ActionCall } from "../work/perform-action.ts";
import { closeAssignments } from "../work/store.ts";
import { lockSeen, refuseOthers } from "../work/take.ts";
import { assignmentsById } from "../work/views.ts";

import { askOverride, overrideInput } from "./override-gate.ts";

export const resolvedInput = z.strictObject({
  reason: z.string().trim().min(1).max(2000),
  override: overrideInput
    .optional()
    .describe("Resolves it out of balance: the right to, and a second person"),
});

export interface ResolvedException {
  readonly assignmentId: string;
  /** False where a second person has been asked to agree. */
  readonly closed: boolean;
}

/**
 * Throws `transition-refused` with what is still out of balance, and what an override is refused
 * with.
 */
export function resolveException(
  engine: Engine,
  call: ActionCall,
  { reason, override }: z.infer<typeof resolvedInput>,
): Promise<ResolvedException> {
  refuseCardNumbers(reason, "reason");
  return untilDecided(engine, async (tx) => {
    const { clientId, assignmentId: id, version, actor } = call;
    const [found] = await assignmentsById(tx, [{ clientId, id }]);
    const disputeId = found?.disputeId ?? null;
    const client = (await engine.clients(tx, [clientId])).get(clientId) as ClientRuntime;
    const books =
      disputeId === null ? null : await lockAndLoadBooks(tx, [{ clientId, disputeId }], engine.ids);
    const loaded = books?.get(disputeId ?? "");
    const [seen] = await lockSeen(tx, [{ clientId, id, version }]);
    if (seen !== undefined) refuseOthers(seen, actor);
    const gate = loaded === undefined ? null : gateOf(loaded.book, client, seen?.cause ?? null);
    if (gate?.allowed === false && loaded !== undefined) {
      if (override === undefined) {
        const detail = `still out of balance: ${gate.because.join("; ")}`;
        throw new Failure("transition-refused", detail, { decision: gate.decision });
      }
      const dispute = loaded.number;
      await askOverride(tx, engine, call, { ...loaded, dispute, client, override, reason });
      return { assignmentId: id, closed: false };
    }
    const now = engine.clock.now().toString();
    await closeAssignments(tx, [{ clientId, id, outcome: "resolved", actor }], now);
    await recordAudit(tx, engine, [
      { actor, clientId, action: "resolveException", subject: `assignment/${id}`, reason },
    ]);
    return { assignmentId: id, closed: true };
  });
}

/** Of the decision in force; of an exception of the gate, else of the one the state suggests. */
function gateOf(
  book: DisputeBook,
  { rulebook }: ClientRuntime,
  cause: string | null,
): GateResult | null {
  if (cause !== "gate") return gateAgain(book, rulebook);
  return gateAgain(book, rulebook) ?? evaluateGate(book, rulebook, decisionAsked(book));
}
