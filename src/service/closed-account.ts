/**
 * What follows where the core refuses a credit because the account is closed, by the service's
 * policy (domain §5.1). Pure. A refused debit stays failed: it may become a receivable.
 */
import type { ClosedAccountStep } from "../accounting/store.ts";

import type { Part } from "./parts.ts";
import type { Service } from "./service-configuration.ts";
import type { ServiceAdjustment } from "./views.ts";

/** What kind of credit to the holder is called for; null where it is none, or a correction. */
export type HolderCredit = "principal" | "withExtras" | null;

export function holderCreditOf(adjustment: ServiceAdjustment, part: Part | null): HolderCredit {
  const { entries, isPartlyProcessed } = adjustment;
  const [first] = entries;
  if (isPartlyProcessed || entries.some((entry) => entry.kind !== "original")) return null;
  if (first?.creditCollection !== "accountHolder") return null;
  const isWhole = part === null || part.of === 1;
  return isWhole && entries.every((entry) => entry.creditCollection === "accountHolder")
    ? "principal"
    : "withExtras";
}

/**
 * After a definite refusal; null: a person decides. A check and the core's own suspense take the
 * place of principal alone: fees and interest that came with it would be lost without a word.
 */
export function stepAfterRefusal(
  { closedAccount, asksForPolicy }: Pick<Service, "closedAccount" | "asksForPolicy">,
  codes: readonly string[],
  refused: { readonly credit: HolderCredit; readonly asksToPark: boolean },
): ClosedAccountStep {
  if (refused.credit === null) return null;
  if (!codes.some((code) => closedAccount.codes.includes(code))) return null;
  switch (closedAccount.policy) {
    case "fail":
      return null;
    case "ourSuspense":
      return "ourSuspense";
    case "check":
      return refused.credit === "principal" ? "check" : null;
    case "coreSuspense": {
      const mayAsk = asksForPolicy && !refused.asksToPark;
      return mayAsk && refused.credit === "principal" ? "parking" : null;
    }
  }
}
