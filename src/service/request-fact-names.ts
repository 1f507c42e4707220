/** The facts of an adjustment that a request template can name; the list is the whole of it. */

export const REQUEST_FACTS: ReadonlySet<string> = new Set([
  "key",
  "keyRevision",
  "client",
  "claim.id",
  "claim.number",
  "claim.type",
  "dispute.id",
  "dispute.number",
  "adjustment.id",
  "adjustment.operation",
  "adjustment.rule",
  "adjustment.label",
  "adjustment.direction",
  "adjustment.memo",
  "memoPost",
  "closedAccount.policy",
  "adjustment.reverses",
  "adjustment.reversesReference",
  "amount",
  "amountMinor",
  "currency",
  "eventDate",
  "plannedPostingDate",
  "postingDate",
  "today",
  "statementText",
  "holder.account",
  "holder.number",
  "step.id",
  "step.side",
  "step.collection",
  "step.account",
  "step.isHolder",
  "step.number",
  "step.tranCode",
]);

export const ENTRY_FACTS: ReadonlySet<string> = new Set([
  "entry.id",
  "entry.debitStepId",
  "entry.creditStepId",
  "entry.rule",
  "entry.label",
  "entry.kind",
  "entry.amount",
  "entry.amountMinor",
  "entry.debitCollection",
  "entry.debitAccount",
  "entry.debitIsHolder",
  "entry.debitNumber",
  "entry.debitTranCode",
  "entry.creditCollection",
  "entry.creditAccount",
  "entry.creditIsHolder",
  "entry.creditNumber",
  "entry.creditTranCode",
  "entry.statementText",
]);

/** Those of the one at hand: an entry, or in `overrides` a code to override. */
export const ITEM_FACTS: ReadonlySet<string> = new Set([...ENTRY_FACTS, "override.code"]);

/** The dispute's own facts, as its rule book declares them: `facts.network`. */
export const FREE_FACTS = "facts.";

/** What the call after a closed account's refusal asks the core to do. */
export const POLICY_FACT = "closedAccount.policy";

/** Those that may be a holder's whole number. */
export const NUMBER_FACTS: ReadonlySet<string> = new Set([
  "holder.number",
  "step.number",
  "entry.debitNumber",
  "entry.creditNumber",
]);
