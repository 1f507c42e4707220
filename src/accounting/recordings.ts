/**
 * Which operations record an event of the outside by a rule: what a history brings in by that rule
 * is the same event, under the same reference, and counts once (domain §3). Pure.
 */
import type { RuleBook } from "../rulebook/load.ts";
import type { Operation } from "../rulebook/operations.ts";

/** Operations with an outside reference whose own entry is of this rule. */
export function recordingsOf(rulebook: RuleBook, rule: string): Operation[] {
  return [...rulebook.operations.values()].filter(
    ({ referenceInput, principal, fires }) =>
      referenceInput === "reference" &&
      (principal.some((one) => one.rule === rule) || fires[0]?.rule === rule),
  );
}
