/**
 * reopen: undoes the last decision. Denials it rested on are lifted, so that what they tied up is
 * free again; the dispute goes on where the holder's credit says.
 */
import { formatAmount } from "../../kernel/money.ts";

import type { Applied } from "../decide-context.ts";
import type { Change, DisputeBook } from "../dispute-book.ts";
import { denialOf, moveState, record } from "../dispute-book.ts";
import { positionsOf } from "../positions.ts";

export function reopen(applied: Applied): void {
  const { book, input, operationId } = applied;
  const lifts = (input["lifts"] as "all" | "none" | undefined) ?? liftedByDefault(book);
  for (const resolution of book.resolutions.filter((one) => !one.undone)) {
    record(book, { type: "resolutionUndone", resolutionId: resolution.id, operationId });
  }
  if (lifts === "all") {
    for (const denial of book.denials.filter((one) => !one.lifted)) {
      record(book, { type: "denialLifted", denialId: denial.id, operationId });
    }
  }
  const credited = positionsOf(book).holderCredit !== 0n;
  moveState(book, credited ? "provisionallyCredited" : "open");
}

/** What a reopening undid, named: the decision, and the denials it lifted. */
export function wordsOfReopening(book: DisputeBook, changes: readonly Change[]): string {
  const money = (minor: bigint): string => `${formatAmount(minor, book.currency)} ${book.currency}`;
  const words = changes.flatMap((change) => {
    if (change.type === "resolutionUndone") {
      const undone = book.resolutions.find((one) => one.id === change.resolutionId);
      return [`undoes the decision ${undone?.decision ?? ""} of ${undone?.decidedOn ?? ""}`];
    }
    if (change.type !== "denialLifted") return [];
    const { kind, amountMinor } = denialOf(book, change.denialId);
    return [`lifts the ${kind === "withdraw" ? "withdrawal" : "denial"} of ${money(amountMinor)}`];
  });
  return ["reopened", ...words].join("; ");
}

/** A denial that was the last decision is lifted; a payment's part denial stays. */
function liftedByDefault(book: DisputeBook): "all" | "none" {
  if (book.state === "denied" || book.state === "withdrawn") return "all";
  const resolution = book.resolutions.find((one) => !one.undone);
  return book.state === "resolved" && resolution?.decision === "deny" ? "all" : "none";
}
