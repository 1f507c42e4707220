/** Settings that name accounting rules: a name of no rule would do nothing, and nobody see it. */
import type { FieldFault } from "../kernel/failure.ts";

import type { RuleBook } from "./load.ts";

export interface NamedRule {
  readonly pointer: string;
  readonly rule: string;
}

/** One fault for each name that the book has no rule of: where it stands, and which it is. */
export function unknownRules(
  rulebook: Pick<RuleBook, "rules">,
  named: readonly NamedRule[],
): FieldFault[] {
  return named
    .filter(({ rule }) => !rulebook.rules.has(rule))
    .map(({ pointer, rule }) => ({ pointer, detail: `the rule book has no rule ${rule}` }));
}

/** The rules that have a text of their own for the holder's statement. */
export function textsOf(
  { statementTexts }: { readonly statementTexts: Readonly<Record<string, string>> },
  pointer: string,
): NamedRule[] {
  return Object.keys(statementTexts).map((rule) => ({
    pointer: `${pointer}/statementTexts/${rule}`,
    rule,
  }));
}
