/**
 * What was decided to wait for other people becomes requests, in the same transaction; what stops
 * waiting for another reason than their word takes its request along.
 */
import type { Transaction } from "../database/database.ts";
import { formatAmount } from "../kernel/money.ts";
import type { ApprovalAsk } from "../work/approvals/ask.ts";
import { askApprovals } from "../work/approvals/ask.ts";
import type { Withdrawal } from "../work/approvals/store.ts";
import { withdrawRequests } from "../work/approvals/store.ts";

import { actorsOfOperations } from "./dispute-views.ts";
import type { Adjustment, Change } from "./dispute-book.ts";
import { adjustmentOf } from "./dispute-book.ts";
import type { Engine } from "./engine.ts";
import type { LoadedBook } from "./load-books.ts";

/** Kinds of requests that the state awaitingApproval stands for. */
export const PROPOSAL_KINDS = [
  "operation",
  "adjustManually",
  "reverseAdjustment",
  "changeAccount",
] as const;

/** A book with its changes, and who made them. */
interface ChangedBook {
  readonly loaded: LoadedBook;
  readonly actorOf: (operationId: string | null) => string;
}

type Asked = Extract<Change, { type: "approvalAsked" }>;

interface AskedHere {
  readonly written: ChangedBook;
  readonly change: Asked;
  readonly adjustment: Adjustment;
}

export async function writeApprovals(
  tx: Transaction,
  engine: Pick<Engine, "clock" | "ids">,
  books: readonly ChangedBook[],
  now: string,
): Promise<void> {
  const asked: AskedHere[] = [];
  const gone: Withdrawal[] = [];
  for (const written of books) {
    const { book } = written.loaded;
    for (const change of book.changes) {
      if (change.type === "approvalAsked") {
        asked.push({ written, change, adjustment: adjustmentOf(book, change.adjustmentId) });
      } else if (change.type === "adjustmentMoved" && change.from === "awaitingApproval") {
        gone.push({
          clientId: book.clientId,
          subjectKinds: PROPOSAL_KINDS,
          subjectId: change.adjustmentId,
          actor: written.actorOf(change.operationId),
          reason: change.reason ?? change.event,
        });
      }
    }
  }
  // Opened and dropped in one decision: nobody was asked.
  const standing = asked.filter(({ adjustment }) => adjustment.state === "awaitingApproval");
  await withdrawRequests(tx, gone, now);
  if (standing.length === 0) return;
  const makers = await actorsOfOperations(
    tx,
    standing.map(({ written, adjustment }) => ({
      clientId: written.loaded.book.clientId,
      id: adjustment.operationId,
    })),
  );
  await askApprovals(
    tx,
    engine,
    standing.map((one) => askOf(one, makers.get(one.adjustment.operationId))),
  );
}

function askOf(one: AskedHere, maker: string | undefined): ApprovalAsk {
  const { written, change, adjustment } = one;
  const { book, number } = written.loaded;
  const requestedBy = written.actorOf(change.operationId);
  const amount = `${formatAmount(adjustment.amountMinor, book.currency)} ${book.currency}`;
  const operation = book.operations.find((past) => past.id === change.operationId);
  return {
    clientId: book.clientId,
    subject: { kind: kindOf(adjustment), id: adjustment.id },
    summary: `${operation?.operation ?? adjustment.operation} of ${amount} on ${number}`,
    need: change.need,
    requestedBy,
    reason: reasonOf(operation?.input ?? {}, adjustment),
    claimId: book.claimId,
    disputeId: book.id,
    amountMinor: adjustment.amountMinor,
    currency: book.currency,
    alsoBy: maker === undefined ? [] : [{ actor: maker, why: "made the operation" }],
    sameMatter: matterOf(adjustment, book.id),
    payload: { operation: operation?.operation ?? adjustment.operation },
  };
}

function kindOf({ replacesAdjustmentId, operation }: Adjustment): string {
  if (replacesAdjustmentId !== null) return "changeAccount";
  return operation === "adjustManually" || operation === "reverseAdjustment"
    ? operation
    : "operation";
}

/** Asked for again with another amount it is the same matter still. */
function matterOf(adjustment: Adjustment, disputeId: string): string {
  const { operation, replacesAdjustmentId, reversesAdjustmentId, principalRule } = adjustment;
  if (replacesAdjustmentId !== null) return `changeAccount ${replacesAdjustmentId}`;
  if (reversesAdjustmentId !== null) return `reverse ${reversesAdjustmentId}`;
  return `${operation} ${principalRule ?? ""} ${disputeId}`;
}

function reasonOf(input: Readonly<Record<string, unknown>>, { hold }: Adjustment): string {
  for (const field of ["reason", "justification", "commentary"]) {
    const value = input[field];
    if (typeof value === "string" && value !== "") return value;
  }
  return hold?.note ?? "";
}
