/**
 * An Accounting Exception: something of a dispute that only a person can decide, with the reason in
 * words. It is the dispute's own; no adjustment hangs on it.
 */
import type { Transaction } from "../database/database.ts";
import { openAssignments } from "../work/store.ts";

import type { Engine } from "./engine.ts";

const TYPE = "Accounting Exception";

export interface NewException {
  readonly clientId: string;
  readonly claimId: string;
  readonly claimType: string;
  readonly disputeId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reason: string;
  /** ISO date in the client's zone. */
  readonly today: string;
}

/** For a client that `engine.clients` was asked for in this transaction. */
export async function openException(
  tx: Transaction,
  engine: Engine,
  exception: NewException,
): Promise<void> {
  const { clientId, claimType, today, ...rest } = exception;
  const openedAt = engine.clock.now().toString();
  const terms = engine.assignmentTerms({
    clientId,
    type: TYPE,
    claimType,
    openedAt,
    plannedPostingDate: today,
    destination: null,
  });
  await openAssignments(tx, [
    {
      clientId,
      id: engine.ids.next(),
      adjustmentId: null,
      type: TYPE,
      ...terms,
      destination: null,
      dueAt: null,
      openedAt,
      ...rest,
    },
  ]);
}
